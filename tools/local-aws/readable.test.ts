import { plainText, readableLines } from "./readable";

const read = (...chunks: string[]) => {
  const lines: string[] = [];
  const take = readableLines((line) => lines.push(line));
  for (const chunk of chunks) take(chunk);
  return lines;
};

describe("cdktf's output as lines", () => {
  test("a finished resource is a line, whatever the terminal was told around it", () => {
    expect(
      read(
        "\u001b[2K\u001b[1Akinesis-scaler  \u001b[0m\u001b[1maws_sqs_queue.jobs_1A: Creation complete after 26s [id=http://x]\u001b[0m\n",
        "                aws_iam_role.monitor_schedule-role_1E: Destruction complete after 0s\n",
        "kinesis-scaler  aws_lambda_function.f: Modifications complete after 1m2s [id=f]\n",
      ),
    ).toEqual([
      "  + aws_sqs_queue.jobs_1A (26s)",
      "  - aws_iam_role.monitor_schedule-role_1E (0s)",
      "  ~ aws_lambda_function.f (1m2s)",
    ]);
  });

  test("what takes long says so", () => {
    expect(
      read(
        "s  aws_kinesis_stream.a: Still creating... [30s elapsed]\n",
        "s  aws_kinesis_stream.a: Still destroying... [id=arn:aws:kinesis, 00m10s elapsed]\n",
      ),
    ).toEqual(["    aws_kinesis_stream.a takes 30s so far", "    aws_kinesis_stream.a takes 00m10s so far"]);
  });

  test("a line that comes in two pieces is one", () => {
    expect(read("s  aws_sqs_queue.a: Creation comp", "lete after 1s\n")).toEqual(["  + aws_sqs_queue.a (1s)"]);
  });

  test("what begins, counters and blank lines are left out", () => {
    expect(
      read("s  aws_sqs_queue.a: Creating...\n\n1 Stack deploying     0 Stacks done     0 Stacks waiting\n"),
    ).toEqual([]);
  });

  test("the summary is kept", () => {
    expect(read("s  \u001b[1m\u001b[32m\nApply complete! Resources: 45 added, 0 changed, 0 destroyed.\n")).toEqual([
      "  Apply complete! Resources: 45 added, 0 changed, 0 destroyed.",
    ]);
  });

  test("an error's text is kept whole when it is asked for", () => {
    expect(
      plainText("\u001b[31m│ Error: no\u001b[0m\n\n\n0 Stacks deploying     0 Stacks done\n⠋  Synthesizing\n│ why\n"),
    ).toBe("│ Error: no\n│ why");
  });
});
