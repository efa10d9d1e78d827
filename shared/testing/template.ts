import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import { mismatches } from "./matching";
import type { PolicyStatement } from "./policy-document";
import { rolePolicyStatements } from "./role-policies";

// biome-ignore lint/suspicious/noExplicitAny: the attributes of all resource types have no common type
export type Attributes = Record<string, any>;

export interface Resource {
  /** `aws_sqs_queue.jobs`; a data source's begins with `data.`. */
  readonly address: string;
  readonly type: string;
  /** The name in the address, not an attribute: `jobs`. */
  readonly name: string;
  /** As in the JSON, in snake_case, without cdktf's metadata. */
  readonly attributes: Attributes;
}

/** Assertions on the Terraform JSON of one stack, after the AWS CDK's `assertions.Template`. */
export class Template {
  private constructor(
    /** The whole configuration, without cdktf's metadata (`"//"`). */
    readonly json: Attributes,
  ) {}

  /**
   * @param source a stack, which is synthesized and validated; parsed Terraform JSON; or the path of a stack's folder
   * below `cdktf.out/stacks`, or of its `cdk.tf.json`
   * @throws Error when a validation of the stack fails, or the path holds no `cdk.tf.json`
   */
  static of(source: TerraformStack | string | object): Template {
    if (typeof source === "string") return new Template(withoutMetadata(readStack(source)));
    if (!TerraformStack.isStack(source)) return new Template(withoutMetadata(source as Attributes));
    source.prepareStack();
    return new Template(JSON.parse(Testing.synth(source, true)));
  }

  /** Managed resources, of one type or of all, in the order of the JSON. */
  resources(type?: string): Resource[] {
    return list(this.json.resource, type, "");
  }

  /** Data sources, of one type or of all. */
  dataSources(type?: string): Resource[] {
    return list(this.json.data, type, "data.");
  }

  resourceCount(type: string): number {
    return this.resources(type).length;
  }

  /** How many resources there are of each type. */
  resourceCounts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { type } of this.resources()) counts[type] = (counts[type] ?? 0) + 1;
    return counts;
  }

  /** The resource at an address such as `aws_sqs_queue.jobs`, if there is one. */
  at(address: string): Resource | undefined {
    return [...this.resources(), ...this.dataSources()].find((resource) => resource.address === address);
  }

  /** @throws Error when there is not exactly one resource of the type; it lists what there is. */
  only(type: string): Resource {
    const found = this.resources(type);
    if (found.length === 1) return found[0]!;
    if (found.length === 0) throw new Error(`no ${type} in this stack. It has ${this.types()}`);
    throw new Error(`${found.length} ${type} where one was expected: ${addresses(found)}`);
  }

  /**
   * The first resource of a type whose attributes match, see {@link mismatches}: objects match partially, lists in full,
   * a leaf may be a RegExp or a predicate.
   * @throws Error when none matches; it names the closest one and the attributes that differ.
   */
  find(type: string, attributes: object = {}): Resource {
    const candidates = this.resources(type).map((resource) => ({
      resource,
      differences: mismatches(resource.attributes, attributes),
    }));
    candidates.sort((a, b) => a.differences.length - b.differences.length);
    const closest = candidates[0];
    if (!closest) throw new Error(`no ${type} in this stack. It has ${this.types()}`);
    if (closest.differences.length === 0) return closest.resource;
    throw new Error(
      `none of ${candidates.length} ${type} matches. Closest is ${closest.resource.address}, where\n` +
        closest.differences.map((line) => `  ${line}`).join("\n"),
    );
  }

  /**
   * All statements of a role's inline policies and attached customer-managed policies.
   *
   * @param roleOrFunction the address of an `aws_iam_role`, or the address, name or `function_name` of a Lambda function
   * @param awsManaged names of AWS managed policies that may be attached; their statements are not in the configuration
   * @throws Error on a policy that cannot be read, and on an AWS managed policy that `awsManaged` does not name
   */
  policyStatements(roleOrFunction: string, awsManaged: readonly string[] = []): PolicyStatement[] {
    return rolePolicyStatements(this, roleOrFunction, awsManaged);
  }

  /** Outputs by name, each with `value` and what else was set: `description`, `sensitive`. */
  outputs(): Record<string, Attributes> {
    return this.json.output ?? {};
  }

  private types(): string {
    const types = Object.entries(this.json.resource ?? {}).map(
      ([type, byName]) => `${Object.keys(byName as object).length} ${type}`,
    );
    return types.length > 0 ? types.join(", ") : "no resources";
  }
}

function list(section: Attributes | undefined, only: string | undefined, prefix: string): Resource[] {
  return Object.entries(section ?? {})
    .filter(([type]) => only === undefined || type === only)
    .flatMap(([type, byName]) =>
      Object.entries(byName as Attributes).map(([name, attributes]) => ({
        address: `${prefix}${type}.${name}`,
        type,
        name,
        attributes,
      })),
    );
}

function addresses(resources: readonly Resource[]): string {
  return resources.map(({ address }) => address).join(", ");
}

function readStack(path: string): Attributes {
  const file = path.endsWith(".json") ? path : join(path, "cdk.tf.json");
  if (!existsSync(file)) throw new Error(`there is no ${file}: synthesize first, or give the folder of one stack`);
  return JSON.parse(readFileSync(file, "utf8"));
}

function withoutMetadata<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (key, part) => (key === "//" ? undefined : part)));
}
