import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { Fn, TerraformOutput } from "cdktf";
import fc from "fast-check";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { USER_DATA_BYTES, UserData, type UserDataFile } from "./user-data";

/** The template as it is in the JSON for Terraform. */
const templateOf = (stack: TestStack, userData: UserData): string => {
  new TerraformOutput(stack, "rendered", { value: userData.render() });
  return Template.of(stack).outputs().rendered?.value;
};

/**
 * What Terraform makes of a template in JSON: a reference becomes its value, `$${` becomes `${`, `%%{` becomes `%{`, and a
 * backslash stays a backslash.
 */
const terraform = (template: string, values: Record<string, string> = {}): string =>
  template.replace(/\$\$\{|%%\{|\$\{((?:"(?:\\.|[^"\\])*"|[^"}])*)\}/g, (whole, expression?: string) => {
    if (expression === undefined) return whole.slice(1);
    const [, escaped = ""] = /^trimsuffix\(trimprefix\(jsonencode\((.*)\), "\\""\), "\\""\)$/.exec(expression) ?? [];
    const [, quoted, bare] = /^replace\((.*), "'", "'\\\\''"\)$|^(.*)$/.exec(escaped) ?? [];
    const value = values[quoted ?? bare ?? ""];
    if (value === undefined) throw new Error(`no value for ${expression}`);
    return JSON.stringify(quoted ? value.replaceAll("'", "'\\''") : value).slice(1, -1);
  });

interface Document {
  readonly write_files?: { path: string; permissions: string; encoding?: string; content: string }[];
  readonly runcmd?: string[][];
}

const documentOf = (rendered: string): Document => {
  expect(rendered.startsWith("#cloud-config\n{")).toBe(true);
  return JSON.parse(rendered.replace("#cloud-config\n", ""));
};

describe("user data", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "user-data-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const fileOf = (text: string): string => {
    const path = join(folder, "file");
    writeFileSync(path, text);
    return path;
  };

  test("is a cloud-config document that writes files, and then runs commands", () => {
    const stack = new TestStack();
    const userData = new UserData(stack);
    userData.addFile({ path: "/opt/boot.sh", source: fileOf("#!/bin/bash\n# why\n\necho booted\n"), mode: "0755" });
    userData.addFile({ path: "/etc/note", content: "# stays\n" });
    userData.addCommand("/opt/boot.sh", "--now");
    expect(documentOf(terraform(templateOf(stack, userData)))).toEqual({
      write_files: [
        { path: "/opt/boot.sh", permissions: "0755", content: "#!/bin/bash\necho booted\n" },
        { path: "/etc/note", permissions: "0644", content: "# stays\n" },
      ],
      runcmd: [["/opt/boot.sh", "--now"]],
    });
  });

  describe("that are compressed", () => {
    const filesOf = (...files: UserDataFile[]) => {
      const stack = new TestStack();
      const userData = new UserData(stack, { compressed: true });
      for (const file of files) userData.addFile(file);
      return documentOf(terraform(templateOf(stack, userData))).write_files ?? [];
    };
    const script = `echo "${"the same again, ".repeat(100)}"\n`;

    test("hold a file in fewer bytes, the same ones each time", () => {
      const [file] = filesOf({ path: "/opt/program.sh", content: script, mode: "0755" });
      expect(file).toMatchObject({ path: "/opt/program.sh", permissions: "0755", encoding: "gz+b64" });
      expect(gunzipSync(Buffer.from(file?.content ?? "", "base64")).toString()).toBe(script);
      expect(file?.content.length).toBeLessThan(script.length / 10);
      expect(filesOf({ path: "/opt/program.sh", content: script, mode: "0755" })).toEqual([file]);
    });

    test("hold as it is what would only get longer", () => {
      expect(filesOf({ path: "/a", content: "short" })).toEqual([
        { path: "/a", permissions: "0644", content: "short" },
      ]);
    });

    test("hold as it is what Terraform has to put values into", () => {
      const stack = new TestStack();
      const userData = new UserData(stack, { compressed: true });
      userData.addFile({ path: "/a", content: `${script}${new SnsTopic(stack, "topic", {}).arn}` });
      const document = documentOf(terraform(templateOf(stack, userData), { "aws_sns_topic.topic.arn": "arn" }));
      expect(document.write_files).toEqual([{ path: "/a", permissions: "0644", content: `${script}arn` }]);
    });
  });

  test("holds no key for what there is none of", () => {
    expect(new UserData(new TestStack()).render()).toBe("#cloud-config\n{}\n");
  });

  test("leaves a script's own variables, quotes and backslashes to the script", () => {
    const stack = new TestStack();
    const userData = new UserData(stack);
    const script = '#!/bin/bash\necho "${HOME:-${x}}" $${y} %{http_code} \'\\n\' "\\"" `date` $$ 100%\n';
    userData.addFile({ path: "/opt/x.sh", source: fileOf(script) });
    const template = templateOf(stack, userData);
    expect(template).toContain("$${HOME:-$${x}}");
    expect(template).toContain("%%{http_code}");
    expect(documentOf(terraform(template)).write_files?.[0]?.content).toBe(script);
  });

  test("whatever a file holds arrives on the machine, references or none", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.oneof(fc.constantFrom("$", "%", "{", "}", "\\", '"', "'", "\n", "#"), fc.string()) }),
        (content) => {
          const stack = new TestStack();
          const { arn } = new SnsTopic(stack, "topic", {});
          const userData = new UserData(stack);
          userData.addFile({ path: "/etc/x", content: content.replaceAll("#", arn) });
          const template = templateOf(stack, userData);
          const values = { "aws_sns_topic.topic.arn": "its arn" };
          expect(documentOf(terraform(template, values)).write_files?.[0]?.content).toBe(
            content.replaceAll("#", "its arn"),
          );
        },
      ),
      { numRuns: 30, examples: [["${#"], ["$#"], ["${A:-#}"], ["${a ${b } #"], ["%{#"]] },
    );
  });

  test("is plain YAML: what YAML would refuse or take for a line's end is escaped", () => {
    const userData = new UserData(new TestStack());
    userData.addFile({ path: "/etc/x", content: "\u007f\u0085\u2028\ufeffé" });
    expect(userData.render()).toContain("\\u007f\\u0085\\u2028\\ufeffé");
  });

  test("writes settings that a shell reads back to the letter, references as well", () => {
    const stack = new TestStack();
    const topic = new SnsTopic(stack, "topic", {});
    const userData = new UserData(stack);
    userData.addSettings("/etc/app/settings", {
      PLAIN: "it's ${HOME}",
      TOPIC: topic.arn,
      URL: `https://${topic.name}/x'y`,
    });
    const values = { "aws_sns_topic.topic.arn": "arn:o'neil", "aws_sns_topic.topic.name": 'a"b\\c\nd' };
    expect(documentOf(terraform(templateOf(stack, userData), values)).write_files).toEqual([
      {
        path: "/etc/app/settings",
        permissions: "0644",
        content: "PLAIN='it'\\''s ${HOME}'\n" + "TOPIC='arn:o'\\''neil'\n" + "URL='https://a\"b\\c\nd/x'\\''y'\n",
      },
    ]);
  });

  test("takes references in commands and in content", () => {
    const stack = new TestStack();
    const topic = new SnsTopic(stack, "topic", {});
    const userData = new UserData(stack);
    userData.addFile({ path: "/etc/x", content: `topic=${topic.arn} $${topic.arn}\n` });
    userData.addCommand("run", topic.name);
    const values = { "aws_sns_topic.topic.arn": "arn", "aws_sns_topic.topic.name": "name" };
    const document = documentOf(terraform(templateOf(stack, userData), values));
    expect(document.write_files?.[0]?.content).toBe("topic=arn $arn\n");
    expect(document.runcmd).toEqual([["run", "name"]]);
  });

  test("can be added to after it was handed over", () => {
    const stack = new TestStack();
    const userData = new UserData(stack);
    const before = userData.render();
    userData.addCommand("true");
    expect(userData.render()).not.toBe(before);
  });

  test("refuses a setting whose name is no variable's", () => {
    expect(() => new UserData(new TestStack()).addSettings("/etc/x", { "a-b": "c" })).toThrow(
      '/etc/x: "a-b" is no name of a shell variable in capitals',
    );
  });

  test("may be as large as EC2 takes, and not a byte larger", () => {
    const userData = new UserData(new TestStack());
    userData.addFile({ path: "/etc/x", content: "" });
    const room = USER_DATA_BYTES - userData.bytes;
    const full = new UserData(new TestStack());
    full.addFile({ path: "/etc/x", content: "x".repeat(room) });
    expect(full.bytes).toBe(16_384);
    expect(() => full.addCommand("x")).toThrow(
      "test: user data of test: must be at most 16384 bytes, EC2's limit, got at least 16401; " +
        `shorten its files, such as /etc/x with ${room} bytes, or have a short one download the rest from a bucket`,
    );
  });

  test("is measured with what escapes become, and with each reference at its longest", () => {
    const bytesOf = (content: string) => {
      const userData = new UserData(new TestStack());
      userData.addFile({ path: "/etc/x", content });
      return userData.bytes;
    };
    expect(bytesOf("${x}%{y}")).toBe(bytesOf("12345678"));
    expect(bytesOf(Fn.uuid())).toBe(bytesOf("x".repeat(160)));
    expect(bytesOf("é")).toBe(bytesOf("12"));
  });
});
