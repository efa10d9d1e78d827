import type { BuildOptions } from "esbuild";
import { CachedBuild } from "./build-cache";
import { withoutDependencies } from "./source-map";
import { type CompressedFile, compressFile } from "./zip";

/** A handler and all that it imports, in one minified file. */
export interface Bundle {
  readonly code: CompressedFile;
  readonly sourceMap: CompressedFile;
}

/** How esbuild bundles what runs in AWS on Node.js 22. */
export const BUNDLE_OPTIONS = {
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
} satisfies BuildOptions;

/** The command line that bundles as this project does, for a build elsewhere. The source map keeps what is mapped of packages. */
export function esbuildCommand(entry: string, outfile: string): string {
  const flags = Object.entries(BUNDLE_OPTIONS).map(([option, value]) => {
    const flag = `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return value === true ? flag : `${flag}=${value}`;
  });
  return ["npx esbuild", entry, ...flags, `--outfile=${outfile}`].join(" ");
}

const handlers = new CachedBuild<Bundle>(BUNDLE_OPTIONS, (output) => ({
  code: compressFile(output(".js")),
  sourceMap: compressFile(ownSourceMap(output(".js.map"))),
}));

/** The text of a source map, less what is mapped of packages. */
export function ownSourceMap(text: string): string {
  return JSON.stringify(withoutDependencies(JSON.parse(text)));
}

/**
 * Bundles a handler with esbuild.
 * @throws Error with esbuild's message, file and line when the sources do not build.
 */
export function bundle(entry: string): Bundle {
  return handlers.of(entry);
}
