/**
 * How long to wait before the next try: doubling from `first` up to `longest`, of which half is random, so that those
 * that failed together do not come back together. Until it reaches `longest` it grows whatever the randomness.
 * @param failures Tries that failed in a row, 1 at least.
 */
export function backOff(
  failures: number,
  { first, longest }: { readonly first: number; readonly longest: number },
  random = Math.random(),
): number {
  return (Math.min(longest, first * 2 ** (failures - 1)) * (1 + random)) / 2;
}
