import { readdirSync } from "node:fs";
import { create } from "tar";

/** What Terraform leaves in the folder, and what must not leave the machine: state holds secrets. */
const LEFT_OUT = /(^|\/)\.terraform(\/|$)|\.tfstate/;

/** The stack's folder as the tar.gz that HCP Terraform takes, with cdk.tf.json at its root. The same bytes for the same folder. */
export async function pack(folder: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const archive = create(
    {
      cwd: folder,
      gzip: { level: 6 },
      portable: true,
      mtime: new Date(0),
      filter: (path) => !LEFT_OUT.test(path.replaceAll("\\", "/")),
    },
    readdirSync(folder).sort(),
  );
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
