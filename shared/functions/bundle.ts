import { CachedBuild } from "./build-cache";
import { withoutDependencies } from "./source-map";
import { type CompressedFile, compressFile } from "./zip";

/** A handler and all that it imports, in one minified file. */
export interface Bundle {
  readonly code: CompressedFile;
  readonly sourceMap: CompressedFile;
}

const handlers = new CachedBuild<Bundle>(
  {
    bundle: true,
    minify: true,
    // Names appear in logs and in the source map's place where the map is not read.
    keepNames: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    // The packages' ES modules can be tree-shaken, their CommonJS files cannot.
    mainFields: ["module", "main"],
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    charset: "utf8",
  },
  (output) => ({
    code: compressFile(output(".js")),
    sourceMap: compressFile(JSON.stringify(withoutDependencies(JSON.parse(output(".js.map"))))),
  }),
);

/**
 * Bundles a handler with esbuild.
 * @throws Error with esbuild's message, file and line when the sources do not build.
 */
export function bundle(entry: string): Bundle {
  return handlers.of(entry);
}
