import { parseCalls } from "./calls";

test("a request log is read line by line, with or without parameters", () => {
  const log = '{"service":"kinesis","action":"ListStreams"}\n\n{"service":"sqs","action":"X","parameters":{"A":1}}\n';
  expect(parseCalls(log)).toEqual([
    { service: "kinesis", action: "ListStreams", parameters: {} },
    { service: "sqs", action: "X", parameters: { A: 1 } },
  ]);
});

test.each([
  ["no JSON", "GET /"],
  ["a call without a service", '{"action":"ListStreams"}'],
  ["a misspelled field", '{"service":"kinesis","action":"ListStreams","params":{}}'],
])("%s is an error with the line's number", (_, line) => {
  expect(() => parseCalls(`{"service":"kinesis","action":"ListStreams"}\n${line}`)).toThrow(
    /^line 2 of the request log/,
  );
});
