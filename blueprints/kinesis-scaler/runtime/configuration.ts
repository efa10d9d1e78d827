import * as z from "zod";

/** Name of the file beside the code that lists the streams. */
export const STREAMS_FILE = "streams.json";

/** Five hundred streams do not fit into the 4 KB of a function's variables: they are a file in its code. */
export const streamLimits = z.strictObject({
  streamName: z.string(),
  minShards: z.int(),
  maxShards: z.int(),
});
export const streamsFile = z.array(streamLimits);
export type StreamLimits = z.output<typeof streamLimits>;

const wholeNumber = z.string().regex(/^\d+$/).transform(Number);

export const monitorEnvironment = z.object({
  METRIC_NAMESPACE: z.string().min(1),
  TABLE_NAME: z.string().min(1),
  UPDATES_PER_DAY: wholeNumber,
  METRIC_DELAY_SECONDS: wholeNumber,
});

export const scalerEnvironment = z.object({
  TABLE_NAME: z.string().min(1),
  UPDATES_PER_DAY: wholeNumber,
  UPDATES_RESERVED_FOR_SCALE_OUT: wholeNumber,
  SCALE_IN: z.enum(["true", "false"]).transform((text) => text === "true"),
});

/** Names of the metrics that the monitor publishes and the stack's policies, alarms and dashboard read. */
export const metricNames = {
  /** Percent of the write capacity of the open shards, dimension StreamName. */
  utilization: "StreamUtilization",
  /** Open shards, dimension StreamName. */
  openShards: "OpenShards",
  /** Calls of UpdateShardCount left in the rolling 24 hours, dimension StreamName. */
  remainingUpdates: "RemainingUpdates",
  /** Streams that could not be measured, no dimension. */
  unmeasuredStreams: "UnmeasuredStreams",
  /** Scale-outs that were not honoured, counted from the scaler's log, no dimension. */
  failedScaleOuts: "FailedScaleOuts",
} as const;
/** The key of the scaler's log that is true for a scale-out that was not honoured. */
export const SCALE_OUT_FAILED = "scaleOutFailed";
export const STREAM_DIMENSION = "StreamName";
