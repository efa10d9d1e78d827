import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkChoice } from "./choice";

describe("what may be copied, and under which name", () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "choice-"));
    for (const file of [
      "idle/proof/parameters.json",
      "scaler/parameters.json",
      "servers/parameters.json",
      "servers/parameters.elastic-ip.json",
    ]) {
      mkdirSync(dirname(join(root, "blueprints", file)), { recursive: true });
      writeFileSync(join(root, "blueprints", file), "{}");
    }
  });
  afterAll(() => rmSync(root, { recursive: true }));
  const check = (name: string, from: string, beside = true) => checkChoice(root, { name, from }, beside);

  test("each parameters file of the original makes a stack of the copy", () => {
    expect(check("feeds", "servers")).toMatchObject({ stackNames: ["feeds", "feeds-elastic-ip"] });
  });

  const rule =
    "a stack's name has at most 40 characters: lower-case letters, digits and single hyphens, beginning with a letter";
  test.each([
    ["feeds", "server", "There is no blueprint server; did you mean servers? There are: idle, scaler, servers"],
    [
      "servers-elastic-ip",
      "scaler",
      'blueprints/servers/parameters.elastic-ip.json makes the stack "servers-elastic-ip" already; choose another name than servers-elastic-ip',
    ],
    [
      "feeds",
      "idle",
      "blueprints/idle has no parameters file, so that a copy would make no stack; write blueprints/idle/parameters.json",
    ],
    ["scaler", "servers", "blueprints/scaler is there already; choose another name"],
    ["My_Feeds", "servers", `"My_Feeds" cannot be its name: ${rule}`],
    ["../feeds", "servers", `"../feeds" cannot be its name: ${rule}`],
    ["f".repeat(41), "scaler", `"${"f".repeat(41)}" cannot be its name: ${rule}`],
    [
      "f".repeat(30),
      "servers",
      `"${"f".repeat(30)}" is too long: with blueprints/servers/parameters.elastic-ip.json it makes the stack "${"f".repeat(30)}-elastic-ip", and ${rule}`,
    ],
  ])("%s from %s is answered in one line", (name, from, message) => {
    expect(() => check(name, from)).toThrow(new Error(message));
  });

  test("outside the project a name that is taken in it is free", () => {
    expect(check("scaler", "scaler", false)).toMatchObject({ stackNames: ["scaler"] });
    expect(() => check("Scaler", "scaler", false)).toThrow("cannot be its name");
  });
});
