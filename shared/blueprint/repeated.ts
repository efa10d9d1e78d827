/** The first item of a list that stands in it before; undefined where there is none, and of what is no list. */
export function repeated<T>(list: readonly T[]): T | undefined {
  return Array.isArray(list) ? list.find((one, index) => list.indexOf(one) !== index) : undefined;
}
