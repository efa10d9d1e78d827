import { isDeepStrictEqual } from "node:util";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { dependable, Lazy, type TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { BlueprintMistakes } from "../blueprint/mistakes";

export interface GrantedRoleProps {
  /** The one statement of the trust policy that allows: who may assume the role, by which action, on which conditions. */
  readonly trust: TrustStatement;
  /** What the role is for, in the account's list of roles. */
  readonly description: string;
  /** ARNs of policies that somebody else looks after. They count against the ten that IAM attaches. @default - none */
  readonly attachedPolicyArns?: readonly string[];
}

export interface TrustStatement {
  readonly Effect: "Allow";
  readonly Principal: Readonly<Record<string, string>>;
  readonly Action: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Record<string, Record<string, string | readonly string[]>>;
  /** Why it is granted though the role's own code never calls it. @default - the code calls it */
  readonly uncalled?: string;
}

/** Who permissions are granted to: a role, or what has one. */
export type Grantee = Pick<GrantedRole, "grant">;

/** What is never allowed, whatever else allows it. */
export type Denial = Pick<Grant, "actions" | "resources" | "conditions">;

type Statement = {
  Effect: "Allow" | "Deny";
  Action: readonly string[];
  Resource: string[];
  Condition?: Grant["conditions"];
};

// IAM's quotas, in characters without white space: an inline policy shares 10,240 a role, a managed one has 6,144.
// A tenth is kept back, because an ARN's tokens are resolved only by Terraform.
const INLINE_CHARACTERS = 9200;
const MANAGED_CHARACTERS = 5500;
/** IAM's default quota of managed policies attached to a role. */
const MANAGED_POLICIES = 10;
/** What a reference to the account, partition or Region inside an ARN becomes at most. */
const RESOLVED_PART = "x".repeat(14);
/** What a reference to a whole ARN becomes, generously. */
const RESOLVED_ARN = "x".repeat(160);

/**
 * A role that has only what it was granted. Grants beyond an inline policy's quota go on in managed policies, so that five
 * hundred ARNs need no wildcard.
 */
export class GrantedRole extends Construct {
  readonly arn: string;
  readonly roleName: string;
  readonly #role: IamRole;
  readonly #mostManaged: number;
  readonly #policies: Statement[][] = [];
  readonly #pieces: number[] = [];
  readonly #policyNames: string[] = [];
  readonly #dependents: TerraformResource[] = [];
  /** Statements of what is granted though the role's own code never calls it. */
  readonly #uncalled = new Set<Statement>();

  constructor(scope: Construct, id: string, props: GrantedRoleProps) {
    super(scope, id);
    const { attachedPolicyArns = [] } = props;
    const stack = BlueprintStack.of(this);
    this.roleName = stack.globalNameOf("role", this);
    this.#role = new IamRole(this, "role", {
      name: this.roleName,
      description: props.description,
      assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [props.trust] }),
      permissionsBoundary: stack.parameters.permissionsBoundaryArn,
    });
    this.arn = this.#role.arn;
    this.#mostManaged = MANAGED_POLICIES - attachedPolicyArns.length;
    attachedPolicyArns.forEach((policyArn, index) => {
      new IamRolePolicyAttachment(this, `attached-${index + 1}`, { role: this.#role.name, policyArn });
    });
  }

  /**
   * Allows the actions on the resources.
   * @throws BlueprintMistakes when the role would need more managed policies than IAM attaches.
   */
  grant(grant: Grant): void {
    const { actions, uncalled } = grant;
    if (uncalled) {
      const { roleName } = this;
      BlueprintStack.of(this).uncalledPermissions.push(
        ...actions.map((action) => ({ roleName, action, reason: uncalled })),
      );
    }
    this.#state("Allow", grant);
  }

  /** Refuses the actions on the resources, also where an attached policy allows them. @throws as {@link grant} */
  deny(denial: Denial): void {
    this.#state("Deny", denial);
  }

  #state(Effect: Statement["Effect"], { actions, resources, conditions, uncalled }: Grant): void {
    const head = {
      Effect,
      Action: [...actions].sort(),
      ...(conditions && { Condition: conditions }),
    } as const;
    for (const resource of resources) {
      const size = length(resource) + 1;
      const same = this.#policies.at(-1)?.find(
        (one) =>
          // Together nothing would tell whether the one that is not called needs its reason.
          this.#uncalled.has(one) === Boolean(uncalled) &&
          isDeepStrictEqual({ ...one, Resource: [] }, { ...head, Resource: [] }),
      );
      if (same && this.#fits(size)) {
        same.Resource.push(resource);
        this.#add(size);
        continue;
      }
      const statement: Statement = { ...head, Resource: [resource] };
      if (uncalled) this.#uncalled.add(statement);
      this.#openFor(length(statement) + 1);
      this.#policies.at(-1)?.push(statement);
      this.#add(length(statement) + 1);
    }
  }

  /** Allows to publish metrics in one namespace, and no other. Give a reason where an agent does it, not code of ours. */
  grantPutMetrics(namespace: string, uncalled?: string): void {
    this.grant({
      actions: ["cloudwatch:PutMetricData"],
      // CloudWatch knows no resources here; the namespace is what it can be narrowed to.
      resources: ["*"],
      conditions: { StringEquals: { "cloudwatch:namespace": namespace } },
      uncalled,
    });
  }

  /** Has the resource made after all that the role is granted, now and later, and destroyed before it. */
  grantBefore(...resources: TerraformResource[]): void {
    this.#dependents.push(...resources);
    for (const resource of resources) resource.dependsOn = [...(resource.dependsOn ?? []), ...this.#policyNames];
  }

  #made(policy: TerraformResource): void {
    const name = dependable(policy);
    this.#policyNames.push(name);
    for (const resource of this.#dependents) resource.dependsOn = [...(resource.dependsOn ?? []), name];
  }

  #limit(): number {
    return this.#policies.length <= 1 ? INLINE_CHARACTERS : MANAGED_CHARACTERS;
  }

  #fits(size: number): boolean {
    return this.#policies.length > 0 && (this.#pieces.at(-1) ?? 0) + size <= this.#limit();
  }

  #add(size: number): void {
    this.#pieces[this.#pieces.length - 1] = (this.#pieces.at(-1) ?? 0) + size;
  }

  #openFor(size: number): void {
    if (this.#fits(size)) return;
    const index = this.#policies.length;
    const stack = BlueprintStack.of(this);
    if (index > this.#mostManaged) {
      throw new BlueprintMistakes([
        `${stack.stackName}: the role ${this.node.path} would need more than ${MANAGED_POLICIES} managed policies, which is IAM's quota; ` +
          "spread what it works on over several stacks, one parameters file each",
      ]);
    }
    const statements: Statement[] = [];
    this.#policies.push(statements);
    this.#pieces.push(0);
    const policy = Lazy.stringValue({
      produce: () => JSON.stringify({ Version: "2012-10-17", Statement: statements }),
    });
    if (index === 0) {
      this.#made(new IamRolePolicy(this, "policy", { role: this.#role.name, name: "granted", policy }));
      return;
    }
    const name = stack.globalNameOf("policy", this, String(index + 1));
    const managed = new IamPolicy(this, `policy-${index + 1}`, { name, policy });
    this.#made(
      new IamRolePolicyAttachment(this, `attachment-${index + 1}`, { role: this.#role.name, policyArn: managed.arn }),
    );
  }
}

function length(value: unknown): number {
  return JSON.stringify(value)
    .replace(/"\$\{[^}]*\}/g, `"${RESOLVED_ARN}`)
    .replace(/\$\{[^}]*\}/g, RESOLVED_PART).length;
}
