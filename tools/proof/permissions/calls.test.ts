import { parseCalls } from "./calls";

const line = (call: object) => JSON.stringify({ time: "2030-01-01T00:00:00.000Z", accessKeyId: "monitor", ...call });

test("a request log is read line by line, with or without parameters", () => {
  const log = `${line({ service: "kinesis", action: "ListStreams" })}\n\n${line({ service: "sqs", action: "X", parameters: { A: 1 } })}\n`;
  expect(parseCalls(log)).toEqual([
    { accessKeyId: "monitor", service: "kinesis", action: "ListStreams", parameters: {} },
    { accessKeyId: "monitor", service: "sqs", action: "X", parameters: { A: 1 } },
  ]);
});

test("a request that nobody signed is nobody's call", () => {
  expect(parseCalls(line({ accessKeyId: null, service: null, action: "GET /" }))).toEqual([]);
});

test.each([
  ["no JSON", "GET /"],
  ["a call without a service", line({ action: "ListStreams" })],
  ["a call without a caller", '{"time":"now","service":"kinesis","action":"ListStreams"}'],
  ["a misspelled field", line({ service: "kinesis", action: "ListStreams", params: {} })],
])("%s is an error with the line's number", (_, wrong) => {
  expect(() => parseCalls(`${line({ service: "kinesis", action: "ListStreams" })}\n${wrong}`)).toThrow(
    /^line 2 of the request log/,
  );
});
