import { appendFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GroupCommit } from "./group-commit";
import { holdsOrders, Journal, segmentName } from "./journal";
import { JournalReader } from "./journal-reader";
import { formatJournaledOrder } from "./wire";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journal-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const line = (sequence: number) =>
  formatJournaledOrder({
    sequence,
    time: "2030-01-01T00:00:00.000Z",
    client: "10.0.0.1:5000",
    id: `id-${sequence}`,
    side: "BUY",
    symbol: "ABC",
    quantity: 1,
    price: 0.1,
  });

/** Segments of about three orders. */
async function journalOf(orders: number): Promise<Journal> {
  const journal = await Journal.create(folder, 2 * line(1).length + 1);
  for (let sequence = 1; sequence <= orders; sequence++) await journal.append(1, line);
  return journal;
}

async function read(after: number, upTo = Number.POSITIVE_INFINITY): Promise<string> {
  const reader = new JournalReader(folder, after);
  let all = "";
  for (let part = await reader.next(upTo); part.text !== ""; part = await reader.next(upTo)) all += part.text;
  await reader.close();
  return all;
}

const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => line(from + index)).join("");

describe("the journal", () => {
  test("is read from any sequence to any sequence, across its segments", async () => {
    await (await journalOf(10)).close();
    expect(readdirSync(folder)).toEqual([1, 4, 7, 10].map(segmentName));
    for (let after = 0; after <= 10; after++) {
      for (let upTo = after; upTo <= 10; upTo++) expect(await read(after, upTo)).toBe(lines(after + 1, upTo));
    }
  });

  test("is read while it is written, in chunks that hold little", async () => {
    const journal = await Journal.create(folder);
    const reader = new JournalReader(folder, 0);
    expect((await reader.next(0)).text).toBe("");
    await journal.append(2000, line);
    const first = await reader.next(2000);
    expect(first.text.length).toBeLessThanOrEqual(65_536);
    let text = first.text;
    for (let part = await reader.next(2000); part.text !== ""; part = await reader.next(2000)) text += part.text;
    await journal.append(1, line);
    expect(await reader.next(2001)).toEqual({ text: line(2001), last: 2001 });
    expect(text).toBe(lines(1, 2000));
    await reader.close();
    await journal.close();
  });

  test("drops segments in which everything is acknowledged, and only those", async () => {
    const journal = await journalOf(10);
    await journal.acknowledge(5);
    expect(readdirSync(folder)).toEqual([4, 7, 10].map(segmentName));
    expect(await read(5)).toBe(lines(6, 10));
    await journal.acknowledge(10);
    expect(readdirSync(folder)).toEqual([segmentName(10)]);
    await journal.close();
  });

  test("that no longer has what an engine asks for is an error that says how to mend it", async () => {
    const journal = await journalOf(10);
    await journal.acknowledge(5);
    await journal.close();
    await expect(read(1)).rejects.toThrow(/has no order 2 any more.*Restore their folder `senders`/);
  });

  test.each([
    ["half a line", '{"sequence":3,"time":"2030'],
    ["a hole and what came after it", `{"sequence":3,"time":"2030${"\0".repeat(5000)}","price":0.1}\n${line(4)}`],
    ["a gap", line(4)],
    ["zeros only", "\0".repeat(100_000)],
  ])("ends before what was never synced: %s", async (_, garbage) => {
    const journal = await Journal.create(folder);
    await journal.append(2, line);
    await journal.close();
    appendFileSync(join(folder, segmentName(1)), garbage);
    const reader = new JournalReader(folder, 0);
    expect(await reader.next(Number.POSITIVE_INFINITY)).toEqual({ text: lines(1, 2), last: 2 });
    expect((await reader.next(Number.POSITIVE_INFINITY)).text).toBe("");
    expect(await reader.isCut()).toBe(true);
    await reader.close();
  });

  test("that was never written to holds no orders", async () => {
    await (await journalOf(0)).close();
    expect(await holdsOrders(folder)).toBe(false);
    appendFileSync(join(folder, segmentName(1)), line(1));
    expect(await holdsOrders(folder)).toBe(true);
  });
});

describe("a group commit", () => {
  test("commits together what came while the last one was under way, in order", async () => {
    const groups: number[][] = [];
    const commits = new GroupCommit<number>(
      async (items) => {
        groups.push([...items]);
        await new Promise((resolve) => setImmediate(resolve));
      },
      () => {},
    );
    commits.add(1);
    commits.add(2);
    await new Promise((resolve) => setImmediate(resolve));
    for (const item of [3, 4, 5]) commits.add(item);
    await commits.settled();
    expect(groups).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
  });

  test("that failed is the last one", async () => {
    const groups: number[][] = [];
    const failure = await new Promise<Error>((failed) => {
      const commits = new GroupCommit<number>(async (items) => {
        groups.push([...items]);
        commits.add(2);
        throw new Error("no space left");
      }, failed);
      commits.add(1);
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(failure.message).toBe("no space left");
    expect(groups).toEqual([[1]]);
  });
});
