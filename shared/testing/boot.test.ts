import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { TerraformOutput } from "cdktf";
import { UserData } from "../compute/user-data";
import { Boot } from "./boot";
import { Template } from "./template";
import { TestStack } from "./test-stack";

const script = `#!/bin/bash\necho "${"again ".repeat(50)}\${HOME}"\n`;
const bootWith = (content: string, compressed = false): Boot => {
  const stack = new TestStack();
  const { arn } = new SnsTopic(stack, "topic", {});
  const userData = new UserData(stack, { compressed });
  userData.addFile({ path: "/opt/run.sh", content });
  userData.addSettings("/etc/settings", { NAME: "it's $HERE", TOPIC: arn });
  new TerraformOutput(stack, "rendered", { value: userData.render() });
  return Boot.ofTemplate(Template.of(stack).outputs().rendered?.value);
};

describe("what a machine gets at its boot", () => {
  test.each([false, true])("is read file by file, compressed (%p) or not", (compressed) => {
    expect(bootWith(script, compressed).file("/opt/run.sh")).toBe(script);
  });

  test("has settings as a shell reads them, with what a reference refers to", () => {
    expect(bootWith(script).settings("/etc/settings", ["NAME", "TOPIC", "NONE"])).toEqual([
      "it's $HERE",
      expect.stringMatching(/^<.*aws_sns_topic\.topic\.arn.*>$/),
      "",
    ]);
  });

  test("is refused when bash cannot read one of its scripts", () => {
    expect(bootWith(script).checkScripts()).toBe(1);
    expect(() => bootWith("if true; then\n").checkScripts()).toThrow(
      "/opt/run.sh, as the machine gets it, is no script",
    );
  });

  test("tells which files there are when one is missing", () => {
    expect(() => bootWith(script).file("/opt/no.sh")).toThrow("no /opt/no.sh; it gets /opt/run.sh,/etc/settings");
  });
});
