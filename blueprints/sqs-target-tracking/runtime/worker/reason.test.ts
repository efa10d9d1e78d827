import { failureOf, reasonOf } from "./reason";

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

test.each([
  ["QueueDoesNotExist", /^there is no such queue in this account and Region; deploy the stack again, /],
  ["CredentialsProviderError", /^there are no credentials; the task needs its task role, /],
  ["ExpiredTokenException", /^AWS does not accept the credentials; look at the task role, /],
  ["InvalidClientTokenId", /^AWS does not accept the credentials; /],
  ["AccessDeniedException", /^the task role does not allow it; deploy the stack again \(AccessDeniedException: no\)$/],
  ["TimeoutError", /^TimeoutError: no$/],
])("%s is said with what to do, where that is known", (name, reason) => {
  expect(reasonOf(named(name, "no"))).toMatch(reason);
});

test("an error without a message says its code", () => {
  expect(reasonOf(Object.assign(new AggregateError([]), { code: "ECONNREFUSED" }))).toBe(
    "AggregateError: ECONNREFUSED",
  );
});

test("whatever was thrown is told, shortly", () => {
  expect(reasonOf("no")).toBe("no");
  expect(reasonOf(undefined)).toBe("undefined");
  expect(reasonOf(new Error("x".repeat(1000))).length).toBeLessThan(310);
});

test("work's failure says where it was thrown, and not what the body was", () => {
  const body = '{"password": "hunter2"}';
  const failure = failureOf(new RangeError(`bad: ${body}`), body);
  expect(failure).toEqual({
    reason: "RangeError: bad: (the body)",
    at: expect.stringMatching(/^at .*reason\.test\.ts:\d+:\d+/),
  });
  expect(failureOf(`bad: ${body}`, body)).toEqual({ reason: "bad: (the body)" });
  expect(failureOf(new Error("bad"), "").reason).toBe("Error: bad");
});
