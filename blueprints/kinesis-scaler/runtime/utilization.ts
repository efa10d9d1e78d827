/** What one open shard takes in a second: docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const SHARD_BYTES_PER_SECOND = 1024 * 1024;
const SHARD_RECORDS_PER_SECOND = 1000;
const MINUTE_SECONDS = 60;

/** What CloudWatch counted for a stream in one minute; what it did not count is 0. */
export interface MinuteOfWrites {
  readonly bytes: number;
  readonly records: number;
  /** Records that Kinesis rejected because a shard was full. */
  readonly throttledRecords: number;
}

/**
 * Percent of the open shards' write capacity that producers asked for: the larger of bytes and records. Rejected records
 * count as if they had been written, of average size: IncomingBytes alone never passes 100 % however much is rejected,
 * and a scaler that reads it crawls after a burst.
 */
export function utilizationPercent(writes: MinuteOfWrites, openShards: number): number {
  const { bytes, records, throttledRecords } = writes;
  const asked = records + throttledRecords;
  const askedBytes = records > 0 ? (bytes * asked) / records : bytes;
  const capacity = openShards * MINUTE_SECONDS;
  return (
    100 * Math.max(askedBytes / (capacity * SHARD_BYTES_PER_SECOND), asked / (capacity * SHARD_RECORDS_PER_SECOND))
  );
}

export interface Minute {
  readonly start: Date;
  readonly end: Date;
}

/** The last minute whose metrics are complete: it ended at least `delaySeconds` before the given time. */
export function lastCompleteMinute(time: Date, delaySeconds: number): Minute {
  const length = MINUTE_SECONDS * 1000;
  const end = Math.floor((time.getTime() - delaySeconds * 1000) / length) * length;
  return { start: new Date(end - length), end: new Date(end) };
}
