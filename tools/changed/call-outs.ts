import type { Template } from "../../shared/testing/template";
import type { CallOut } from "./call-out";
import { factChanges } from "./fact";
import { attachmentFacts } from "./facts/attachments";
import { bucketFacts } from "./facts/buckets";
import { callerFacts } from "./facts/callers";
import { networkAclFacts } from "./facts/network-acls";
import { publicPlaceFacts } from "./facts/public-places";
import { securityGroupFacts } from "./facts/security-groups";
import { permissionChanges } from "./permission-changes";

/**
 * What a reviewer has to see of a change of one stack: what opens first, and of that what deserves a second look.
 *
 * @param before undefined for a stack that is new
 */
export async function callOutsOf(before: Template | undefined, after: Template): Promise<CallOut[]> {
  const networkFacts = (template: Template) =>
    [securityGroupFacts, networkAclFacts, publicPlaceFacts, callerFacts, bucketFacts].flatMap((factsOf) =>
      factsOf(template),
    );
  const found = [
    ...(await permissionChanges(before, after)),
    ...factChanges("permission", attachmentFacts, before, after),
    ...factChanges("network", networkFacts, before, after),
  ];
  return found.sort((a, b) => urgency(b) - urgency(a));
}

function urgency({ effect, attention }: CallOut): number {
  return effect === "closes" ? 0 : attention.length > 0 ? 2 : 1;
}
