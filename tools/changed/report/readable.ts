/** Characters of a value that are shown. */
const WIDTH = 100;
/** Characters before the first difference that are shown of a long value. */
const LEAD = 30;

const LOOK_UPS: readonly [RegExp, string][] = [
  [/\$\{data\.aws_partition\.[\w-]+\.partition\}/g, "{partition}"],
  [/\$\{data\.aws_region\.[\w-]+\.(?:id|name|region)\}/g, "{region}"],
  [/\$\{data\.aws_caller_identity\.[\w-]+\.account_id\}/g, "{account}"],
];

/** A text with the look-ups that stand in every ARN as one word each: `arn:{partition}:sqs:{region}:{account}:jobs`. */
export function readable(text: string): string {
  return LOOK_UPS.reduce((shorter, [lookUp, word]) => shorter.replace(lookUp, word), text);
}

/** A value as JSON, cut where it is long. */
export function excerpt(value: unknown): string {
  return cut(asText(value), 0);
}

/** Two values as JSON, cut so that the first difference is in sight. */
export function excerpts(before: unknown, after: unknown): [string, string] {
  const [old, current] = [asText(before), asText(after)];
  const isShort = Math.max(old.length, current.length) <= WIDTH;
  const start = isShort ? 0 : Math.max(0, samePrefix(old, current) - LEAD);
  return [cut(old, start), cut(current, start)];
}

/** A text up to a length, with how much there is. */
export function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}... (${text.length} characters)`;
}

function asText(value: unknown): string {
  return readable(JSON.stringify(value) ?? "nothing");
}

function cut(text: string, start: number): string {
  return `${start > 0 ? "..." : ""}${shortened(text.slice(start), WIDTH)}`;
}

function samePrefix(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}
