import { basename } from "node:path";
import { parseArgs } from "node:util";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { clientConfig } from "../../shared/runtime/aws-clients";
import { rangedText, wholeNumberText } from "../../shared/runtime/number-text";
import { LONGEST_WORK_SECONDS } from "./runtime/longest-work";
import { makeBatches } from "./runtime/producer/batches";
import { complaint, sendAll } from "./runtime/producer/send";

const USAGE = `Sends a burst of test messages to a queue, and says how fast it took them.

  npx tsx blueprints/${basename(__dirname)}/send-messages.ts <queue-url> [options]

  --messages <1..100000>    messages, 1000 if not given
  --seconds <0..${LONGEST_WORK_SECONDS}>      seconds that a message asks to be worked on, 5 if not given
  --spread <0..100>         how far from that its seconds may lie, in percent, 0 if not given
  --groups <1..1000>        FIFO queues: message groups that the messages are spread over, 16 if not given
  --help

Credentials are those of the AWS CLI. The Region is the one in the queue's URL, or else AWS_REGION; AWS_ENDPOINT_URL
sends the messages to another AWS. Ends with 1 when the queue has not accepted all messages, with 2 when it cannot begin.
`;

/** What makes it end before a message is sent. */
class UsageError extends Error {}

/** As people write it, without an exponent. */
const decimal = (least: number, most: number) =>
  rangedText(/^\d+(\.\d+)?$/, least, most, `must be a number, ${least}..${most}`);

const settings = z.object({
  messages: wholeNumberText(1, 100_000).default(1000),
  seconds: decimal(0, LONGEST_WORK_SECONDS).default(5),
  spread: decimal(0, 100).default(0),
  groups: wholeNumberText(1, 1000).optional(),
});

const flags = {
  messages: { type: "string" },
  seconds: { type: "string" },
  spread: { type: "string" },
  groups: { type: "string" },
  help: { type: "boolean" },
} as const;

/** Where a queue is, as its URL tells. */
interface QueueAddress {
  readonly url: string;
  readonly name: string;
  readonly origin: string;
  readonly fifo: boolean;
  /** Of an AWS endpoint only. */
  readonly region?: string;
}

/** sqs.<region>.amazonaws.com, also with -fips, of a VPC endpoint, in China or dual-stack; <region>.queue.amazonaws.com. */
const AWS_HOST =
  /(?:^|\.)(?:sqs(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?|([a-z0-9-]+)\.queue\.)(?:amazonaws\.com(?:\.cn)?|api\.aws)$/;

/** @throws UsageError when it is not the URL of a queue */
export function readQueueUrl(text: string): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const [, name] = /^\/(?:.+\/)?([\w-]{1,80}(?:\.fifo)?)$/.exec(url?.pathname ?? "") ?? [];
  if (!url || !/^https?:$/.test(url.protocol) || !name) {
    throw new UsageError(
      `${text} is not the URL of a queue, like https://sqs.eu-west-1.amazonaws.com/123456789012/name`,
    );
  }
  const [, region, regionOfOld] = AWS_HOST.exec(url.hostname) ?? [];
  return { url: text, name, origin: url.origin, fifo: name.endsWith(".fifo"), region: region ?? regionOfOld };
}

function readArguments(args: readonly string[]) {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [url, ...others] = positionals;
  if (url === undefined || others.length > 0) throw new UsageError("give one queue's URL");
  const queue = readQueueUrl(url);
  const result = settings.safeParse(values);
  if (!result.success) {
    throw new UsageError(result.error.issues.map(({ path, message }) => `--${path.join(".")} ${message}`).join("; "));
  }
  const { groups, ...rest } = result.data;
  if (groups !== undefined && !queue.fifo)
    throw new UsageError(`--groups is for FIFO queues, and ${queue.name} is none`);
  return { queue, ...rest, groups: queue.fifo ? (groups ?? 16) : undefined };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split(/\n|\. /)[0]);
  }
}

/**
 * Sends the burst that the arguments ask for.
 * @returns the exit code: 0, 1 when the queue has not accepted all of it, 2 when nothing could be sent.
 */
export async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  try {
    const options = readArguments(args);
    if (!options) {
      process.stdout.write(USAGE);
      return 0;
    }
    return await burst(options, signal);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`send-messages: ${error.message} (--help says more)`);
    return 2;
  }
}

async function burst(
  { queue, messages, seconds, spread, groups }: NonNullable<ReturnType<typeof readArguments>>,
  signal: AbortSignal,
): Promise<number> {
  const { AWS_ENDPOINT_URL_SQS, AWS_ENDPOINT_URL } = process.env;
  const sqs = new SQSClient({
    ...clientConfig(),
    region: queue.region,
    endpoint: AWS_ENDPOINT_URL_SQS || AWS_ENDPOINT_URL || queue.origin,
  });
  const region = await sqs.config.region().catch(() => {
    throw new UsageError(`the URL of ${queue.name} names no Region: set AWS_REGION`);
  });

  const spreading = spread > 0 ? ` +/- ${spread} %` : "";
  const grouping = groups === undefined ? "" : `, in ${groups} message groups`;
  console.log(`${messages} messages of ${seconds} s${spreading} to ${queue.name} in ${region}${grouping}`);
  const began = performance.now();
  let told = began;
  const result = await sendAll(makeBatches({ count: messages, seconds, spreadPercent: spread, groups }), {
    signal,
    send: (Entries, abortSignal) =>
      sqs.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries: [...Entries] }), { abortSignal }),
    onProgress: (accepted) => {
      if (performance.now() - told < 1000) return;
      told = performance.now();
      console.log(`${accepted} of ${messages} accepted`);
    },
  });
  const took = (performance.now() - began) / 1000;
  console.log(
    `${result.accepted} messages accepted in ${took.toFixed(1)} s, ${Math.round(result.accepted / took)} a second`,
  );
  const problem = complaint(result);
  if (problem) console.error(`send-messages: ${problem}`);
  return problem ? 1 : 0;
}

if (require.main === module) {
  // That Node.js 20 is old for the SDK is no news to whoever sends messages.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort(new Error("it was interrupted")));
  void main(process.argv.slice(2), interrupted.signal).then((code) => {
    process.exitCode = code;
  });
}
