import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { scratchFolder } from "../testing/scratch-folder";
import { imageSource } from "./image-source";

const DOCKERFILE = "FROM node\nCOPY worker.js worker.js.map /app/\n";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const sourceOf = (program: string) => {
  const folder = scratchFolder("image-source");
  folders.push(folder);
  writeFileSync(join(folder, "main.ts"), program);
  writeFileSync(join(folder, "Dockerfile"), DOCKERFILE);
  const { file, hash } = imageSource({ entry: join(folder, "main.ts"), dockerfile: join(folder, "Dockerfile") });
  return { hash, folder, files: unzipSync(readFileSync(file)) };
};

describe("the source of an image", () => {
  test("is the Dockerfile and the program in one file, which says where it fails in its own source", () => {
    const { files, folder } = sourceOf('const place: string = "here";\n\nthrow new Error(place);\n');
    expect(Object.keys(files).sort()).toEqual(["Dockerfile", "worker.js", "worker.js.map"]);
    expect(strFromU8(files.Dockerfile as Uint8Array)).toBe(DOCKERFILE);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const { stderr } = spawnSync(process.execPath, ["--enable-source-maps", join(folder, "worker.js")], {
      encoding: "utf8",
    });
    expect(stderr).toContain("main.ts:3");
  });

  test("is the same for the same program, wherever it lies, and another for another one", () => {
    const [one, same, other] = [sourceOf("console.log(1);"), sourceOf("console.log(1);"), sourceOf("console.log(2);")];
    expect(one.hash).toBe(same.hash);
    expect(one.hash).not.toBe(other.hash);
  });

  test("does not come of a program that does not build", () => {
    expect(() => sourceOf("const = 1;")).toThrow("main.ts");
  });
});
