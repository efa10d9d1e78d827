import { Construct } from "constructs";
import { ManagedPolicy } from "../../shared/security/managed-policy";
import type { StateBucket } from "./state-bucket";

/** Two policies for the states of some stacks. No role has them until somebody attaches them. */
export class StatePolicies extends Construct {
  /** Reads: what a role for plans needs. */
  readonly read: ManagedPolicy;
  /** Reads, writes and locks: what a role that deploys needs. */
  readonly write: ManagedPolicy;

  /** @param states a stack's name, or the beginning of some and an asterisk, after the folders of a `keyPrefix` */
  constructor(
    scope: Construct,
    readonly states: string,
    bucket: StateBucket,
  ) {
    // A policy's name has neither sign, and no stack's has those that stand for them here.
    super(scope, states.replaceAll("/", "@").replace("*", "_any"));
    this.read = new ManagedPolicy(this, "read", { description: `Reads the Terraform states ${states}` });
    bucket.grantRead(this.read, states);
    this.write = new ManagedPolicy(this, "write", {
      description: `Reads, writes and locks the Terraform states ${states}`,
    });
    bucket.grantRead(this.write, states);
    bucket.grantWrite(this.write, states);
  }
}
