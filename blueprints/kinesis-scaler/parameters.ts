import * as z from "zod";
import { commonParameters } from "../../shared/blueprint/common-parameters";
import { always } from "../../shared/blueprint/parameters";
import { repeated } from "../../shared/blueprint/repeated";

/** Kinesis' limit of shards of one stream for UpdateShardCount: docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html */
const MAX_SHARDS = 10_000;
/** Application Auto Scaling's quota of custom-resource targets in a Region. */
const MAX_STREAMS = 500;
/** A created stream's name gets the stack's name in front, and Kinesis allows 128 characters. */
const MAX_CREATED_NAME = 80;

type Stream = z.output<typeof streamFields>;

const shards = (description: string) => z.int().min(1).max(MAX_SHARDS).describe(description);

const streamFields = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[A-Za-z0-9_.-]+$/, "letters, digits, and _ . - only")
    .describe(
      "Name of the stream. A created stream is called <stack>-<name>, so that copies of the blueprint do not collide.",
    ),
  source: z
    .enum(["create", "adopt"])
    .default("create")
    .describe(
      "create: the stack makes the stream. adopt: the stream exists under exactly this name and stays when the stack goes.",
    ),
  minShards: shards("Fewest shards. Default: 1.").default(1),
  maxShards: shards("Most shards: the limit of what the stream can cost."),
  initialShards: shards(
    "Shards that the stream is created with; afterwards they follow the load. Default: minShards.",
  ).optional(),
  retentionHours: z.int().min(24).max(8760).optional().describe("Hours that records are kept, 24..8760. Default: 24."),
});

const leftOutWhenAdopted = 'left out where source is "adopt": the existing stream keeps what it has';

const stream = streamFields
  .refine((one) => !(one.maxShards < one.minShards), {
    ...always,
    path: ["maxShards"],
    error: ({ input }) => `1..${MAX_SHARDS} and at least minShards (${(input as Stream).minShards})`,
  })
  .refine(
    (one) =>
      one.initialShards === undefined || !(one.initialShards < one.minShards || one.initialShards > one.maxShards),
    {
      ...always,
      path: ["initialShards"],
      error: ({ input }) =>
        `between minShards (${(input as Stream).minShards}) and maxShards (${(input as Stream).maxShards})`,
    },
  )
  .refine((one) => one.source !== "create" || !(one.name?.length > MAX_CREATED_NAME), {
    ...always,
    path: ["name"],
    error: `at most ${MAX_CREATED_NAME} characters where source is "create"`,
  })
  .refine((one) => one.source !== "adopt" || one.initialShards === undefined, {
    ...always,
    path: ["initialShards"],
    error: leftOutWhenAdopted,
  })
  .refine((one) => one.source !== "adopt" || one.retentionHours === undefined, {
    ...always,
    path: ["retentionHours"],
    error: leftOutWhenAdopted,
  });

const parameters = z
  .strictObject({
    ...commonParameters,
    streams: z
      .array(stream)
      .min(1)
      .max(MAX_STREAMS)
      .refine((streams) => !duplicateName(streams), {
        ...always,
        error: ({ input }) =>
          `a list in which each name occurs once; "${duplicateName(input as Stream[])}" occurs twice`,
      })
      .describe(`The streams to scale, 1..${MAX_STREAMS} (Application Auto Scaling's quota).`),
    targetUtilizationPercent: z
      .int()
      .min(10)
      .max(90)
      .default(75)
      .describe("Utilisation that the shard count is kept at, in percent of what the shards can take. Default: 75."),
    scaleIn: z.boolean().default(true).describe("Whether shards are also taken away. Default: true."),
    scaleOutCooldownSeconds: z
      .int()
      .min(0)
      .max(86_400)
      .default(300)
      .describe("Seconds after a scale-out in which only a larger one follows. Default: 300."),
    scaleInCooldownSeconds: z
      .int()
      .min(0)
      .max(86_400)
      .default(3600)
      .describe(
        "Seconds after a scale-in in which no other follows. Default: 3600, because UpdateShardCount works ten times a day.",
      ),
    updatesPerDay: z
      .int()
      .min(2)
      .max(1000)
      .default(10)
      .describe(
        "Calls of UpdateShardCount that Kinesis allows a stream in 24 hours. Default: 10, the quota before an increase.",
      ),
    updatesReservedForScaleOut: z
      .int()
      .min(0)
      .max(999)
      .default(5)
      .describe("Calls of those that no scale-in uses, so that the evening's scale-out finds some. Default: 5."),
    metricDelaySeconds: z
      .int()
      .min(0)
      .max(120)
      .default(60)
      .describe(
        "Seconds after the end of a minute until it is measured: as long as Kinesis' metrics are late. Default: 60.",
      ),
    maxIteratorAgeMinutes: z
      .int()
      .min(1)
      .max(525_600)
      .default(60)
      .describe(
        "Minutes that consumers may lag behind before an alarm. Default: 60. Keep it below half of the retention.",
      ),
  })
  .refine((all) => !(all.updatesReservedForScaleOut >= all.updatesPerDay), {
    ...always,
    path: ["updatesReservedForScaleOut"],
    error: ({ input }) => `less than updatesPerDay (${(input as { updatesPerDay: number }).updatesPerDay})`,
  });

export default parameters;
export type Parameters = z.output<typeof parameters>;

function duplicateName(streams: readonly Stream[]): string | undefined {
  if (!Array.isArray(streams)) return undefined;
  return repeated(streams.map((one) => one?.name).filter((name) => name !== undefined));
}
