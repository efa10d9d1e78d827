import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { deserialize, serialize } from "node:v8";
import { type BuildOptions, buildSync } from "esbuild";
import { withoutDependencies } from "./source-map";
import { type CompressedFile, compressFile } from "./zip";

/** A handler and all that it imports, in one minified file. */
export interface Bundle {
  readonly code: CompressedFile;
  readonly sourceMap: CompressedFile;
}

const OPTIONS = {
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
  logLevel: "silent",
  write: false,
  metafile: true,
} satisfies BuildOptions;

interface CacheEntry extends Bundle {
  /** Own sources, relative to the entry's folder, each with the hash of its content. */
  readonly sources: Record<string, string>;
}

/** Grows when what is kept changes its form. */
const CACHE_FORMAT = 2;

const projectRoot = resolve(__dirname, "../..");
const packages = join(projectRoot, "node_modules");
const cacheFolder = join(packages, ".cache", "blueprint-bundles");
const inMemory = new Map<string, CacheEntry[]>();
const contentHash = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");

/** Changes when a package, esbuild among them, or an option does. */
const toolchainHash = lazy(() => {
  const installed = join(packages, ".package-lock.json");
  const lock = existsSync(installed) ? installed : join(projectRoot, "package-lock.json");
  return contentHash(readFileSync(lock, "utf8") + JSON.stringify(OPTIONS) + CACHE_FORMAT);
});

/**
 * Bundles a handler with esbuild. The result depends on the sources and the installed packages alone: not on the
 * folder, the time or the machine. It is kept below node_modules/.cache under the hashes of all the sources it came
 * from, relative to the handler's folder, so that a second synthesis and a copied blueprint cost no second bundling.
 * @throws Error with esbuild's message, file and line when the sources do not build.
 */
export function bundle(entry: string): Bundle {
  const folder = dirname(entry);
  const key = contentHash(`${toolchainHash()}\n${contentHash(readFileSync(entry))}`);
  return candidates(key).find((candidate) => isCurrent(candidate, folder)) ?? remember(key, build(entry, folder));
}

function build(entry: string, folder: string): CacheEntry {
  // The output is thought beside the entry, so that the map's paths are the same for the same folder structure.
  const result = buildSync({
    ...OPTIONS,
    entryPoints: [entry],
    outfile: join(folder, "index.js"),
    absWorkingDir: folder,
  });
  const output = (ending: string) => {
    const file = result.outputFiles.find((one) => one.path.endsWith(ending));
    if (!file) throw new Error(`${entry}: esbuild wrote no ${ending}`);
    return file.text;
  };
  const sources: Record<string, string> = {};
  for (const input of Object.keys(result.metafile.inputs).sort()) {
    if (input.includes("node_modules/")) continue;
    sources[input] = contentHash(readFileSync(resolve(folder, input)));
  }
  const sourceMap = JSON.stringify(withoutDependencies(JSON.parse(output(".js.map"))));
  return { sources, code: compressFile(output(".js")), sourceMap: compressFile(sourceMap) };
}

function isCurrent(candidate: CacheEntry, folder: string): boolean {
  return Object.entries(candidate.sources).every(([source, hash]) => {
    const file = resolve(folder, source);
    return existsSync(file) && contentHash(readFileSync(file)) === hash;
  });
}

function candidates(key: string): CacheEntry[] {
  const known = inMemory.get(key) ?? readCache(key);
  inMemory.set(key, known);
  return known;
}

function readCache(key: string): CacheEntry[] {
  try {
    return deserialize(readFileSync(join(cacheFolder, key)));
  } catch {
    return []; // No cache, or one that another version wrote: both are built anew.
  }
}

function remember(key: string, entry: CacheEntry): CacheEntry {
  // Handlers with the same text but other imports share a key; a few of them are kept, the newest first.
  const entries = [entry, ...candidates(key)].slice(0, 4);
  inMemory.set(key, entries);
  writeAtomically(join(cacheFolder, key), serialize(entries));
  return entry;
}

/** Writes the bytes under their own hash, once, and returns the file's path. */
export function contentAddressedFile(content: Uint8Array, hash: string, extension: string): string {
  const file = join(cacheFolder, hash, `function.${extension}`);
  if (!existsSync(file)) writeAtomically(file, content);
  return file;
}

function writeAtomically(file: string, content: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}

function lazy<T>(compute: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= compute();
    return value;
  };
}
