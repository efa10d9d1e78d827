import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { bundle } from "../functions/bundle";
import { decompressFile } from "../functions/zip";
import { FunctionProcess } from "./function-process";

const scratch = resolve(__dirname, "../../.local");

export interface BundledHandlerOptions {
  /** Absolute path of the TypeScript file that exports `handler`. */
  readonly entry: string;
  /** Files beside the code, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  /** Node.js to run it. @default - the one that runs this */
  readonly node?: string;
}

/** A handler as it is deployed: bundled, minified, its files beside it, its variables set, in a process of its own. */
export class BundledHandler extends FunctionProcess {
  readonly #folder: string;

  constructor({ entry, files, environment, node }: BundledHandlerOptions) {
    mkdirSync(scratch, { recursive: true });
    const folder = mkdtempSync(join(scratch, "handler-"));
    writeFileSync(join(folder, "index.js"), decompressFile(bundle(entry).code));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    super({
      functionName: basename(entry, ".ts"),
      codeFolder: folder,
      handler: "index.handler",
      environment,
      node,
      timeoutSeconds: 60,
    });
    this.#folder = folder;
  }

  override close(): void {
    super.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
