import { join } from "node:path";
import type { CheckedStack } from "../shared/blueprint/app";
import { openLocalSession } from "./local-aws/session";
import { projectStacks } from "./proof/project-stacks";
import { walkThrough } from "./proof/walk-through";
import { runMain } from "./run-main";
import { shownStacks } from "./shown-stacks";
import { prepareNode22 } from "./toolchain/node22";
import { fillProviderCache } from "./toolchain/provider-cache";
import { prepareToolchain } from "./toolchain/toolchain";

// The SDK's clients here stand in for AWS services; that Node.js 20 is old is no news to the reader of a demo.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
const root = join(__dirname, "..");

/** Deploys stacks side by side, each on a local AWS of its own, shows what they do, and takes everything down again. */
async function main(names: readonly string[]): Promise<void> {
  const began = Date.now();
  const built = projectStacks(root);
  const shown = shownStacks(built, names);

  const [toolchain, node] = await Promise.all([
    prepareToolchain({ root, report: console.log }),
    prepareNode22({ root, report: console.log }),
  ]);
  console.log(`Terraform ${toolchain.terraform.version}; no AWS account is used.`);
  if (shown.length > 1) await fillProviderCache(toolchain);
  const show = async (stack: CheckedStack) => {
    const name = shown.length > 1 ? `${stack.stackName}: ` : "";
    const say = (line: string) => console.log(`\n[${((Date.now() - began) / 1000).toFixed(0)} s] ${name}${line}`);
    const options = { root, name: `demo-${stack.stackName}`, port: 0, report: console.log };
    const session = await openLocalSession(toolchain, options);
    try {
      await walkThrough({ session, stack, node, say });
    } finally {
      await session.aws.down();
      say("The local AWS is down.");
    }
  };
  const ends = await Promise.allSettled(shown.map(show));
  const failures = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as Error] : []));
  for (const failure of failures.slice(1)) console.error(failure.message);
  if (failures[0]) throw failures[0];
  const others = built
    .filter(({ checked }) => !shown.includes(checked))
    .map(({ name }) => `\n  npm run demo -- ${name}`);
  if (others.length > 0) console.log(`\nThe other stacks are shown by${others.join("")}`);
}

runMain(() => main(process.argv.slice(2)));
