import { blocks } from "../../../../shared/testing/policy-document";
import { refersTo } from "../../../../shared/testing/references";
import type { Attributes, Resource, Template } from "../../../../shared/testing/template";

/**
 * In how many Availability Zones subnets are, by their ids. Of a subnet of this stack the zone is known; any other counts
 * as a zone of its own. A list that only Terraform will know counts as none.
 */
export function zonesOf(template: Template, subnetIds: unknown): number {
  if (!Array.isArray(subnetIds)) return 0;
  const zones = blocks<unknown>(subnetIds).map((id) => {
    const subnet = template.resources("aws_subnet").find(({ address }) => refersTo(id, address));
    return String(subnet?.attributes.availability_zone ?? subnet?.attributes.availability_zone_id ?? id);
  });
  return new Set(zones).size;
}

/** Subnets of this stack from whose route table a route leads to an internet gateway. */
export function publicSubnets(template: Template): Resource[] {
  const gateways = template.resources("aws_internet_gateway");
  const leads = (route: Attributes) => gateways.some(({ address }) => refersTo(route.gateway_id, address));
  const routes = template.resources("aws_route").map(({ attributes }) => attributes);
  const tables = template
    .resources("aws_route_table")
    .filter(
      ({ address, attributes }) =>
        blocks<Attributes>(attributes.route).some(leads) ||
        routes.some((route) => refersTo(route.route_table_id, address) && leads(route)),
    );
  const associations = template
    .resources("aws_route_table_association")
    .map(({ attributes }) => attributes)
    .filter(({ route_table_id }) => tables.some(({ address }) => refersTo(route_table_id, address)));
  return template
    .resources("aws_subnet")
    .filter(({ address }) => associations.some(({ subnet_id }) => refersTo(subnet_id, address)));
}
