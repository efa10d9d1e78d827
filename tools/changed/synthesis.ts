import { existsSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { appArguments } from "../../shared/testing/app-command";
import { type Attributes, Template } from "../../shared/testing/template";
import { run } from "../toolchain/run";

/** The stacks of one revision by name, or why there are none. */
export type Synthesis = { readonly stacks: ReadonlyMap<string, Template> } | { readonly mistakes: string };

/** Characters of what a failed synthesis said that are shown: the end. */
const TAIL = 6000;

/** Synthesizes a checkout of the project by its own code, as cdktf does, into a folder outside it. */
export async function synthesize(root: string, outdir: string, signal: AbortSignal): Promise<Synthesis> {
  if (!existsSync(join(root, "cdktf.json"))) return { mistakes: "It has no cdktf.json." };
  // The context comes from the checkout's own cdktf.json.
  const { CDKTF_CONTEXT_JSON: _, ...environment } = process.env;
  const { code, stderr } = await run(process.execPath, appArguments(root), {
    cwd: root,
    env: { ...environment, CDKTF_OUTDIR: outdir },
    timeoutMilliseconds: 600_000,
    signal,
  });
  if (code !== 0) return { mistakes: stderr.slice(-TAIL) || `It ended with code ${code ?? "none: it was stopped"}.` };
  return { stacks: readStacks(root, join(outdir, "stacks")) };
}

function readStacks(root: string, folder: string): ReadonlyMap<string, Template> {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return new Map(names.map((name) => [name, Template.of(withPlaceOfState(join(folder, name), root))]));
}

/** A local state's path begins at the stack's folder, which is another one in each run: here it begins at the project. */
function withPlaceOfState(folder: string, root: string): Attributes {
  const { json } = Template.of(folder);
  const local = json.terraform?.backend?.local as { path?: string } | undefined;
  if (local?.path !== undefined) local.path = relative(root, resolve(folder, local.path));
  return json;
}
