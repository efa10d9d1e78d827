import * as fc from "fast-check";
import { isRateLimit, waitMilliseconds } from "./http";

const answer = (status: number, headers: Record<string, string> = {}, text = "") => ({
  status,
  headers: new Headers(headers),
  text,
});
const NOW = Date.parse("2026-01-01T00:00:00Z");

describe("a limit", () => {
  test.each([
    ["429", answer(429), true],
    ["403 with Retry-After", answer(403, { "retry-after": "60" }), true],
    ["403 with no requests left", answer(403, { "x-ratelimit-remaining": "0" }), true],
    ["403 that says so", answer(403, {}, "You have exceeded a secondary rate limit"), true],
    [
      "403 for a lack of permission",
      answer(403, { "x-ratelimit-remaining": "4999" }, "Resource not accessible"),
      false,
    ],
    ["404", answer(404, { "x-ratelimit-remaining": "0" }), false],
  ])("is recognised: %s", (_, one, expected) => {
    expect(isRateLimit(one)).toBe(expected);
  });
});

describe("the wait before the next try", () => {
  test("is as long as Retry-After says, at least", () => {
    fc.assert(
      fc.property(fc.nat(600), fc.integer({ min: 1, max: 5 }), (seconds, attempt) => {
        const wait = waitMilliseconds(answer(429, { "retry-after": String(seconds) }), attempt, NOW);
        expect(wait).toBeGreaterThanOrEqual(seconds * 1000);
        expect(wait).toBeLessThanOrEqual(Math.max(seconds * 1000, 16_000));
      }),
    );
  });

  test("is as long as HCP Terraform says in seconds, and until the time that GitHub says", () => {
    expect(waitMilliseconds(answer(429, { "x-ratelimit-reset": "30.5" }), 1, NOW)).toBe(30_500);
    const reset = { "x-ratelimit-reset": String(NOW / 1000 + 90), "x-ratelimit-remaining": "0" };
    expect(waitMilliseconds(answer(403, reset), 1, NOW)).toBe(90_000);
  });

  test("is a minute for a secondary limit of GitHub's, whose reset is that of another limit", () => {
    const headers = { "x-ratelimit-reset": String(NOW / 1000 + 3000), "x-ratelimit-remaining": "4000" };
    expect(waitMilliseconds(answer(403, headers, "secondary rate limit"), 1, NOW)).toBe(60_000);
  });

  test("is never without an end, and never negative, whatever the headers say", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.constantFrom(403, 429, 500, 503), (retryAfter, reset, status) => {
        const headers = { "retry-after": retryAfter.trim(), "x-ratelimit-reset": reset.trim() };
        expect(waitMilliseconds(answer(status, headers), 1, NOW)).toBeGreaterThan(0);
      }),
    );
  });
});
