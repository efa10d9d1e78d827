/** A range of IPv4 addresses, such as 10.0.0.0/16. */
export interface Ipv4Range {
  /** The address as a number, 0..2^32 - 1. */
  readonly address: number;
  /** How many leading bits the addresses share, 0..32. */
  readonly prefixLength: number;
}

const ADDRESS_BITS = 32;

/** Reads `10.0.0.0/16`; nothing where it is not written so. Host bits are kept: see {@link networkOf}. */
export function parseIpv4Range(text: string): Ipv4Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const [, ...written] = match;
  const numbers = written.map(Number);
  const [a = 0, b = 0, c = 0, d = 0, prefixLength = 0] = numbers;
  // A leading zero means octal to some programs.
  if (numbers.some((number, index) => String(number) !== written[index])) return undefined;
  if ([a, b, c, d].some((part) => part > 255) || prefixLength > ADDRESS_BITS) return undefined;
  return { address: ((a * 256 + b) * 256 + c) * 256 + d, prefixLength };
}

export function formatIpv4Range({ address, prefixLength }: Ipv4Range): string {
  const parts = [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256);
  return `${parts.join(".")}/${prefixLength}`;
}

/** How many addresses the range has. */
export function sizeOf({ prefixLength }: Pick<Ipv4Range, "prefixLength">): number {
  return 2 ** (ADDRESS_BITS - prefixLength);
}

/** The same range with its host bits zero, as AWS keeps it. */
export function networkOf(range: Ipv4Range): Ipv4Range {
  return { ...range, address: range.address - (range.address % sizeOf(range)) };
}

/** Whether it is written as AWS keeps it, with no bit set after its length. */
export function isNetwork(range: Ipv4Range): boolean {
  return networkOf(range).address === range.address;
}

export function contains(outer: Ipv4Range, inner: Ipv4Range): boolean {
  return (
    inner.prefixLength >= outer.prefixLength &&
    networkOf({ ...inner, prefixLength: outer.prefixLength }).address === networkOf(outer).address
  );
}
