import { parseJsonText } from "./json-text";

test("references stay, in strings, with quotes of their own, and in place of values", () => {
  expect(parseJsonText('[{"name":"a \\"b","image":"${join("/", [local.a])}:1","cpu":${local.cpu}}]')).toEqual([
    { name: 'a "b', image: '${join("/", [local.a])}:1', cpu: "${local.cpu}" },
  ]);
});

test("a string that ends with a backslash ends where its quote is", () => {
  expect(parseJsonText('{"name":"a\\\\","cpu":${local.cpu}}')).toEqual({ name: "a\\", cpu: "${local.cpu}" });
});

test("an escaped reference is none", () => {
  expect(parseJsonText('{"name":"$${a}"}')).toEqual({ name: "$${a}" });
});

test("what is no JSON is not guessed at", () => {
  expect(parseJsonText("[{]")).toBeUndefined();
  expect(parseJsonText(undefined)).toBeUndefined();
});
