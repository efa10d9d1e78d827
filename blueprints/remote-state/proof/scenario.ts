import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { type Deployment, expect } from "../../../shared/testing/scenario";

const STATE = "orders/terraform.tfstate";
const LOCK = `${STATE}.tflock`;

/** What a team relies on: a state that was overwritten is still there, and a lock is one person's. */
export default async function scenario(deployment: Deployment): Promise<void> {
  const { bucket, key_arn: keyArn } = deployment.outputs as Record<string, string>;
  const s3 = new S3Client(deployment.clientConfig);
  const put = (Key: string, Body: string, IfNoneMatch?: "*") =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, IfNoneMatch }));

  const first = await put(STATE, '{"serial":1}');
  await put(STATE, '{"serial":2}');
  expect(first.ServerSideEncryption === "aws:kms", "a state should be encrypted with KMS without being asked");
  expect(first.SSEKMSKeyId === keyArn, `a state should be encrypted with ${keyArn}, and is with ${first.SSEKMSKeyId}`);
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: STATE }));
  const former = Versions.find(({ IsLatest }) => !IsLatest);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: STATE, VersionId: former?.VersionId }));
  const serial = JSON.parse((await Body?.transformToString()) ?? "{}").serial;
  expect(serial === 1, `the former version should have serial 1, and has ${serial}`);
  deployment.say("A state is encrypted with the stack's key, and was overwritten; its former version can be read.");

  await put(LOCK, "mine", "*");
  const second = await put(LOCK, "yours", "*").catch((error: Error) => error.name);
  expect(second === "PreconditionFailed", "a lock that is held should not be given to a second one");
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: LOCK }));
  await put(LOCK, "yours", "*");
  deployment.say("A lock is given to one at a time: the second one gets it when the first has let go.");
}
