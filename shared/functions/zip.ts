import { strToU8, type Zippable, zipSync } from "fflate";

// The zip format's own beginning of time. Read in local time by zip tools, so it is given in local time as well.
const FIXED_TIME = new Date(1980, 0, 1, 0, 0, 0);
// -rw-r--r--: Lambda needs the files to be readable by everyone.
const READABLE = 0o100644 << 16;
const UNIX = 3;

/**
 * A zip whose bytes depend on the files' names and contents alone. Files are stored, not compressed: Lambda takes
 * either, and storing is the same on every machine and fast enough to synthesize hundreds of functions.
 */
export function deterministicZip(files: Record<string, string | Uint8Array>): Uint8Array {
  const entries: Zippable = {};
  for (const name of Object.keys(files).sort()) {
    const content = files[name] as string | Uint8Array;
    entries[name] = [
      typeof content === "string" ? strToU8(content) : content,
      { level: 0, mtime: FIXED_TIME, os: UNIX, attrs: READABLE },
    ];
  }
  return zipSync(entries);
}
