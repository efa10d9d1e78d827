export { type Access, StackScope } from "./scope";

import { apiAccess } from "./api";
import { containerAccess } from "./containers";
import { dataAccess } from "./data";
import { deliveryAccess } from "./delivery";
import { fileSystemAccess } from "./file-systems";
import { functionAccess } from "./functions";
import { loadBalancerAccess } from "./load-balancers";
import { machineAccess } from "./machines";
import { messagingAccess } from "./messaging";
import { monitoringAccess } from "./monitoring";
import { networkAccess } from "./network";
import { roleAccess } from "./roles";
import type { Access, StackScope } from "./scope";
import { secretAccess } from "./secrets";
import { storageAccess } from "./storage";
import { zoneAccess } from "./zones";

/**
 * All that plans and deployments of the stacks call, concern by concern.
 * @param boundaryArn of the policy that bounds every role of the stacks
 */
export function accessOf(scope: StackScope, boundaryArn: string): Access[] {
  return [
    apiAccess,
    containerAccess,
    dataAccess,
    deliveryAccess,
    fileSystemAccess,
    functionAccess,
    loadBalancerAccess,
    machineAccess,
    messagingAccess,
    monitoringAccess,
    networkAccess,
    roleAccess,
    secretAccess,
    storageAccess,
    zoneAccess,
  ].map((access) => access(scope, boundaryArn));
}
