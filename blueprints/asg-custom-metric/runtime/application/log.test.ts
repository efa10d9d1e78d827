import { mkdtempSync, readFileSync, renameSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../../../shared/testing/until";
import { Log } from "./log";

const folder = mkdtempSync(join(tmpdir(), "log-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("the log goes on in the same file when it was emptied, and in a new one when it was renamed", async () => {
  const path = join(folder, "rotated.log");
  const log = new Log(path);
  const events = (file: string) => readFileSync(file, "utf8").replaceAll(/"time":"[^"]+",/g, "");
  log.write("first");
  log.flush();
  truncateSync(path);
  log.write("second", { sequence: 1 });
  await until(() => events(path) !== "", "the second line");
  expect(events(path)).toBe('{"event":"second","sequence":1}\n');
  renameSync(path, `${path}.1`);
  log.write("third");
  log.reopen();
  log.write("fourth");
  log.flush();
  expect(events(`${path}.1`)).toBe('{"event":"second","sequence":1}\n{"event":"third"}\n');
  expect(events(path)).toBe('{"event":"fourth"}\n');
});
