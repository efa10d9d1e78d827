import type { StackChange } from "../project-change";
import { excerpt } from "./readable";

/**
 * How to destroy what stacks have made that are no longer in the code: from the revision that has it, and in the same
 * checkout, because local states lie there.
 */
export function howToDestroy(removed: readonly StackChange[], commit: string): string[] {
  if (removed.length === 0) return [];
  const names = removed.map(({ stack }) => stack).join(" ");
  return [
    "What they made stays, and so do their states, until it is destroyed with the code that made it:",
    `  git switch --detach ${commit} && npm ci && npx cdktf destroy ${names}`,
    "  git switch - && npm ci",
    ...removed.map(({ stack, backend }) => `State of ${stack}: ${excerpt(backend)}`),
  ];
}
