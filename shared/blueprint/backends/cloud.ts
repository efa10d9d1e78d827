import { CloudBackend, NamedCloudWorkspace, type TerraformStack } from "cdktf";
import * as z from "zod";

// developer.hashicorp.com/terraform/cloud-docs/workspaces/create: letters, digits, hyphens and underscores, up to 90.
const MAX_WORKSPACE_NAME_LENGTH = 90;
/** Of a stack's name: see discovery. */
const MAX_STACK_NAME_LENGTH = 40;

/** State in HCP Terraform or Terraform Enterprise, which then also runs plans and applies. */
export const cloudSettings = z.strictObject({
  type: z.literal("cloud"),
  organization: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{2,39}$/, "an organization's name: 3..40 letters, digits, hyphens and underscores")
    .describe("Organization that the workspaces belong to."),
  project: z
    .string()
    .regex(
      /^[A-Za-z0-9_-]([A-Za-z0-9 _-]{1,38})[A-Za-z0-9_-]$/,
      "a project's name: 3..40 letters, digits, inner spaces, hyphens and underscores",
    )
    .describe("Project that new workspaces are put into."),
  workspacePrefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]*$/, "letters, digits, hyphens and underscores")
    .max(MAX_WORKSPACE_NAME_LENGTH - MAX_STACK_NAME_LENGTH)
    .default("")
    .describe("What the workspaces' names begin with; the stack's name follows. Default: nothing."),
  hostname: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?$/, "a host's name, without https://")
    .default("app.terraform.io")
    .describe("Host of Terraform Enterprise. Default: app.terraform.io, HCP Terraform."),
});

export type CloudSettings = z.output<typeof cloudSettings>;

/** The workspace of a stack: one each. */
export function workspaceOf(stackName: string, { workspacePrefix }: CloudSettings): string {
  return `${workspacePrefix}${stackName}`;
}

/** A workspace that is not there yet is made in the project, by the first `init` that is allowed to. */
export function useCloudBackend(stack: TerraformStack, settings: CloudSettings): void {
  const { hostname, organization, project } = settings;
  new CloudBackend(stack, {
    hostname,
    organization,
    workspaces: new NamedCloudWorkspace(workspaceOf(stack.node.id, settings), project),
  });
}
