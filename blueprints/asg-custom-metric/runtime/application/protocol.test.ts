import fc from "fast-check";
import { LineSplitter, TOO_LONG } from "./line-splitter";
import { formatAck, formatOrder, formatReject, isRejection, MAX_ORDER_LINE, parseAnswer, parseOrder } from "./protocol";

const characters = (some: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...some), minLength: 1, maxLength });
const order = fc.record({
  id: characters("abcXYZ019._:-", 36),
  side: fc.constantFrom("BUY" as const, "SELL" as const),
  symbol: characters("ABCXYZ019.", 12),
  quantity: fc.integer({ min: 1, max: 999_999_999 }),
  price: fc.integer({ min: 1, max: 9_999_999_999_999 }).map((tenThousandths) => tenThousandths / 10_000),
});

describe("a client's line", () => {
  test("that is an order is read as it was written", () => {
    fc.assert(
      fc.property(order, (one) => {
        const line = formatOrder(one);
        expect(line.length).toBeLessThanOrEqual(MAX_ORDER_LINE);
        expect(parseOrder(line.trimEnd())).toEqual(one);
      }),
    );
  });

  test("whatever it is, is an order with every field in its range, or is rejected in one line that names it", () => {
    const field = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("a", "BUY", "ABC", "1", "0", "-1", "1e3", "1.5", "NaN", " ", ""),
    );
    fc.assert(
      fc.property(fc.array(field, { maxLength: 7 }), (fields) => {
        const line = fields.join(" ").replaceAll("\n", "");
        const parsed = parseOrder(line);
        if (isRejection(parsed)) {
          expect(formatReject(parsed)).toMatch(/^REJECT \S{1,36} [ -~]+\n$/);
          expect(parseAnswer(formatReject(parsed))).toEqual({ id: parsed.id, accepted: false });
        } else {
          expect(formatOrder(parsed).split(" ").slice(0, 3)).toEqual(line.split(" ").slice(0, 3));
          expect(parsed.quantity).toBeGreaterThanOrEqual(1);
          expect(parsed.price).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ["a BUY ABC 1", "a", /^expected/],
    ["a BUY  ABC 1 1", "a", /^expected/],
    ["ä BUY ABC 1 1", "-", /^client order id/],
    [`${"a".repeat(37)} BUY ABC 1 1`, "-", /^client order id/],
    ["a buy ABC 1 1", "a", /^side/],
    ["a BUY abc 1 1", "a", /^symbol/],
    ["a BUY ABC 1.5 1", "a", /^quantity/],
    ["a BUY ABC 1000000000 1", "a", /^quantity/],
    ["a BUY ABC 1 0.0000", "a", /^price/],
    ["a BUY ABC 1 1.00001", "a", /^price/],
    ["a BUY ABC 1 1e3", "a", /^price/],
  ])("%j is rejected", (line, id, reason) => {
    expect(parseOrder(line)).toEqual({ id, reason: expect.stringMatching(reason) });
  });

  test("is answered with the client's own id", () => {
    expect(formatAck("a-1", 7)).toBe("ACK a-1 7\n");
    expect(parseAnswer("ACK a-1 7")).toEqual({ id: "a-1", accepted: true });
    expect(parseAnswer("HTTP/1.1 400 Bad Request")).toBeUndefined();
  });
});

describe("lines", () => {
  const take = (splitter: LineSplitter, chunks: string[]) => chunks.flatMap((chunk) => [...splitter.take(chunk)]);

  test("are the same however they are cut on their way", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom("a", "\n", "\r\n"), maxLength: 8 })), (chunks) => {
        const lines = chunks.join("").split("\n").slice(0, -1);
        const expected = lines
          .map((line) => line.replace(/\r$/, ""))
          .map((line) => (line.length > 3 ? TOO_LONG : line));
        // Of a longer line there may be more than one TOO_LONG: as many as it has pieces.
        const seen = take(new LineSplitter(3), chunks);
        const ended = seen.filter((line, index) => line !== TOO_LONG || seen[index - 1] !== TOO_LONG);
        if (lines.every((line) => line.length <= 4)) expect(seen.slice(0, expected.length)).toEqual(expected);
        expect(ended.filter((line) => line !== TOO_LONG)).toEqual(expected.filter((line) => line !== TOO_LONG));
      }),
    );
  });

  test("without an end are told again and again, and are not kept", () => {
    const splitter = new LineSplitter(9);
    expect(take(splitter, ["x".repeat(10)])).toEqual([]);
    expect(take(splitter, ["x".repeat(1000)])).toHaveLength(100);
    expect(take(splitter, ["x\nnext\n"])).toEqual([TOO_LONG, "next"]);
  });
});
