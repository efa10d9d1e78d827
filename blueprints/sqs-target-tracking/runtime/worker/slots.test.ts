import fc from "fast-check";
import { Slots } from "./slots";

test("however they are taken and given back, never more places are given than there are, and all askers get some", async () => {
  const asks = fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 20 }), asks, fc.scheduler(), async (count, atMosts, scheduler) => {
      const slots = new Slots(count);
      let taken = 0;
      const served = atMosts.map(async (atMost) => {
        const places = await slots.take(atMost);
        taken += places;
        expect(places).toBeGreaterThan(0);
        expect(places).toBeLessThanOrEqual(atMost);
        expect(taken).toBeLessThanOrEqual(count);
        await scheduler.schedule(Promise.resolve());
        taken -= places;
        slots.giveBack(places);
      });
      await scheduler.waitFor(Promise.all(served));
      await slots.allFree();
    }),
  );
});

test("while they are paused nobody gets one, and after they are closed nobody waits for one", async () => {
  const slots = new Slots(2);
  expect(await slots.take(1)).toBe(1);
  slots.pause();
  const next = slots.take(2);
  slots.giveBack(1);
  await slots.allFree();
  slots.resume();
  expect(await next).toBe(2);
  const last = slots.take(1);
  slots.close();
  expect(await last).toBe(0);
  expect(await slots.take(1)).toBe(0);
});
