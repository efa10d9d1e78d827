import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { deserialize, serialize } from "node:v8";
import { type BuildOptions, buildSync, type OutputFile } from "esbuild";

interface CacheEntry<T> {
  /** Own sources, relative to the entry's folder, each with the hash of its content. */
  readonly sources: Record<string, string>;
  readonly built: T;
}

/** Grows when what is kept changes its form. */
const CACHE_FORMAT = 3;

const projectRoot = resolve(__dirname, "../..");
const packages = join(projectRoot, "node_modules");
const cacheFolder = join(packages, ".cache", "blueprint-bundles");
const contentHash = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");

/** Changes when a package does, esbuild among them. */
const toolchainHash = lazy(() => {
  const installed = join(packages, ".package-lock.json");
  const lock = existsSync(installed) ? installed : join(projectRoot, "package-lock.json");
  return contentHash(readFileSync(lock, "utf8") + CACHE_FORMAT);
});

/**
 * Builds with esbuild, always in the same way. The result depends on the sources and the installed packages alone: not on
 * the folder, the time or the machine. It is kept below node_modules/.cache under the hashes of all the sources it came
 * from, relative to the entry's folder, so that a second synthesis and a copied blueprint cost no second build.
 */
export class CachedBuild<T> {
  readonly #inMemory = new Map<string, CacheEntry<T>[]>();
  readonly #optionsHash: string;

  /** @param toResult makes what is kept of esbuild's output: the one whose path has the ending */
  constructor(
    private readonly options: BuildOptions,
    private readonly toResult: (output: (ending: string) => string) => T,
  ) {
    this.#optionsHash = contentHash(JSON.stringify(options));
  }

  /** @throws Error with esbuild's message, file and line when the sources do not build. */
  of(entry: string): T {
    const folder = dirname(entry);
    const key = contentHash(`${toolchainHash()}\n${this.#optionsHash}\n${contentHash(readFileSync(entry))}`);
    const known = this.#candidates(key).find((candidate) => isCurrent(candidate, folder));
    return (known ?? this.#remember(key, this.#build(entry, folder))).built;
  }

  #build(entry: string, folder: string): CacheEntry<T> {
    // The output is thought beside the entry, so that a source map's paths are the same for the same folder structure.
    const { metafile, outputFiles } = buildSync({
      ...this.options,
      write: false,
      metafile: true,
      logLevel: "silent",
      entryPoints: [entry],
      outfile: join(folder, "index.js"),
      absWorkingDir: folder,
    });
    const sources: Record<string, string> = {};
    for (const input of Object.keys(metafile.inputs).sort()) {
      if (input.includes("node_modules/")) continue;
      sources[input] = contentHash(readFileSync(resolve(folder, input)));
    }
    return { sources, built: this.toResult((ending) => textOf(outputFiles, ending, entry)) };
  }

  #candidates(key: string): CacheEntry<T>[] {
    const known = this.#inMemory.get(key) ?? readCache<T>(key);
    this.#inMemory.set(key, known);
    return known;
  }

  #remember(key: string, entry: CacheEntry<T>): CacheEntry<T> {
    // Entries with the same text but other imports share a key; a few of them are kept, the newest first.
    const entries = [entry, ...this.#candidates(key)].slice(0, 4);
    this.#inMemory.set(key, entries);
    writeAtomically(join(cacheFolder, key), serialize(entries));
    return entry;
  }
}

/** Writes the bytes under their own hash, once, and returns the file's path. */
export function contentAddressedFile(content: Uint8Array, hash: string, fileName: string): string {
  const file = join(cacheFolder, hash, fileName);
  if (!existsSync(file)) writeAtomically(file, content);
  return file;
}

function textOf(files: readonly OutputFile[], ending: string, entry: string): string {
  const file = files.find(({ path }) => path.endsWith(ending));
  if (!file) throw new Error(`${entry}: esbuild wrote no ${ending}`);
  return file.text;
}

function isCurrent({ sources }: CacheEntry<unknown>, folder: string): boolean {
  return Object.entries(sources).every(([source, hash]) => {
    const file = resolve(folder, source);
    return existsSync(file) && contentHash(readFileSync(file)) === hash;
  });
}

function readCache<T>(key: string): CacheEntry<T>[] {
  try {
    return deserialize(readFileSync(join(cacheFolder, key)));
  } catch {
    return []; // No cache, or one that another version wrote: both are built anew.
  }
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
