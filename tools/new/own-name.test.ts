import { renameSnapshotTitles, renameTitles, renameWords, renamingOf } from "./own-name";

const renaming = { from: "scaler", to: "orders", others: ["scaler-plus", "monitor"] };

test.each([
  ["# scaler", "# orders"],
  ["`npx cdktf deploy scaler`.", "`npx cdktf deploy orders`."],
  [
    "the stream scaler-clicks of Scaling/scaler in blueprints/scaler/",
    "the stream orders-clicks of Scaling/orders in blueprints/orders/",
  ],
  ["scalers, my-scaler, a_scaler and scaler_b", "scalers, my-scaler, a_scaler and scaler_b"],
  ["[beside](../scaler-plus/README.md), scaler-plus-2", "[beside](../scaler-plus/README.md), scaler-plus-2"],
])("%j becomes %j", (text, expected) => {
  expect(renameWords(text, renaming).text).toBe(expected);
});

test("how often it was replaced is counted", () => {
  expect(renameWords("scaler scaler-plus scaler-a", renaming).count).toBe(2);
});

test("of a test's code only titles change, those of tables too", () => {
  const code = `describe("scaler", () => {
  test.each([["/opt/scaler/run.sh"]])("scaler runs %s", (path) => expect(path).toBe("/opt/scaler/run.sh"));
  test(\`the stack scaler-x\`, () => {});
});
`;
  expect(renameTitles(code, renaming)).toEqual({
    text: code.replace('"scaler"', '"orders"').replace('"scaler runs', '"orders runs').replace("scaler-x", "orders-x"),
    count: 3,
  });
});

test("of a snapshot file only the tests' titles change", () => {
  const snapshots = '// Jest\n\nexports[`scaler has these 1`] = `\n[\n  "scaler-alarm",\n]\n`;\n';
  expect(renameSnapshotTitles(snapshots, renaming)).toEqual({
    text: snapshots.replace("`scaler", "`orders"),
    count: 1,
  });
});

test("what runs on machines keeps its names", () => {
  for (const file of ["runtime/install.sh", "runtime/scaler-ready.service", "stack.ts", "parameters.schema.json"])
    expect(renamingOf(file)).toBeUndefined();
  for (const file of ["parameters.europe.json", "proof/parameters.json"]) expect(renamingOf(file)).toBe(renameWords);
  expect(renamingOf("runtime/a.test.ts")).toBe(renameTitles);
});
