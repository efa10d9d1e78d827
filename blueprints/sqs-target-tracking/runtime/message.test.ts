import fc from "fast-check";
import { readMessage } from "./message";
import { HopelessMessage } from "./worker/hopeless-message";

test("what a producer writes is read, whatever the id and the duration", () => {
  const message = fc.record({
    id: fc.oneof(fc.maxSafeInteger(), fc.string()),
    // JSON has no negative zero.
    duration: fc.double({ min: 0, max: 43_200, noNaN: true }).map((seconds) => seconds + 0),
  });
  fc.assert(fc.property(message, (one) => expect(readMessage(JSON.stringify(one))).toEqual(one)));
});

test("further fields are ignored", () => {
  expect(readMessage('{"id": "a", "duration": 0.25, "colour": "red"}')).toEqual({ id: "a", duration: 0.25 });
});

test.each([
  ['{"id": 1}', "duration must be a number of seconds"],
  ['{"id": 1, "duration": "5"}', "duration must be a number of seconds"],
  ['{"id": 1, "duration": -1}', "duration must not be negative"],
  ['{"id": 1, "duration": 43201}', "duration must be 43200 seconds, 12 hours, at most"],
  ['{"duration": true}', "id must be a whole number or a text; duration must be a number of seconds"],
  ['{"id": 1.5, "duration": 1}', "id must be a whole number or a text"],
  ['"text"', "the body must be an object"],
  ["null", "the body must be an object"],
  ["", "the body of 0 characters is not JSON"],
])("%s is refused: %s", (body, reason) => {
  expect(() => readMessage(body)).toThrow(new HopelessMessage(reason));
});

test("no body, however broken, is quoted in the reason", () => {
  const secret = "hunter2";
  for (const body of [`{"password": "${secret}`, `"${secret}"`, `{"id": {"${secret}": 1}, "duration": "${secret}"}`]) {
    expect(() => readMessage(body)).toThrow(expect.not.objectContaining({ message: expect.stringContaining(secret) }));
  }
});
