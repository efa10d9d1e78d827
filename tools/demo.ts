import { join } from "node:path";
import { checkStacks } from "../shared/blueprint/app";
import { openLocalSession } from "./local-aws/session";
import { walkThrough } from "./proof/walk-through";
import { runMain } from "./run-main";
import { ToolchainError } from "./toolchain/error";
import { prepareNode22 } from "./toolchain/node22";
import { prepareToolchain } from "./toolchain/toolchain";

const DEFAULT_STACK = "kinesis-scaler";
// The SDK's clients here stand in for AWS services; that Node.js 20 is old is no news to the reader of a demo.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
const root = join(__dirname, "..");

/** Deploys a stack on a local AWS of its own, shows what it does, and takes everything down again. */
async function main([stackName = DEFAULT_STACK]: string[]): Promise<void> {
  const began = Date.now();
  const say = (line: string) => console.log(`\n[${((Date.now() - began) / 1000).toFixed(0)} s] ${line}`);
  const stacks = checkStacks(root);
  const stack = stacks.find((one) => one.stackName === stackName);
  if (!stack)
    throw new ToolchainError(
      `There is no stack ${stackName}; there are: ${stacks.map((one) => one.stackName).join(", ")}`,
    );

  const [toolchain, node] = await Promise.all([
    prepareToolchain({ root, report: console.log }),
    prepareNode22({ root, report: console.log }),
  ]);
  console.log(`Terraform ${toolchain.terraform.version}; no AWS account is used.`);
  const session = await openLocalSession(toolchain, { root, name: "demo", port: 0, report: console.log });
  try {
    await walkThrough({ session, stack, node, say });
  } finally {
    await session.aws.down();
    say("The local AWS is down.");
  }
  const others = stacks.filter((one) => one !== stack).map((one) => `\n  npm run demo -- ${one.stackName}`);
  console.log(`\nThe other stacks are shown by${others.join("")}`);
}

runMain(() => main(process.argv.slice(2)));
