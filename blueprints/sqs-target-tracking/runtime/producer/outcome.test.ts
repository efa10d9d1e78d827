import { makeBatches } from "./batches";
import { outcomeOf, outcomeOfError } from "./outcome";

const [batch = []] = makeBatches({ count: 4, seconds: 1, groups: 2 });
const [first, second, third, fourth] = batch.map(({ Id }) => Id);
const accepted = (...ids: (string | undefined)[]) =>
  ids.map((Id) => ({ Id, MessageId: "m", MD5OfMessageBody: "checked by the SDK" }));

describe("of an answer", () => {
  test("what SQS failed at is sent again as it is, what is the sender's fault is not, and each has its reason", () => {
    const Failed = [
      { Id: second, Code: "InternalError", SenderFault: false },
      { Id: third, Code: "InvalidMessageContents", Message: "no such character", SenderFault: true },
    ];
    expect(outcomeOf(batch, { Successful: accepted(first, fourth), Failed })).toEqual({
      accepted: 2,
      again: [{ entry: batch[1], reason: "InternalError" }],
      refused: [{ entry: batch[2], reason: "InvalidMessageContents: no such character" }],
    });
  });

  test("a message that it does not name is not taken for accepted", () => {
    const outcome = outcomeOf(batch, { Successful: accepted(first, second, third), Failed: undefined });
    expect(outcome).toMatchObject({ accepted: 3, again: [{ entry: { Id: fourth } }], refused: [] });
  });
});

const failure = (name: string, httpStatusCode?: number, more: object = {}) =>
  Object.assign(new Error("why"), { name, ...(httpStatusCode && { $metadata: { httpStatusCode } }), ...more });

describe("of a call that failed as a whole", () => {
  test.each([
    ["throttled", failure("RequestThrottled", 403)],
    ["throttled under another name", failure("ThrottlingException", 400)],
    ["told to slow down", failure("Unknown", 429)],
    ["failed by the service", failure("InternalFailure", 500)],
    ["given up by its time-out", failure("TimeoutError")],
    ["cut off", failure("Error", undefined, { code: "ECONNRESET" })],
  ])("that was %s, all is sent again", (_, error) => {
    const outcome = outcomeOfError(batch, error);
    expect(outcome).toMatchObject({ accepted: 0, refused: [] });
    expect(outcome.again.map(({ entry }) => entry)).toEqual(batch);
    expect(outcome.hopeless).toBeUndefined();
  });

  test.each([
    failure("AccessDeniedException", 400),
    failure("QueueDoesNotExist", 400),
    failure("InvalidParameterValue", 400),
    failure("CredentialsProviderError"),
  ])("with %p, nothing is: the next call would fail in the same way", (error) => {
    const outcome = outcomeOfError(batch, error);
    expect(outcome).toMatchObject({ accepted: 0, again: [], hopeless: `${error.name}: why` });
    expect(outcome.refused).toHaveLength(batch.length);
  });
});
