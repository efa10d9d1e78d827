import { isAbsolute, join, relative } from "node:path";
import { App, LocalBackend, type TerraformStack } from "cdktf";
import * as z from "zod";

/** State in a file beside the code: for one person, and for the local AWS. */
export const localSettings = z.strictObject({
  type: z.literal("local"),
  directory: z.string().min(1).describe("Folder of the state files, relative to the project's root."),
});

/** What cdktf.json comes with. */
export const LOCAL_STATE: z.output<typeof localSettings> = { type: "local", directory: ".terraform-state" };

/**
 * The path is written relative to the stack's own folder, where Terraform runs: cdktf's default is the absolute path of
 * the working folder, which differs from machine to machine. The folder lies outside cdktf.out, which a clean removes.
 */
export function useLocalBackend(stack: TerraformStack, settings: z.output<typeof localSettings>, root: string): void {
  const outdir = App.of(stack).outdir;
  const stackFolder = join(isAbsolute(outdir) ? outdir : join(root, outdir), "stacks", stack.node.id);
  const state = join(root, settings.directory, `${stack.node.id}.tfstate`);
  new LocalBackend(stack, { path: relative(stackFolder, state).split("\\").join("/") });
}
