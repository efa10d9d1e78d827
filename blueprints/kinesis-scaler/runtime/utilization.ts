/** What one open shard takes in a second: docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const SHARD_BYTES_PER_SECOND = 1024 * 1024;
const SHARD_RECORDS_PER_SECOND = 1000;
const MINUTE_SECONDS = 60;

/** What CloudWatch counted for a stream in one minute. */
export interface MinuteOfWrites {
  readonly bytes: number;
  readonly records: number;
  /** Records that Kinesis rejected because a shard was full. */
  readonly throttledRecords: number;
}

/** Accepted load, in percent of the stream's capacity, from which on rejected records count as load of the stream. */
const BUSY_PERCENT = 50;

/**
 * Percent of the open shards' write capacity that producers asked for: the larger of bytes and records.
 *
 * What was rejected counts as if it had been written, of average size: accepted bytes alone never pass 100 % however much
 * is rejected, and a scaler that reads them crawls after a burst. It counts only where the stream as a whole is busy.
 * Rejections of a stream that is not are those of one hot partition key, again with each retry, and no number of shards
 * helps against them.
 */
export function utilizationPercent(writes: MinuteOfWrites, openShards: number): number {
  const { bytes, records, throttledRecords } = writes;
  const accepted = percent(bytes, records, openShards);
  if (accepted < BUSY_PERCENT || records === 0) return accepted;
  const asked = records + throttledRecords;
  return percent((bytes * asked) / records, asked, openShards);
}

function percent(bytes: number, records: number, openShards: number): number {
  const seconds = openShards * MINUTE_SECONDS;
  return 100 * Math.max(bytes / (seconds * SHARD_BYTES_PER_SECOND), records / (seconds * SHARD_RECORDS_PER_SECOND));
}

export interface Minute {
  readonly start: Date;
  readonly end: Date;
}

/** Minutes that each run measures: a late or partial data point is made good by the runs that follow. */
const MINUTES = 3;

/**
 * The minutes to measure, the newest first: the last one whose metrics are complete, which ended at least `delaySeconds`
 * before the given time, and the two before it.
 */
export function minutesToMeasure(time: Date, delaySeconds: number): Minute[] {
  const length = MINUTE_SECONDS * 1000;
  const end = Math.floor((time.getTime() - delaySeconds * 1000) / length) * length;
  return Array.from({ length: MINUTES }, (_, ago) => ({
    start: new Date(end - (ago + 1) * length),
    end: new Date(end - ago * length),
  }));
}
