import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface AwsCliOptions {
  /** URL of the local AWS. */
  readonly endpoint: string;
  /** Where a call goes that names no Region. */
  readonly region: string;
  /** @default - what the SDK finds in the environment of the call */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * Puts an executable `aws` into a folder, for programs of machines and builds that call the AWS CLI: it sends
 * `aws <service> <operation> --cli-input-json <JSON or file://...> [--region R]` to the endpoint by the SDK, prints what
 * comes back, and fails as the AWS CLI does. It knows the services application-autoscaling, autoscaling, cloudwatch, ecr
 * and ecs, and `ecr get-login-password`. Others, and other options, are refused with status 252.
 *
 * @returns path of the executable
 */
export function installAwsCli(folder: string, options: AwsCliOptions): string {
  const file = join(folder, "aws");
  const program = JSON.stringify(join(__dirname, "aws-cli-runner.cjs"));
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `#!${process.execPath} --no-warnings\nrequire(${program})(${JSON.stringify(options)});\n`);
  chmodSync(file, 0o755);
  return file;
}
