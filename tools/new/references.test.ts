import { referencesOf } from "./references";

const of = (code: string) => referencesOf("/project/shared/testing/a.ts", code);

test.each([
  'import { a } from "../b";',
  'import type { a } from "../b";',
  'import "../b";',
  'export * from "../b";',
  'const a = require("../b");',
  'const a = () => import("../b");',
  'type A = import("../b").A;',
  'type A = typeof import("../b");',
])("%s imports the file", (code) => {
  expect(of(code).imports).toEqual(["/project/shared/b"]);
});

test("packages are told by their names, and those of Node.js itself are none", () => {
  const code = `
    import { join } from "node:path";
    import fs from "fs";
    import { App } from "cdktf";
    import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
    const sdk = () => require("@aws-sdk/client-ecs");`;
  expect(of(code).packages).toEqual(["cdktf", "@cdktf/provider-aws", "@aws-sdk/client-ecs"]);
});

test("what only looks like an import in a text or a comment is none", () => {
  expect(of('// import "a";\nconst a = `import "b"; require("c")`;')).toEqual({
    imports: [],
    paths: [],
    openFolders: [],
    packages: [],
  });
});

test.each([
  ['fork(join(__dirname, "runner.cjs"))', "/project/shared/testing/runner.cjs"],
  ['const root = resolve(__dirname, "../..");\nread(join(root, "cdktf.json"));', "/project/cdktf.json"],
  ['read(path.join(path.resolve(__dirname, ".."), "runtime", "machine.sh"));', "/project/shared/runtime/machine.sh"],
])("%s is a path that is known beforehand", (code, path) => {
  expect(of(code).paths).toContain(path);
  expect(of(code).openFolders).toEqual([]);
});

test("a path whose end is known only when the code runs is told by its beginning", () => {
  const code = 'const root = resolve(__dirname, "../..");\ncopy(join(root, "blueprints", name, "stack.ts"));';
  expect(of(code).openFolders).toEqual(["/project/blueprints"]);
});

test("a path that begins elsewhere is nobody's", () => {
  expect(of('join(folder, "a.sh"); join(tmpdir(), "x"); const folder = make(folder);')).toMatchObject({
    paths: [],
    openFolders: [],
  });
});
