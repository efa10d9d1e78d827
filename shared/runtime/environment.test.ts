import * as z from "zod";
import { readEnvironment } from "./environment";
import { numberText, wholeNumberText } from "./number-text";

const schema = z.object({ SHARE: numberText(0.5, 100), COUNT: wholeNumberText(1, 10) });

test("numbers in variables are read, also small ones as JavaScript writes them", () => {
  expect(readEnvironment(schema, { SHARE: "2.5", COUNT: "10" })).toEqual({ SHARE: 2.5, COUNT: 10 });
  expect(readEnvironment(z.object({ TINY: numberText(0, 1) }), { TINY: String(1e-7) })).toEqual({ TINY: 1e-7 });
});

test.each([
  [{ SHARE: "0.4", COUNT: "1" }, "SHARE: must be a number, 0.5..100"],
  [{ SHARE: "101", COUNT: "1" }, "SHARE: must be a number, 0.5..100"],
  [{ SHARE: "1.2.3", COUNT: "1" }, "SHARE: must be a number, 0.5..100"],
  [{ SHARE: "", COUNT: "1" }, "SHARE: must be a number, 0.5..100"],
  [{ SHARE: "1", COUNT: "1.5" }, "COUNT: must be a whole number, 1..10"],
  [{ SHARE: "1", COUNT: "0" }, "COUNT: must be a whole number, 1..10"],
  [{ SHARE: "1" }, "COUNT: is missing"],
])("%j is refused", (environment, message) => {
  expect(() => readEnvironment(schema, environment)).toThrow(
    new Error(`Environment variables are missing or wrong: ${message}. Deploy the stack again.`),
  );
});

test("all that is wrong is said at once", () => {
  expect(() => readEnvironment(schema, { SHARE: "x" })).toThrow(/SHARE: .*; COUNT: is missing/);
});
