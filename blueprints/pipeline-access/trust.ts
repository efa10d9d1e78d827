import type { TrustStatement } from "../../shared/security/granted-role";
import type { Parameters } from "./parameters";

export type Phase = "plan" | "apply";
export type Github = NonNullable<Parameters["github"]>;
export type HcpTerraform = NonNullable<Parameters["hcpTerraform"]>;

/** A system whose runs carry OIDC tokens. */
export interface TokenIssuer {
  /** As IAM names the provider and its condition keys: the address without https://. */
  readonly host: string;
  /** What a token has to be issued for. */
  readonly audience: string;
  /** What the claim `sub` of a run's token has to be: one of them, where a `*` stands for any text. */
  readonly subjects: readonly string[];
}

/**
 * A job's token says in `sub` which repository it is of, and then its environment if it has one, else `pull_request`, else
 * its branch: docs.github.com/en/actions/reference/security/oidc#example-subject-claims. With immutable subject claims the
 * numbers of owner and repository follow their names:
 * docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims
 */
export function githubIssuer(github: Github, phase: Phase): TokenIssuer {
  const [owner, name] = github.repository.split("/");
  const repository =
    github.ownerId === undefined ? github.repository : `${owner}@${github.ownerId}/${name}@${github.repositoryId}`;
  const applying =
    github.applyBranch === undefined
      ? `environment:${github.applyEnvironment ?? "production"}`
      : `ref:refs/heads/${github.applyBranch}`;
  const contexts = phase === "plan" ? ["pull_request", `ref:refs/heads/${github.mainBranch}`] : [applying];
  return {
    host: "token.actions.githubusercontent.com",
    // What aws-actions/configure-aws-credentials asks for, unless told otherwise.
    audience: "sts.amazonaws.com",
    subjects: contexts.map((context) => `repo:${repository}:${context}`),
  };
}

/**
 * A run's token says in `sub` organization, project, workspace and phase:
 * developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/aws-configuration
 */
export function hcpTerraformIssuer(hcp: HcpTerraform, phase: Phase): TokenIssuer {
  return {
    host: hcp.hostname,
    audience: "aws.workload.identity",
    subjects: hcp.workspaces.map(
      (workspace) =>
        `organization:${hcp.organization}:project:${hcp.project}:workspace:${workspace}:run_phase:${phase}`,
    ),
  };
}

/** Trusts tokens of the issuer with that audience and one of the subjects; patterns only where one is a pattern. */
export function trustOf({ host, audience, subjects }: TokenIssuer, providerArn: string): TrustStatement {
  const ofSubject = subjects.some((subject) => subject.includes("*")) ? "StringLike" : "StringEquals";
  return {
    Effect: "Allow",
    Principal: { Federated: providerArn },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        [`${host}:aud`]: audience,
        ...(ofSubject === "StringEquals" && { [`${host}:sub`]: subjects }),
      },
      ...(ofSubject === "StringLike" && { StringLike: { [`${host}:sub`]: subjects } }),
    },
  };
}
