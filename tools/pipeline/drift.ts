import type { ChangedStacks } from "./changed";
import type { Post } from "./github/client";
import { resultMarkdown } from "./markdown";
import { hasFailed, NO_CHANGES, type Result } from "./result";

/** What the issues are found by. */
export const DRIFT_LABEL = "drift";

export type IssueAction =
  | { readonly do: "open"; readonly stack: string; readonly title: string; readonly body: string }
  | {
      readonly do: "update";
      readonly stack: string;
      readonly number: number;
      readonly title: string;
      readonly body: string;
    }
  | { readonly do: "close"; readonly stack: string; readonly number: number; readonly body: string };

const marker = (stack: string): string => `<!-- blueprint-drift: ${stack} -->`;

/**
 * What to do so that each stack that is not as the code says has one open issue, and no other stack has one. A stack whose
 * plan failed counts as one: nobody knows how it is. Issues of stacks that were not looked at stay as they are.
 */
export function issueActions(
  looked: ChangedStacks,
  results: readonly Result[],
  existing: readonly Post[],
  runUrl: string,
): IssueAction[] {
  return looked.plan.flatMap((stack): IssueAction[] => {
    const issue = existing.find(({ body }) => body.startsWith(marker(stack)));
    const result = results.find((one) => one.stack === stack) ?? noResult(stack);
    const failed = hasFailed(result);
    if (!failed && !result.hasChanges) {
      if (!issue) return [];
      const body = `${marker(stack)}\n\nThe stack is as the code says again: [this run](${runUrl}) planned no changes.`;
      return [{ do: "close", stack, number: issue.id, body }];
    }
    const title = failed ? `${stack} cannot be planned` : `${stack} is not as the code says`;
    const body = resultMarkdown(result, { marker: marker(stack), of: `the main branch by [this run](${runUrl})` });
    return [issue ? { do: "update", stack, number: issue.id, title, body } : { do: "open", stack, title, body }];
  });
}

function noResult(stack: string): Result {
  const detail = "The job that plans it did not end. The run says why.";
  return { stack, verb: "plan", outcome: "errored", ...NO_CHANGES, text: "", detail };
}
