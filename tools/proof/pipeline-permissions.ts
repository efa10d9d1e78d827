import { Testing } from "cdktf";
import pipelineParameters from "../../blueprints/pipeline-access/parameters";
import PipelineAccess from "../../blueprints/pipeline-access/stack";
import { type PolicyStatement, parsePolicy } from "../../shared/testing/policy-document";
import { Template } from "../../shared/testing/template";
import { DEPLOYER_KEY, PLANNER_KEY } from "../local-aws/environment";
import type { RecordedCall } from "./permissions/calls";
import { judgeCalls } from "./permissions/judge-calls";
import type { Environment, KnownResource } from "./permissions/services";

export const PHASES = ["plan", "apply"] as const;
export type Phase = (typeof PHASES)[number];

/** Who of the request log does what a role is for. */
const CALLERS: Readonly<Record<Phase, string>> = { plan: PLANNER_KEY, apply: DEPLOYER_KEY };

/** Actions that a role was seen to need. */
export type UsedActions = Readonly<Record<Phase, readonly string[]>>;

/** What the pipeline may do for the stacks of these names, in AWS's own ARNs. */
export class PipelinePermissions {
  readonly #template: Template;
  readonly #access: PipelineAccess;

  constructor(
    stacks: readonly string[],
    private readonly environment: Environment,
  ) {
    const { region } = environment;
    this.#access = new PipelineAccess(
      Testing.app(),
      "pipeline-access",
      pipelineParameters.parse({ region, stacks, github: { repository: "owner/name" } }),
    );
    this.#template = Template.of(this.#access);
  }

  statements(phase: Phase): PolicyStatement[] {
    const name = `pipeline-access-github-${phase}-${this.environment.region}`;
    const { address } = this.#template.find("aws_iam_role", { name });
    const text = JSON.stringify(this.#template.policyStatements(address));
    return parsePolicy({ Statement: JSON.parse(this.#resolved(text)) });
  }

  /** What of the calls while a stack was deployed, planned again and destroyed the two roles do not allow. */
  async judge(
    calls: readonly RecordedCall[],
    resources: readonly KnownResource[],
  ): Promise<{ refused: string[]; used: UsedActions }> {
    const environment = { ...this.environment, resources };
    const bounded = calls.map((call) => this.#withBoundary(call));
    const judge = (phase: Phase) =>
      judgeCalls(
        bounded.filter(({ accessKeyId }) => accessKeyId === CALLERS[phase]),
        this.statements(phase),
        environment,
      );
    const [plan, apply] = [await judge("plan"), await judge("apply")];
    return {
      refused: [
        ...plan.problems.map((problem) => `plan role: ${problem}`),
        ...apply.problems.map((problem) => `apply role: ${problem}`),
      ],
      used: { plan: plan.used, apply: apply.used },
    };
  }

  /** Actions that a role has though no call was seen to need them and no reason is given; and reasons without a cause. */
  needless(phase: Phase, called: readonly string[]): string[] {
    const reasons: Record<string, string> = Object.assign({}, ...this.#access.access.map(({ unseen }) => unseen));
    const granted = this.statements(phase).flatMap(({ Effect, Action = [] }) => (Effect === "Allow" ? Action : []));
    return [
      ...[...new Set(granted)]
        .filter((action) => !called.includes(action) && !(action in reasons))
        .map((action) => `${action} is granted and never called: take it out, or give a reason in unseen`),
      ...Object.keys(reasons)
        .filter((action) => called.includes(action))
        .map((action) => `${action} is called: its reason in unseen is not needed`),
      // Each role has what the plan role has; what is left must be the apply role's.
      ...Object.keys(phase === "apply" ? reasons : {})
        .filter((action) => !granted.includes(action))
        .map((action) => `${action} has a reason in unseen, and is not granted`),
    ];
  }

  /** The policy that bounds what the stacks' roles may do. */
  boundary(): PolicyStatement[] {
    const policy = this.#template
      .resources("aws_iam_policy")
      .find(({ attributes }) => this.boundaryArn.endsWith(`:policy/${attributes.name}`));
    return parsePolicy(this.#resolved(String(policy?.attributes.policy)));
  }

  get boundaryArn(): string {
    return this.#resolved(String(this.#template.outputs().permissions_boundary_arn?.value));
  }

  /** As if the stack were deployed with its parameter permissionsBoundaryArn, which puts the boundary on each of its roles. */
  #withBoundary(call: RecordedCall): RecordedCall {
    if (call.service !== "iam" || call.parameters?.RoleName === undefined) return call;
    return { ...call, parameters: { ...call.parameters, PermissionsBoundary: this.boundaryArn } };
  }

  #resolved(text: string): string {
    const { account, partition, region } = this.environment;
    return text
      .replace(/\$\{(aws_iam_policy\.[\w-]+)\.arn\}/g, (_, address: string) => {
        const name = this.#template.at(address)?.attributes.name;
        return `arn:${partition}:iam::${account}:policy/${name}`;
      })
      .replaceAll("${data.aws_caller_identity.caller.account_id}", account)
      .replaceAll("${data.aws_partition.partition.partition}", partition)
      .replaceAll("${data.aws_region.region.id}", region);
  }
}
