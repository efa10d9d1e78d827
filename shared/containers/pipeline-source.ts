import { CodeconnectionsConnection } from "@cdktf/provider-aws/lib/codeconnections-connection";
import type { CodepipelineStageAction } from "@cdktf/provider-aws/lib/codepipeline";
import { AssetType, TerraformAsset, Token } from "cdktf";
import type { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import type { PropCheck } from "../blueprint/checked-props";
import type { Grantee } from "../security/service-role";
import type { ImageSource } from "./image-source";
import type { PipelineBucket } from "./pipeline-bucket";

/** A zip that each deployment of the stack uploads, if it has changed. */
export interface UploadedSource {
  readonly from: "upload";
  readonly zip: ImageSource;
}

/** A branch on GitHub: each push is built. */
export interface GithubSource {
  readonly from: "github";
  /** As `owner/name`, with their capitals: CodePipeline tells them apart. */
  readonly repository: string;
  readonly branch: string;
  /**
   * ARN of the CodeConnections connection. @default - one is made, which is PENDING, and the pipeline fails, until
   * somebody authorises it in the console
   */
  readonly connectionArn?: string;
  /** With the Dockerfile, from the root of the repository. */
  readonly folder: string;
  /** What bash runs in the root of the repository before the image is built. */
  readonly buildCommands: readonly string[];
}

export type DeliveredSource = UploadedSource | GithubSource;

/** A source as the pipeline has it. */
export interface PipelineSource {
  /** The pipeline's first action, but for its name and output. */
  readonly action: Pick<CodepipelineStageAction, "provider" | "configuration">;
  /** With the Dockerfile, from the root of the source. */
  readonly folder: string;
  readonly buildCommands: readonly string[];
  /** Of GitHub's connection. */
  readonly connectionArn?: string;
  /** What of it a deployment depends on. */
  readonly identity: object;
}

const SOURCE_KEY = "source.zip";

/** Makes what a source needs, and lets the pipeline's role use it. The bucket is readable for it already. */
export function pipelineSource(
  scope: Construct,
  source: DeliveredSource,
  { bucket, role }: { readonly bucket: PipelineBucket; readonly role: Grantee },
): PipelineSource {
  return source.from === "upload" ? uploaded(scope, source, bucket) : onGithub(scope, source, role);
}

function uploaded(scope: Construct, { zip: { file, hash } }: UploadedSource, bucket: PipelineBucket): PipelineSource {
  const asset = new TerraformAsset(scope, "source-file", {
    path: file,
    type: AssetType.FILE,
    assetHash: hash.slice(0, 32),
  });
  const object = bucket.put("source", { key: SOURCE_KEY, source: asset.path });
  return {
    // The release starts the pipeline, after all else has been deployed: see ImagePipeline.
    action: {
      provider: "S3",
      configuration: { S3Bucket: bucket.bucketName, S3ObjectKey: object.key, PollForSourceChanges: "false" },
    },
    folder: ".",
    buildCommands: [],
    identity: { sha256: hash },
  };
}

function onGithub(scope: Construct, source: GithubSource, role: Grantee): PipelineSource {
  const { repository, branch, folder, buildCommands } = source;
  const connectionArn =
    source.connectionArn ??
    new CodeconnectionsConnection(scope, "connection", {
      name: BlueprintStack.of(scope).nameOf("connection", scope),
      providerType: "GitHub",
    }).arn;
  role.grant({
    // The name that CodePipeline's guide asks for, and the one from before, which connections of that time have in their ARN:
    // docs.aws.amazon.com/dtconsole/latest/userguide/rename.html
    actions: ["codeconnections:UseConnection", "codestar-connections:UseConnection"],
    resources: [connectionArn],
    uncalled: "CodePipeline fetches the repository under the pipeline's role.",
  });
  return {
    action: {
      provider: "CodeStarSourceConnection",
      configuration: {
        ConnectionArn: connectionArn,
        FullRepositoryId: repository,
        BranchName: branch,
        DetectChanges: "true",
        OutputArtifactFormat: "CODE_ZIP",
      },
    },
    folder,
    buildCommands,
    connectionArn,
    identity: { repository, branch, folder },
  };
}

/** What CodePipeline would refuse of a source, or find only when it runs. */
export function sourceRules(source: DeliveredSource): PropCheck[] {
  if (source.from === "upload") {
    const { hash } = source.zip;
    return [
      {
        prop: "source.zip.hash",
        holds: /^[0-9a-f]{64}$/.test(hash),
        allowed: "a SHA-256 in 64 hexadecimal digits",
        given: hash,
        mend: "take that of the zip",
      },
    ];
  }
  const { repository, branch, folder, connectionArn } = source;
  return [
    {
      prop: "source.repository",
      holds: /^[^/\s]+\/[^/\s]+$/.test(repository),
      allowed: "owner/name",
      given: repository,
      mend: "leave out https://github.com/ and .git",
    },
    {
      prop: "source.branch",
      holds: /^\S+$/.test(branch),
      allowed: "the name of a branch",
      given: branch,
      mend: "name one, such as main",
    },
    {
      prop: "source.folder",
      holds: /^(?!\/)(?!(.*\/)?\.\.(\/|$))[^\s$`"'\\]+$/.test(folder),
      allowed: "a path from the root of the repository, without .. or blanks",
      given: folder,
      mend: 'name the folder with the Dockerfile, or "." for the root',
    },
    {
      prop: "source.connectionArn",
      holds:
        connectionArn === undefined ||
        Token.isUnresolved(connectionArn) ||
        /^arn:[^:]+:(codeconnections|codestar-connections):[^:]+:\d{12}:connection\/\S+$/.test(connectionArn),
      allowed: "the ARN of a CodeConnections connection",
      given: connectionArn,
      mend: "leave it out to have one made",
    },
  ];
}
