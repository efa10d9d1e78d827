import type { Rule } from "./rule";
import { apiRules } from "./rules/api";
import { computeRules } from "./rules/compute";
import { containerRules } from "./rules/containers";
import { databaseRules } from "./rules/databases";
import { deliveryRules } from "./rules/delivery";
import { fileSystemRules } from "./rules/file-systems";
import { functionRules } from "./rules/functions";
import { identityRules } from "./rules/identity";
import { keyAndLogRules } from "./rules/keys-and-logs";
import { knownTypeRules } from "./rules/known-types";
import { loadBalancerRules } from "./rules/load-balancers";
import { networkRules } from "./rules/network";
import { queueRules } from "./rules/queues";
import { stackRules } from "./rules/stack";
import { storageRules } from "./rules/storage";
import { topicAndStreamRules } from "./rules/topics-and-streams";

/**
 * The security baseline. A rule about a resource type that a stack does not have finds nothing there; a type that no
 * rule knows is a finding itself.
 */
export const rules: readonly Rule[] = [
  ...knownTypeRules,
  ...networkRules,
  ...loadBalancerRules,
  ...computeRules,
  ...fileSystemRules,
  ...storageRules,
  ...queueRules,
  ...topicAndStreamRules,
  ...functionRules,
  ...apiRules,
  ...keyAndLogRules,
  ...identityRules,
  ...containerRules,
  ...databaseRules,
  ...deliveryRules,
  ...stackRules,
];
