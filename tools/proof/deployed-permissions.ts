import { readFileSync } from "node:fs";
import { AutoScalingClient, paginateDescribeAutoScalingGroups } from "@aws-sdk/client-auto-scaling";
import { EC2Client, paginateDescribeInstances } from "@aws-sdk/client-ec2";
import {
  type AttachedPolicy,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import type { UncalledPermission } from "../../shared/blueprint/blueprint-stack";
import type { ClientConfig } from "../../shared/testing/scenario";
import type { LocalDeployment } from "../local-aws/deployment";
import { parseCalls } from "./permissions/calls";
import { checkPermissions } from "./permissions/check-permissions";
import type { KnownResource } from "./permissions/services";

/** moto's one account. */
const ACCOUNT = "123456789012";

/**
 * Holds what the deployed functions called while the scenario ran against the policies of the roles that they are
 * deployed with.
 * @returns problems, a line each; a function that never ran is one
 */
export async function permissionProblems(
  deployment: LocalDeployment,
  requestLog: string,
  expectedFunctions: readonly string[],
  uncalled: readonly UncalledPermission[],
): Promise<string[]> {
  const { clientConfig } = deployment;
  const calls = parseCalls(readFileSync(requestLog, "utf8"));
  const used = await deployment.usedFunctions();
  const resources = await knownResources(clientConfig);
  const problems = expectedFunctions
    .filter((name) => !used.some(({ functionName }) => functionName === name))
    .map((name) => `${name}: never ran; its permissions are not proven. Let the scenario run it`);
  for (const { functionName, roleName } of used) {
    const found = await checkPermissions({
      calls: calls.filter(({ accessKeyId }) => accessKeyId === functionName),
      policies: await policiesOf(roleName, clientConfig),
      environment: { partition: "aws", region: clientConfig.region, account: ACCOUNT, resources },
      reasons: uncalled.filter((one) => one.roleName === roleName),
    });
    problems.push(...found.map(({ kind, message }) => `${functionName}: ${kind}: ${message}`));
  }
  return problems;
}

/** Groups and instances, terminated ones as well, with the tags that they have now: after the calls, not at their time. */
async function knownResources(config: ClientConfig): Promise<KnownResource[]> {
  const found: KnownResource[] = [];
  for await (const page of paginateDescribeAutoScalingGroups({ client: new AutoScalingClient(config) }, {})) {
    for (const { AutoScalingGroupARN: arn = "", Tags } of page.AutoScalingGroups ?? []) {
      found.push({ arn, tags: tagsOf(Tags) });
    }
  }
  for await (const page of paginateDescribeInstances({ client: new EC2Client(config) }, {})) {
    for (const { InstanceId, Tags } of (page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances)) {
      found.push({ arn: `arn:aws:ec2:${config.region}:${ACCOUNT}:instance/${InstanceId}`, tags: tagsOf(Tags) });
    }
  }
  return found;
}

function tagsOf(tags: readonly { readonly Key?: string; readonly Value?: string }[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

async function policiesOf(RoleName: string, config: ClientConfig): Promise<unknown[]> {
  const iam = new IAMClient(config);
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const inline = PolicyNames.map(async (PolicyName) => {
    const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    return decodeURIComponent(PolicyDocument);
  });
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  const attached = AttachedPolicies.map(async ({ PolicyArn }: AttachedPolicy) => {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const { PolicyVersion } = await iam.send(
      new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
    );
    return decodeURIComponent(PolicyVersion?.Document ?? "");
  });
  return Promise.all([...inline, ...attached]);
}
