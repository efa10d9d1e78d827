import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { resources, testRules } from "./examples";
import { HARMLESS_TYPES, JUDGED_TYPES, knownTypeRules } from "./known-types";

testRules(knownTypeRules, {
  "0.known-types": {
    violating: {
      "a type that nobody has thought of": [
        resources({ "aws_new_thing.n": {}, "aws_sqs_queue.q": {} }),
        /^aws_new_thing.n is of the type aws_new_thing, which no rule looks at/,
      ],
      "another provider's": [resources({ "random_password.p": {} }), /^random_password.p/],
    },
    conforming: {
      "types with rules, and harmless ones": resources({ "aws_sqs_queue.q": {}, "aws_internet_gateway.i": {} }),
    },
  },
});

test("the types that are said to be looked at are those that the rules name", () => {
  const folders = [__dirname, join(__dirname, "..")];
  const sources = folders
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.endsWith("known-types.ts"));
  const attachments = join(__dirname, "../../../../shared/testing/role-policies.ts");
  const named = [...sources, attachments].flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/"(aws_\w+)"|^\s+(aws_\w+):/gm)].map(([, text, key]) => text ?? key),
  );
  expect([...new Set(named)].sort()).toEqual([...JUDGED_TYPES]);
});

test("no type is both looked at and harmless", () => {
  expect(Object.keys(HARMLESS_TYPES).filter((type) => JUDGED_TYPES.includes(type))).toEqual([]);
});
