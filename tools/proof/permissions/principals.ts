import { parsePolicy } from "../../../shared/testing/policy-document";
import type { UsedRole } from "../../local-aws/deployment";

/** A role that is deployed, with its trust policy as JSON text or parsed. */
export interface DeployedRole {
  readonly roleName: string;
  readonly trust: unknown;
}

/** The roles of a task definition that is deployed, by their ARNs. */
export interface TaskRoles {
  readonly taskRoleArn?: string;
  readonly executionRoleArn?: string;
}

const SERVICES_THAT_RUN_CODE = ["codebuild.amazonaws.com", "ecs-tasks.amazonaws.com", "lambda.amazonaws.com"];

/**
 * The roles that code of a stack works with: of functions, of builds and of tasks. A role with which only ECS itself
 * works, to start tasks, is none of them.
 */
export function rolesOfCode(roles: readonly DeployedRole[], taskDefinitions: readonly TaskRoles[]): string[] {
  const named = (arns: readonly (string | undefined)[]) => arns.map((arn) => arn?.split("/").at(-1));
  const ofTasks = named(taskDefinitions.map(({ taskRoleArn }) => taskRoleArn));
  const ofEcs = named(taskDefinitions.map(({ executionRoleArn }) => executionRoleArn));
  return roles
    .filter(({ trust }) =>
      parsePolicy(trust).some(({ Principal }) =>
        Principal?.Service?.some((service) => SERVICES_THAT_RUN_CODE.includes(service)),
      ),
    )
    .map(({ roleName }) => roleName)
    .filter((name) => ofTasks.includes(name) || !ofEcs.includes(name));
}

/** A role and all who were seen working with it: what one of them does not call, another may. */
export interface Workers {
  readonly roleName: string;
  readonly principals: readonly string[];
}

export function workersByRole(used: readonly UsedRole[]): Workers[] {
  const principals = new Map<string, Set<string>>();
  for (const { roleName, principal } of used) {
    principals.set(roleName, (principals.get(roleName) ?? new Set()).add(principal));
  }
  return [...principals].map(([roleName, names]) => ({ roleName, principals: [...names] }));
}
