import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { ToolchainError } from "../toolchain/error";

/** How a plan or an apply ended, each with what is said about it. */
export const OUTCOMES = {
  planned: "planned",
  applied: "applied",
  errored: "failed",
  "policy-failed": "was refused by a policy",
  "needs-override": "waits for somebody to override a policy",
  "needs-confirmation": "waits for somebody to confirm it",
  "timed-out": "did not end in time",
  canceled: "was cancelled",
  discarded: "was discarded by somebody",
} as const;

export type Outcome = keyof typeof OUTCOMES;

const count = z.int().min(0);

const resultSchema = z.strictObject({
  stack: z.string(),
  verb: z.enum(["plan", "apply"]),
  outcome: z.enum(Object.keys(OUTCOMES) as [Outcome, ...Outcome[]]),
  /** Whether Terraform would do anything, or did: also where only outputs change. */
  hasChanges: z.boolean(),
  added: count,
  changed: count,
  /** A resource that is replaced counts as one added and one destroyed, as Terraform counts. */
  destroyed: count,
  imported: count,
  /** Not known from HCP Terraform, whose API has no count of it. */
  moved: count.optional(),
  /** The plan as a person reads it; where it failed, what was said. */
  text: z.string(),
  /** What to know beside the outcome, a sentence or two. */
  detail: z.string().optional(),
  /** Where the run can be looked at. */
  url: z.string().optional(),
});

/** What became of one stack: the record that the verbs hand to each other. */
export type Result = z.output<typeof resultSchema>;

export const NO_CHANGES = { hasChanges: false, added: 0, changed: 0, destroyed: 0, imported: 0 } as const;

export function hasFailed({ verb, outcome }: Pick<Result, "verb" | "outcome">): boolean {
  return outcome !== (verb === "plan" ? "planned" : "applied");
}

/** Such as `2 to add, 1 to change, 0 to destroy`; `no changes` where there is nothing to do. */
export function describeCounts(result: Result): string {
  if (!result.hasChanges) return "no changes";
  const words =
    result.verb === "apply" && result.outcome === "applied"
      ? { added: "added", changed: "changed", destroyed: "destroyed", imported: "imported", moved: "moved" }
      : { added: "to add", changed: "to change", destroyed: "to destroy", imported: "to import", moved: "to move" };
  const always = ["added", "changed", "destroyed"] as const;
  const whenThere = (["imported", "moved"] as const).filter((kind) => (result[kind] ?? 0) > 0);
  return [...always, ...whenThere].map((kind) => `${result[kind]} ${words[kind]}`).join(", ");
}

/** Such as `kinesis-scaler: planned, 2 to add, 1 to change, 0 to destroy`. */
export function describeResult(result: Result): string {
  const subject = result.verb === "plan" ? "the plan" : "the apply";
  if (!hasFailed(result)) return `${result.stack}: ${OUTCOMES[result.outcome]}, ${describeCounts(result)}`;
  return `${result.stack}: ${subject} ${OUTCOMES[result.outcome]}${result.detail ? `. ${result.detail}` : ""}`;
}

export function writeResult(file: string, result: Result): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
}

/** @throws ToolchainError for a file that is none that this command wrote */
export function readResults(files: readonly string[]): Result[] {
  return files.map((file) => {
    const parsed = resultSchema.safeParse(readJson(file));
    if (parsed.success) return parsed.data;
    throw new ToolchainError(`${file} is not a result that "plan" or "apply" wrote: ${z.prettifyError(parsed.error)}`);
  });
}

/** @throws ToolchainError when the file is not there or not JSON */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ToolchainError(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
}
