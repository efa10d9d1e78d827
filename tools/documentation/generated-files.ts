import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type * as z from "zod";
import type { BaselineException } from "../../shared/blueprint/blueprint-stack";
import { parametersFileSchema } from "../../shared/blueprint/parameters";
import { projectRoot, provenStacks } from "../proof/project-stacks";
import { EXAMPLE, EXAMPLE_DOCUMENT, withExample } from "./example-sections";
import { parametersTable } from "./parameters-table";
import { replaceSection } from "./sections";

/** What is generated from a blueprint's code, by path relative to the root. */
export type GeneratedFiles = Record<string, string>;

/**
 * Each blueprint's parameters.schema.json, its README with the sections between `<!-- parameters -->` and
 * `<!-- exceptions -->` and their ends made anew, and the document that shows the example's files. Writes nothing.
 */
export function generatedFiles(root = projectRoot): GeneratedFiles {
  const files: GeneratedFiles = {};
  const exceptions = exceptionsByBlueprint(root);
  for (const name of readdirSync(join(root, "blueprints")).sort()) {
    const folder = join(root, "blueprints", name);
    const schema = (require(join(folder, "parameters.ts")) as { default: z.ZodType }).default;
    const fileSchema = parametersFileSchema(schema);
    files[`blueprints/${name}/parameters.schema.json`] = `${JSON.stringify(fileSchema, null, 2)}\n`;
    const readme = join(folder, "README.md");
    if (!existsSync(readme)) continue;
    const text = readFileSync(readme, "utf8");
    files[`blueprints/${name}/README.md`] = replaceSection(
      replaceSection(text, "parameters", parametersTable(fileSchema)),
      "exceptions",
      exceptionsList(exceptions.get(name) ?? []),
    );
  }
  const document = join(root, EXAMPLE_DOCUMENT);
  if (existsSync(join(root, EXAMPLE))) files[EXAMPLE_DOCUMENT] = withExample(readFileSync(document, "utf8"), root);
  return files;
}

function exceptionsByBlueprint(root: string): Map<string, BaselineException[]> {
  const byBlueprint = new Map<string, BaselineException[]>();
  for (const { checked, stack } of provenStacks(root)) {
    const name = basename(checked.folder);
    byBlueprint.set(name, [...(byBlueprint.get(name) ?? []), ...stack.baselineExceptions]);
  }
  return byBlueprint;
}

function exceptionsList(exceptions: readonly BaselineException[]): string {
  if (exceptions.length === 0) return "None.";
  const lines = exceptions.map(
    ({ rule, resource, reason }) => `- \`${resource.split(".")[0]}\`, rule ${rule}: ${reason}`,
  );
  return [...new Set(lines)].join("\n");
}
