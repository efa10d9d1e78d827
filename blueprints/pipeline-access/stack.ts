import type { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import { BlueprintMistakes } from "../../shared/blueprint/mistakes";
import { GrantedRole } from "../../shared/security/granted-role";
import { type Access, accessOf, StackScope } from "./access";
import { together } from "./access/together";
import { RoleBoundary } from "./boundary";
import { OidcProvider } from "./oidc-provider";
import type { Parameters } from "./parameters";
import { githubIssuer, hcpTerraformIssuer, type Phase, type TokenIssuer, trustOf } from "./trust";

/** The roles by which a pipeline plans and applies the other stacks, without a key that anybody keeps. */
export default class PipelineAccess extends BlueprintStack<Parameters> {
  static override readonly isFoundation = true;

  /** What the roles may do, concern by concern. */
  readonly access: readonly Access[];

  constructor(scope: Construct, stackName: string, parameters: Parameters) {
    super(scope, stackName, parameters);
    const { github, hcpTerraform, stacks } = parameters;
    this.#refuseItself(stacks);
    const scopeOfStacks = new StackScope(this, stacks);
    const boundary = new RoleBoundary(this, "boundary", scopeOfStacks);
    this.access = accessOf(scopeOfStacks, boundary.arn);
    this.output(
      "permissions_boundary_arn",
      "ARN of the boundary that stacks take as the parameter permissionsBoundaryArn.",
      boundary.arn,
    );
    if (github) {
      this.#rolesFor("github", "GitHub Actions", github.oidcProvider, (phase) => githubIssuer(github, phase));
    }
    if (hcpTerraform) {
      this.#rolesFor("hcp-terraform", "HCP Terraform", hcpTerraform.oidcProvider, (phase) =>
        hcpTerraformIssuer(hcpTerraform, phase),
      );
    }
  }

  #rolesFor(id: string, system: string, source: "create" | "adopt", issuer: (phase: Phase) => TokenIssuer): void {
    const { stateReadPolicyArns, stateWritePolicyArns } = this.parameters;
    const provider = new OidcProvider(this, id, { ...issuer("plan"), source });
    const prefix = id.replaceAll("-", "_");
    const plan = new GrantedRole(this, `${id}-plan`, {
      description: `Plans stacks from ${system}: reads what they are made of, and no secrets.`,
      trust: trustOf(issuer("plan"), provider.arn),
      attachedPolicyArns: stateReadPolicyArns,
    });
    const apply = new GrantedRole(this, `${id}-apply`, {
      description: `Applies stacks from ${system}.`,
      trust: trustOf(issuer("apply"), provider.arn),
      attachedPolicyArns: stateWritePolicyArns,
    });
    const reads = this.access.flatMap((one) => one.reads);
    const writes = this.access.flatMap((one) => one.writes);
    for (const grant of together(reads)) plan.grant(grant);
    for (const grant of together([...reads, ...writes])) apply.grant(grant);
    denySecrets(plan);
    this.output(`${prefix}_oidc_provider_arn`, `ARN of the OIDC provider of ${system}.`, provider.arn);
    this.output(`${prefix}_plan_role_arn`, `ARN of the role that ${system} plans with.`, plan.arn);
    this.output(`${prefix}_apply_role_arn`, `ARN of the role that ${system} applies with.`, apply.arn);
  }

  /** Whoever applies the pipeline's own roles could give them anything. */
  #refuseItself(stacks: readonly string[]): void {
    const own = stacks.filter((one) =>
      one.endsWith("*")
        ? this.stackName.startsWith(one.slice(0, -1))
        : this.stackName.startsWith(`${one}-`) || this.stackName === one,
    );
    if (own.length === 0) return;
    throw new BlueprintMistakes(
      own.map(
        (one) =>
          `${this.stackName}: stacks: ${one} stands for names of ${this.stackName} as well, which the pipeline must not apply; choose other names`,
      ),
    );
  }
}

/**
 * Whoever may push a branch gets a token of a pull request. State is read by way of S3, and nothing else is decrypted for
 * a plan.
 */
function denySecrets(plan: GrantedRole): void {
  plan.deny({
    actions: ["kms:Decrypt"],
    resources: ["*"],
    conditions: { StringNotLike: { "kms:ViaService": "s3.*" } },
  });
  plan.deny({ actions: ["secretsmanager:GetSecretValue"], resources: ["*"] });
}
