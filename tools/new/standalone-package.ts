import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What the scripts and the configuration run, whatever the code imports. */
const TOOLS = [
  "@biomejs/biome",
  "@swc/core", // What @swc/jest runs.
  "@swc/jest",
  "@types/jest",
  "@types/node",
  "cdktf-cli",
  "jest",
  "tsx",
  "typescript",
];

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly engines: Record<string, string>;
  readonly scripts: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly overrides: Record<string, string>;
}

export function readPackageJson(root: string): PackageJson {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
}

export interface StandalonePackageOptions {
  readonly name: string;
  /** The blueprint that it was copied from. */
  readonly from: string;
  /** What the code imports. */
  readonly packages: readonly string[];
}

/**
 * The package.json of a project that holds one blueprint: the project's versions of what is imported, and the scripts that
 * still have something to run, those of the blueprint's own among them.
 */
export function standalonePackage(project: PackageJson, { name, from, packages }: StandalonePackageOptions): object {
  const needed = new Set([...packages, ...TOOLS]);
  const only = (versions: Record<string, string>) =>
    Object.fromEntries(Object.entries(versions).filter(([one]) => needed.has(one)));
  const own = Object.entries(project.scripts)
    .filter(([, command]) => command.includes(`blueprints/${from}/`))
    .map(([script, command]) => [script, command.replaceAll(`blueprints/${from}/`, `blueprints/${name}/`)]);
  const { synth, lint, format } = project.scripts;
  return {
    name,
    version: "0.1.0",
    private: true,
    license: project.license,
    engines: project.engines,
    scripts: {
      synth,
      ...Object.fromEntries(own),
      typecheck: "tsc",
      lint,
      format,
      test: "npm run --silent typecheck && npm run --silent lint && jest",
    },
    dependencies: only(project.dependencies),
    devDependencies: only(project.devDependencies),
    overrides: project.overrides,
  };
}
