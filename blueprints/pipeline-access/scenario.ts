import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { type Deployment, expect } from "../../shared/testing/scenario";
import { isTrusted, type WebIdentityToken } from "../../shared/testing/web-identity";

const github = (sub: string): WebIdentityToken => ({
  issuer: "token.actions.githubusercontent.com",
  aud: "sts.amazonaws.com",
  sub,
});
const hcp = (sub: string): WebIdentityToken => ({ issuer: "app.terraform.io", aud: "aws.workload.identity", sub });

/** Tokens as the two systems would issue them, and the role that each may assume, by the output with its ARN. */
const TOKENS: readonly (readonly [string, WebIdentityToken, string | undefined])[] = [
  ["A pull request", github(subject("pull_request")), "github_plan_role_arn"],
  ["The main branch", github(subject("ref:refs/heads/main")), "github_plan_role_arn"],
  ["Another branch", github(subject("ref:refs/heads/feature")), undefined],
  ["The environment production", github(subject("environment:production")), "github_apply_role_arn"],
  ["Another environment", github(subject("environment:preview")), undefined],
  ["A pull request by names alone", github("repo:example/infrastructure:pull_request"), undefined],
  [
    "Another repository of that name",
    github("repo:example@123456/infrastructure@999999:environment:production"),
    undefined,
  ],
  ["Another audience", { ...github(subject("environment:production")), aud: "https://github.com/example" }, undefined],
  ["A plan of a workspace", hcp(run("infrastructure", "kinesis-scaler", "plan")), "hcp_terraform_plan_role_arn"],
  ["An apply of a workspace", hcp(run("infrastructure", "kinesis-scaler", "apply")), "hcp_terraform_apply_role_arn"],
  ["A workspace of another project", hcp(run("sandbox", "kinesis-scaler", "apply")), undefined],
  ["Another workspace", hcp(run("infrastructure", "website", "apply")), undefined],
  ["Another run phase", hcp(run("infrastructure", "kinesis-scaler", "destroy")), undefined],
];

function subject(context: string): string {
  return `repo:example@123456/infrastructure@456789:${context}`;
}

function run(project: string, workspace: string, phase: string): string {
  return `organization:example:project:${project}:workspace:${workspace}:run_phase:${phase}`;
}

/** Reads back whom the deployed roles trust, and decides which token opens which of them. */
export default async function scenario(deployment: Deployment): Promise<void> {
  const iam = new IAMClient(deployment.clientConfig);
  const roles = Object.entries(deployment.outputs).filter(([name]) => name.endsWith("_role_arn"));
  const trusts = await Promise.all(
    roles.map(async ([output, arn]) => {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName: String(arn).split("/").at(-1) }));
      return { output, trust: decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "") };
    }),
  );
  expect(trusts.length === 4, `there should be a plan and an apply role for each system, not ${trusts.length} roles`);
  deployment.say("The local AWS checks no token. Here the deployed trust policies are evaluated:");
  for (const [who, token, expected] of TOKENS) {
    const opened = trusts.filter(({ trust }) => isTrusted(trust, token)).map(({ output }) => output);
    deployment.say(`${who}: ${opened.join(", ") || "no role"}.`);
    expect(
      opened.join() === (expected ?? ""),
      `${who} (${token.sub}) should open ${expected ?? "no role"}, and opens ${opened.join(", ") || "none"}`,
    );
  }
}
