import { decode, encode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";

interface SourceMap {
  readonly version: 3;
  readonly sources: readonly string[];
  readonly names: readonly string[];
  readonly mappings: string;
}

/**
 * Leaves only our own code in a source map. What is mapped of node_modules is three quarters of the map's size, and
 * nobody reads a stack trace down into the AWS SDK.
 */
export function withoutDependencies(map: SourceMap): SourceMap {
  const kept = map.sources
    .map((source, index) => ({ source, index }))
    .filter(({ source }) => !source.includes("node_modules/"));
  const newIndex = new Map(kept.map(({ index }, position) => [index, position]));
  const mappings = decode(map.mappings).map((line) =>
    line.flatMap((segment, position): SourceMapSegment[] => {
      if (segment.length === 1) return [segment];
      const source = newIndex.get(segment[1]);
      if (source !== undefined) return [[segment[0], source, segment[2], segment[3]]];
      // A segment without a source ends the one before it; a run of them needs only the first.
      const before = line[position - 1];
      return before && before.length > 1 && newIndex.has(before[1] as number) ? [[segment[0]]] : [];
    }),
  );
  return { version: 3, sources: kept.map(({ source }) => source), names: [], mappings: encode(mappings) };
}
