import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type PreparedToolchain, toolchainVariable } from "./proof/prepared-toolchain";
import { runMain } from "./run-main";
import { ToolchainError } from "./toolchain/error";
import { prepareNode22 } from "./toolchain/node22";
import { fillProviderCache } from "./toolchain/provider-cache";
import { prepareToolchain } from "./toolchain/toolchain";

const root = join(__dirname, "..");
const LEFT_OUT = "terraform validate, the deployment proof, the permission proof and the tests of the local AWS";

/** Type check, lint and all tests. Arguments go to Jest: npm test -- shared/functions */
async function main(jestArguments: readonly string[]): Promise<void> {
  const { toolchain, missing } = await prepare();
  if (missing !== undefined) {
    const loud = `\n${"!".repeat(80)}\nNOT TESTED: ${LEFT_OUT}, because something is missing:\n${missing}\n${"!".repeat(80)}\n`;
    if (process.env.CI === "true") throw new ToolchainError(`${loud}\nWith CI=true that is a failure.`);
    console.error(loud);
    process.on("exit", () => console.error(loud));
  }
  for (const [what, command, args] of [
    // By its path: the benchmark's older TypeScript has a `tsc` as well.
    ["Type check", "typescript/bin/tsc", []],
    ["Lint", "@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."]],
    ["Tests", "jest/bin/jest.js", jestArguments],
  ] as const) {
    console.log(`\n${what}`);
    const { status } = spawnSync(process.execPath, [join(root, "node_modules", command), ...args], {
      cwd: root,
      stdio: "inherit",
      env: {
        ...process.env,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
        ...(toolchain && toolchainVariable(toolchain)),
      },
    });
    if (status !== 0) {
      process.exitCode = 1;
      return;
    }
  }
}

async function prepare(): Promise<{ toolchain?: PreparedToolchain; missing?: string }> {
  try {
    const [toolchain, node22] = await Promise.all([
      prepareToolchain({ root, report: console.log }),
      prepareNode22({ root, report: console.log }),
    ]);
    await fillProviderCache(toolchain);
    return { toolchain: { ...toolchain, node22 } };
  } catch (error) {
    if (error instanceof ToolchainError) return { missing: error.message };
    throw error;
  }
}

runMain(() => main(process.argv.slice(2)));
