/**
 * Whether a value, at any depth, refers to a resource by a Terraform expression such as `${aws_sqs_queue.dlq.arn}`.
 *
 * @param address `aws_sqs_queue.dlq`, or `data.aws_iam_policy_document.trust` for a data source
 */
export function refersTo(value: unknown, address: string): boolean {
  if (typeof value === "string") {
    const word = new RegExp(`(?<![\\w.-])${address.replaceAll(".", "\\.")}(?![\\w-])`);
    return expressions(value).some((expression) => word.test(expression));
  }
  return typeof value === "object" && value !== null && Object.values(value).some((part) => refersTo(part, address));
}

/** The bodies of the `${...}` expressions of a Terraform string; `$${` is an escape and starts none. */
export function expressions(text: string): string[] {
  return splitTemplate(text)
    .filter((part) => part.isExpression)
    .map(({ text }) => text.slice(2, -1));
}

/**
 * Cuts a Terraform string into literal text and `${...}` expressions; joining the parts gives the string back.
 * Braces and strings inside an expression are followed, so `${merge({a = "}"}, b)}` is one expression.
 */
export function splitTemplate(text: string): { text: string; isExpression: boolean }[] {
  const parts: { text: string; isExpression: boolean }[] = [];
  let literalStart = 0;
  for (let index = 0; index < text.length; index++) {
    if (text.startsWith("$${", index)) {
      index += 2;
    } else if (text.startsWith("${", index)) {
      const end = endOfExpression(text, index + 2);
      if (index > literalStart) parts.push({ text: text.slice(literalStart, index), isExpression: false });
      parts.push({ text: text.slice(index, end), isExpression: true });
      literalStart = end;
      index = end - 1;
    }
  }
  if (literalStart < text.length) parts.push({ text: text.slice(literalStart), isExpression: false });
  return parts;
}

function endOfExpression(text: string, start: number): number {
  let depth = 1;
  let inString = false;
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (inString && character === "\\") index++;
    else if (inString && text.startsWith("${", index)) index = endOfExpression(text, index + 2) - 1;
    else if (character === '"') inString = !inString;
    else if (!inString && character === "{") depth++;
    else if (!inString && character === "}" && --depth === 0) return index + 1;
  }
  throw new Error(
    `no closing brace for the expression that starts at ${JSON.stringify(text.slice(start - 2, start + 60))}`,
  );
}
