import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { providePackages } from "./packages";

let folder: string;
const said: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "packages-"));
  said.length = 0;
  mkdirSync(join(folder, "root", "node_modules", "a"), { recursive: true });
  mkdirSync(join(folder, "root", "node_modules", ".cache"));
  mkdirSync(join(folder, "copy"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const lock = (where: string, version: string) => {
  const project = { name: "project", version };
  writeFileSync(join(folder, where, "package.json"), JSON.stringify(project));
  writeFileSync(
    join(folder, where, "package-lock.json"),
    JSON.stringify({ ...project, lockfileVersion: 3, packages: { "": project } }),
  );
};
const provide = () =>
  providePackages(join(folder, "root"), join(folder, "copy"), (line) => said.push(line), new AbortController().signal);

test("with the same lock file the packages are linked, but not the cache of bundles, and npm is not run", async () => {
  lock("root", "1.0.0");
  lock("copy", "1.0.0");
  expect(await provide()).toBeUndefined();
  expect(realpathSync(join(folder, "copy/node_modules/a"))).toBe(realpathSync(join(folder, "root/node_modules/a")));
  expect(existsSync(join(folder, "copy/node_modules/.cache"))).toBe(false);
  expect(said).toEqual([]);
});

test("with another lock file the packages are installed apart, which is said", async () => {
  lock("root", "1.0.0");
  lock("copy", "1.0.1");
  expect(await provide()).toBeUndefined();
  expect(existsSync(join(folder, "copy/node_modules/a"))).toBe(false);
  expect(said).toEqual([expect.stringContaining("npm ci")]);
});

test("packages that cannot be installed are a reason, and no error", async () => {
  lock("root", "1.0.0");
  writeFileSync(join(folder, "copy", "package-lock.json"), "{}");
  expect(await provide()).toMatch(/^npm ci failed: /);
});
