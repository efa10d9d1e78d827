import { type ProjectChange, stacksToPlan } from "../project-change";

/**
 * The report for programs: `plan` is the list of stacks for the matrix of a workflow, `removed` of those that are no longer
 * in the code, and `stacks` has all details of all.
 */
export function jsonReport(change: ProjectChange): string {
  const named = (kind: string) => change.stacks.filter((one) => one.kind === kind).map(({ stack }) => stack);
  return JSON.stringify(
    { plan: stacksToPlan(change), removed: named("removed"), untouched: named("untouched"), ...change },
    undefined,
    2,
  );
}
