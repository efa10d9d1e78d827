import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App, CONTEXT_ENV } from "cdktf";
import type { Construct } from "constructs";
import type * as z from "zod";
import { type BackendSettings, backendSettings, useBackend } from "./backend";
import type { BlueprintStack } from "./blueprint-stack";
import type { CommonParameters } from "./common-parameters";
import { discoverStacks, type StackSource, type Values } from "./discovery";
import { withLeanCdktf } from "./lean-cdktf";
import { BlueprintMistakes } from "./mistakes";
import { readParameters } from "./parameters";

/** What `stack.ts` exports as default. */
export type BlueprintClass = Pick<typeof BlueprintStack, "isFoundation"> &
  (new (
    scope: Construct,
    stackName: string,
    parameters: CommonParameters,
  ) => BlueprintStack);

/** A stack whose parameters are known to be right, ready to be built. */
export interface CheckedStack extends StackSource {
  readonly parameters: CommonParameters;
  readonly blueprint: BlueprintClass;
}

/**
 * Finds and checks every stack of the project.
 * @throws BlueprintMistakes with all mistakes of all blueprints and parameters files.
 */
export function checkStacks(root: string, values: Values = "project"): CheckedStack[] {
  const discovery = discoverStacks(root, values);
  const mistakes = [...discovery.mistakes];
  const stacks: CheckedStack[] = [];
  for (const source of discovery.stacks) {
    const broken = discovery.mistakes.some((mistake) =>
      mistake.startsWith(`blueprints/${source.folder.split(/[\\/]/).at(-1)}:`),
    );
    if (broken) continue;
    const schema = defaultExport<z.ZodType<CommonParameters>>(join(source.folder, "parameters.ts"));
    const blueprint = defaultExport<BlueprintClass>(join(source.folder, "stack.ts"));
    if (!schema || !blueprint) {
      const file = schema ? "stack.ts" : "parameters.ts";
      mistakes.push(
        `${source.parametersFile}: ${file} beside it has no default export; it must export the ${schema ? "stack's class" : "zod schema"}`,
      );
      continue;
    }
    const text = readFileSync(join(root, source.parametersFile), "utf8");
    const result = readParameters(text, schema, { stackName: source.stackName, file: source.parametersFile });
    if (result.mistakes) mistakes.push(...result.mistakes);
    else stacks.push({ ...source, parameters: result.parameters, blueprint });
  }
  if (mistakes.length > 0) throw new BlueprintMistakes(mistakes);
  return stacks;
}

/** Builds the checked stacks into the app, each with its backend. Nothing is written before `app.synth()`. */
export function buildStacks(
  app: App,
  root: string,
  stacks: readonly CheckedStack[],
  backend: BackendSettings,
): BlueprintStack[] {
  return stacks.map((checked) => {
    const stack = new checked.blueprint(app, checked.stackName, checked.parameters);
    useBackend(stack, backend, root);
    return stack;
  });
}

/**
 * Synthesizes the whole project into the output folder of cdktf.
 * @throws BlueprintMistakes before anything is written.
 */
export function synthesize(root: string): void {
  const stacks = checkStacks(root);
  const context = cdktfContext(root);
  const backend = backendSettings(context.backend);
  const app = new App({ context });
  withLeanCdktf(() => {
    buildStacks(app, root, stacks, backend);
    app.synth();
  });
}

/** cdktf's CLI hands the context over in a variable; without the CLI, cdktf.json is read here. */
export function cdktfContext(root: string): Record<string, unknown> {
  const fromCli = process.env[CONTEXT_ENV];
  if (fromCli) return JSON.parse(fromCli);
  return JSON.parse(readFileSync(join(root, "cdktf.json"), "utf8")).context ?? {};
}

function defaultExport<T>(file: string): T | undefined {
  // Which blueprints there are is known only now, and synthesis is synchronous: hence require.
  return (require(file) as { default?: T }).default;
}
