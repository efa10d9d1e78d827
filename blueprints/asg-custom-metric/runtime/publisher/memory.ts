import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Point } from "./metric-data";
import { ARMED, type RequestState } from "./scale-out-request";

/** What the publisher remembers from run to run. */
export interface Memory {
  /** The instance that it belongs to. Undefined until the metadata service has answered. */
  instanceId?: string;
  /** The boot in which the metadata service said so; undefined while it gives no answer. */
  bootId?: string;
  request: RequestState;
  /** Not published yet, the oldest first. */
  points: Point[];
}

export const nothing = (): Memory => ({ request: ARMED, points: [] });

/** Reads the file. One that makes no sense is told of and set aside, with the ending `.corrupt`. */
export function recall(file: string, tell: (problem: string) => void): Memory {
  try {
    const memory: Memory = JSON.parse(readFileSync(file, "utf8"));
    if (makesSense(memory)) return memory;
    throw new Error("not written by the publisher");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return nothing();
    tell(`${file} is set aside as ${file}.corrupt, and a breach that goes on asks again: ${(error as Error).message}`);
    try {
      renameSync(file, `${file}.corrupt`);
    } catch {
      // It is replaced, or the next write says what is wrong.
    }
    return nothing();
  }
}

/**
 * Writes the file so that, whenever the machine stops, it is the old or the new one. Two runs at once do not mix theirs.
 * @throws Error when it cannot be written.
 */
export function remember(file: string, memory: Memory): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(memory), { flush: true, mode: 0o600 });
  renameSync(temporary, file);
  const descriptor = openSync(folder, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function makesSense(memory: Memory | null): boolean {
  const request = memory?.request;
  const isKnown =
    request?.phase === "accepted"
      ? Number.isFinite(request.acceptedAt)
      : request?.phase === "armed" || request?.phase === "pending";
  return (
    isKnown &&
    !!memory?.points?.every((point) => [point.time, point.requests, point.connections ?? 0].every(Number.isFinite))
  );
}
