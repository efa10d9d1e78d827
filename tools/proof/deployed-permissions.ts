import { readFileSync } from "node:fs";
import {
  ApplicationAutoScalingClient,
  paginateDescribeScalableTargets,
} from "@aws-sdk/client-application-auto-scaling";
import { AutoScalingClient, paginateDescribeAutoScalingGroups } from "@aws-sdk/client-auto-scaling";
import { EC2Client, paginateDescribeInstances } from "@aws-sdk/client-ec2";
import { DescribeTaskDefinitionCommand, ECSClient, paginateListTaskDefinitions } from "@aws-sdk/client-ecs";
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
import type { DeployedResource } from "../local-aws/cdktf";
import type { LocalDeployment } from "../local-aws/deployment";
import { targetName } from "./permissions/application-auto-scaling";
import { parseCalls } from "./permissions/calls";
import { checkPermissions } from "./permissions/check-permissions";
import { rolesOfCode, type TaskRoles, workersByRole } from "./permissions/principals";
import type { Environment, KnownResource } from "./permissions/services";

/** moto's one account. */
const ACCOUNT = "123456789012";

/** Where calls on the local AWS are made, for the evaluation of policies. */
export function localAccount(region: string): Environment {
  return { partition: "aws", region, account: ACCOUNT };
}

/**
 * Holds what the deployed code called while the scenario ran against the policies of the roles that it is deployed with.
 * @param deployed what the stack has made
 * @returns problems, a line each; a function that never ran is one, and a role for code that nobody worked with
 */
export async function permissionProblems(
  deployment: LocalDeployment,
  requestLog: string,
  deployed: readonly DeployedResource[],
  uncalled: readonly UncalledPermission[],
): Promise<string[]> {
  const { clientConfig } = deployment;
  const calls = parseCalls(readFileSync(requestLog, "utf8"));
  const functions = await deployment.usedFunctions();
  const workers = workersByRole([
    ...functions.map(({ functionName, roleName }) => ({ principal: functionName, roleName })),
    ...(await deployment.usedRoles()),
  ]);
  const valuesOf = (type: string) => deployed.filter((one) => one.type === type).map(({ values }) => values);
  const expectedFunctions = valuesOf("aws_lambda_function").map(({ function_name }) => function_name as string);
  const roles = valuesOf("aws_iam_role").map((role) => ({
    roleName: role.name as string,
    trust: role.assume_role_policy,
  }));
  const expectedRoles = rolesOfCode(roles, await taskRoles(clientConfig));
  const resources = await knownResources(clientConfig);
  const problems = [
    ...expectedFunctions
      .filter((name) => !functions.some(({ functionName }) => functionName === name))
      .map((name) => `${name}: never ran; its permissions are not proven. Let the scenario run it`),
    ...expectedRoles
      .filter((name) => !workers.some(({ roleName }) => roleName === name))
      .map((name) => `${name}: nobody worked with this role; it is not proven. Let the scenario run its code`),
  ];
  for (const { roleName, principals } of workers) {
    const found = await checkPermissions({
      calls: calls.filter(({ accessKeyId = "" }) => principals.includes(accessKeyId)),
      policies: await policiesOf(roleName, clientConfig),
      environment: { ...localAccount(clientConfig.region), resources },
      reasons: uncalled.filter((one) => one.roleName === roleName),
    });
    problems.push(...found.map(({ kind, message }) => `${principals.join(", ")}: ${kind}: ${message}`));
  }
  return problems;
}

async function taskRoles(config: ClientConfig): Promise<TaskRoles[]> {
  const client = new ECSClient(config);
  const found: TaskRoles[] = [];
  for await (const { taskDefinitionArns = [] } of paginateListTaskDefinitions({ client }, {})) {
    for (const arn of taskDefinitionArns) {
      const { taskDefinition } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }));
      if (taskDefinition) found.push(taskDefinition);
    }
  }
  return found;
}

/**
 * Groups and instances, terminated ones as well, with the tags that they have now: after the calls, not at their time; and
 * the scalable targets of ECS services.
 */
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
  const client = new ApplicationAutoScalingClient(config);
  for await (const page of paginateDescribeScalableTargets({ client }, { ServiceNamespace: "ecs" })) {
    for (const target of page.ScalableTargets ?? []) {
      found.push({ arn: target.ScalableTargetARN ?? "", name: targetName({ ...target }) });
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
  const attached = AttachedPolicies.map(({ PolicyArn }: AttachedPolicy) => managedPolicy(PolicyArn, iam));
  return Promise.all([...inline, ...attached]);
}

/** The document of a managed policy, as JSON. */
export async function managedPolicy(PolicyArn: string | undefined, iam: IAMClient): Promise<string> {
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
  const version = new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId });
  const { PolicyVersion } = await iam.send(version);
  return decodeURIComponent(PolicyVersion?.Document ?? "");
}
