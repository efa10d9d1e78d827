import type { ChangedStacks } from "./changed";
import type { Post } from "./github/client";
import { resultMarkdown } from "./markdown";
import type { Result } from "./result";

/** What one comment is to say. */
export interface Wanted {
  readonly stack: string;
  readonly body: string;
}

export type CommentAction =
  | { readonly do: "create"; readonly body: string }
  | { readonly do: "update"; readonly id: number; readonly body: string };

/** Begins each comment, invisible, so that a later run finds it. */
export const marker = (stack: string): string => `<!-- blueprint-plan: ${stack} -->`;

/**
 * What the comments are to say: of each stack that was to be planned, of each that is deployed by hand, and of each that the
 * change takes out of the code.
 */
export function wantedComments(
  changed: ChangedStacks,
  results: readonly Result[],
  where: { readonly commit: string; readonly runUrl: string },
): Wanted[] {
  const of = `commit ${where.commit.slice(0, 7)} by [this run](${where.runUrl})`;
  const planned = changed.plan.map((stack) => {
    const result = results.find((one) => one.stack === stack);
    const body = result
      ? resultMarkdown(result, { marker: marker(stack), of })
      : `${marker(stack)}\n\n### \`${stack}\`: there is no plan\n\nThe job that plans it did not end. [This run](${where.runUrl}) says why.`;
    return { stack, body };
  });
  const byHand = changed.byHand.map((stack) => ({
    stack,
    body: `${marker(stack)}\n\n### \`${stack}\`: touched, and deployed by hand\n\nPipelines stand on it and have no permission for it. After the merge an administrator runs \`npx cdktf deploy ${stack}\`, with the backend that has its state.`,
  }));
  const removed = changed.removed.map((stack) => ({
    stack,
    body: `${marker(stack)}\n\n### \`${stack}\`: taken out of the code\n\nNothing destroys its resources. Destroy it from a commit that has it, before or after this is merged: docs/pipeline.md says how.`,
  }));
  return [...planned, ...byHand, ...removed];
}

/** What to do so that the comments say that: at most one comment a stack, none twice. */
export function commentActions(wanted: readonly Wanted[], existing: readonly Post[], commit: string): CommentAction[] {
  const stacks = new Set(wanted.map(({ stack }) => stack));
  const actions = wanted.map(({ stack, body }): CommentAction => {
    const post = existing.find((one) => one.body.startsWith(marker(stack)));
    return post ? { do: "update", id: post.id, body } : { do: "create", body };
  });
  const untouched = existing.flatMap((post): CommentAction[] => {
    const stack = /^<!-- blueprint-plan: ([a-z0-9-]+) -->/.exec(post.body)?.[1];
    if (stack === undefined || stacks.has(stack)) return [];
    const body = `${marker(stack)}\n\n### \`${stack}\`: no longer touched\n\nAs of commit ${commit.slice(0, 7)} this pull request changes nothing in it.`;
    return [{ do: "update", id: post.id, body }];
  });
  return [...actions, ...untouched].filter(
    (action) => action.do === "create" || existing.find(({ id }) => id === action.id)?.body !== action.body,
  );
}
