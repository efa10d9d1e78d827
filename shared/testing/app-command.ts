import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Arguments of node with which cdktf runs the app, from cdktf.json: what is tested and measured is what users run. */
export function appArguments(): string[] {
  const { app } = JSON.parse(readFileSync(join(resolve(__dirname, "../.."), "cdktf.json"), "utf8")) as { app: string };
  return app.split(" ").slice(1);
}
