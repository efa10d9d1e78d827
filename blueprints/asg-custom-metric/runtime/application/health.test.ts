import { once } from "node:events";
import { connect } from "node:net";
import { until } from "../../../../shared/testing/until";
import { Health } from "./health";

const health = new Health(20);
afterAll(() => health.close());

const isOpen = (port = health.port as number) =>
  once(connect(port, "127.0.0.1"), "connect").then(
    () => true,
    () => false,
  );

test("the health check's port is closed while a write takes too long, and open again when it is done", async () => {
  await health.open(0);
  const port = health.port as number;
  expect(await health.watch(Promise.resolve("written"))).toBe("written");
  expect(await isOpen()).toBe(true);

  let done = (_: string) => {};
  const slow = health.watch(
    new Promise<string>((resolve) => {
      done = resolve;
    }),
  );
  const other = health.watch(new Promise<string>((resolve) => setTimeout(resolve, 60, "late")));
  let refused = false;
  await until(() => {
    void isOpen(port).then((open) => {
      refused ||= !open;
    });
    return refused;
  }, "refusal");
  await other;
  expect(await isOpen(port)).toBe(false);
  done("written");
  expect(await slow).toBe("written");
  expect(await isOpen(port)).toBe(true);
});

test("a write that fails fails, and the port that is closed for good stays closed", async () => {
  const port = health.port as number;
  await expect(health.watch(Promise.reject(new Error("no space left")))).rejects.toThrow("no space left");
  const slow = health.watch(new Promise((resolve) => setTimeout(resolve, 60)));
  health.close();
  await slow;
  expect(await isOpen(port)).toBe(false);
});
