import fc from "fast-check";
import { isTrusted } from "../../shared/testing/web-identity";
import { type Github, githubIssuer, type HcpTerraform, hcpTerraformIssuer, trustOf } from "./trust";

const github: Github = { repository: "acme/stacks", mainBranch: "main", oidcProvider: "create" };
const hcp: HcpTerraform = {
  hostname: "app.terraform.io",
  organization: "acme",
  project: "My stacks",
  workspaces: ["orders", "jobs-*"],
  oidcProvider: "create",
};
const providerOf = (host: string) => `arn:aws:iam::123456789012:oidc-provider/${host}`;
const opens = (issuer: ReturnType<typeof githubIssuer>, sub: string) =>
  isTrusted(
    { Statement: [trustOf(issuer, providerOf(issuer.host))] },
    { issuer: issuer.host, aud: issuer.audience, sub },
  );

describe("GitHub's tokens", () => {
  const plan = githubIssuer(github, "plan");
  const apply = githubIssuer(github, "apply");

  test("of pull requests and of the main branch open the plan role", () => {
    expect(opens(plan, "repo:acme/stacks:pull_request")).toBe(true);
    expect(opens(plan, "repo:acme/stacks:ref:refs/heads/main")).toBe(true);
  });

  test("of the environment production open the apply role, unless another one or a branch is named", () => {
    expect(apply.subjects).toEqual(["repo:acme/stacks:environment:production"]);
    expect(githubIssuer({ ...github, applyEnvironment: "live" }, "apply").subjects).toEqual([
      "repo:acme/stacks:environment:live",
    ]);
    expect(githubIssuer({ ...github, applyBranch: "release" }, "apply").subjects).toEqual([
      "repo:acme/stacks:ref:refs/heads/release",
    ]);
  });

  test("carry the numbers of owner and repository where the subject is immutable, and then no others do", () => {
    const immutable = githubIssuer({ ...github, ownerId: 12, repositoryId: 34 }, "plan");
    expect(opens(immutable, "repo:acme@12/stacks@34:pull_request")).toBe(true);
    expect(opens(immutable, "repo:acme/stacks:pull_request")).toBe(false);
    expect(opens(immutable, "repo:acme@12/stacks@35:pull_request")).toBe(false);
  });

  test("open nothing with any other subject", () => {
    const part = fc.constantFrom("acme/stacks", "acme/other", "other/stacks", "acme/stacks2", "*", "acme/*");
    const context = fc.oneof(
      fc.constantFrom("pull_request", "ref:refs/heads/main", "ref:refs/heads/x", "environment:production", "*", ""),
      fc.string(),
    );
    fc.assert(
      fc.property(part, context, (repository, of) => {
        const sub = `repo:${repository}:${of}`;
        expect(opens(plan, sub)).toBe(plan.subjects.includes(sub));
        expect(opens(apply, sub)).toBe(apply.subjects.includes(sub));
      }),
    );
  });

  test("are compared letter by letter, without patterns", () => {
    expect(Object.keys(trustOf(plan, "arn").Condition ?? {})).toEqual(["StringEquals"]);
  });
});

describe("HCP Terraform's tokens", () => {
  const of = (workspace: string, phase: string, project = "My stacks", organization = "acme") =>
    `organization:${organization}:project:${project}:workspace:${workspace}:run_phase:${phase}`;
  const plan = hcpTerraformIssuer(hcp, "plan");
  const apply = hcpTerraformIssuer(hcp, "apply");

  test("open the role of their phase only", () => {
    expect(opens(plan, of("orders", "plan"))).toBe(true);
    expect(opens(plan, of("orders", "apply"))).toBe(false);
    expect(opens(apply, of("orders", "apply"))).toBe(true);
    expect(opens(apply, of("orders", "plan"))).toBe(false);
  });

  test("are taken of workspaces that are named, or begin as a pattern does", () => {
    expect(opens(plan, of("jobs-europe", "plan"))).toBe(true);
    expect(opens(plan, of("jobs", "plan"))).toBe(false);
    expect(opens(plan, of("orders-europe", "plan"))).toBe(false);
  });

  test("of another project or organization open nothing", () => {
    expect(opens(plan, of("orders", "plan", "Others"))).toBe(false);
    expect(opens(plan, of("orders", "plan", "My stacks", "evil"))).toBe(false);
  });

  test("are compared letter by letter where no workspace is a pattern", () => {
    const exact = hcpTerraformIssuer({ ...hcp, workspaces: ["orders"] }, "plan");
    expect(Object.keys(trustOf(exact, "arn").Condition ?? {})).toEqual(["StringEquals"]);
    expect(Object.keys(trustOf(plan, "arn").Condition ?? {})).toEqual(["StringEquals", "StringLike"]);
  });
});
