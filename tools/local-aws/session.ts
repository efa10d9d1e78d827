import type { Toolchain } from "../toolchain/toolchain";
import { Cdktf } from "./cdktf";
import { readableLines } from "./readable";
import { LocalAws, type LocalAwsOptions } from "./server";

export interface LocalSession {
  readonly aws: LocalAws;
  readonly cdktf: Cdktf;
}

/** A local AWS that is up, and the cdktf CLI and Terraform of the toolchain pointed at it. */
export async function openLocalSession(
  toolchain: Toolchain,
  options: Omit<LocalAwsOptions, "python">,
  print: (line: string) => void = console.log,
): Promise<LocalSession> {
  const aws = new LocalAws({ ...options, python: toolchain.python.binary });
  const { url, started } = await aws.up();
  print(started ? `The local AWS is up at ${url}.` : `The local AWS is up already at ${url}.`);
  return { aws, cdktf: cdktfFor(aws, toolchain, options.root, print) };
}

/** @param environment variables beside those of the local AWS and the toolchain, which win */
export function cdktfFor(
  aws: LocalAws,
  toolchain: Toolchain,
  root: string,
  print: (line: string) => void,
  environment: Readonly<Record<string, string>> = {},
): Cdktf {
  return new Cdktf({
    root,
    environment: { ...aws.environment(), ...toolchain.environment, ...environment },
    output: aws.folders.output,
    terraform: toolchain.terraform.binary,
    onOutput: readableLines(print),
  });
}
