/**
 * Compares two dotted versions by their numbers: negative when `a` is older, 0 when equal. Missing numbers count as 0;
 * what follows a hyphen (a pre-release) is not compared.
 */
export function compareVersions(a: string, b: string): number {
  const left = numbers(a);
  const right = numbers(b);
  for (let place = 0; place < Math.max(left.length, right.length); place++) {
    const difference = (left[place] ?? 0) - (right[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const numbers = (version: string): number[] => (version.split("-")[0] ?? "").split(".").map(Number);
