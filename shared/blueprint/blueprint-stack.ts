import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import type { CommonParameters } from "./common-parameters";
import { nameRules, physicalName } from "./names";

/** From the oldest provider that is deployed with in CI to the newest whose resources the bindings describe (6.25). */
const AWS_PROVIDER_VERSION = ">= 5.100, < 7.0";
/** Environment variable that narrows it: `5.100.0`. The local AWS is proven with one release. */
export const PROVIDER_VARIABLE = "BLUEPRINT_AWS_PROVIDER";
/** Low enough for OpenTofu, whose numbers went their own way at 1.6. */
const TERRAFORM_VERSION = ">= 1.8";

/** A line of the security baseline that a resource does not meet, on purpose. */
export interface BaselineException {
  /** The rule's id. */
  readonly rule: string;
  /** Beginning of the addresses that it holds for, such as `aws_lambda_function.`. */
  readonly resource: string;
  /** Why, in a sentence that the blueprint's README prints. */
  readonly reason: string;
}

/** What is granted to a role though its own code never calls it. */
export interface UncalledPermission {
  readonly roleName: string;
  readonly action: string;
  readonly reason: string;
}

/**
 * One blueprint with one set of parameters: an independent stack with a provider, a state and names of its own.
 * A blueprint's class extends it and builds its architecture in the constructor.
 */
export abstract class BlueprintStack<P extends CommonParameters = CommonParameters> extends TerraformStack {
  /** Whether a pipeline stands on stacks of this kind and may not change them: an administrator deploys them. */
  static readonly isFoundation: boolean = false;

  readonly baselineExceptions: BaselineException[] = [];
  readonly uncalledPermissions: UncalledPermission[] = [];
  readonly #lookups = new Map<string, string>();

  constructor(
    scope: Construct,
    readonly stackName: string,
    readonly parameters: P,
  ) {
    super(scope, stackName);
    new AwsProvider(this, "aws", {
      region: parameters.region,
      defaultTags: [{ tags: this.defaultTags }],
    });
    this.addOverride("terraform.required_version", TERRAFORM_VERSION);
    this.addOverride(
      "terraform.required_providers.aws.version",
      process.env[PROVIDER_VARIABLE] ?? AWS_PROVIDER_VERSION,
    );
  }

  /** The stack that a construct is part of. */
  static override of(construct: IConstruct): BlueprintStack {
    const stack = TerraformStack.of(construct);
    if (!(stack instanceof BlueprintStack)) {
      throw new Error(`${construct.node.path}: is not inside a BlueprintStack`);
    }
    return stack;
  }

  /** What the provider tags everything with that Terraform makes itself. */
  get defaultTags(): Record<string, string> {
    return { ManagedBy: "cdktf", ...this.parameters.tags, Stack: this.stackName };
  }

  /**
   * Unlike cdktf: the stack is not resolved once more beforehand. That run is there to find references to other stacks,
   * which blueprints do not make (they take ids as parameters), and takes a third of the time of a synthesis.
   */
  override prepareStack(): void {
    this.ensureBackendExists();
  }

  /**
   * A name of this stack's own, within the rule's limits: `<stack>-<part>[-<part>...]`. A construct stands for its path,
   * without a part that only repeats what it is: the role of `monitor/role` is `<stack>-monitor`.
   */
  nameOf(kind: keyof typeof nameRules, what: string | IConstruct): string {
    return physicalName(nameRules[kind], this.stackName, ...partsOf(kind, what));
  }

  /** As `nameOf`, for what is unique in the whole account: the same stack in two Regions has two names. */
  globalNameOf(kind: "role" | "policy" | "instanceProfile" | "dashboard", what: IConstruct, ...more: string[]): string {
    return physicalName(nameRules[kind], this.stackName, ...partsOf(kind, what), ...more, this.parameters.region);
  }

  /** A bucket's name, which nobody else in the world may have: `<stack>-<part>-<account>-<Region>`. */
  bucketNameOf(what: IConstruct): string {
    const name = physicalName(nameRules.bucket, this.stackName.toLowerCase(), ...partsOf("bucket", what));
    return `${name}-${this.accountId}-${this.parameters.region}`;
  }

  /** The ARN of something of this account and Region, by service and resource part. */
  arnOf(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.accountId}:${resource}`;
  }

  get accountId(): string {
    return this.#lookup("caller", (id) => new DataAwsCallerIdentity(this, id).accountId);
  }

  get partition(): string {
    return this.#lookup("partition", (id) => new DataAwsPartition(this, id).partition);
  }

  /** The Region as Terraform knows it. `id`, because provider 6 renamed `name` to `region`. */
  get region(): string {
    return this.#lookup("region", (id) => new DataAwsRegion(this, id).id);
  }

  /** A described value that `cdktf deploy` prints. Names are snake_case. */
  output(name: string, description: string, value: string | string[] | Record<string, string>): void {
    new TerraformOutput(this, name, { value, description });
  }

  /** Declares, where it is caused, that a line of the security baseline is not met, and why. */
  exceptFromBaseline(exception: BaselineException): void {
    this.baselineExceptions.push(exception);
  }

  #lookup(id: string, create: (id: string) => string): string {
    const known = this.#lookups.get(id) ?? create(id);
    this.#lookups.set(id, known);
    return known;
  }
}

function partsOf(kind: keyof typeof nameRules, what: string | IConstruct): string[] {
  if (typeof what === "string") return [what];
  const [, ...parts] = what.node.path.split("/");
  return parts.filter((part) => part !== kind);
}
