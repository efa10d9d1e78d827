// A queue behind SendMessageBatch, for tests: takes messages as SQS does.

import { createHash } from "node:crypto";
import { AwsStub } from "../../../../shared/testing/aws-stub";

interface Sent {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

export class QueueStub extends AwsStub {
  /** What the queue has, in the order in which it came. */
  messages: Sent[] = [];

  /** Takes messages from now on, but for those that it fails at. */
  serve(fails: (entry: Sent) => object | undefined = () => undefined): this {
    this.messages = [];
    return this.on("SendMessageBatch", ({ Entries }) => {
      const entries = Entries as Sent[];
      const Failed = entries.flatMap((entry) => {
        const failure = fails(entry);
        return failure ? [{ Id: entry.Id, SenderFault: false, Code: "InternalError", ...failure }] : [];
      });
      const taken = entries.filter(({ Id }) => !Failed.some((one) => one.Id === Id));
      this.messages.push(...taken);
      return { Successful: taken.map(receipt), Failed };
    });
  }
}

function receipt({ Id, MessageBody }: Sent) {
  return { Id, MessageId: Id, MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex") };
}
