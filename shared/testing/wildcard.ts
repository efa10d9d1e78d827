/** IAM's wildcards: `*` stands for any text, also none and also across `/` and `:`; `?` for exactly one character. */
export function matchesWildcard(pattern: string, text: string): boolean {
  return new RegExp(`^${toExpression(pattern)}$`, "s").test(text);
}

/** As {@link matchesWildcard}, in IAM's way with actions: `kinesis:describe*` covers `kinesis:DescribeStream`. */
export function matchesAction(pattern: string, action: string): boolean {
  return matchesWildcard(pattern.toLowerCase(), action.toLowerCase());
}

function toExpression(pattern: string): string {
  return pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
}
