import { type Access, type StackScope, unseen } from "./scope";

/** Objects that Terraform puts and compares: programs and the source of images, which are in the repository as well. */
const PUT_BY_TERRAFORM = ["program/*", "release.json", "source.zip"];

/** Buckets: what they are, and of what is in them only what Terraform has put there. Access logs are none of it. */
export function storageAccess(scope: StackScope): Access {
  const buckets = scope.bucketArns();
  const objects = PUT_BY_TERRAFORM.flatMap((key) => scope.bucketArns((bucket) => `${bucket}/${key}`));
  return {
    reads: [
      {
        actions: [
          "GetAccelerateConfiguration",
          "GetBucketAcl",
          "GetBucketCORS",
          "GetBucketLogging",
          "GetBucketNotification",
          "GetBucketObjectLockConfiguration",
          "GetBucketOwnershipControls",
          "GetBucketPolicy",
          "GetBucketPublicAccessBlock",
          "GetBucketRequestPayment",
          "GetBucketTagging",
          "GetBucketVersioning",
          "GetBucketWebsite",
          "GetEncryptionConfiguration",
          "GetLifecycleConfiguration",
          "GetReplicationConfiguration",
          "ListBucket",
        ].map((action) => `s3:${action}`),
        resources: buckets,
      },
      { actions: ["s3:GetObject", "s3:GetObjectTagging"], resources: objects },
    ],
    writes: [
      {
        actions: [
          "CreateBucket",
          "DeleteBucket",
          "DeleteBucketPolicy",
          "ListBucketVersions",
          "PutBucketLogging",
          "PutBucketNotification",
          "PutBucketOwnershipControls",
          "PutBucketPolicy",
          "PutBucketPublicAccessBlock",
          "PutBucketTagging",
          "PutBucketVersioning",
          "PutEncryptionConfiguration",
          "PutLifecycleConfiguration",
        ].map((action) => `s3:${action}`),
        resources: buckets,
      },
      // A destroy empties the buckets of a stack that does not retain its data.
      {
        actions: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
        resources: scope.bucketArns((bucket) => `${bucket}/*`),
      },
      { actions: ["s3:PutObject"], resources: objects },
    ],
    unseen: {
      ...unseen("A bucket may log its requests to another; no stack of the project has it.", "s3:PutBucketLogging"),
      ...unseen("A destroy empties buckets of what others put there; in the proof nobody does.", "s3:DeleteObject"),
    },
  };
}
