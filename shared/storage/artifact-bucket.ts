import { createHash } from "node:crypto";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { AssetType, type ITerraformDependable, TerraformAsset } from "cdktf";
import type { Construct } from "constructs";
import { checkProps } from "../blueprint/checked-props";
import { contentAddressedFile } from "../functions/build-cache";
import type { Key } from "../security/key";
import type { Grantee } from "../security/service-role";
import { PrivateBucket } from "./private-bucket";

export interface ArtifactBucketProps {
  /** What objects are encrypted with. @default - S3's own key */
  readonly key?: Key;
}

export interface Artifact {
  readonly content: string;
  /** SHA-256 of the content in hexadecimal digits, by which machines know that they have the right one. */
  readonly hash: string;
  /** Without a dot, such as `js`. */
  readonly extension: string;
}

/** An object, which exists as soon as something refers to it. */
export interface UploadedArtifact {
  /** A reference to its key, so that whoever uses it comes after the upload. */
  readonly key: string;
  /** The object itself, to depend on. */
  readonly object: ITerraformDependable;
}

/**
 * Where machines download programs from. It holds nothing that the next deployment could not bring back, and goes with its
 * stack.
 */
export class ArtifactBucket extends PrivateBucket {
  readonly #key?: Key;

  constructor(scope: Construct, id: string, { key }: ArtifactBucketProps = {}) {
    super(scope, id, {
      holdsData: false,
      key,
      unloggedReason:
        "It holds nothing but programs, which the deployment puts there and the stack's machines download.",
    });
    this.#key = key;
  }

  /**
   * Uploads a text as `<id>/<hash>.<extension>`: another text is another object, which nobody takes for the former.
   *
   * The former one is deleted when whatever refers to the key has been changed to the new one. A machine that was launched
   * a moment before, and has not downloaded it yet, does not find it: it has to report that it failed and be replaced. One
   * that runs has to keep what it downloaded.
   * @throws BlueprintMistakes on the hash of something else
   */
  addObject(id: string, { content, hash, extension }: Artifact): UploadedArtifact {
    const own = createHash("sha256").update(content).digest("hex");
    checkProps(this, [
      {
        prop: `${id}.hash`,
        holds: hash === own,
        allowed: `the SHA-256 of the content in hexadecimal digits (${own})`,
        given: hash,
        mend: "take that of what is uploaded",
      },
    ]);
    const file = contentAddressedFile(Buffer.from(content), hash, `${id}.${extension}`);
    const asset = new TerraformAsset(this, `${id}-file`, {
      path: file,
      type: AssetType.FILE,
      assetHash: hash.slice(0, 32),
    });
    const object = new S3Object(this, id, {
      bucket: this.bucketName,
      key: `${id}/${hash}.${extension}`,
      source: asset.path,
      // S3 takes ten tags an object, and the stack may have more.
      overrideProvider: { defaultTags: { tags: {} } },
      dependsOn: [...this.ready, ...this.settings],
      lifecycle: { createBeforeDestroy: true },
    });
    return { key: object.key, object };
  }

  /** Lets a role download what is here. */
  grantRead(role: Grantee): void {
    role.grant({ actions: ["s3:GetObject"], resources: [`${this.arn}/*`] });
    this.#key?.grantThrough(role, {
      actions: ["kms:Decrypt"],
      through: ["s3"],
      // The context that S3 gives where a bucket has a key of its own: docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
      context: { "aws:s3:arn": this.arn },
      uncalled: "S3 calls KMS with the permissions of whoever downloads an object.",
    });
  }
}
