import { BlockList } from "node:net";
import fc from "fast-check";
import { layOutSubnets, MAX_ZONES, type SubnetPlan, subnetPlanMistakes, subnetTiers } from "./subnet-layout";

const tiers = fc
  .subarray([...subnetTiers], { minLength: 1 })
  .chain((some) => fc.shuffledSubarray(some, { minLength: some.length, maxLength: some.length }));
const zones = fc.integer({ min: 1, max: MAX_ZONES });

/** A network of any length 16..28 in one of the private ranges. */
const cidrBlock = fc
  .record({
    start: fc.constantFrom(10 * 2 ** 24, 0xac100000, 0xc0a80000, 0x64400000),
    offset: fc.integer({ min: 0, max: 2 ** 16 - 1 }),
    length: fc.integer({ min: 16, max: 28 }),
  })
  .map(({ start, offset, length }) => {
    const address = start + offset - (offset % 2 ** (32 - length));
    return `${[24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join(".")}/${length}`;
  });
const plan: fc.Arbitrary<SubnetPlan> = fc.record({ cidrBlock, zones, tiers });
const plansWithRoom = plan.filter((one) => subnetPlanMistakes(one).length === 0);

/** Node's own idea of a range, so that the layout is not checked by its own arithmetic. */
function blockOf(cidr: string): BlockList {
  const block = new BlockList();
  block.addSubnet(addressOf(cidr), lengthOf(cidr));
  return block;
}
const addressOf = (cidr: string) => cidr.split("/")[0]!;
const lengthOf = (cidr: string) => Number(cidr.split("/")[1]);

describe("the layout of subnets", () => {
  test("is, by default, this", () => {
    expect(layOutSubnets({ cidrBlock: "10.0.0.0/16", zones: 2, tiers: ["public", "private", "isolated"] })).toEqual([
      { tier: "public", zone: 1, cidrBlock: "10.0.128.0/21" },
      { tier: "public", zone: 2, cidrBlock: "10.0.136.0/21" },
      { tier: "private", zone: 1, cidrBlock: "10.0.0.0/20" },
      { tier: "private", zone: 2, cidrBlock: "10.0.16.0/20" },
      { tier: "isolated", zone: 1, cidrBlock: "10.0.192.0/21" },
      { tier: "isolated", zone: 2, cidrBlock: "10.0.200.0/21" },
    ]);
  });

  test("has one subnet a tier and zone, inside the range, of a size that AWS allows, on a boundary of its size", () => {
    fc.assert(
      fc.property(plansWithRoom, (one) => {
        const subnets = layOutSubnets(one);
        const wanted = one.tiers.flatMap((tier) =>
          Array.from({ length: one.zones }, (_, zone) => `${tier}-${zone + 1}`),
        );
        expect(subnets.map(({ tier, zone }) => `${tier}-${zone}`)).toEqual(wanted);
        const whole = blockOf(one.cidrBlock);
        for (const { cidrBlock: subnet } of subnets) {
          expect(whole.check(addressOf(subnet))).toBe(true);
          expect(lengthOf(subnet)).toBeGreaterThan(lengthOf(one.cidrBlock));
          expect(lengthOf(subnet)).toBeLessThanOrEqual(28);
          // A subnet is a valid range of its own only where it has no host bits.
          expect(subnetPlanMistakes({ ...one, zones: 1, cidrBlock: subnet }).join()).not.toContain("network address");
        }
      }),
    );
  });

  test("never overlaps", () => {
    fc.assert(
      fc.property(plansWithRoom, (one) => {
        const subnets = layOutSubnets(one).map((place) => place.cidrBlock);
        for (const subnet of subnets) {
          const block = blockOf(subnet);
          expect(subnets.filter((other) => block.check(addressOf(other)))).toEqual([subnet]);
        }
      }),
    );
  });

  test("leaves every subnet where it is when zones and tiers are added, and however they are ordered", () => {
    fc.assert(
      fc.property(plansWithRoom, zones, tiers, (one, otherZones, otherTiers) => {
        const larger = {
          ...one,
          zones: Math.max(one.zones, otherZones),
          tiers: [...new Set([...otherTiers, ...one.tiers])],
        };
        fc.pre(subnetPlanMistakes(larger).length === 0);
        expect(layOutSubnets(larger)).toEqual(expect.arrayContaining(layOutSubnets(one)));
      }),
    );
  });

  test("gives a private subnet twice the addresses of the others", () => {
    fc.assert(
      fc.property(plansWithRoom, (one) => {
        const subnets = layOutSubnets({ ...one, tiers: subnetTiers });
        const [publicLength, privateLength, isolatedLength] = subnetTiers.map((tier) =>
          lengthOf(subnets.find((subnet) => subnet.tier === tier)!.cidrBlock),
        );
        expect([publicLength, isolatedLength]).toEqual([privateLength! + 1, privateLength! + 1]);
      }),
    );
  });

  test("refuses a range just when it is too small for the zones, and names the smallest that would do", () => {
    const smallest = [26, 25, 24, 24, 23, 23];
    fc.assert(
      fc.property(plan, (one) => {
        const length = smallest[one.zones - 1]!;
        const mistakes = subnetPlanMistakes(one);
        if (lengthOf(one.cidrBlock) <= length) {
          expect(mistakes).toEqual([]);
          return;
        }
        expect(mistakes).toEqual([expect.stringMatching(`^cidrBlock: must be /${length} or larger`)]);
        expect(mistakes[0]).toContain(`got "${one.cidrBlock}"`);
        const enough = /the smallest that would do is (.*)$/.exec(mistakes[0]!)![1]!;
        expect(blockOf(enough).check(addressOf(one.cidrBlock))).toBe(true);
        expect(subnetPlanMistakes({ ...one, cidrBlock: enough })).toEqual([]);
        expect(() => layOutSubnets(one)).toThrow(mistakes[0]);
      }),
    );
  });

  test.each([
    ["/16", 1, "/20", "/21"],
    ["/20", 6, "/24", "/25"],
    ["/23", 6, "/27", "/28"],
    ["/24", 4, "/27", "/28"],
    ["/25", 2, "/27", "/28"],
    ["/26", 1, "/27", "/28"],
  ])("of a %s for %i zones has private subnets of %s and public ones of %s", (length, count, ofPrivate, ofPublic) => {
    const subnets = layOutSubnets({ cidrBlock: `10.0.0.0${length}`, zones: count, tiers: ["private", "public"] });
    expect(subnets.at(0)!.cidrBlock).toMatch(ofPrivate);
    expect(subnets.at(-1)!.cidrBlock).toMatch(ofPublic);
  });
});

describe("a range that is refused", () => {
  const mistakes = (cidr: string) => subnetPlanMistakes({ cidrBlock: cidr, zones: 2, tiers: ["private"] });

  test.each(["10.0.0.0", "10.0.0/16", "10.0.0.256/16", "10.0.0.0/33", "10.00.0.0/16", "fd00::/16", "", " 10.0.0.0/16"])(
    "%p is no IPv4 range",
    (cidr) => {
      expect(mistakes(cidr)).toEqual([
        `cidrBlock: must be an IPv4 range, got "${cidr}"; write it as 10.0.0.0/16: four numbers up to 255, and a length up to 32`,
      ]);
    },
  );

  test.each([
    ["10.0.1.0/16", "10.0.0.0/16"],
    ["192.168.7.9/24", "192.168.7.0/24"],
  ])("%s has host bits; %s is meant", (cidr, network) => {
    expect(mistakes(cidr)).toEqual([
      `cidrBlock: must be a network address, which has no bit set after its length, got "${cidr}"; write ${network}`,
    ]);
  });

  test.each(["8.8.0.0/16", "172.32.0.0/16", "192.169.0.0/16", "100.128.0.0/16", "0.0.0.0/0"])(
    "%s is public",
    (cidr) => {
      expect(mistakes(cidr)).toEqual([
        `cidrBlock: must be in a private range (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10), got "${cidr}"; take one that the network's peers do not use`,
      ]);
    },
  );

  test("is larger than AWS allows", () => {
    expect(mistakes("10.0.0.0/8")).toEqual([
      'cidrBlock: must be /16../28, as AWS allows, got "10.0.0.0/8"; the largest that begins there is 10.0.0.0/16',
    ]);
  });

  test("is smaller than AWS allows", () => {
    expect(mistakes("10.0.0.192/29")).toEqual([
      'cidrBlock: must be /25 or larger for 2 zones, because AWS\'s smallest subnet is /28, got "10.0.0.192/29"; the smallest that would do is 10.0.0.128/25',
    ]);
  });
});

test.each([0, 7, 2.5, Number.NaN])("%p zones are refused", (count) => {
  expect(subnetPlanMistakes({ cidrBlock: "10.0.0.0/16", zones: count, tiers: ["public"] })).toEqual([
    `zones: must be a whole number 1..6, got ${count}; no Region has more than 6 Availability Zones`,
  ]);
});

test("tiers are refused that are none, unknown, or named twice; and everything is said at once", () => {
  const mistakes = (tiers: unknown) =>
    subnetPlanMistakes({ cidrBlock: "10.0.0.0/16", zones: 2, tiers: tiers as SubnetPlan["tiers"] });
  expect(mistakes([])).toEqual([
    expect.stringContaining("tiers: must be at least one of public, private, isolated, got []"),
  ]);
  expect(mistakes(["dmz"])).toEqual([
    expect.stringContaining('tiers: must be of public, private, isolated, got ["dmz"]'),
  ]);
  expect(mistakes(["public", "public"])).toEqual([expect.stringContaining("tiers: must be different ones")]);
  expect(subnetPlanMistakes({ cidrBlock: "10.0.0.0/8", zones: 0, tiers: [] })).toHaveLength(3);
});
