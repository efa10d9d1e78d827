import { mkdirSync, readdirSync, realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/**
 * Gives a copy of a project the packages of another one: package by package, without the cache of bundles, which is kept by
 * the sources of functions and not by the code that bundles them.
 */
export function linkPackages(project: string, copy: string): void {
  const [from, to] = [project, copy].map((root) => join(root, "node_modules")) as [string, string];
  mkdirSync(to);
  for (const name of readdirSync(from).filter((one) => one !== ".cache")) {
    symlinkSync(realpathSync(join(from, name)), join(to, name));
  }
}
