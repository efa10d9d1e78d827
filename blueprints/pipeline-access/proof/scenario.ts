import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { type Deployment, expect } from "../../../shared/testing/scenario";
import { isTrusted, type WebIdentityToken } from "../../../shared/testing/web-identity";
import type { Parameters } from "../parameters";

/** A token as one of the two systems would issue it, and the role that it may assume, by the output with its ARN. */
type Case = readonly [who: string, token: WebIdentityToken, opens: string | undefined];

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
  const { github, hcpTerraform } = deployment.parameters as Parameters;
  const cases = [...(github ? githubCases(github) : []), ...(hcpTerraform ? hcpTerraformCases(hcpTerraform) : [])];
  const expected = [github, hcpTerraform].filter((system) => system !== undefined).length * 2;
  expect(
    trusts.length === expected,
    `each system should have a plan and an apply role, and ${trusts.length} are there`,
  );
  deployment.say("The local AWS checks no token. Here the deployed trust policies are evaluated:");
  for (const [who, token, opens] of cases) {
    const trusting = trusts.filter(({ trust }) => isTrusted(trust, token)).map(({ output }) => output);
    const opened = trusting.sort().join(", ") || undefined;
    deployment.say(`${who}: ${opened ?? "no role"}.`);
    expect(opened === opens, `${who} (${token.sub}) should open ${opens ?? "no role"}, and opens ${opened ?? "none"}`);
  }
}

function githubCases(github: NonNullable<Parameters["github"]>): Case[] {
  const { repository, ownerId, repositoryId, mainBranch, applyBranch, applyEnvironment = "production" } = github;
  const [owner, name] = repository.split("/");
  const token = (context: string, number = repositoryId): WebIdentityToken => ({
    issuer: "token.actions.githubusercontent.com",
    aud: "sts.amazonaws.com",
    sub: `repo:${owner}${ownerId ? `@${ownerId}` : ""}/${name}${number ? `@${number}` : ""}:${context}`,
  });
  const branch = (branch: string) => token(`ref:refs/heads/${branch}`);
  const both = applyBranch === mainBranch ? "github_apply_role_arn, github_plan_role_arn" : undefined;
  const apply = applyBranch ? `ref:refs/heads/${applyBranch}` : `environment:${applyEnvironment}`;
  return [
    ["A pull request", token("pull_request"), "github_plan_role_arn"],
    [`The branch ${mainBranch}`, branch(mainBranch), both ?? "github_plan_role_arn"],
    ["Another branch", branch(`not-${mainBranch}`), undefined],
    [`A job of ${apply}`, token(apply), both ?? "github_apply_role_arn"],
    ["Another environment", token(`environment:${applyEnvironment}-preview`), undefined],
    ...(repositoryId
      ? ([
          ["A pull request by names alone", { ...token(""), sub: `repo:${repository}:pull_request` }, undefined],
          ["Another repository of that name", token(apply, repositoryId + 1), undefined],
        ] as const)
      : []),
    ["Another audience", { ...token(apply), aud: `https://github.com/${owner}` }, undefined],
  ];
}

function hcpTerraformCases(hcp: NonNullable<Parameters["hcpTerraform"]>): Case[] {
  const { hostname, organization, project, workspaces } = hcp;
  const workspace = workspaces[0]?.replace("*", "") ?? "";
  const token = (phase: string, of: { readonly project?: string; readonly workspace?: string } = {}) => ({
    issuer: hostname,
    aud: "aws.workload.identity",
    sub: `organization:${organization}:project:${of.project ?? project}:workspace:${of.workspace ?? workspace}:run_phase:${phase}`,
  });
  return [
    ["A plan of a workspace", token("plan"), "hcp_terraform_plan_role_arn"],
    ["An apply of a workspace", token("apply"), "hcp_terraform_apply_role_arn"],
    ["A workspace of another project", token("apply", { project: `${project}-sandbox` }), undefined],
    ["Another workspace", token("apply", { workspace: `not-${workspace}` }), undefined],
    ["Another run phase", token("destroy"), undefined],
  ];
}
