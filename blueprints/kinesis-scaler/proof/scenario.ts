import { DescribeStreamSummaryCommand, KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { type Deployment, expect } from "../../../shared/testing/scenario";

const MINUTE_MS = 60_000;
const MIB = 1024 * 1024;
const RECORD_BYTES = MIB / 2;
/** PutRecords takes 5 MiB a call, keys included. */
const RECORDS_PER_CALL = 8;
/** Of a shard's 60 MiB a minute: enough to pass the target of 75 %. */
const BUSY_MIB_PER_MINUTE = 56;
const BUSY_MINUTES = 3;
/** Fifteen that the policy looks at, and two until a minute without data counts as idle. */
const QUIET_MINUTES = 17;

/** Load arrives and the first stream grows; load goes and it shrinks again. */
export default async function scenario(deployment: Deployment): Promise<void> {
  const streamName = Object.keys(deployment.outputs.stream_arns as Record<string, string>)[0] as string;
  const kinesis = new KinesisClient(deployment.clientConfig);
  const openShards = async () => {
    const { StreamDescriptionSummary } = await kinesis.send(
      new DescribeStreamSummaryCommand({ StreamName: streamName }),
    );
    return StreamDescriptionSummary?.OpenShardCount ?? 0;
  };
  const schedule = deployment.outputs.monitor_function as string;
  // Whole minutes of the past half hour, one after the other, instead of waiting for them.
  let minute = new Date(
    Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - (BUSY_MINUTES + QUIET_MINUTES + 5) * MINUTE_MS,
  );
  const minutePasses = async () => {
    minute = new Date(minute.getTime() + MINUTE_MS);
    await deployment.standIns.runSchedule(schedule, new Date(minute.getTime() + MINUTE_MS));
  };

  const atFirst = await openShards();
  deployment.say(`${streamName} has ${shards(atFirst)}.`);
  for (let busy = 1; busy <= BUSY_MINUTES; busy++) {
    const written = await putRecords(kinesis, streamName, BUSY_MIB_PER_MINUTE * atFirst);
    await deployment.standIns.publishStreamMetrics(streamName, minute, written);
    await minutePasses();
    deployment.say(
      `Minute ${busy}: ${written.records} records, ${written.bytes / MIB} MiB, put on the stream; the monitor ran.`,
    );
  }
  const out = await deployment.standIns.trackTarget(streamName, minute);
  deployment.say(`Utilisation ${out.reason}: ${out.requested ?? "no"} shards asked for.`);
  const grown = await openShards();
  deployment.say(`The scaler answered ${out.answer?.scalingStatus}: ${shards(atFirst)} -> ${shards(grown)}.`);
  expect(grown > atFirst, `the stream should have grown beyond ${shards(atFirst)}, and has ${shards(grown)}`);
  expect(
    out.answer?.scalingStatus === "Successful",
    `the scaling should have ended Successful, not ${out.answer?.scalingStatus}`,
  );

  await deployment.expectEmptyPlan();
  deployment.say("A plan at this moment is empty: Terraform leaves the shards to the scaler.");

  for (let quiet = 1; quiet <= QUIET_MINUTES; quiet++) await minutePasses();
  deployment.say(`${QUIET_MINUTES} minutes without a record pass; the monitor ran each minute.`);
  const back = await deployment.standIns.trackTarget(streamName, minute);
  const shrunk = await openShards();
  deployment.say(`Utilisation ${back.reason}: ${shards(grown)} -> ${shards(shrunk)}.`);
  expect(shrunk < grown, `the stream should have shrunk below ${shards(grown)}, and has ${shards(shrunk)}`);
}

async function putRecords(
  kinesis: KinesisClient,
  streamName: string,
  mebibytes: number,
): Promise<{ bytes: number; records: number }> {
  const Data = new Uint8Array(RECORD_BYTES);
  const records = (mebibytes * MIB) / RECORD_BYTES;
  for (let sent = 0; sent < records; sent += RECORDS_PER_CALL) {
    const count = Math.min(RECORDS_PER_CALL, records - sent);
    const Records = Array.from({ length: count }, (_, index) => ({ Data, PartitionKey: String(sent + index) }));
    const { FailedRecordCount } = await kinesis.send(new PutRecordsCommand({ StreamName: streamName, Records }));
    expect(!FailedRecordCount, `${FailedRecordCount} of ${count} records were rejected`);
  }
  return { bytes: records * RECORD_BYTES, records };
}

function shards(count: number): string {
  return count === 1 ? "1 shard" : `${count} shards`;
}
