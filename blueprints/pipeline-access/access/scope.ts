import type { BlueprintStack } from "../../../shared/blueprint/blueprint-stack";
import { nameRules } from "../../../shared/blueprint/names";
import type { Grant } from "../../../shared/security/granted-role";

/** What one concern of the stacks needs. */
export interface Access {
  /** What a plan calls. */
  readonly reads: readonly AccessGrant[];
  /** What a deployment or a destroy calls beyond that. */
  readonly writes: readonly AccessGrant[];
  /**
   * Why an action is granted though no deployment, plan or destroy of the project's stacks was seen calling it, by the
   * action. @default - all are called
   */
  readonly unseen?: Readonly<Record<string, string>>;
}

export type AccessGrant = Pick<Grant, "actions" | "resources" | "conditions">;

export const WHEN_CHANGED = "Terraform calls it when a parameter of a stack is changed; the proof makes and destroys.";
export const WHEN_TAGS_CHANGE = "Terraform calls it when a stack's tags are changed; the proof makes and destroys.";

/** The same reason for several actions. */
export function unseen(reason: string, ...actions: readonly string[]): Record<string, string> {
  return Object.fromEntries(actions.map((action) => [action, reason]));
}

/** Digits and hyphen that `physicalName` ends a name in that is too long. */
const DIGEST = 9;

/**
 * A pattern of the names that stacks give to a kind of thing: all that a stack of that name may make. A name that has to be
 * cut may lose a part of its stack's.
 * @param stack a stack's name, or the beginning of names and a `*`
 */
export function namePattern(kind: keyof typeof nameRules, stack: string): string {
  const beginning = stack.endsWith("*") ? stack.slice(0, -1) : `${stack}-`;
  return `${beginning.slice(0, nameRules[kind].maxLength - DIGEST)}*`;
}

/** Narrows grants to what the stacks own: by name, by tag or by Region. */
export class StackScope {
  constructor(
    private readonly stack: BlueprintStack,
    private readonly names: readonly string[],
  ) {}

  /** ARNs of this account and Region of all that the stacks call so. */
  arns(service: string, kind: keyof typeof nameRules, resource: (name: string) => string): string[] {
    return this.names.map((name) => this.stack.arnOf(service, resource(namePattern(kind, name))));
  }

  /** ARNs of things that bear a stack's own name, with nothing after it. */
  ownArns(service: string, resource: (name: string) => string): string[] {
    return this.names.map((name) => this.stack.arnOf(service, resource(name)));
  }

  /** ARNs without a Region, of what is the account's. */
  globalArns(service: string, kind: keyof typeof nameRules, resource: (name: string) => string): string[] {
    return this.names.map((name) => this.accountArn(service, resource(namePattern(kind, name))));
  }

  /** ARNs of buckets, which have neither account nor Region. */
  bucketArns(resource: (bucket: string) => string = (bucket) => bucket): string[] {
    return this.names.map((name) => `arn:${this.stack.partition}:s3:::${resource(namePattern("bucket", name))}`);
  }

  /** All of these types: whose they are is for a condition to say. */
  any(service: string, ...resources: readonly string[]): string[] {
    return resources.map((resource) => this.stack.arnOf(service, resource));
  }

  accountArn(service: string, resource: string): string {
    return `arn:${this.stack.partition}:${service}::${this.stack.accountId}:${resource}`;
  }

  /** ARNs of AWS's own, or of a service whose ARNs name no account. */
  regionalArn(service: string, resource: string): string {
    return `arn:${this.stack.partition}:${service}:${this.stack.region}::${resource}`;
  }

  /** Only what carries a stack's tag. */
  get owned(): NonNullable<Grant["conditions"]> {
    return { [this.comparison]: { "aws:ResourceTag/Stack": this.names } };
  }

  /** Only what is given a stack's tag by the same call. */
  get tagged(): NonNullable<Grant["conditions"]> {
    return { [this.comparison]: { "aws:RequestTag/Stack": this.names } };
  }

  /** `StringEquals` unless one of the names is a pattern. */
  get comparison(): "StringEquals" | "StringLike" {
    return this.names.some((name) => name.endsWith("*")) ? "StringLike" : "StringEquals";
  }

  get partition(): string {
    return this.stack.partition;
  }

  get stackNames(): readonly string[] {
    return this.names;
  }

  /** Only in the stacks' Region: for actions that know no resource. */
  get here(): NonNullable<Grant["conditions"]> {
    return { StringEquals: { "aws:RequestedRegion": this.stack.region } };
  }
}
