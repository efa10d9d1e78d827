import type { Order } from "./protocol";

/** An order that rests in the book, and what is left of it. */
interface Resting<O> {
  readonly order: O;
  left: number;
}

/** Two orders met: so much of both, at the price of the one that was there first. */
export interface Fill<O> {
  readonly quantity: number;
  readonly price: number;
  readonly buyer: O;
  readonly seller: O;
}

/**
 * The orders of one symbol that wait for a counterpart. Best price first, and of the same price the earliest: price-time
 * priority. What is not filled at once rests; there are no cancellations.
 */
export class OrderBook<O extends Pick<Order, "side" | "quantity" | "price">> {
  /** Best first. */
  readonly #resting: Record<Order["side"], Resting<O>[]> = { BUY: [], SELL: [] };

  submit(order: O): Fill<O>[] {
    const fills: Fill<O>[] = [];
    const opposite = this.#resting[order.side === "BUY" ? "SELL" : "BUY"];
    let left = order.quantity;
    let gone = 0;
    for (const best of opposite) {
      if (left === 0 || isBetter(order.side, best.order.price, order.price)) break;
      const quantity = Math.min(left, best.left);
      left -= quantity;
      best.left -= quantity;
      if (best.left === 0) gone++;
      const [buyer, seller] = order.side === "BUY" ? [order, best.order] : [best.order, order];
      fills.push({ quantity, price: best.order.price, buyer, seller });
    }
    opposite.splice(0, gone);
    if (left > 0) this.#rest({ order, left });
    return fills;
  }

  /** What rests on one side, best first. */
  resting(side: Order["side"]): readonly { readonly order: O; readonly left: number }[] {
    return this.#resting[side];
  }

  #rest(one: Resting<O>): void {
    const { side, price } = one.order;
    const same = this.#resting[side];
    let from = 0;
    let to = same.length;
    // After all that are not worse: they were there before.
    while (from < to) {
      const middle = (from + to) >> 1;
      if (isBetter(side, price, (same[middle] as Resting<O>).order.price)) to = middle;
      else from = middle + 1;
    }
    same.splice(from, 0, one);
  }
}

/** Whether a price stands before another on that side. The other way round: whether it is beyond an order's limit. */
function isBetter(side: Order["side"], price: number, than: number): boolean {
  return side === "BUY" ? price > than : price < than;
}
