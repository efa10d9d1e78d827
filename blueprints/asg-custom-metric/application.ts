import { createHash } from "node:crypto";
import { join } from "node:path";
import { Construct } from "constructs";
import type { InstanceRole } from "../../shared/compute/instance-role";
import { program } from "../../shared/compute/program";
import type { Key } from "../../shared/security/key";
import { ArtifactBucket } from "../../shared/storage/artifact-bucket";

/** What a server has to know to download the program that it runs. */
export interface Download {
  readonly bucketName: string;
  readonly key: string;
  readonly sha256: string;
}

/** The program of all servers, bundled from runtime/application/ and kept in a bucket for them. */
export class Application extends Construct {
  readonly download: Download;
  readonly #bucket: ArtifactBucket;

  constructor(scope: Construct, id: string, { key }: { readonly key: Key }) {
    super(scope, id);
    this.#bucket = new ArtifactBucket(this, "bucket", { key });
    const code = program(join(__dirname, "runtime/application/main.ts"));
    const sha256 = createHash("sha256").update(code).digest("hex");
    const object = this.#bucket.addObject("program", { content: code, hash: sha256, extension: "js" });
    this.download = { bucketName: this.#bucket.bucketName, key: object.key, sha256 };
  }

  grantDownload(role: InstanceRole): void {
    this.#bucket.grantRead(role);
  }
}
