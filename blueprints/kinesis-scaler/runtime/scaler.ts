import { Logger } from "@aws-lambda-powertools/logger";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamSummaryCommand,
  KinesisClient,
  LimitExceededException,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateShardCountCommand,
} from "@aws-sdk/client-kinesis";
import { clientConfig } from "../../../shared/runtime/aws-clients";
import { readEnvironment } from "../../../shared/runtime/environment";
import { SCALE_OUT_FAILED, scalerEnvironment } from "./configuration";
import {
  errorResponse,
  HttpError,
  type HttpResponse,
  readRequest,
  scalableTargetDimension,
} from "./custom-resource-contract";
import { type Decision, type DecisionInput, decide, failed } from "./scaling-decision";
import { ConcurrentRequest, ScalingTable } from "./scaling-table";
import { readStreams } from "./streams";

const environment = readEnvironment(scalerEnvironment);
const streams = new Map(readStreams().map((one) => [one.streamName, one]));
const logger = new Logger({ serviceName: "scaler" });
// API Gateway waits 29 seconds. What is called one after the other below takes 21 at most.
const config = clientConfig({ maxAttempts: 2, requestTimeoutMs: 3_000 });
const kinesis = new KinesisClient(config);
// Never tried again by the SDK: a second try would be a second call of the day, and a spent day is not throttling.
const resharding = new KinesisClient({ ...config, maxAttempts: 1, retryMode: "standard" });
const table = new ScalingTable(new DynamoDBClient(config), environment.TABLE_NAME);

const rules = {
  scaleIn: environment.SCALE_IN,
  updatesPerDay: environment.UPDATES_PER_DAY,
  updatesReservedForScaleOut: environment.UPDATES_RESERVED_FOR_SCALE_OUT,
};
/** How often a request is thought over again when another one came in between. */
const ATTEMPTS = 3;

/** Answers Application Auto Scaling's GET and PATCH of a stream's shard count. */
export async function handler(event: unknown): Promise<HttpResponse> {
  try {
    const { streamName, request } = readRequest(event);
    logger.appendKeys({ streamName });
    const report = await scale(streamName, request);
    logger.info(request === undefined ? "asked" : "asked to scale", { request, ...report });
    return scalableTargetDimension(streamName, report);
  } catch (error) {
    const answer = asHttpError(error as Error);
    if (answer.statusCode === 500) logger.error(answer.message, error as Error);
    else logger.warn(answer.message, { statusCode: answer.statusCode });
    return errorResponse(answer);
  } finally {
    logger.resetKeys();
  }
}

async function scale(streamName: string, request: number | undefined): Promise<Decision["report"]> {
  const limits = streams.get(streamName);
  if (!limits) throw new HttpError(404, `${streamName} is not one of the streams that this stack scales`);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const [stream, stored] = await Promise.all([describe(streamName), table.load(streamName)]);
    const input: DecisionInput = { stream, limits, rules, state: stored.state, request, now: Date.now() };
    const decision = decide(input);
    try {
      // Saved before the call: a call that is made is always counted, and of two requests at once one sees the other.
      const changed = JSON.stringify(decision.state) !== JSON.stringify(stored.state);
      const version = changed ? await table.save(streamName, decision.state, stored.version) : stored.version;
      if (decision.state.failedAt === input.now) tellOfFailure(input, decision);
      if (decision.update === undefined) return decision.report;
      return await updateShardCount(streamName, input, decision, version);
    } catch (error) {
      if (!(error instanceof ConcurrentRequest)) throw error;
    }
  }
  throw new HttpError(429, `Other requests for ${streamName} are being handled; ask again`);
}

/** A scale-out that is not honoured is counted by a metric filter on the log, and alarmed on. */
function tellOfFailure({ request, stream, state }: DecisionInput, { report }: Decision): void {
  const scaleOut = request === undefined ? state.direction === "out" : request > stream.openShards;
  logger.warn("not honoured", { failureReason: report.failureReason, [SCALE_OUT_FAILED]: scaleOut });
}

async function describe(streamName: string): Promise<DecisionInput["stream"]> {
  const { StreamDescriptionSummary: summary } = await kinesis.send(
    new DescribeStreamSummaryCommand({ StreamName: streamName }),
  );
  return {
    status: summary?.StreamStatus ?? "UNKNOWN",
    mode: summary?.StreamModeDetails?.StreamMode ?? "PROVISIONED",
    openShards: summary?.OpenShardCount ?? 0,
  };
}

async function updateShardCount(
  streamName: string,
  input: DecisionInput,
  decision: Decision,
  version: number,
): Promise<Decision["report"]> {
  try {
    await resharding.send(
      new UpdateShardCountCommand({
        StreamName: streamName,
        TargetShardCount: decision.update,
        ScalingType: "UNIFORM_SCALING",
      }),
    );
    logger.info("called UpdateShardCount", { targetShardCount: decision.update });
    return decision.report;
  } catch (error) {
    if (!isRefusal(error)) throw error; // Whether it was carried out is not known: it stays counted.
    const { updates } = input.state;
    if (error instanceof ResourceInUseException) {
      // Somebody else's resharding is under way; this request is carried on after it.
      await table.save(streamName, { ...decision.state, updates }, version);
      return decision.report;
    }
    if (error instanceof LimitExceededException) {
      const refused = failed(input, `Kinesis: ${error.message}`);
      await table.save(streamName, refused.state, version);
      tellOfFailure(input, refused);
      return refused.report;
    }
    await table.save(streamName, input.state, version);
    throw error;
  }
}

/** Whether Kinesis answered and did nothing. */
function isRefusal(error: unknown): boolean {
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return status !== undefined && status >= 400 && status < 500;
}

function asHttpError(error: Error): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof ResourceNotFoundException) return new HttpError(404, `Kinesis: ${error.message}`);
  if (error instanceof ConcurrentRequest)
    return new HttpError(429, "Another request for the stream is being handled; ask again");
  if (/Throttl|LimitExceeded|ThroughputExceeded/.test(error.name)) {
    return new HttpError(429, `${error.name}: ${error.message}`);
  }
  return new HttpError(500, `${error.name}: ${error.message}`);
}
