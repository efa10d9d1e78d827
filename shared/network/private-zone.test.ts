import { mistakesOf } from "../testing/load-balanced-stack";
import { Template } from "../testing/template";
import { testNetwork as network } from "../testing/test-network";
import { TestStack } from "../testing/test-stack";
import { PrivateZone, type PrivateZoneProps } from "./private-zone";

const loadBalancer = { dnsName: "entry-1.elb.eu-central-1.amazonaws.com", hostedZoneId: "Z3F0SRJ5LGBH90" };

function zoneIn(stack: TestStack, props: PrivateZoneProps = { zoneName: "trading.internal", network }): PrivateZone {
  return new PrivateZone(stack, "names", props);
}

describe("a private zone", () => {
  const stack = new TestStack();
  const zone = zoneIn(stack);
  const template = Template.of(stack);
  const { address, attributes } = template.only("aws_route53_zone");

  test("is the VPC's, and says whose names it holds", () => {
    expect(attributes).toMatchObject({
      name: "trading.internal",
      comment: "Private names of test",
      vpc: [{ vpc_id: "vpc-1" }],
    });
    expect(zone.zoneName).toBe("trading.internal");
  });

  test("leaves VPCs alone that others have associated, and goes with its own", () => {
    const vpc = template.only("terraform_data");
    expect(vpc.attributes.input).toEqual({ vpcId: "vpc-1" });
    expect(attributes.lifecycle).toEqual({ ignore_changes: ["vpc"], replace_triggered_by: [vpc.address] });
  });

  test("is destroyed with records that others made only where data are let go of", () => {
    expect(attributes.force_destroy).toBe(false);
    const own = new TestStack({ retainData: false });
    zoneIn(own);
    expect(Template.of(own).only("aws_route53_zone").attributes.force_destroy).toBe(true);
  });

  test("has names for load balancers, which follow their addresses", () => {
    const own = new TestStack();
    expect(zoneIn(own).alias("orders", "a.orders", loadBalancer)).toBe("a.orders.trading.internal");
    expect(Template.of(own).only("aws_route53_record").attributes).toEqual({
      zone_id: `\${${address}.zone_id}`,
      name: "a.orders.trading.internal",
      type: "A",
      alias: {
        name: loadBalancer.dnsName,
        zone_id: loadBalancer.hostedZoneId,
        evaluate_target_health: true,
      },
    });
  });
});

test("an existing zone only gets the names", () => {
  const stack = new TestStack();
  zoneIn(stack, { zoneName: "corp", zoneId: "Z0123456789" }).alias("orders", "orders", loadBalancer);
  const template = Template.of(stack);
  expect(template.resourceCount("aws_route53_zone")).toBe(0);
  expect(template.only("aws_route53_record").attributes).toMatchObject({
    zone_id: "Z0123456789",
    name: "orders.corp",
  });
});

describe("what is no domain name", () => {
  const refusal = "must be a domain name of lower-case letters, digits and hyphens, at most 253 characters";

  test.each([
    "",
    "Trading.internal",
    "trading.internal.",
    "-a.internal",
    "a_b.internal",
    "a".repeat(64),
    "a.".repeat(127),
  ])("is refused as a zone's: %p", (zoneName) => {
    expect(mistakesOf(() => zoneIn(new TestStack(), { zoneName, network }))).toEqual([
      `test: names.zoneName: ${refusal}, got "${zoneName}"; write such as trading.internal`,
    ]);
  });

  test.each(["", "*", "Orders", "a..b"])("is refused as a record's: %p", (recordName) => {
    const zone = zoneIn(new TestStack());
    expect(mistakesOf(() => zone.alias("orders", recordName, loadBalancer))).toEqual([
      `test: names.orders.recordName: ${refusal}, got "${recordName}.trading.internal"; write one or more labels before .trading.internal`,
    ]);
  });
});
