import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GetFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { unzipSync } from "fflate";
import { FunctionProcess } from "../../shared/testing/function-process";
import type { ClientConfig, DeployedCode } from "../../shared/testing/scenario";

export interface DeployedFunctionOptions {
  readonly functionName: string;
  readonly clientConfig: ClientConfig;
  /** Folder of the synthesized stacks, in which the zip that was deployed lies. */
  readonly output: string;
  /** Folder to unpack below. */
  readonly temporary: string;
  /** Node.js of Lambda's version. */
  readonly node: string;
}

/**
 * The code of a function that is deployed on the local AWS, which stores functions but runs none. What runs is the zip
 * whose hash the local AWS reports, with the variables it reports, under the Node.js version that Lambda runs. Calls to
 * AWS carry the function's name as access key, so that they can be told apart and held against its role.
 */
export class DeployedFunction extends FunctionProcess implements DeployedCode {
  private constructor(
    readonly functionName: string,
    readonly roleName: string,
    private readonly folder: string,
    options: Omit<ConstructorParameters<typeof FunctionProcess>[0], "functionName" | "codeFolder">,
  ) {
    super({ ...options, functionName, codeFolder: folder });
  }

  /** @throws Error when the function is not deployed, or the code that is deployed is not what was synthesized. */
  static async load({ functionName, clientConfig, ...options }: DeployedFunctionOptions): Promise<DeployedFunction> {
    const { Configuration: deployed = {} } = await new LambdaClient(clientConfig).send(
      new GetFunctionCommand({ FunctionName: functionName }),
    );
    const zip = synthesizedZip(options.output, deployed.CodeSha256);
    if (!zip)
      throw new Error(`${functionName}: no synthesized zip has the hash of the deployed code, ${deployed.CodeSha256}`);
    mkdirSync(options.temporary, { recursive: true });
    const folder = mkdtempSync(join(options.temporary, `${functionName}-`));
    for (const [name, content] of Object.entries(unzipSync(zip))) writeFileSync(join(folder, name), content);
    return new DeployedFunction(functionName, deployed.Role?.split("/").at(-1) ?? "", folder, {
      handler: deployed.Handler ?? "",
      timeoutSeconds: deployed.Timeout ?? 3,
      node: options.node,
      environment: {
        ...deployed.Environment?.Variables,
        AWS_LAMBDA_FUNCTION_NAME: functionName,
        AWS_REGION: clientConfig.region,
        AWS_ENDPOINT_URL: clientConfig.endpoint,
        AWS_ACCESS_KEY_ID: functionName,
        AWS_SECRET_ACCESS_KEY: "local",
        TZ: ":UTC",
      },
    });
  }

  /** Ends the process and removes the unpacked code. */
  override close(): void {
    super.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function synthesizedZip(folder: string, sha256Base64: string | undefined): Uint8Array | undefined {
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith("function.zip")) continue;
    const content = readFileSync(join(folder, file));
    if (createHash("sha256").update(content).digest("base64") === sha256Base64) return content;
  }
  return undefined;
}
