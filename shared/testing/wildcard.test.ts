import fc from "fast-check";
import { matchesAction, matchesWildcard } from "./wildcard";

/** IAM's definition, by recursion over the characters: slow, and plainly right. */
function byDefinition(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  const rest = pattern.slice(1);
  if (pattern[0] === "*") return byDefinition(rest, text) || (text !== "" && byDefinition(pattern, text.slice(1)));
  return text !== "" && (pattern[0] === "?" || pattern[0] === text[0]) && byDefinition(rest, text.slice(1));
}

const of = (characters: string, maxLength: number) => fc.string({ unit: fc.constantFrom(...characters), maxLength });
/** Characters that mean something to IAM, to ARNs or to regular expressions. */
const text = of("ab:/.-_$^+()[]{}|\\\n", 8);

test("a pattern matches what its definition says", () => {
  fc.assert(
    fc.property(of("aab:.*?", 6), of("ab:.", 7), (pattern, value) => {
      expect(matchesWildcard(pattern, value)).toBe(byDefinition(pattern, value));
    }),
    { numRuns: 2000 },
  );
});

test("text without wildcards matches itself and nothing else", () => {
  fc.assert(
    fc.property(text, text, (pattern, value) => {
      expect(matchesWildcard(pattern, pattern)).toBe(true);
      expect(matchesWildcard(pattern, value)).toBe(pattern === value);
    }),
  );
});

test("a text with any part replaced by * matches it, across every separator", () => {
  fc.assert(
    fc.property(text, text, text, (before, part, after) => {
      expect(matchesWildcard(`${before}*${after}`, before + part + after)).toBe(true);
    }),
  );
});

test("? stands for exactly one character", () => {
  expect(matchesWildcard("stream/?", "stream/a")).toBe(true);
  expect(matchesWildcard("stream/?", "stream/")).toBe(false);
  expect(matchesWildcard("stream/?", "stream/ab")).toBe(false);
});

test("actions match in any case, resources in theirs only", () => {
  expect(matchesAction("KINESIS:describe*", "kinesis:DescribeStream")).toBe(true);
  expect(matchesWildcard("arn:aws:sqs:::Jobs", "arn:aws:sqs:::jobs")).toBe(false);
});
