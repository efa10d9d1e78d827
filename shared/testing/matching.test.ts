import { mismatches } from "./matching";

test.each([
  ["an object partially, at every depth", { a: 1, b: { c: 2, d: 3 } }, { b: { c: 2 } }],
  ["the objects in an array partially", [{ a: 1, b: 2 }], [{ a: 1 }]],
  ["text by a RegExp", { arn: "arn:aws:sqs" }, { arn: /^arn:/ }],
  ["text by a RegExp with the flag g, every time", ["a", "a"], [/a/g, /a/g]],
  ["a leaf by a predicate", { seconds: 30 }, { seconds: (value: number) => value > 10 }],
  ["an absent key by undefined", { a: 1 }, { b: undefined }],
])("matches %s", (_, actual, expected) => {
  expect(mismatches(actual, expected)).toEqual([]);
});

test.each([
  ["a value", { a: { b: 1 } }, { a: { b: 2 } }, "a.b: expected 2, got 1"],
  ["an absent key", {}, { a: 1 }, "a: expected 1, got nothing"],
  ["an array of another length", { a: [1, 2] }, { a: [1] }, "a: expected [1], got [1,2]"],
  ["an element", { a: [{ b: 1 }] }, { a: [{ b: 2 }] }, "a[0].b: expected 2, got 1"],
  ["text against a RegExp", { a: "x" }, { a: /y/ }, 'a: expected /y/, got "x"'],
  ["a number against a RegExp", { a: 1 }, { a: /1/ }, "a: expected /1/, got 1"],
  ["an object where an array stands", { a: [] }, { a: { b: /c/ } }, 'a: expected {"b":"/c/"}, got []'],
  ["the number 1 and the text 1", { a: "1" }, { a: 1 }, 'a: expected 1, got "1"'],
])("tells apart %s, and where", (_, actual, expected, line) => {
  expect(mismatches(actual, expected)).toEqual([line]);
});
