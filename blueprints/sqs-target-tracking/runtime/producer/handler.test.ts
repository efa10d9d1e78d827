import { join } from "node:path";
import { Refusal } from "../../../../shared/testing/aws-stub";
import { BundledHandler } from "../../../../shared/testing/bundled-handler";
import { QueueStub } from "./queue.fixture";

const aws = new QueueStub();
const URL_OF_QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/work.fifo";
let environment: Record<string, string>;
let fifo: BundledHandler;
let standard: BundledHandler;
const handlerWith = (more: object) =>
  new BundledHandler({ entry: join(__dirname, "handler.ts"), files: {}, environment: { ...environment, ...more } });

beforeAll(async () => {
  environment = {
    ...(await aws.start()),
    QUEUE_URL: URL_OF_QUEUE,
    QUEUE_TYPE: "fifo",
    MESSAGES_PER_RUN: "50",
    MESSAGE_SECONDS: "2.5",
    MESSAGE_GROUPS: "4",
  };
  fifo = handlerWith({});
  standard = handlerWith({ QUEUE_TYPE: "standard" });
});
afterAll(async () => {
  fifo.close();
  standard.close();
  await aws.stop();
});
beforeEach(() => aws.reset());

const EVENT = { time: "2030-01-01T10:05:00Z" };

describe("the producer", () => {
  test("sends the messages of a run in batches of ten, spread over the message groups", async () => {
    aws.serve();
    expect(await fifo.invoke(EVENT)).toEqual({ accepted: 50 });
    expect(aws.count("SendMessageBatch")).toBe(5);
    expect(aws.calls.every(({ input }) => input.QueueUrl === URL_OF_QUEUE)).toBe(true);
    expect(new Set(aws.messages.map((one) => one.MessageGroupId)).size).toBe(4);
    for (const { MessageBody, MessageDeduplicationId } of aws.messages) {
      expect(JSON.parse(MessageBody)).toEqual({ id: MessageDeduplicationId, duration: 2.5 });
    }
  });

  test("sends other messages in the next run: none is dropped as a duplicate", async () => {
    aws.serve();
    await fifo.invoke(EVENT);
    await fifo.invoke(EVENT);
    expect(new Set(aws.messages.map((one) => one.MessageDeduplicationId)).size).toBe(100);
  });

  test("sends a standard queue neither groups nor deduplication ids", async () => {
    aws.serve();
    expect(await standard.invoke(EVENT)).toEqual({ accepted: 50 });
    expect(aws.messages.every((one) => Object.keys(one).join() === "Id,MessageBody")).toBe(true);
  });

  test("a call that is throttled, and messages that SQS fails at, end up in the queue once", async () => {
    let calls = 0;
    const failed = new Set<string>();
    aws.serve(({ Id }) => (failed.size < 3 && !failed.has(Id) ? failed.add(Id) && {} : undefined));
    const answer = aws.answerOf("SendMessageBatch");
    aws.on("SendMessageBatch", (input) =>
      calls++ === 1 ? new Refusal("RequestThrottled", "slow down", 403) : answer(input),
    );
    expect(await fifo.invoke(EVENT)).toEqual({ accepted: 50 });
    expect(aws.messages).toHaveLength(50);
    expect(new Set(aws.messages.map((one) => one.MessageDeduplicationId)).size).toBe(50);
    for (const id of failed) expect(aws.messages.map(({ Id }) => Id)).toContain(id);
  });

  test("fails, and says how many messages are missing and why, when SQS refuses some", async () => {
    let refused = 0;
    aws.serve(() =>
      refused++ < 2 ? { Code: "InvalidMessageContents", Message: "no such character", SenderFault: true } : undefined,
    );
    await expect(fifo.invoke(EVENT)).rejects.toThrow(
      `${URL_OF_QUEUE}: 2 of 50 messages were not accepted: 2 x InvalidMessageContents: no such character. When the run is tried again, it sends all its messages anew.`,
    );
    expect(aws.messages).toHaveLength(48);
  });

  test("fails at once when it may not send", async () => {
    aws.on("SendMessageBatch", () => new Refusal("AccessDeniedException", "not allowed"));
    await expect(fifo.invoke(EVENT)).rejects.toThrow(/50 of 50 messages .*50 x AccessDeniedException: not allowed/);
    expect(aws.count("SendMessageBatch")).toBeLessThanOrEqual(5);
  });

  test("tells what is missing before Lambda stops it", async () => {
    aws.serve();
    await expect(fifo.invoke(EVENT, 5_000)).rejects.toThrow("50 x the time was up");
  });
});
