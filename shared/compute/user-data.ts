import { readFileSync } from "node:fs";
import { Fn } from "cdktf";
import type { Construct } from "constructs";
import { gzipSync, strToU8 } from "fflate";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { BlueprintMistakes } from "../blueprint/mistakes";
import { compactScript } from "./compact-script";

/** EC2's limit, in bytes before base64: docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html */
export const USER_DATA_BYTES = 16_384;
/** What a reference becomes at most, generously: an ARN, a DNS name, an id. */
const REFERENCE_BYTES = 160;

/** A reference in a string, as cdktf writes it until the synthesis. */
const REFERENCE = /(\$\{TfToken\[[^\]]*\]\})/;
/** What JSON allows as it is and YAML, which reads it here, does not, or folds as a line's end. */
const NOT_YAML = /[\u007f-\u009f\u2028\u2029\ufeff]/g;

interface FileOnMachine {
  /** Absolute path on the machine. Folders above it are made. */
  readonly path: string;
  /** Permissions in octal. The owner is root. @default "0644" */
  readonly mode?: string;
}

/** A file that user data brings along: from disk, whose text is taken as it is, or given as text with references. */
export type UserDataFile =
  | (FileOnMachine & {
      /** Absolute path on disk: `join(__dirname, "runtime/boot.sh")`. A shell script's comments stay behind. */
      readonly source: string;
    })
  | (FileOnMachine & { readonly content: string });

export interface UserDataOptions {
  /**
   * Whether files are compressed where that makes them shorter, which takes a third off scripts. A file with references
   * stays as it is. @default false: user data can be read as they are
   */
  readonly compressed?: boolean;
}

/**
 * What a machine does at its first boot: a `#cloud-config` document that writes files and then runs commands. It is
 * written as JSON, which cloud-init reads because JSON is YAML.
 *
 * No place for secrets: whoever may describe the machine can read it, and so can each process on it.
 */
export class UserData {
  readonly #files: { path: string; permissions: string; encoding?: "gz+b64"; content: string }[] = [];
  readonly #commands: (readonly string[])[] = [];

  /** @param scope names the stack and the construct in errors */
  constructor(
    private readonly scope: Construct,
    private readonly options: UserDataOptions = {},
  ) {}

  /**
   * Writes a file before any command runs.
   * @throws BlueprintMistakes when the whole becomes larger than EC2 accepts.
   */
  addFile(file: UserDataFile): void {
    const content = "source" in file ? compactScript(readFileSync(file.source, "utf8")) : file.content;
    if ("source" in file && REFERENCE.test(content)) throw new Error(`${file.source}: holds a reference of cdktf`);
    const permissions = file.mode ?? "0644";
    this.#files.push({ path: file.path, permissions, ...(this.options.compressed ? packed(content) : { content }) });
    this.#checkSize();
  }

  /**
   * Writes names and values, which may be references, as a file that a shell sources: `NAME='value'` lines in which nothing
   * is expanded.
   */
  addSettings(path: string, settings: Readonly<Record<string, string>>): void {
    for (const name of Object.keys(settings)) {
      if (!/^[A-Z_][A-Z0-9_]*$/.test(name))
        throw new Error(`${path}: "${name}" is no name of a shell variable in capitals`);
    }
    const lines = Object.entries(settings).map(([name, value]) => `${name}='${inSingleQuotes(value)}'\n`);
    this.addFile({ path, content: lines.join("") });
  }

  /**
   * Runs a program with its arguments, after those added before. cloud-init goes on with the next when one fails: what has
   * to stop then is one script.
   */
  addCommand(...command: readonly [string, ...string[]]): void {
    this.#commands.push(command);
    this.#checkSize();
  }

  /** The document, as a string for Terraform: references are left to it, `${` and `%{` of the files are escaped. */
  render(): string {
    return this.#render(inJson);
  }

  /** Its size in bytes as EC2 counts it, with each reference at its longest. */
  get bytes(): number {
    // Nothing is made for Terraform here: each file that is added asks for the size.
    return size(this.#render((reference) => reference));
  }

  #render(ofReference: (reference: string) => string): string {
    const document = JSON.stringify({
      ...(this.#files.length > 0 && { write_files: this.#files }),
      ...(this.#commands.length > 0 && { runcmd: this.#commands }),
    });
    const parts = splitAtReferences(document).map((part, index, all) =>
      REFERENCE.test(part) ? ofReference(part) : literally(part, index < all.length - 1),
    );
    return `#cloud-config\n${parts.join("")}\n`;
  }

  #checkSize(): void {
    const { bytes } = this;
    if (bytes <= USER_DATA_BYTES) return;
    const largest = this.#files.toSorted((a, b) => size(b.content) - size(a.content))[0];
    const hint = largest ? `, such as ${largest.path} with ${size(largest.content)} bytes,` : "";
    throw new BlueprintMistakes([
      `${BlueprintStack.of(this.scope).stackName}: user data of ${this.scope.node.path}: must be at most ${USER_DATA_BYTES} bytes, ` +
        `EC2's limit, got at least ${bytes}; shorten its files${hint} or have a short one download the rest from a bucket`,
    ]);
  }
}

function packed(content: string): { content: string; encoding?: "gz+b64" } {
  if (REFERENCE.test(content)) return { content };
  // Without a time, the same text gives the same bytes.
  const base64 = Buffer.from(gzipSync(strToU8(content), { level: 9, mtime: 0 })).toString("base64");
  return base64.length < size(JSON.stringify(content)) ? { encoding: "gz+b64", content: base64 } : { content };
}

function splitAtReferences(text: string): string[] {
  return text.split(REFERENCE);
}

/** Text of JSON in which Terraform finds no template and YAML no character that it does not read. */
function literally(json: string, beforeReference: boolean): string {
  const text = json
    .replace(NOT_YAML, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
    // cdktf takes a reference for part of what `${` opened, escaped or not, until it sees a `}`.
    .replace(/[$%]\{/g, (template, offset: number) =>
      beforeReference && !json.includes("}", offset) ? `${template[0]}\\u007b` : `${template[0]}${template}`,
    );
  // With the reference's own `${` it would be an escape.
  return beforeReference ? text.replace(/\$$/, "\\u0024") : text;
}

/** Has Terraform escape the reference's value for a string of JSON, without the quotes around. */
function inJson(reference: string): string {
  return Fn.trimsuffix(Fn.trimprefix(Fn.jsonencode(reference), '\\"'), '\\"');
}

/** Has each `'` end the quotes, stand for itself, and begin them anew: now in text, by Terraform in a reference. */
function inSingleQuotes(value: string): string {
  return splitAtReferences(value)
    .map((part) => (REFERENCE.test(part) ? Fn.replace(part, "'", "'\\\\''") : part.replaceAll("'", "'\\''")))
    .join("");
}

function size(rendered: string): number {
  const resolved = splitAtReferences(rendered).map((part) =>
    REFERENCE.test(part) ? "x".repeat(REFERENCE_BYTES) : part.replace(/([$%])\1\{/g, "$1{"),
  );
  return Buffer.byteLength(resolved.join(""));
}
