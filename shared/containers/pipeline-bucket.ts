import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification";
import { S3Object, type S3ObjectConfig } from "@cdktf/provider-aws/lib/s3-object";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Grantee } from "../security/service-role";
import { PrivateBucket } from "../storage/private-bucket";

/** A failed deployment is looked into, or tried again, within that time. */
const ARTIFACT_DAYS = 30;
/** CodePipeline cuts the name of the folder for a pipeline's artifacts: at least that much of the pipeline's name is left. */
const FOLDER_CHARACTERS = 20;

/**
 * Where a pipeline finds its source and keeps what passes between its actions, and which tells EventBridge of each object.
 * It goes with its stack.
 */
export class PipelineBucket extends PrivateBucket {
  /** Tells EventBridge, to depend on. */
  readonly notification: ITerraformDependable;

  constructor(scope: Construct, id: string, pipelineName: string) {
    super(scope, id, {
      holdsData: false,
      expirationDays: ARTIFACT_DAYS,
      expirationPrefix: pipelineName.slice(0, FOLDER_CHARACTERS),
      unloggedReason: "It holds nothing but the source of images, which the deployment or a repository has as well.",
    });
    // Events are sent of what is put some minutes later: docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html
    this.notification = new S3BucketNotification(this, "notification", { bucket: this.bucketName, eventbridge: true });
  }

  /** Puts an object under a key that stays: what it holds next is its next version. */
  put(
    id: string,
    { dependsOn = [], ...object }: Pick<S3ObjectConfig, "key" | "source" | "content" | "contentType" | "dependsOn">,
  ): S3Object {
    return new S3Object(this, id, {
      ...object,
      bucket: this.bucketName,
      // S3 takes ten tags an object, and the stack may have more.
      overrideProvider: { defaultTags: { tags: {} } },
      dependsOn: [...this.ready, ...this.settings, ...dependsOn],
    });
  }

  /**
   * Lets a CodeBuild project's role have the artifacts that CodePipeline gives it.
   * docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
   */
  grantRead(role: Grantee): void {
    const uncalled = "CodeBuild downloads a build's source under the project's role.";
    role.grant({ actions: ["s3:GetObject", "s3:GetObjectVersion"], resources: [`${this.arn}/*`], uncalled });
    role.grant({ actions: ["s3:GetBucketAcl", "s3:GetBucketLocation"], resources: [this.arn], uncalled });
  }

  /**
   * Lets a pipeline's role read its source and keep artifacts.
   * docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html
   */
  grantPipeline(role: Grantee): void {
    const uncalled = "CodePipeline reads the source and keeps artifacts under the pipeline's role.";
    role.grant({
      actions: [
        "s3:GetObject",
        "s3:GetObjectTagging",
        "s3:GetObjectVersion",
        "s3:GetObjectVersionTagging",
        "s3:PutObject",
      ],
      resources: [`${this.arn}/*`],
      uncalled,
    });
    role.grant({
      actions: ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"],
      resources: [this.arn],
      uncalled,
    });
  }
}
