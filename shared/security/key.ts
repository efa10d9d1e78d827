import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import type { Grantee } from "./service-role";

export interface KeyProps {
  /** What is encrypted with it. */
  readonly description: string;
  /** Whether data are lost with it: then it is protected as they are, by `retainData`. @default false */
  readonly protectsData?: boolean;
  /** AWS services of this account that encrypt and decrypt with it, such as `cloudwatch.amazonaws.com`. @default - none */
  readonly services?: readonly string[];
}

/** What a role may do with a key, and by way of what. */
export interface KeyUse {
  readonly actions: readonly string[];
  /** AWS services that call KMS for the role, such as `secretsmanager`. The role itself cannot use the key. */
  readonly through: readonly string[];
  /** Encryption context that has to be given, by key. @default - any */
  readonly context?: Readonly<Record<string, string>>;
  /** Why it is granted: no code of a stack calls KMS itself. */
  readonly uncalled: string;
}

/** KMS's shortest waiting period is 7 days, its longest 30; within it a deleted key can be called back. */
const DELETION_WINDOW_DAYS = 7;

/** A symmetric key of the stack's own, rotated every year. The account's IAM policies say who else may use it. */
export class Key extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: KeyProps) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    const key = new KmsKey(this, "key", {
      description: props.description,
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_WINDOW_DAYS,
      lifecycle: props.protectsData ? { preventDestroy: stack.parameters.retainData } : undefined,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AccountDecidesByIam",
            Effect: "Allow",
            Principal: { AWS: `arn:${stack.partition}:iam::${stack.accountId}:root` },
            Action: "kms:*",
            Resource: "*",
          },
          ...(props.services ?? []).map((service) => ({
            Sid: `Service${service.replace(/[^a-z0-9]/gi, "")}`,
            Effect: "Allow",
            Principal: { Service: service },
            Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
            Resource: "*",
            Condition: { StringEquals: { "aws:SourceAccount": stack.accountId } },
          })),
        ],
      }),
    });
    this.arn = key.arn;
    new KmsAlias(this, "alias", {
      name: `alias/${stack.nameOf("keyAlias", this)}`,
      targetKeyId: key.keyId,
    });
  }
  /** Lets a role use the key by way of AWS services only. */
  grantThrough(role: Grantee, { actions, through, context, uncalled }: KeyUse): void {
    const stack = BlueprintStack.of(this);
    // The suffix of services in China: docs.aws.amazon.com/general/latest/gr/rande.html
    const suffix = stack.parameters.region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    const contexts = Object.entries(context ?? {}).map(([key, value]) => [`kms:EncryptionContext:${key}`, value]);
    role.grant({
      actions,
      resources: [this.arn],
      conditions: {
        StringEquals: {
          "kms:ViaService": through.map((service) => `${service}.${stack.region}.${suffix}`),
          ...Object.fromEntries(contexts),
        },
      },
      uncalled,
    });
  }
}
