import { BACKEND_VARIABLE } from "../../shared/blueprint/backend";

/** Access key of what deploys and destroys. */
export const DEPLOYER_KEY = "local";
/** Access key of a plan by itself: the calls of both are told apart in the request log. */
export const PLANNER_KEY = "planner";

/** Folders of one local AWS, below the project's ignored .local/. */
export interface LocalFolders {
  /** Everything of this local AWS. */
  readonly home: string;
  /** Synthesized stacks: apart from cdktf.out, whose Terraform folders belong to the real account. */
  readonly output: string;
  /** Path relative to the project's root of the states of what is deployed here. */
  readonly stateDirectory: string;
}

/**
 * The environment in which cdktf, Terraform, the AWS provider, the SDK and the AWS CLI talk to the local AWS and to
 * nothing else. Every AWS_* variable of the user's is left out: a profile or an endpoint of theirs must not mix in.
 */
export function localEnvironment(
  url: string,
  folders: LocalFolders,
  user: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const kept = Object.entries(user).filter(([key, value]) => value !== undefined && !key.startsWith("AWS_"));
  return { ...(Object.fromEntries(kept) as Record<string, string>), ...localVariables(url, folders) };
}

/** The variables themselves, as `npm run local -- env` prints them. */
export function localVariables(url: string, folders: LocalFolders): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: DEPLOYER_KEY,
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1", // AWS CLI 1 knows this one only.
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: `${folders.home}/no-config`,
    AWS_SHARED_CREDENTIALS_FILE: `${folders.home}/no-credentials`,
    [BACKEND_VARIABLE]: JSON.stringify({ type: "local", directory: folders.stateDirectory }),
    CDKTF_OUTDIR: folders.output,
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
  };
}
