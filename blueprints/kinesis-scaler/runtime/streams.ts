import { readFileSync } from "node:fs";
import { join } from "node:path";
import { STREAMS_FILE, type StreamLimits, streamsFile } from "./configuration";

/** The streams that the function was deployed for, from the file beside its code. */
export function readStreams(): StreamLimits[] {
  return streamsFile.parse(JSON.parse(readFileSync(join(__dirname, STREAMS_FILE), "utf8")));
}
