import { existsSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { type References, referencesOf } from "./references";

/** Files of the project, relative to its root with forward slashes, and the packages that they import. */
export interface NeededFiles {
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

/** The project's folders that hold code which something may need. */
const CODE = /^(shared|blueprints)\//;
const TEST_SUPPORT = /^shared\/testing\/|\.fixture\.ts$/;
/** The property-based tests of shared files need it, whatever the blueprint's own do. */
const PACKAGES_OF_TESTS = ["fast-check"];

/**
 * Finds what code needs of the project by following its imports, and the paths that it puts together from its own folder:
 * scripts, Dockerfiles, programs that run in processes of their own.
 */
export class CodeReader {
  readonly #references = new Map<string, References>();

  constructor(private readonly root: string) {}

  /**
   * All that the entries need, themselves included; of `shared/`, also the tests beside needed files, as far as they need
   * nothing else than what tests are made with.
   * @param entries relative to the root
   */
  needed(entries: readonly string[]): NeededFiles {
    const code = this.#closure(entries);
    const packages = new Set(this.#packagesOf(code).concat(PACKAGES_OF_TESTS));
    const tests = [...code]
      .map((file) => file.replace(/\.c?[jt]s$/, ".test.ts"))
      .filter((file) => file.startsWith("shared/") && file.endsWith(".test.ts") && this.#exists(file))
      .filter((test) => {
        const needed = [...this.#closure([test])];
        return (
          needed.every((file) => file === test || code.has(file) || TEST_SUPPORT.test(file)) &&
          this.#packagesOf(needed).every((name) => packages.has(name)) &&
          !needed.some((file) => this.#choosesFiles(file))
        );
      });
    const files = this.#closure([...code, ...tests]);
    return { files: [...files].sort(), packages: [...new Set(this.#packagesOf(files))].sort() };
  }

  #closure(entries: readonly string[]): Set<string> {
    const found = new Set(entries);
    for (const file of found) for (const needed of this.#neededBy(file)) found.add(needed);
    return found;
  }

  #neededBy(file: string): string[] {
    const { imports, paths } = this.#of(file);
    const imported = imports.flatMap((path) => ["", ".ts", "/index.ts"].map((ending) => path + ending));
    return [...imported, ...paths]
      .map((path) => relative(this.root, path).split("\\").join("/"))
      .filter((path) => CODE.test(path) && this.#exists(path));
  }

  /** Whether it reads files of the project that are chosen when it runs: what it needs cannot be known. */
  #choosesFiles(file: string): boolean {
    return this.#of(file).openFolders.some((folder) =>
      /^$|^(shared|blueprints)($|\/)/.test(relative(this.root, folder)),
    );
  }

  #packagesOf(files: Iterable<string>): string[] {
    return [...files].flatMap((file) => this.#of(file).packages);
  }

  #exists(file: string): boolean {
    return existsSync(join(this.root, file)) && statSync(join(this.root, file)).isFile();
  }

  #of(file: string): References {
    const known = this.#references.get(file) ?? this.#read(file);
    this.#references.set(file, known);
    return known;
  }

  #read(file: string): References {
    if (!/\.[cm]?[jt]s$/.test(file)) return { imports: [], paths: [], openFolders: [], packages: [] };
    return referencesOf(join(this.root, file), readFileSync(join(this.root, file), "utf8"));
  }
}
