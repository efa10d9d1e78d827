import { execFile } from "node:child_process";
import { join } from "node:path";
import { Refusal } from "../../shared/testing/aws-stub";
import { QueueStub } from "./runtime/producer/queue.fixture";
import { main, readQueueUrl } from "./send-messages";

const aws = new QueueStub();
const ACCOUNT = "123456789012";
const FIFO = `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/work.fifo`;
let environment: Record<string, string>;
beforeAll(async () => {
  environment = await aws.start();
});
afterAll(() => aws.stop());
beforeEach(() => aws.reset());

const root = join(__dirname, "../..");
/** As somebody runs it, with nothing else in its environment. */
function run(args: readonly string[], more: Record<string, string | undefined> = {}) {
  const words = ["--require", "tsx/cjs", join(__dirname, "send-messages.ts"), ...args];
  const env = { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: "true", ...environment, ...more };
  return new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, words, { cwd: root, env }, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

describe("a burst", () => {
  test("goes to a FIFO queue in the Region of its URL, and its total is told with messages a second", async () => {
    aws.serve();
    const options = ["--messages", "95", "--seconds", "2", "--spread", "50", "--groups", "3"];
    const { status, stdout, stderr } = await run([FIFO, ...options]);

    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^95 messages of 2 s \+\/- 50 % to work\.fifo in eu-west-1, in 3 message groups\n/);
    expect(stdout).toMatch(/\n95 messages accepted in \d+\.\d s, \d+ a second\n$/);
    expect(new Set(aws.messages.map((one) => one.MessageDeduplicationId)).size).toBe(95);
    expect(new Set(aws.messages.map((one) => one.MessageGroupId)).size).toBe(3);
    expect(aws.calls[0]?.input.QueueUrl).toBe(FIFO);
  });

  test("goes to a standard queue of the local AWS by its URL alone", async () => {
    aws.serve();
    const { AWS_ENDPOINT_URL: url, ...others } = environment;
    const { status, stdout } = await run([`${url}/${ACCOUNT}/work`, "--messages", "7"], {
      ...others,
      AWS_ENDPOINT_URL: undefined,
    });

    expect(status).toBe(0);
    expect(stdout).toMatch(/^7 messages of 5 s to work in us-east-1\n/);
    expect(aws.messages).toHaveLength(7);
    expect(aws.messages[0]).not.toHaveProperty("MessageGroupId");
  });

  test("that the queue does not accept ends with 1, and one line says why", async () => {
    aws.on("SendMessageBatch", () => new Refusal("AccessDeniedException", "not allowed"));
    const { status, stderr } = await run([FIFO]);

    expect(status).toBe(1);
    expect(stderr).toBe(
      "send-messages: 1000 of 1000 messages were not accepted: 1000 x AccessDeniedException: not allowed\n",
    );
  });
});

describe("the command line", () => {
  const never = new AbortController().signal;
  async function call(...args: string[]) {
    const lines: string[] = [];
    jest.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
    jest.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(String(text)) > 0);
    return { status: await main(args, never), text: lines.join("\n") };
  }

  test("explains itself", async () => {
    expect(await call("--help")).toEqual({ status: 0, text: expect.stringContaining("<queue-url> [options]") });
  });

  test.each<[string, string[]]>([
    ["give one queue's URL", []],
    ["give one queue's URL", [FIFO, FIFO]],
    ["work is not the URL of a queue, like https://", ["work"]],
    ["Unknown option '--message'", [FIFO, "--message", "5"]],
    ["Option '--messages' argument is ambiguous", [FIFO, "--messages", "-5"]],
    ["--messages must be a whole number, 1..100000", [FIFO, "--messages", "0"]],
    ["--seconds must be a number, 0..43200; --spread must be a number", [FIFO, "--seconds", "1h", "--spread", "101"]],
    ["--groups is for FIFO queues, and work is none", [FIFO.replace(".fifo", ""), "--groups", "2"]],
  ])("is answered with 2 and one line: %s", async (message, args) => {
    const { status, text } = await call(...args);
    expect([status, text.split("\n").length]).toEqual([2, 1]);
    expect(text).toContain(`send-messages: ${message}`);
    expect(text).toContain("--help says more");
    expect(aws.calls).toEqual([]);
  });

  test("of a queue without a Region asks for one", async () => {
    const { status, stderr } = await run([`http://queues.example.com/${ACCOUNT}/work`], { AWS_REGION: undefined });
    expect([status, stderr]).toEqual([
      2,
      "send-messages: the URL of work names no Region: set AWS_REGION (--help says more)\n",
    ]);
  });
});

test.each([
  [`https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/work`, "eu-west-1"],
  [`https://sqs-fips.us-gov-west-1.amazonaws.com/${ACCOUNT}/work`, "us-gov-west-1"],
  [`https://sqs.cn-north-1.amazonaws.com.cn/${ACCOUNT}/work`, "cn-north-1"],
  [`https://sqs.eu-west-1.api.aws/${ACCOUNT}/work`, "eu-west-1"],
  [`https://vpce-0a1b-2c3d.sqs.eu-west-1.vpce.amazonaws.com/${ACCOUNT}/work`, "eu-west-1"],
  [`https://eu-west-1.queue.amazonaws.com/${ACCOUNT}/work`, "eu-west-1"],
  [`http://127.0.0.1:5000/${ACCOUNT}/work`, undefined],
  [`https://sqs.eu-west-1.amazonaws.com.example.org/${ACCOUNT}/work`, undefined],
])("the Region of %s is %s", (url, region) => {
  expect(readQueueUrl(url)).toMatchObject({ name: "work", fifo: false, region });
});
