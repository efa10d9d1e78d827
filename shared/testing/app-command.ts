import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/**
 * Arguments of node with which cdktf runs the app, from cdktf.json: what is tested and measured is what users run.
 *
 * @param root the project's folder. Default: of the project that this file is part of.
 */
export function appArguments(root = resolve(__dirname, "../..")): string[] {
  const { app } = JSON.parse(readFileSync(join(root, "cdktf.json"), "utf8")) as { app: string };
  return app.split(" ").slice(1);
}
