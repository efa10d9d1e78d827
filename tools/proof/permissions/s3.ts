import { texts } from "./arns";
import type { Environment, IamRequest, Parameters, Service } from "./services";

/** docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
export const s3: Service = {
  prefix: "s3",
  actions: {
    CompleteMultipartUpload: "PutObject",
    CreateMultipartUpload: "PutObject",
    DeleteBucketEncryption: "PutEncryptionConfiguration",
    DeleteBucketLifecycle: "PutLifecycleConfiguration",
    DeleteBucketOwnershipControls: "PutBucketOwnershipControls",
    DeletePublicAccessBlock: "PutBucketPublicAccessBlock",
    GetBucketAccelerateConfiguration: "GetAccelerateConfiguration",
    GetBucketCors: "GetBucketCORS",
    GetBucketEncryption: "GetEncryptionConfiguration",
    GetBucketLifecycleConfiguration: "GetLifecycleConfiguration",
    GetBucketNotificationConfiguration: "GetBucketNotification",
    GetBucketReplication: "GetReplicationConfiguration",
    GetObjectLockConfiguration: "GetBucketObjectLockConfiguration",
    GetPublicAccessBlock: "GetBucketPublicAccessBlock",
    HeadBucket: "ListBucket",
    ListObjects: "ListBucket",
    ListObjectsV2: "ListBucket",
    ListObjectVersions: "ListBucketVersions",
    PutBucketEncryption: "PutEncryptionConfiguration",
    PutBucketLifecycleConfiguration: "PutLifecycleConfiguration",
    PutBucketNotificationConfiguration: "PutBucketNotification",
    PutPublicAccessBlock: "PutBucketPublicAccessBlock",
    UploadPart: "PutObject",
  },
  resources: (_, parameters, environment) => arnsOf(parameters, environment),
  split: {
    DeleteObject: (parameters, environment) => ofVersion("DeleteObject", parameters, environment),
    DeleteObjects: () => {
      throw new Error("s3 DeleteObjects: its keys are in the body, which is not recorded");
    },
    GetObject: (parameters, environment) => ofVersion("GetObject", parameters, environment),
    HeadObject: (parameters, environment) => ofVersion("GetObject", parameters, environment),
  },
};

function arnsOf({ Bucket, Key }: Parameters, { partition }: Environment): string[] {
  return texts(Bucket).map((bucket) => `arn:${partition}:s3:::${bucket}${Key === undefined ? "" : `/${Key}`}`);
}

function ofVersion(operation: string, parameters: Parameters, environment: Environment): IamRequest[] {
  const action = `s3:${operation}${parameters.VersionId === undefined ? "" : "Version"}`;
  return arnsOf(parameters, environment).map((resource) => ({ action, resource, conditions: {} }));
}
