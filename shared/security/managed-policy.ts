import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import type { Grant, Grantee } from "./service-role";

export interface ManagedPolicyProps {
  /** What it allows, in the account's list of policies; it cannot be changed without replacing the policy. */
  readonly description: string;
}

/** A policy of the stack's own, for roles of others: it allows what was granted to it, to whomever it is attached. */
export class ManagedPolicy extends Construct implements Grantee {
  readonly arn: string;
  protected readonly policy: IamPolicy;
  readonly #statements: object[] = [];

  constructor(scope: Construct, id: string, { description }: ManagedPolicyProps) {
    super(scope, id);
    this.policy = new IamPolicy(this, "policy", {
      name: BlueprintStack.of(this).globalNameOf("policy", this),
      description,
      policy: Lazy.stringValue({
        produce: () => JSON.stringify({ Version: "2012-10-17", Statement: this.#statements }),
      }),
    });
    this.arn = this.policy.arn;
  }

  grant({ actions, resources, conditions }: Grant): void {
    this.#statements.push({ Effect: "Allow", Action: actions, Resource: resources, Condition: conditions });
  }
}
