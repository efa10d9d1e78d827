import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const cleanups: (() => void | Promise<void>)[] = [];

/** Removes the folders and stops the servers that the test made. */
export async function cleanUp(): Promise<void> {
  for (const clean of cleanups.splice(0)) await clean();
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "toolchain-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file, and the folders it needs. */
export function file(path: string, content = ""): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** Writes a shell script that stands in for a program; it may use shell built-ins and absolute paths only. */
export function program(path: string, ...lines: string[]): string {
  file(path, ["#!/bin/sh", ...lines, ""].join("\n"));
  chmodSync(path, 0o755);
  return path;
}

/** Serves HTTP on a loopback port; returns its address. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The address of a loopback port that nobody listens on. */
export async function nobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** The names in `<root>/.local/toolchain`, sorted; empty when there is no such folder. */
export function installedIn(root: string): string[] {
  try {
    return readdirSync(join(root, ".local", "toolchain")).sort();
  } catch {
    return [];
  }
}

export const LINUX = { os: "linux", arch: "amd64" } as const;
