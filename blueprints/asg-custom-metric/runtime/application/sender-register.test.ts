import { appendFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineJournal, type SentOrder } from "./engine-journal";
import { Overtaken, SenderRegister } from "./sender-register";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "register-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const register = (engine: string) => new SenderRegister(join(folder, "senders"), engine);
const nothing = async () => {};

describe("the register of senders", () => {
  test("lets one of two engines take an order, whichever comes first", async () => {
    const [a, b] = [register("a"), register("b")];
    expect(await a.open("s", 0, nothing)).toBe(0);
    await a.advance("s", 0, 5);
    expect(await b.open("s", 0, nothing)).toBe(5);
    await b.advance("s", 5, 6);

    await expect(a.advance("s", 5, 9)).rejects.toThrow(Overtaken);
    expect(await a.open("s", 0, nothing)).toBe(6);
    await expect(b.advance("s", 6, 9)).rejects.toThrow(Overtaken);
    expect([await a.reached("s"), await b.reached("s")]).toEqual([6, 6]);
  });

  test("has one winner when many engines begin with a sender at once, and again when they go on with it", async () => {
    const engines = Array.from({ length: 10 }, (_, number) => register(`e${number}`));
    const opened = await Promise.allSettled(engines.map((engine) => engine.open("s", 3, nothing)));
    expect(opened.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(0);
    const advanced = await Promise.allSettled(engines.map((engine) => engine.advance("s", 3, 4)));
    expect(advanced.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const current = readdirSync(join(folder, "senders", "s")).filter((name) => name.startsWith("at~"));
    expect(current).toEqual([expect.stringMatching(/^at~4~e\d$/)]);
  });

  test("begins where the sender says, when no engine knows it", async () => {
    expect(await register("a").open("s", 41, nothing)).toBe(41);
    expect(await register("b").open("s", 7, nothing)).toBe(41);
  });
});

describe("an engine's journal", () => {
  const order = (sequence: number): SentOrder => ({
    sender: "s",
    sequence,
    time: "2030-01-01T00:00:00.000Z",
    client: "10.0.0.1:5000",
    id: `id-${sequence}`,
    side: "BUY",
    symbol: "ABC",
    quantity: 1,
    price: 1,
  });
  const start = () => EngineJournal.open(join(folder, "a"));
  async function replayed(): Promise<number[]> {
    const journal = await start();
    const sequences: number[] = [];
    for await (const { sequence } of journal.replay((sender) => register("a").reached(sender)))
      sequences.push(sequence);
    await journal.close();
    return sequences;
  }

  test("gives back what was taken, at each start the same", async () => {
    const journal = await start();
    await register("a").open("s", 0, (last) => journal.markWelcomed("s", last));
    await journal.append([order(1), order(2)]);
    await register("a").advance("s", 0, 2);
    await journal.markTaken([{ sender: "s", takenUpTo: 2 }]);
    await journal.close();
    expect(await replayed()).toEqual([1, 2]);
    expect(await replayed()).toEqual([1, 2]);
  });

  test("gives back what was taken by an engine that was killed before it could say so, once, and not what was not taken", async () => {
    const journal = await start();
    await register("a").open("s", 0, (last) => journal.markWelcomed("s", last));
    await journal.append([order(1), order(2)]);
    await register("a").advance("s", 0, 2);
    await journal.append([order(3)]);
    await journal.close();
    appendFileSync(join(folder, "a", "journal-000001"), '{"sequence":4,"se');
    expect(await replayed()).toEqual([1, 2]);
    expect(await replayed()).toEqual([1, 2]);
  });

  test("does not give back what another engine took instead, whoever goes on after that", async () => {
    const journal = await start();
    await register("a").open("s", 0, (last) => journal.markWelcomed("s", last));
    await journal.append([order(1), order(2)]);
    await register("b").open("s", 0, nothing);
    await register("b").advance("s", 0, 2);
    await expect(register("a").advance("s", 0, 2)).rejects.toThrow(Overtaken);
    await register("a").open("s", 0, (last) => journal.markWelcomed("s", last));
    await journal.append([order(3)]);
    await register("a").advance("s", 2, 3);
    await journal.close();
    expect(await replayed()).toEqual([3]);
  });

  test("leaves no file for a start in which nothing came", async () => {
    for (let times = 0; times < 3; times++) await (await start()).close();
    expect(readdirSync(join(folder, "a"))).toEqual(["journal-000001"]);
  });
});
