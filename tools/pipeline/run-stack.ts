import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { cdktfContext } from "../../shared/blueprint/app";
import { backendSettings } from "../../shared/blueprint/backend";
import { ToolchainError } from "../toolchain/error";
import { prepareTerraform } from "../toolchain/terraform";
import { HcpClient } from "./hcp/client";
import { runStack as runInHcp } from "./hcp/run-stack";
import { NO_CHANGES, type Result } from "./result";
import { stopAfter } from "./stop";
import { runStack as runHere } from "./terraform/run-stack";

export interface RunOptions {
  /** The project's root folder. */
  readonly root: string;
  readonly stack: string;
  readonly verb: "plan" | "apply";
  /** After that long it is given up. */
  readonly timeoutMinutes: number;
  readonly env: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
}

/**
 * Plans or applies one synthesized stack where the backend says: in HCP Terraform, or with Terraform here. What a user has
 * to mend is a result as well, so that it is told where the plan would have been.
 */
export async function runStack(options: RunOptions): Promise<Result> {
  const { stack, verb } = options;
  try {
    return await run(options);
  } catch (error) {
    if (!(error instanceof ToolchainError)) throw error;
    return { stack, verb, outcome: "errored", ...NO_CHANGES, text: "", detail: error.message };
  }
}

async function run({ root, stack, verb, timeoutMinutes, env, report }: RunOptions): Promise<Result> {
  const folder = resolve(root, env.CDKTF_OUTDIR ?? "cdktf.out", "stacks", stack);
  if (!existsSync(join(folder, "cdk.tf.json")))
    throw new ToolchainError(`${stack} is not synthesized: ${folder} has no cdk.tf.json. Run npm run synth first.`);
  const settings = backendSettings(cdktfContext(root).backend, env);
  if (settings.type === "local" && env.GITHUB_ACTIONS === "true")
    throw new ToolchainError(
      "With the backend local a runner has no state, and would lose it: set the repository's variable BLUEPRINT_BACKEND " +
        "to one of type cloud or s3. docs/pipeline.md says how.",
    );
  const stop = stopAfter(timeoutMinutes);
  try {
    if (settings.type !== "cloud") {
      const { binary } = await prepareTerraform({ root, env, report });
      return await runHere({ binary, stack, folder, verb, stop, onOutput: (text) => process.stdout.write(text) });
    }
    if (!env.TF_API_TOKEN)
      throw new ToolchainError(
        `TF_API_TOKEN is not set. Make a team's token on ${settings.hostname} and set it as the secret TF_API_TOKEN.`,
      );
    const client = new HcpClient(settings, env.TF_API_TOKEN);
    return await runInHcp({ client, stack, folder, verb, message: messageOf(env), stop, report });
  } finally {
    stop.release();
  }
}

/** Who looks at a run in HCP Terraform sees what it came from. */
function messageOf({ GITHUB_REPOSITORY, GITHUB_REF_NAME, GITHUB_SHA, GITHUB_WORKFLOW }: NodeJS.ProcessEnv): string {
  if (!GITHUB_REPOSITORY) return "npm run pipeline";
  return `${GITHUB_WORKFLOW}: ${GITHUB_REPOSITORY} ${GITHUB_REF_NAME} ${GITHUB_SHA?.slice(0, 7)}`;
}
