import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../proof/project-stacks";
import { generatedFiles } from "./generated-files";
import { parametersTable } from "./parameters-table";
import { replaceSection } from "./sections";

test("what is generated is up to date: run npm run generate", () => {
  const generated = generatedFiles();
  expect(Object.keys(generated)).toContain("blueprints/kinesis-scaler/parameters.schema.json");
  for (const [file, content] of Object.entries(generated)) {
    expect([file, readFileSync(join(projectRoot, file), "utf8")]).toEqual([file, content]);
  }
});

describe("a section between marks", () => {
  test("is replaced, and nothing else", () => {
    expect(replaceSection("a\n<!-- x -->\nold\n<!-- /x -->\nb", "x", "new")).toBe("a\n<!-- x -->\nnew\n<!-- /x -->\nb");
  });

  test("that is not there is not put there", () => {
    expect(replaceSection("a\n<!-- /x -->\n<!-- x -->", "x", "new")).toBe("a\n<!-- /x -->\n<!-- x -->");
  });
});

test("the table has a line for each parameter, with range, default and meaning, and those of a list's items", () => {
  const schema = {
    required: ["items"],
    properties: {
      $schema: { type: "string" },
      count: { type: "integer", minimum: 1, maximum: 9, default: 2, description: "How many. Default: 2. Not more." },
      mode: { enum: ["a", "b"], description: "a | <b>. Default: what is there." },
      items: {
        type: "array",
        minItems: 1,
        maxItems: 3,
        description: "Things.",
        items: { properties: { name: { type: "string", description: "Name." } } },
      },
    },
  };
  expect(parametersTable(schema).split("\n").slice(2)).toEqual([
    "| `count` | 1..9 | `2` | How many. Not more. |",
    "| `mode` | `a`, `b` |  | a \\| &lt;b>. Default: what is there. |",
    "| `items` | list of 1..3 | **required** | Things. |",
    "| `items[].name` | text |  | Name. |",
  ]);
});
