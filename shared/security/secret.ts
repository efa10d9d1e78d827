import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import type { Key } from "./key";
import type { ServiceRole } from "./service-role";

export interface SecretProps {
  /** What it is for, in the account's list of secrets. At most 2,048 characters. */
  readonly description: string;
  readonly key: Key;
}

/** Options of a permission on a secret. */
export interface SecretGrantOptions {
  /** Why it is granted though the role's own code never calls it. @default - the code calls it */
  readonly uncalled?: string;
}

/** Secrets Manager's longest; its shortest is 7, and 0 is at once. Until it is over, the name cannot be used again. */
const RECOVERY_WINDOW_DAYS = 30;

/**
 * A secret that nobody has filled: a machine makes its value, so that it is in no plan and no state. Until then, reading
 * it fails with ResourceNotFoundException. Secrets Manager is reached by TLS only and gives nothing to whom IAM does
 * not: it needs no policy of its own.
 *
 * Unlike the AWS CDK: no value is generated.
 */
export class Secret extends Construct {
  readonly arn: string;
  readonly secretName: string;
  readonly #key: Key;

  constructor(scope: Construct, id: string, props: SecretProps) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    const { retainData } = stack.parameters;
    const secret = new SecretsmanagerSecret(this, "secret", {
      name: stack.nameOf("secret", this),
      description: props.description,
      kmsKeyId: props.key.arn,
      recoveryWindowInDays: retainData ? RECOVERY_WINDOW_DAYS : 0,
      lifecycle: { preventDestroy: retainData },
    });
    this.arn = secret.arn;
    this.secretName = secret.name;
    this.#key = props.key;
  }

  /** Lets a role read the value. */
  grantRead(role: ServiceRole, { uncalled }: SecretGrantOptions = {}): void {
    this.#grant(role, ["secretsmanager:GetSecretValue"], ["kms:Decrypt"], uncalled);
  }

  /** Lets a role read the value and put a new one. */
  grantFill(role: ServiceRole, { uncalled }: SecretGrantOptions = {}): void {
    this.#grant(
      role,
      ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
      ["kms:Decrypt", "kms:GenerateDataKey"],
      uncalled,
    );
  }

  #grant(role: ServiceRole, actions: string[], keyActions: string[], uncalled: string | undefined): void {
    role.grant({ actions, resources: [this.arn], uncalled });
    this.#key.grantThrough(role, {
      actions: keyActions,
      through: ["secretsmanager"],
      // The context that Secrets Manager gives: the key may encrypt other things, which are none of this role's business.
      context: { SecretARN: this.arn },
      uncalled: "Secrets Manager calls KMS with the permissions of whoever reads or fills the secret.",
    });
  }
}
