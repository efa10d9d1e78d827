import { Token } from "cdktf";
import type { PropCheck } from "../blueprint/checked-props";

/** The rule of subnets in which something survives a zone's failure: one a zone, and a second zone. */
export function zonesRule(subnetIds: readonly string[]): PropCheck {
  return {
    prop: "subnetIds",
    holds: Token.isUnresolved(subnetIds) || subnetIds.length >= 2,
    allowed: "at least 2, in different zones",
    given: subnetIds,
    mend: "add one, so that a zone's failure leaves one",
  };
}
