import * as z from "zod";
import { commonParameters } from "./common-parameters";
import { always, parametersFileSchema, readParameters } from "./parameters";

const schema = z
  .strictObject({
    ...commonParameters,
    workers: z.int().min(1).max(10).default(2).describe("Workers to begin with, 1..10."),
    maxWorkers: z.int().min(1).max(100).default(5).describe("Most workers."),
    mode: z.enum(["fast", "cheap"]).default("cheap").describe("What matters."),
    queues: z
      .array(z.strictObject({ name: z.string().min(1).max(80).describe("Name.") }))
      .max(3)
      .default([])
      .describe("Queues."),
  })
  .refine((all) => !(all.maxWorkers < all.workers), {
    ...always,
    path: ["maxWorkers"],
    error: ({ input }) => `at least workers (${(input as { workers: number }).workers})`,
  });
const origin = { stackName: "demo", file: "blueprints/demo/parameters.json" };
const read = (text: string) => readParameters(text, schema, origin);
const mistakesOf = (value: unknown) => read(JSON.stringify(value)).mistakes;

describe("reading parameters", () => {
  test("defaults fill in what is left out", () => {
    expect(read("{}")).toMatchObject({
      parameters: { region: "us-east-1", retainData: true, logRetentionDays: 30, tags: {}, workers: 2, mode: "cheap" },
    });
  });

  test("$schema is for editors and is not a parameter", () => {
    expect(read('{"$schema": "./parameters.schema.json"}').mistakes).toBeUndefined();
  });

  test("all mistakes are told at once, those of single values and those between values", () => {
    expect(mistakesOf({ workers: 9, maxWorkers: 3, mode: "slow", queus: [] })).toEqual([
      'demo: mode must be one of "fast", "cheap", got "slow". What matters. (blueprints/demo/parameters.json)',
      "demo: queus is not a parameter; did you mean queues? (blueprints/demo/parameters.json)",
      "demo: maxWorkers must be at least workers (9), got 3 (blueprints/demo/parameters.json)",
    ]);
  });

  test.each<[unknown, string]>([
    [{ workers: "3" }, 'workers must be a whole number, 1..10, got "3". Workers to begin with, 1..10.'],
    [{ workers: 0 }, "workers must be a whole number, 1..10, got 0"],
    [{ workers: 11, maxWorkers: 20 }, "workers must be a whole number, 1..10, got 11"],
    [{ workers: 1.5 }, "workers must be a whole number, 1..10, got 1.5"],
    [{ workers: null }, "workers must be a whole number, 1..10, got null"],
    [{ queues: {} }, "queues must be a list of 0..3 items, got {}"],
    [{ queues: [1] }, "queues[0] must be an object { ... }, got 1"],
    [{ queues: [{}] }, "queues[0].name must be a text of 1..80 characters, got nothing"],
    [{ queues: [{ name: "" }] }, 'queues[0].name must be a text of 1..80 characters, got ""'],
    [{ queues: [{ name: "a", nmae: "b" }] }, "queues[0].nmae is not a parameter; did you mean name?"],
    [
      { queues: [{ name: "a" }, { name: "a" }, { name: "a" }, { name: "a" }] },
      "queues must be a list of 0..3 items, got",
    ],
    [{ region: "Frankfurt" }, 'region must be a Region\'s code, such as eu-central-1, got "Frankfurt"'],
    [{ tags: { "aws:x": "y" } }, 'a key that does not begin with aws:, which AWS reserves, got "aws:x"'],
    [
      { tags: { stack: "mine" } },
      'tags must be keys that differ in more than case from one another and from ManagedBy, Name, Stack; "stack" does not',
    ],
    [
      { tags: { Team: "a", team: "b" } },
      'tags must be keys that differ in more than case from one another and from ManagedBy, Name, Stack; "team" does not',
    ],
    [{ tags: { a: 1 } }, "tags.a must be a text of"],
    [{ retainData: "yes" }, 'retainData must be true or false, got "yes"'],
    [{ logRetentionDays: 31 }, "logRetentionDays must be one of 1, 3, 5, 7, 14, 30,"],
    [{ notificationEmail: "me" }, 'notificationEmail must be an e-mail address, got "me"'],
    [{ Workers: 3 }, "Workers is not a parameter; did you mean workers?"],
    [{ somethingElseEntirely: 3 }, "somethingElseEntirely is not a parameter; known: region, tags,"],
  ])("%j is answered with what is allowed", (value, message) => {
    expect(mistakesOf(value)).toEqual([expect.stringContaining(`demo: ${message}`.replace("demo: a key", "a key"))]);
  });

  test.each([
    ["", "demo: blueprints/demo/parameters.json is empty; write {} to take every default"],
    ["  \n", "demo: blueprints/demo/parameters.json is empty; write {} to take every default"],
    ["{", "demo: not valid JSON: close brace expected at blueprints/demo/parameters.json:1:2"],
    [
      '{\n  "workers": 1\n  "mode": "fast"\n}',
      "demo: not valid JSON: comma expected at blueprints/demo/parameters.json:3:3",
    ],
    ['{ "workers": 1, }', "demo: not valid JSON: property name expected at blueprints/demo/parameters.json:1:17"],
    ["// a comment\n{}", "demo: not valid JSON: invalid comment token at blueprints/demo/parameters.json:1:1"],
    ["[]", "demo: blueprints/demo/parameters.json must hold an object { ... }, got array"],
    ["null", "demo: blueprints/demo/parameters.json must hold an object { ... }, got null"],
    [
      '{"workers": 1, "workers": 2}',
      "demo: workers is given twice; keep one (second at blueprints/demo/parameters.json:1:27)",
    ],
  ])("the text %j is answered with what is wrong and where", (text, message) => {
    expect(read(text).mistakes).toEqual([message]);
  });

  test("a byte-order mark is no mistake", () => {
    expect(read("\uFEFF{}").mistakes).toBeUndefined();
  });
});

test("the schema for editors describes every key and allows $schema", () => {
  const json = parametersFileSchema(schema) as {
    properties: Record<string, { description?: string }>;
    additionalProperties: boolean;
  };
  expect(json.additionalProperties).toBe(false);
  expect(Object.keys(json.properties)).toEqual(expect.arrayContaining(["$schema", "workers", "region"]));
  for (const [key, { description }] of Object.entries(json.properties))
    expect([key, description]).toEqual([key, expect.any(String)]);
});
