import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CheckedStack } from "../../shared/blueprint/app";
import { PROOF } from "../../shared/blueprint/discovery";
import type { Scenario } from "../../shared/testing/scenario";
import { LocalDeployment } from "../local-aws/deployment";
import type { LocalSession } from "../local-aws/session";
import { expectNothingShared } from "./side-by-side";

export interface WalkThroughOptions {
  readonly session: LocalSession;
  readonly stack: CheckedStack;
  /** Node.js of Lambda's version. */
  readonly node: string;
  readonly say: (line: string) => void;
  /** Another stack, which is there as long as this one: no resource may be both's, and the plans of this one stay empty. */
  readonly beside?: NeighbourStack;
  /** Called while the stack is deployed and its scenario has run. */
  readonly inspect?: (deployment: LocalDeployment) => Promise<void>;
}

export interface NeighbourStack {
  readonly name: string;
  /** Whether it adopts what the stack makes, and is deployed after it. @default false - at the same time */
  readonly adopts?: boolean;
}

/**
 * The life of a stack, on the local AWS: deployed, a second plan that must be empty, its scenario (which plans again
 * while the code has changed something), destroyed, nothing left.
 * @throws Error at the first thing that is not so. The stack is destroyed in any case.
 */
export async function walkThrough({ session, stack, node, say, beside, inspect }: WalkThroughOptions): Promise<void> {
  const { aws, cdktf } = session;
  const name = stack.stackName;
  const names = beside ? [name, beside.name] : [name];
  const before = await inventory(aws.url);
  // What adopts something comes after it, and goes before it.
  const together = beside?.adopts ? [[name], [beside.name]] : [names];
  const deploy = async () => {
    for (const some of together) {
      say(`Deploying ${some.join(" and ")}: cdktf deploy ${some.join(" ")}`);
      await cdktf.deploy(some);
    }
  };
  const destroy = async () => {
    for (const some of [...together].reverse()) {
      say(`Destroying ${some.join(" and ")}: cdktf destroy ${some.join(" ")}`);
      await cdktf.destroy(some);
    }
  };
  try {
    await deploy();
    if (beside) await expectNothingShared(cdktf, name, beside.name);
    const deployment = new LocalDeployment({
      stackName: name,
      parameters: stack.parameters,
      outputs: await cdktf.outputs(name),
      url: aws.url,
      region: stack.parameters.region,
      output: aws.folders.output,
      temporary: aws.folders.home,
      node,
      say,
      pendingChanges: () => cdktf.pendingChanges(name),
    });
    try {
      await deployment.expectEmptyPlan();
      say("The second plan is empty.");
      await scenarioOf(stack)?.(deployment);
      await inspect?.(deployment);
    } finally {
      await deployment.close();
    }
  } catch (failure) {
    // What went wrong first is what matters, whether or not the destroy works.
    await destroy().catch((second) => say(`The destroy failed as well: ${(second as Error).message}`));
    throw failure;
  }
  await destroy();
  const inStates = await Promise.all(names.map((one) => cdktf.resources(one)));
  const left = [...inStates.flat(), ...difference(await inventory(aws.url), before)];
  if (left.length > 0) throw new Error(`${name}: the destroy left behind: ${left.join(", ")}`);
  say("Nothing is left.");
}

function scenarioOf(stack: CheckedStack): Scenario | undefined {
  const file = join(stack.folder, PROOF, "scenario.ts");
  return existsSync(file) ? (require(file) as { default: Scenario }).default : undefined;
}

// What outlives a stack in AWS as well: deleted keys wait for their day, metrics for their end, an account has defaults that
// are made when they are first asked for, and revisions of task definitions that a pipeline registered are nobody's.
const OUTLIVES =
  /^(kms (keys|key_to_aliases) |kms .*alias\/aws\/|cloudwatch (metric_data|insight)|scheduler schedule_groups default|ecs task_definitions )/;

/** Everything that the local AWS holds, an entry `service collection key` each. */
async function inventory(url: string): Promise<Set<string>> {
  const response = await fetch(`${url}/local-aws/inventory`);
  const entries = (await response.json()) as string[];
  return new Set(entries.filter((entry) => !OUTLIVES.test(entry)));
}

function difference(after: Set<string>, before: Set<string>): string[] {
  return [...after].filter((one) => !before.has(one));
}
