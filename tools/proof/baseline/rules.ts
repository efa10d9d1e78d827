import type { Rule } from "./rule";
import { apiRules } from "./rules/api";
import { functionRules } from "./rules/functions";
import { identityRules } from "./rules/identity";
import { keyAndLogRules } from "./rules/keys-and-logs";
import { networkRules } from "./rules/network";
import { queueRules } from "./rules/queues";
import { stackRules } from "./rules/stack";
import { storageRules } from "./rules/storage";
import { topicAndStreamRules } from "./rules/topics-and-streams";

/** The security baseline. A rule about a resource type that a stack does not have finds nothing there. */
export const rules: readonly Rule[] = [
  ...networkRules,
  ...storageRules,
  ...queueRules,
  ...topicAndStreamRules,
  ...functionRules,
  ...apiRules,
  ...keyAndLogRules,
  ...identityRules,
  ...stackRules,
];
