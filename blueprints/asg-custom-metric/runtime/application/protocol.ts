/** An order as a client sends it: `<client order id> BUY|SELL <symbol> <quantity> <price>`, one a line. */
export interface Order {
  /** The client's own name for it: 1 to 36 letters, digits, dots, underscores, colons and hyphens. */
  readonly id: string;
  readonly side: "BUY" | "SELL";
  /** 1 to 12 capital letters, digits and dots. */
  readonly symbol: string;
  /** 1 to 999,999,999. */
  readonly quantity: number;
  /** Above 0, below 1,000,000,000, with 4 decimals at most: never calculated with, so that a number holds it exactly. */
  readonly price: number;
}

/** Bytes of a client's line without its end. The longest order has 80. */
export const MAX_ORDER_LINE = 256;

export interface Rejection {
  /** The client order id, or `-` when the line does not begin with one. */
  readonly id: string;
  readonly reason: string;
}

const ID = /^[\w.:-]{1,36}$/;
const SYMBOL = /^[A-Z0-9.]{1,12}$/;
const QUANTITY = /^[1-9]\d{0,8}$/;
const PRICE = /^\d{1,9}(\.\d{1,4})?$/;

/** Reads a client's line. Every text gives an order or a rejection. */
export function parseOrder(line: string): Order | Rejection {
  const fields = line.split(" ");
  const [id = "", side, symbol = "", quantity = "", price = ""] = fields;
  const reject = (reason: string) => ({ id: ID.test(id) ? id : "-", reason });
  if (fields.length !== 5) return reject("expected <client order id> BUY|SELL <symbol> <quantity> <price>");
  if (!ID.test(id)) return reject("client order id must be 1 to 36 of letters, digits and . _ : -");
  if (side !== "BUY" && side !== "SELL") return reject("side must be BUY or SELL");
  if (!SYMBOL.test(symbol)) return reject("symbol must be 1 to 12 of capital letters, digits and .");
  if (!QUANTITY.test(quantity)) return reject("quantity must be a whole number from 1 to 999999999");
  if (!PRICE.test(price) || Number(price) === 0) {
    return reject("price must be above 0, below 1000000000, with 4 decimals at most");
  }
  return { id, side, symbol, quantity: Number(quantity), price: Number(price) };
}

export function isRejection(parsed: Order | Rejection): parsed is Rejection {
  return "reason" in parsed;
}

export function formatOrder({ id, side, symbol, quantity, price }: Order): string {
  return `${id} ${side} ${symbol} ${quantity} ${price}\n`;
}

/** @param sequence The number that the order has at this server since its last start. */
export function formatAck(id: string, sequence: number): string {
  return `ACK ${id} ${sequence}\n`;
}

/** A rejection may overtake acknowledgements of earlier orders, which wait for the disk. */
export function formatReject({ id, reason }: Rejection): string {
  return `REJECT ${id} ${reason}\n`;
}

/** What a server answered to the order `id`; undefined for a line that is no answer. */
export function parseAnswer(line: string): { readonly id: string; readonly accepted: boolean } | undefined {
  const [, kind, id] = /^(ACK|REJECT) (\S+) ./.exec(line) ?? [];
  return id === undefined ? undefined : { id, accepted: kind === "ACK" };
}
