import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimOrphan, claimPredecessors } from "./orphans";
import { StateFolder, TakenOver } from "./state-folder";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "state-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = (name: string) => join(folder, name);
const create = (name: string) => StateFolder.create(path(name));
/** As if the owner had been away for so long. */
function age(name: string, seconds: number) {
  const then = Date.now() / 1000 - seconds;
  utimesSync(join(path(name), "heartbeat"), then, then);
}

describe("a state folder", () => {
  test("is claimed by one of many that try at once, and keeps its sender and what was acknowledged", async () => {
    const owner = await create("a");
    owner.acknowledged = 7;
    await owner.beat();
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, n) => StateFolder.claim(path("a"), path(`b~${n}`))),
    );

    const [winner, ...others] = claims.filter((claim) => claim !== undefined);
    expect(others).toEqual([]);
    expect(winner).toMatchObject({ sender: owner.sender, acknowledged: 7 });
    expect(readdirSync(folder)).toHaveLength(1);
    await winner?.assertOwned();
    await expect(owner.assertOwned()).rejects.toThrow(TakenOver);
  });

  test("is not its former owner's even where the old name still leads to it, as names do that an NFS client remembers", async () => {
    const owner = await create("a");
    await StateFolder.claim(path("a"), path("b~1"));
    symlinkSync(path("b~1"), path("a"));

    await expect(owner.assertOwned()).rejects.toThrow(/was taken over by another server/);
    await expect(owner.beat()).rejects.toThrow(TakenOver);
    await expect(owner.remove()).rejects.toThrow(TakenOver);
    expect(readdirSync(path("b~1")).sort()).toEqual(["heartbeat", "owner", "sender"]);
  });

  test("has a sender of its own at each start, the later ones sorted behind", async () => {
    const first = await create("a");
    await first.remove();
    await new Promise((resolve) => setTimeout(resolve, 2));
    const second = await create("a");
    expect(second.sender > first.sender).toBe(true);
  });

  test("is not made where there is one", async () => {
    await create("a");
    await expect(create("a")).rejects.toThrow(/ENOTEMPTY|EEXIST/);
  });
});

describe("an orphan", () => {
  test("is a folder whose owner has been away for long, by the file server's clock", async () => {
    const mine = await create("mine");
    const other = await create("other");
    age("other", 290);
    expect(await claimOrphan(mine, 300)).toBeUndefined();
    age("other", 310);
    expect(await claimOrphan(mine, 300)).toMatchObject({ sender: other.sender });
    expect(await claimOrphan(mine, 300)).toBeUndefined();
  });

  test("is one server's, however many look for it while it is being claimed", async () => {
    const servers = await Promise.all(Array.from({ length: 8 }, (_, n) => create(`server-${n}`)));
    for (let round = 0; round < 20; round++) {
      const orphan = await create("gone");
      age("gone", 310);
      const looks = servers.map(async (mine) => [await claimOrphan(mine, 300), await claimOrphan(mine, 300)]);
      const claimed = (await Promise.all(looks)).flat().filter((one) => one !== undefined);
      expect(claimed).toMatchObject([{ sender: orphan.sender }]);
      await claimed[0]?.remove();
    }
  });

  test("is claimed at once when its owner has given it up", async () => {
    const mine = await create("mine");
    const other = await create("other");
    await other.release();
    expect(await claimOrphan(mine, 300)).toMatchObject({ sender: other.sender });
  });

  test("of an orphan's owner that is gone too is claimed again", async () => {
    const first = await create("first");
    await (await create("gone")).release();
    await (await claimOrphan(first, 300))?.release();
    const mine = await create("mine");
    expect((await claimOrphan(mine, 300))?.sender).toMatch(/^gone\./);
  });

  test("is none of the folders that are no state folders", async () => {
    const mine = await create("mine");
    mkdirSync(path("lost+found"));
    writeFileSync(path("file"), "");
    expect(await claimOrphan(mine, 300)).toBeUndefined();
    expect(readdirSync(folder).sort()).toEqual(["file", "lost+found", "mine"]);
  });
});

test("a server that starts again claims all that its former processes had, oldest first, and nobody else's", async () => {
  const oldest = await create("i-1");
  await StateFolder.claim(path("i-1"), path("i-1~z"));
  await new Promise((resolve) => setTimeout(resolve, 2));
  const newest = await create("i-1");
  await create("i-10");
  await create("i-2");

  const claimed = await claimPredecessors(path("i-1"));
  expect(claimed.map(({ sender }) => sender)).toEqual([oldest.sender, newest.sender]);
  expect(readdirSync(folder).filter((name) => !name.includes("~"))).toEqual(["i-10", "i-2"]);
});

test("a server that finds an empty folder where its own should be makes its own", async () => {
  mkdirSync(path("i-1"));
  expect(await claimPredecessors(path("i-1"))).toEqual([]);
  await (await create("i-1")).assertOwned();
  expect(readdirSync(folder)).toEqual(["i-1"]);
});
