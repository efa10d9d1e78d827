import * as z from "zod";

/*
 * What order servers and matching engines say to each other: one JSON object a line. The order server begins with
 * `hello`, the engine answers with `welcome` or `refused`; then orders go one way and `acknowledged` the other.
 */

/** Bytes of a line between the tiers. */
export const MAX_WIRE_LINE = 4096;

const sequence = z.int().nonnegative();
/** It names a folder: no slash, and no dot at its beginning. */
const sender = z.string().regex(/^[A-Za-z0-9][\w.-]{0,127}$/, "must be 1 to 128 letters, digits and . _ -");

const hello = z.object({
  token: z.string(),
  sender,
  /** The last sequence that the sender knows to be acknowledged: where an engine begins that has never met it. */
  acknowledged: sequence,
});
/** An order as an order server's journal holds it and as it is forwarded: the same bytes. */
export const journaledOrder = z.object({
  /** 1, 2, 3... of one sender, without a gap. */
  sequence: sequence.min(1),
  /** When the order server took it. */
  time: z.string(),
  /** Address and port of the client's connection. */
  client: z.string(),
  id: z.string(),
  side: z.enum(["BUY", "SELL"]),
  symbol: z.string(),
  quantity: z.int().positive(),
  price: z.number().positive(),
});
const reply = z.union([
  /** The engine has everything up to this sequence; the sender goes on after it. */
  z.object({ welcome: sequence }),
  z.object({ acknowledged: sequence }),
  z.object({ refused: z.string() }),
]);

export type JournaledOrder = z.output<typeof journaledOrder>;
export type Hello = z.output<typeof hello>;
export type Reply = z.output<typeof reply>;

/** @throws Error when the line is no greeting. */
export const parseHello = (line: string): Hello => parse(hello, "a greeting", line);
/** @throws Error when the line is no order. */
export const parseJournaledOrder = (line: string): JournaledOrder => parse(journaledOrder, "an order", line);
/** @throws Error when the line is no reply. */
export const parseReply = (line: string): Reply => parse(reply, "a reply", line);

function parse<S extends z.ZodType>(schema: S, what: string, line: string): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(`expected ${what}, got a line that is no JSON`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`${what} is wrong: ${issue?.path.join(".")}: ${issue?.message}`);
}

export const formatMessage = (message: Hello | Reply): string => `${JSON.stringify(message)}\n`;

/** The sequence stands first: a reader finds it without parsing the rest. */
export function formatJournaledOrder({ sequence, time, client, ...order }: JournaledOrder): string {
  const { id, side, symbol, quantity, price } = order;
  return `${JSON.stringify({ sequence, time, client, id, side, symbol, quantity, price })}\n`;
}

/** The sequence of a journal's line; undefined for what is none, such as a torn write, or one with a hole of zeros in it. */
export function sequenceOf(line: string): number | undefined {
  const digits = /^\{"sequence":(\d{1,15}),[ -~]*\}$/.exec(line)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
