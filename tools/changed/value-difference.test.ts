import { isDeepStrictEqual } from "node:util";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { CodeHashes } from "./code-hashes";
import { differencesOf } from "./value-difference";

const OLD = "0123456789abcdef0123456789abcdef";
const NEW = "fedcba9876543210fedcba9876543210";
const hashes = new CodeHashes({ a: `assets/code_1/${OLD}/function.zip` }, { a: `assets/code_1/${NEW}/function.zip` });
const between = (before: unknown, after: unknown) => differencesOf(before, after, hashes);
/** As Terraform JSON has them: no two spellings of one number. */
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)));

test("a value does not differ from itself, whatever the order of its keys", () => {
  const reversed = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(reversed);
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, part]) => [key, reversed(part)]),
    );
  };
  fc.assert(fc.property(json, (value) => expect(between(value, reversed(value))).toEqual([])));
});

test("two values that are not equal differ somewhere", () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      expect(between(before, after).length > 0).toBe(!isDeepStrictEqual(before, after));
    }),
  );
});

test("a changed attribute is told with its path, and what it was and is", () => {
  const before = { environment: { variables: { LIMIT: "5", NAME: "a" } }, timeout: 3, role: "r" };
  const after = { environment: { variables: { LIMIT: "10", NAME: "a" } }, role: "r", memory: 256 };
  expect(between(before, after)).toEqual([
    { path: "environment.variables.LIMIT", kind: "changed", before: "5", after: "10" },
    { path: "timeout", kind: "removed", before: 3 },
    { path: "memory", kind: "added", after: 256 },
  ]);
});

test("an action that a policy gets is told alone, though the policy is one text with references", () => {
  const policy = (...actions: string[]) =>
    `{"Statement":[{"Effect":"Allow","Action":${JSON.stringify(actions)},"Resource":"\${aws_sqs_queue.a["x"].arn}"}]}`;
  expect(between({ policy: policy("sqs:A", "sqs:C") }, { policy: policy("sqs:A", "sqs:B", "sqs:C") })).toEqual([
    { path: "policy.Statement[0].Action[]", kind: "added", after: "sqs:B" },
  ]);
});

test("a text that is spelled otherwise is changed, though it means the same JSON", () => {
  expect(between('{"a":1}', '{ "a": 1 }')).toEqual([
    { path: "", kind: "changed", before: '{"a":1}', after: '{ "a": 1 }' },
  ]);
});

test("elements with a name are compared by it, wherever they stand", () => {
  const statement = (Sid: string, Effect: string) => ({ Sid, Effect });
  expect(
    between(
      [statement("A", "Deny"), statement("B", "Deny")],
      [statement("New", "Deny"), statement("A", "Deny"), statement("B", "Allow")],
    ),
  ).toEqual([
    { path: "[B].Effect", kind: "changed", before: "Deny", after: "Allow" },
    { path: "[New]", kind: "added", after: statement("New", "Deny") },
  ]);
});

test("a list in another order is told as such", () => {
  expect(between({ list: ["a", "b", "c"] }, { list: ["c", "a", "b"] })).toMatchObject([
    { path: "list", kind: "reordered" },
  ]);
});

test("a line in a compressed file of user data is found", () => {
  const userData = (content: string) =>
    `#cloud-config\n${JSON.stringify({ write_files: [{ path: "/a.sh", encoding: "gz+b64", content: gzipSync(content).toString("base64") }] })}`;
  expect(between(userData("one\n"), userData("two\n"))).toEqual([
    { path: "cloud-config.write_files[/a.sh].content", kind: "changed", before: "one\n", after: "two\n" },
  ]);
});

test("the hash of an asset is code, in its path and, longer, in an object's key", () => {
  const lambda = (hash: string) => ({
    filename: `assets/code_1/${hash}/function.zip`,
    source_code_hash: `\${filebase64sha256("assets/code_1/${hash}/function.zip")}`,
    key: `program/${hash}${hash}.js`,
  });
  expect(between(lambda(OLD), lambda(NEW)).map(({ path, kind }) => [path, kind])).toEqual([
    ["filename", "code"],
    ["source_code_hash", "code"],
    ["key", "code"],
  ]);
});

test("a hash that is no asset's is a value like any other", () => {
  const digest = (digit: string) => `repository@sha256:${digit.repeat(64)}`;
  expect(between(digest("a"), digest("b"))).toMatchObject([{ kind: "changed" }]);
});
