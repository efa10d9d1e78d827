import { join } from "node:path";
import { benchFiveHundredStreams } from "./bench/five-hundred-streams";
import { benchFunctions } from "./bench/functions";
import { Report } from "./bench/report";
import { benchSynthesis } from "./bench/synthesis";
import { benchWorker } from "./bench/worker";
import { runMain } from "./run-main";
import { prepareNode22 } from "./toolchain/node22";
import { preparePython } from "./toolchain/python";

// The SDK's clients send the benchmark's load; that Node.js 20 is old is no news to its reader.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
const root = join(__dirname, "..");

/** Measures what people wait for. Exits with 1 when a goal is missed. Run it on a machine that does nothing else. */
async function main(): Promise<void> {
  const report = new Report();
  const [node, python] = await Promise.all([
    prepareNode22({ root, report: console.log }),
    preparePython({ root, report: console.log }),
  ]);
  benchSynthesis(root, report);
  await benchFunctions(root, node, python.binary, report);
  await benchFiveHundredStreams(root, node, python.binary, report);
  await benchWorker(root, node, python.binary, report);
  if (report.missed > 0) process.exitCode = 1;
}

runMain(main);
