import { blocks } from "../../../../shared/testing/policy-document";
import { refersTo } from "../../../../shared/testing/references";
import type { Template } from "../../../../shared/testing/template";

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
