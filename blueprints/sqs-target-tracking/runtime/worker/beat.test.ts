import fc from "fast-check";
import { lookEverySeconds, nextBeat, secondsLeft } from "./beat";

/** Looks as the heartbeat does, until the message is lost or the time is over; each call has an answer of its own. */
function simulate(timeout: number, endsAt: number, accepts: (call: number) => boolean) {
  let visibleAt = timeout;
  let calls = 0;
  for (let now = 0; now < endsAt; now += lookEverySeconds(timeout)) {
    const beat = nextBeat({ since: 0, visibleAt }, timeout, now);
    if (beat === "lost") return { lostAt: now, calls };
    if (typeof beat === "string") continue;
    const { hideForSeconds } = beat;
    if (now + hideForSeconds > 43_200 || !Number.isInteger(hideForSeconds))
      throw new Error(`refused: ${hideForSeconds}`);
    if (accepts(calls++)) visibleAt = now + hideForSeconds;
  }
  return { calls };
}

test("a message stays hidden for 12 hours but a minute, whatever the timeout, though three of four calls fail", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 43_200 }), fc.integer({ min: 0, max: 3 }), (timeout, phase) => {
      const endsAt = Math.min(43_200 - 61, timeout * 500);
      expect(simulate(timeout, endsAt, (call) => call % 4 === phase).lostAt).toBeUndefined();
    }),
  );
});

test("no call asks for more than SQS allows, and then the message is lost", () => {
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 43_200 }), (timeout) => {
      expect(simulate(timeout, 50_000, () => true).lostAt).toBeGreaterThan(43_000);
    }),
  );
});

test("a message costs about two calls in its visibility timeout", () => {
  expect(simulate(30, 3600, () => true).calls).toBeLessThanOrEqual(3600 / 15);
});

test("without any answer it is lost at the end of the timeout, and not before", () => {
  const { lostAt, calls } = simulate(30, 3600, () => false);
  expect(lostAt).toBeGreaterThanOrEqual(30);
  expect(lostAt).toBeLessThan(34);
  expect(calls).toBeGreaterThanOrEqual(4);
});

test("a timeout of 12 hours cannot be extended at all", () => {
  expect(nextBeat({ since: 0, visibleAt: 43_200 }, 43_200, 21_600)).toBe("limit");
});

test("a delay may last until the end of the 12 hours", () => {
  expect([0, 43_100, 43_200].map(secondsLeft)).toEqual([43_140, 40, 0]);
});
