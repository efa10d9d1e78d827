/** An asset's path as cdktf writes it: `assets/<id>/<hash>/function.zip`. */
const ASSET = /\bassets\/[^/"]+\/([0-9a-f]{32})\//gi;
const HASH = /(?<![0-9a-f])[0-9a-f]{32,64}(?![0-9a-f])/gi;

/** Tells texts that differ in nothing but what code or file of the project they name by its content's hash. */
export class CodeHashes {
  readonly #known: ReadonlySet<string>;

  /** @param configurations synthesized Terraform JSON; the assets in all of them are known */
  constructor(...configurations: readonly unknown[]) {
    const text = JSON.stringify(configurations);
    this.#known = new Set([...text.matchAll(ASSET)].map(([, hash]) => hash!.toLowerCase()));
  }

  /** Whether two different texts are the same once the hashes of assets, which may be longer than in the path, are left out. */
  differsInCodeOnly(before: string, after: string): boolean {
    return before !== after && this.#withoutHashes(before) === this.#withoutHashes(after);
  }

  #withoutHashes(text: string): string {
    return text.replace(HASH, (hash) => (this.#known.has(hash.slice(0, 32).toLowerCase()) ? "<code>" : hash));
  }
}
