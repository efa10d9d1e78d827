import { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import { Key } from "../../shared/security/key";
import { LogBucket } from "../../shared/storage/log-bucket";
import type { Parameters } from "./parameters";
import { StateBucket } from "./state-bucket";
import { StatePolicies } from "./state-policies";

/** Where a team's states live: one bucket, one key, and policies that let each pipeline reach the states that are its own. */
export default class RemoteState extends BlueprintStack<Parameters> {
  static override readonly isFoundation = true;

  constructor(scope: Construct, stackName: string, parameters: Parameters) {
    super(scope, stackName, parameters);
    const key = new Key(this, "key", { description: `Terraform states of ${stackName}`, protectsData: true });
    const logs = new LogBucket(this, "logs");
    const bucket = new StateBucket(this, "states", {
      key,
      requestLogs: logs,
      oldVersionDays: parameters.oldVersionDays,
      oldVersionsKept: parameters.oldVersionsKept,
    });

    const policyScope = new Construct(this, "policies");
    const policies = parameters.policiesFor.map((states) => new StatePolicies(policyScope, states, bucket));

    const { bucketName } = bucket;
    const backend = { type: "s3", bucket: bucketName, region: parameters.region, kmsKeyArn: key.arn };
    this.output(
      "backend_setting",
      "The context `backend` of cdktf.json that has all stacks' states here.",
      JSON.stringify(backend),
    );
    this.output("bucket", "Bucket of the states.", bucketName);
    this.output("key_arn", "KMS key that they are encrypted with.", key.arn);
    this.output("log_bucket", "Bucket with the log of the requests to the states' bucket.", logs.bucketName);
    const arns = (which: "read" | "write") => Object.fromEntries(policies.map((one) => [one.states, one[which].arn]));
    this.output("read_policy_arns", "Policies that let a role read states, for plans.", arns("read"));
    this.output("write_policy_arns", "Policies that let a role also write and lock them.", arns("write"));
  }
}
