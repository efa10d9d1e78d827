import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { CachedBuild, contentAddressedFile } from "../functions/build-cache";
import { BUNDLE_OPTIONS, ownSourceMap } from "../functions/bundle";
import { type CompressedFile, compressFile, deterministicZip } from "../functions/zip";

export interface ImageSourceProps {
  /** Absolute path of the TypeScript program: `join(__dirname, "runtime/worker/main.ts")`. */
  readonly entry: string;
  /** Absolute path of the Dockerfile, which finds the program beside it. */
  readonly dockerfile: string;
}

/** A zip to build an image from, as a file. */
export interface ImageSource {
  /** Absolute path. */
  readonly file: string;
  /** SHA-256 of the zip in hexadecimal digits. */
  readonly hash: string;
}

/** Name of the program beside the Dockerfile; its source map's ends in `.map`. */
export const PROGRAM_FILE = "worker.js";

const programs = new CachedBuild<{ readonly code: CompressedFile; readonly sourceMap: CompressedFile }>(
  // The program names its map itself: it has another name in the image than where it is built.
  { ...BUNDLE_OPTIONS, sourcemap: "external" },
  (output) => ({
    code: compressFile(`${output(".js")}//# sourceMappingURL=${PROGRAM_FILE}.map\n`),
    sourceMap: compressFile(ownSourceMap(output(".js.map"))),
  }),
);

/**
 * What an image is built from: the program and all that it imports in one file, its source map, and the Dockerfile. The
 * same sources give the same bytes on every machine.
 * @throws Error with esbuild's message, file and line when the sources do not build.
 */
export function imageSource({ entry, dockerfile }: ImageSourceProps): ImageSource {
  const { code, sourceMap } = programs.of(entry);
  const zip = deterministicZip({
    Dockerfile: compressFile(readFileSync(dockerfile)),
    [PROGRAM_FILE]: code,
    [`${PROGRAM_FILE}.map`]: sourceMap,
  });
  const hash = createHash("sha256").update(zip).digest("hex");
  return { file: contentAddressedFile(zip, hash, "source.zip"), hash };
}
