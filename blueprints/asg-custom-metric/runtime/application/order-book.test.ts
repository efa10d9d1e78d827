import fc from "fast-check";
import { OrderBook } from "./order-book";

interface Order {
  readonly number: number;
  readonly side: "BUY" | "SELL";
  readonly quantity: number;
  readonly price: number;
}

const orders = fc
  .array(
    fc.record({
      side: fc.constantFrom("BUY" as const, "SELL" as const),
      quantity: fc.integer({ min: 1, max: 5 }),
      price: fc.integer({ min: 1, max: 6 }),
    }),
    { maxLength: 60 },
  )
  .map((some) => some.map((order, number): Order => ({ ...order, number })));

describe("an order book", () => {
  test("fills at the price of the order that was there first, best price first, then the earliest", () => {
    const book = new OrderBook<Order>();
    const sell = (number: number, quantity: number, price: number) =>
      book.submit({ number, side: "SELL", quantity, price });
    sell(1, 5, 12);
    sell(2, 5, 11);
    sell(3, 5, 11);
    sell(4, 5, 13);
    const fills = book.submit({ number: 5, side: "BUY", quantity: 14, price: 12 });

    expect(fills.map(({ seller, quantity, price }) => [seller.number, quantity, price])).toEqual([
      [2, 5, 11],
      [3, 5, 11],
      [1, 4, 12],
    ]);
    expect(book.resting("SELL").map(({ order, left }) => [order.number, left])).toEqual([
      [1, 1],
      [4, 5],
    ]);
  });

  test("loses and adds nothing, breaks no limit, and never has a buyer and a seller who could meet", () => {
    fc.assert(
      fc.property(orders, (all) => {
        const book = new OrderBook<Order>();
        const fills = all.flatMap((order) => book.submit(order));
        for (const { price, buyer, seller, quantity } of fills) {
          expect(quantity).toBeGreaterThan(0);
          expect(price).toBeLessThanOrEqual(buyer.price);
          expect(price).toBeGreaterThanOrEqual(seller.price);
        }
        for (const order of all) {
          const filled = fills.filter(({ buyer, seller }) => buyer === order || seller === order);
          const rests = book.resting(order.side).filter((one) => one.order === order);
          const amounts = [...filled.map(({ quantity }) => quantity), ...rests.map(({ left }) => left)];
          expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBe(order.quantity);
        }
        const [bid, ask] = [book.resting("BUY")[0], book.resting("SELL")[0]];
        if (bid && ask) expect(bid.order.price).toBeLessThan(ask.order.price);
      }),
    );
  });

  test("keeps each side by price, and of the same price by time", () => {
    fc.assert(
      fc.property(orders, (all) => {
        const book = new OrderBook<Order>();
        for (const order of all) book.submit(order);
        for (const side of ["BUY", "SELL"] as const) {
          const resting = book.resting(side).map(({ order }) => order);
          const sign = side === "BUY" ? -1 : 1;
          const sorted = resting.toSorted(
            (one, other) => sign * (one.price - other.price) || one.number - other.number,
          );
          expect(resting).toEqual(sorted);
        }
      }),
    );
  });
});
