import * as z from "zod";
import { commonParameters } from "../../shared/blueprint/common-parameters";
import { always } from "../../shared/blueprint/parameters";

/** More never fit, with their ARNs, into the policies that IAM attaches to a role; whether these do, the role finds out. */
const MOST_STACKS = 6;
/** One for each name of stacks at most: of the ten policies that IAM attaches to a role, the rest are for the resources. */
const MOST_STATE_POLICIES = MOST_STACKS;

const adoptable = z
  .enum(["create", "adopt"])
  .default("create")
  .describe(
    "create: the stack makes the OIDC provider. adopt: the account has it already, as it can have one of an address only; it stays when the stack goes.",
  );

const github = z
  .strictObject({
    repository: z
      .string()
      .regex(/^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/, "owner/name, with their capitals")
      .describe("The repository, as owner/name, with their capitals: IAM compares the letters."),
    ownerId: z
      .int()
      .min(1)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .describe(
        "GitHub's number of the owner. Give both numbers for a repository with immutable subject claims, as each has that was made after 15 July 2026. Default: claims by names only.",
      ),
    repositoryId: z
      .int()
      .min(1)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .describe("GitHub's number of the repository, together with ownerId."),
    mainBranch: z
      .string()
      .regex(/^[A-Za-z0-9._/-]+$/, "the name of a branch: letters, digits and . _ / - only")
      .default("main")
      .describe("The branch whose runs may plan, beside pull requests: for a plan every night. Default: main."),
    applyEnvironment: z
      .string()
      .regex(/^[A-Za-z0-9._ -]+$/, "the name of an environment: letters, digits, blanks and . _ - only")
      .max(255)
      .optional()
      .describe(
        "The environment whose jobs may apply. Let it deploy from the main branch only, in GitHub's settings. Default: production, unless applyBranch is given.",
      ),
    applyBranch: z
      .string()
      .regex(/^[A-Za-z0-9._/-]+$/, "the name of a branch: letters, digits and . _ / - only")
      .optional()
      .describe("The branch whose runs may apply, in place of an environment's jobs: protect it."),
    oidcProvider: adoptable,
  })
  .refine((one) => (one.ownerId === undefined) === (one.repositoryId === undefined), {
    ...always,
    path: ["repositoryId"],
    error: "given together with ownerId, or not at all",
  })
  .refine((one) => one.applyBranch === undefined || one.applyEnvironment === undefined, {
    ...always,
    path: ["applyBranch"],
    error: "left out where applyEnvironment is given: one of the two may apply",
  });

const hcpName = (what: string) =>
  z
    .string()
    .min(1)
    .max(90)
    .regex(/^[A-Za-z0-9 _-]+$/, `${what}: letters, digits, blanks, - and _ only`);

const hcpTerraform = z.strictObject({
  hostname: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, "a host's name, such as app.terraform.io")
    .default("app.terraform.io")
    .describe("Host of HCP Terraform, or of Terraform Enterprise."),
  organization: hcpName("the organization's name").describe("Name of the organization."),
  project: hcpName("the project's name").describe("Name of the project that the workspaces are in."),
  workspaces: z
    .array(
      z
        .string()
        .max(90)
        .regex(/^[A-Za-z0-9_-]+\*?$/, "a workspace's name, or the beginning of names and a *"),
    )
    .min(1)
    .max(20)
    .describe("Names of the workspaces; kinesis-scaler* stands for all that begin so."),
  oidcProvider: adoptable,
});

const policyArns = z
  .array(z.string().regex(/^arn:[a-z-]+:iam::\d{12}:policy\/[\w+=,.@/-]+$/, "the ARN of a customer-managed policy"))
  .max(MOST_STATE_POLICIES)
  .default([]);

const parameters = z
  .strictObject({
    ...commonParameters,
    github: github.optional().describe("The GitHub repository whose workflows plan and apply. Default: none."),
    hcpTerraform: hcpTerraform
      .optional()
      .describe("The HCP Terraform workspaces whose runs plan and apply. Default: none."),
    stacks: z
      .array(
        z
          .string()
          .max(40)
          .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*(-?\*)?$/, "a stack's name, or the beginning of names and a *"),
      )
      .min(1)
      .max(MOST_STACKS)
      .describe(
        `The stacks that are planned and applied, 1..${MOST_STACKS}, in the Region of this one; kinesis-scaler* stands for all whose names begin so.`,
      ),
    stateReadPolicyArns: policyArns.describe(
      "ARNs of policies that allow to read the stacks' state. The plan role has them. Default: none; HCP Terraform keeps state itself.",
    ),
    stateWritePolicyArns: policyArns.describe(
      "ARNs of policies that allow to read and write the stacks' state. The apply role has them. Default: none.",
    ),
  })
  .refine((all) => all.github !== undefined || all.hcpTerraform !== undefined, {
    ...always,
    path: ["github"],
    error: "given, or hcpTerraform, or both: otherwise nobody plans or applies",
  });

export default parameters;
export type Parameters = z.output<typeof parameters>;
