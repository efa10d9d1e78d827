import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { DescribeInstanceAttributeCommand, type EC2Client } from "@aws-sdk/client-ec2";

interface FileInUserData {
  readonly path: string;
  readonly encoding?: "gz+b64";
  readonly content: string;
}

/** What a machine gets at its first boot, as EC2 has it. */
export class Boot {
  private constructor(
    /** Size of the user data in bytes, of the 16,384 that EC2 allows. */
    readonly bytes: number,
    /** The files that cloud-init writes, by path. */
    readonly files: ReadonlyMap<string, string>,
  ) {}

  static async of(ec2: EC2Client, instanceId: string): Promise<Boot> {
    const { UserData } = await ec2.send(
      new DescribeInstanceAttributeCommand({ InstanceId: instanceId, Attribute: "userData" }),
    );
    return Boot.#from(Buffer.from(UserData?.Value ?? "", "base64").toString());
  }

  /** As it is in a stack's JSON: a reference's value is not known yet, and stands as `<what it refers to>`. */
  static ofTemplate(userData: string): Boot {
    const text = userData.replace(/\$\$\{|%%\{|\$\{((?:"(?:\\.|[^"\\])*"|[^"}])*)\}/g, (whole, expression?: string) =>
      expression === undefined ? whole.slice(1) : `<${expression.replace(/[^\w.-]/g, "")}>`,
    );
    return Boot.#from(text);
  }

  static #from(text: string): Boot {
    const document = JSON.parse(text.replace(/^#cloud-config\n/, "")) as { write_files: FileInUserData[] };
    const files = document.write_files.map(
      ({ path, encoding, content }) => [path, decoded(content, encoding)] as const,
    );
    return new Boot(Buffer.byteLength(text), new Map(files));
  }

  /** @throws Error when the machine gets no such file */
  file(path: string): string {
    const content = this.files.get(path);
    if (content === undefined) throw new Error(`the machine gets no ${path}; it gets ${[...this.files.keys()]}`);
    return content;
  }

  /**
   * Has bash read every script without running it.
   * @returns how many there are
   * @throws Error on one that bash cannot read
   */
  checkScripts(): number {
    const scripts = [...this.files].filter(([path]) => path.endsWith(".sh"));
    for (const [path, content] of scripts) {
      const { status, stderr } = bash(content, "-n");
      if (status !== 0) throw new Error(`${path}, as the machine gets it, is no script: ${stderr}`);
    }
    return scripts.length;
  }

  /** Values of a file of settings, as a shell reads them. */
  settings(path: string, names: readonly string[]): string[] {
    const lines = names.map((name) => `printf '%s\\n' "$${name}"`);
    return bash([this.file(path), ...lines].join("\n"))
      .stdout.split("\n")
      .slice(0, names.length);
  }
}

function decoded(content: string, encoding: FileInUserData["encoding"]): string {
  return encoding ? gunzipSync(Buffer.from(content, "base64")).toString() : content;
}

function bash(script: string, ...options: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "boot-"));
  try {
    writeFileSync(join(folder, "script"), script);
    return spawnSync("bash", [...options, join(folder, "script")], { encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
