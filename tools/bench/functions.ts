import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { NodejsFunction } from "../../shared/functions/nodejs-function";
import { projectStacks } from "../proof/project-stacks";
import { run } from "../toolchain/run";
import type { Report } from "./report";

const RUNS = 7;
const LARGEST_BYTES = 700 * 1024;
const LONGEST_IMPORT_MS = 150;
const TIME_IMPORT =
  "const began = performance.now(); require(process.argv[1]); console.log(performance.now() - began);";
const TIME_BOTO3 =
  'import time; began = time.perf_counter(); import boto3; boto3.client("kinesis", region_name="us-east-1"); boto3.client("cloudwatch", region_name="us-east-1"); print((time.perf_counter() - began) * 1000)';

/** Size and import time of every function of the project, under the Node.js that Lambda runs, and of boto3 beside it. */
export async function benchFunctions(root: string, node: string, python: string, report: Report): Promise<void> {
  const scratch = join(root, ".local");
  mkdirSync(scratch, { recursive: true });
  for (const { stack } of projectStacks()) {
    for (const one of stack.node.findAll().filter((construct) => construct instanceof NodejsFunction)) {
      const folder = mkdtempSync(join(scratch, "bench-"));
      try {
        const files = unzipSync(readFileSync(one.asset));
        for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
        const bytes = Object.values(files).reduce((sum, content) => sum + content.length, 0);
        report.goal(`${one.node.path}: unzipped, in KB`, bytes / 1024, { atMost: LARGEST_BYTES / 1024 });
        const environment = { ...withoutReferences(one.literalEnvironment), AWS_REGION: "us-east-1" };
        const imported = await median(() =>
          run(node, ["-e", TIME_IMPORT, join(folder, "index.js")], { env: environment }),
        );
        report.goal(`${one.node.path}: import, in ms`, imported, { atMost: LONGEST_IMPORT_MS });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  }
  const boto3 = await median(() => run(python, ["-c", TIME_BOTO3]));
  report.line("for comparison: boto3 and two clients, import", `${boto3.toFixed(0)} ms`);
}

/** Handlers check their variables when they are loaded: what is known only once it is deployed may be a URL. */
function withoutReferences(environment: Readonly<Record<string, string>>): Record<string, string> {
  const values = Object.entries(environment).map(([name, value]) => [
    name,
    value.includes("${") ? "https://local" : value,
  ]);
  return Object.fromEntries(values);
}

async function median(
  measure: () => Promise<{ code: number | undefined; stdout: string; stderr: string }>,
): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < RUNS; count++) {
    const { code, stdout, stderr } = await measure();
    if (code !== 0) throw new Error(stderr);
    times.push(Number(stdout));
  }
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] as number;
}
