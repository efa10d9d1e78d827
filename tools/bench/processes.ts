import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Measured {
  /** Whole process, from start to exit. */
  readonly milliseconds: number;
  readonly megabytes: number;
}

/**
 * Runs node with the arguments several times, and returns the shortest time with the peak memory of the same run: what else
 * a machine does only adds to it.
 */
export function measureNode(
  args: readonly string[],
  {
    cwd,
    env = {},
    runs = 3,
    node = process.execPath,
  }: { cwd: string; env?: Record<string, string>; runs?: number; node?: string },
): Measured {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const result = join(folder, "result.json");
  try {
    const measured = Array.from({ length: runs }, (): Measured => {
      const began = performance.now();
      const { status, stderr } = spawnSync(node, ["--require", join(__dirname, "measure.cjs"), ...args], {
        cwd,
        encoding: "utf8",
        env: { ...process.env, ...env, BENCH_RESULT: result },
      });
      if (status !== 0) throw new Error(`node ${args.join(" ")} failed:\n${stderr}`);
      const { megabytes } = JSON.parse(readFileSync(result, "utf8")) as Measured;
      return { milliseconds: performance.now() - began, megabytes };
    });
    return measured.reduce((best, one) => (one.milliseconds < best.milliseconds ? one : best));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
