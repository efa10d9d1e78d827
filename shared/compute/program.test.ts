import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratchFolder } from "../testing/scratch-folder";
import { program } from "./program";

describe("a program for a machine", () => {
  let folder: string;
  beforeEach(() => {
    folder = scratchFolder("program");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  test("is one file with all that it imports, which Node.js runs as it is", () => {
    write("greeting.ts", "export const greeting: string = 'good day, ' + process.argv[2] + ' ä';");
    const entry = write("main.ts", "import { greeting } from './greeting'; console.log(greeting);");
    const file = write("out.js", program(entry));
    expect(execFileSync(process.execPath, [file, "reader"], { encoding: "utf8" })).toBe("good day, reader ä\n");
  });

  test("holds nothing but ASCII, which no encoding on its way can change", () => {
    expect(program(write("main.ts", "console.log('ä→€');"))).toMatch(/^[\x20-\x7e\n]+$/);
  });

  test("changes with a file that it imports", () => {
    const entry = write("main.ts", "import { greeting } from './greeting'; console.log(greeting);");
    write("greeting.ts", "export const greeting = 'first';");
    const first = program(entry);
    write("greeting.ts", "export const greeting = 'second';");
    expect(first).toContain("first");
    expect(program(entry)).toContain("second");
  });

  test("that does not build is an error that names file and line", () => {
    const entry = write("main.ts", "export const handler = () => {\n  return 1 +;\n};");
    expect(() => program(entry)).toThrow(/main\.ts:2:\d+.*Unexpected ";"/);
  });
});
