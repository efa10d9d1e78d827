import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { replaceSection } from "./sections";

/** The document that walks through the example, and the example's folder, relative to the project's root. */
export const EXAMPLE_DOCUMENT = "docs/writing-a-blueprint.md";
export const EXAMPLE = "examples/idle-addresses";

const LANGUAGES: Readonly<Record<string, string>> = { ".ts": "ts", ".json": "json", ".md": "markdown" };

/** The document with each of the example's files, as it is, between the marks that bear the file's name. */
export function withExample(document: string, root: string): string {
  return exampleFiles(root).reduce((text, file) => {
    const content = readFileSync(join(root, EXAMPLE, file), "utf8");
    // Longer than any fence in the file.
    const fence = content.includes("```") ? "````" : "```";
    return replaceSection(text, file, `${fence}${LANGUAGES[extname(file)]}\n${content}${fence}`);
  }, document);
}

/** The example's files, relative to its folder. */
export function exampleFiles(root: string): string[] {
  const folder = join(root, EXAMPLE);
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return entries.filter((file) => statSync(join(folder, file)).isFile()).sort();
}
