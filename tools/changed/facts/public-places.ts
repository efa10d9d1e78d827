import { blocks } from "../../../shared/testing/policy-document";
import type { Attributes, Resource, Template } from "../../../shared/testing/template";
import { isTrue } from "../../proof/baseline/rules/findings";
import { publicSubnets } from "../../proof/baseline/rules/subnets";
import type { Fact } from "../fact";
import { WORLD } from "./ports";

const LOAD_BALANCERS = ["aws_lb", "aws_alb", "aws_elb"];
const APIS = ["aws_api_gateway_rest_api", "aws_apigatewayv2_api"];

/** Settings, at any depth, that give something an address or a name in the internet. */
const PUBLIC_SETTINGS: Record<string, string> = {
  associate_public_ip_address: "gives its machines public addresses",
  assign_public_ip: "gives its tasks public addresses",
  endpoint_public_access: "has an endpoint in the internet",
  map_public_ip_on_launch: "gives every machine in it a public address",
  publicly_accessible: "is reachable from the internet",
};

/** What stands in the internet: load balancers, APIs, addresses, and subnets from which a route leads there. */
export function publicPlaceFacts(template: Template): Fact[] {
  const opens = ({ address }: Resource, what: string, ...attention: string[]): Fact => ({
    effect: "opens",
    address,
    what,
    attention,
  });
  const all = (types: readonly string[]) => types.flatMap((type) => template.resources(type));
  return [
    ...all(LOAD_BALANCERS)
      // Internet-facing is what Terraform makes of a load balancer that does not say.
      .filter(({ attributes }) => !isTrue(attributes.internal))
      .map((balancer) => opens(balancer, "is internet-facing", WORLD)),
    ...all(APIS)
      .filter(({ attributes }) => !endpointTypes(attributes).includes("PRIVATE"))
      .map((api) => opens(api, "has an endpoint in the internet")),
    ...publicSubnets(template).map((subnet) => opens(subnet, "has a route to the internet gateway")),
    ...template.resources("aws_eip").map((address) => opens(address, "is a public address")),
    ...template
      .resources()
      .flatMap((resource) =>
        [...new Set(publicSettings(resource.attributes))].map((what) => opens(resource, what, WORLD)),
      ),
  ];
}

function endpointTypes({ endpoint_configuration }: Attributes): string[] {
  return blocks<Attributes>(endpoint_configuration).flatMap(({ types }) => blocks<string>(types));
}

function publicSettings(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key in PUBLIC_SETTINGS && isTrue(part) ? [PUBLIC_SETTINGS[key]!] : publicSettings(part),
  );
}
