import { join } from "node:path";
import { parseArgs } from "node:util";
import { copyBlueprint } from "./new/copy-blueprint";
import { exportBlueprint } from "./new/export-blueprint";
import { runMain } from "./run-main";
import { ToolchainError } from "./toolchain/error";

const USAGE = `Makes a blueprint of your own from one that is there.

npm run new -- <name> --from <blueprint>               a folder in blueprints/, beside the original
npm run new -- <name> --from <blueprint> --out <dir>   a project of its own in a new folder, with what the blueprint needs`;

const root = join(__dirname, "..");

async function main(args: readonly string[]): Promise<void> {
  const { name, from, out } = readArguments(args);
  const lines = out === undefined ? copyBlueprint(root, { name, from }) : exportBlueprint(root, { name, from }, out);
  for (const line of lines) console.log(line);
}

function readArguments(args: readonly string[]): { name: string; from: string; out?: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { from: { type: "string" }, out: { type: "string" } },
      allowPositionals: true,
    });
    const [name, ...more] = positionals;
    const { from, out } = values;
    if (name !== undefined && more.length === 0 && from !== undefined) return { name, from, out };
  } catch (error) {
    throw new ToolchainError(`${(error as Error).message}\n\n${USAGE}`);
  }
  throw new ToolchainError(USAGE);
}

runMain(() => main(process.argv.slice(2)));
