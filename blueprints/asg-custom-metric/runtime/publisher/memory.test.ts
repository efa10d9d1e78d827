import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Memory, nothing, recall, remember } from "./memory";

const folder = mkdtempSync(join(tmpdir(), "memory-"));
const file = join(folder, "deep", "down", "state.json");
afterEach(() => rmSync(join(folder, "deep"), { recursive: true, force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

function told(): { memory: Memory; problems: string[] } {
  const problems: string[] = [];
  return { memory: recall(file, (problem) => problems.push(problem)), problems };
}

test("what was remembered is recalled", () => {
  const memory: Memory = {
    instanceId: "i-1",
    bootId: "first",
    request: { phase: "accepted", acceptedAt: 5, fallen: true },
    points: [
      { time: 1, connections: 2, requests: 1 },
      { time: 2, requests: 0 },
    ],
  };
  remember(file, nothing());
  remember(file, memory);
  expect(told()).toEqual({ memory, problems: [] });
});

test("nothing is recalled where nothing was remembered, which is no problem", () => {
  expect(told()).toEqual({ memory: { request: { phase: "armed" }, points: [] }, problems: [] });
});

test.each([
  "",
  "null",
  "[]",
  '"text"',
  '{"request":{"phase":"armed"}}',
  '{"request":{"phase":"armed"},"points":{}}',
  '{"request":{"phase":"later"},"points":[]}',
  '{"request":{"phase":"accepted"},"points":[]}',
  '{"request":{"phase":"armed"},"points":[null]}',
  '{"request":{"phase":"armed"},"points":[{"requests":0}]}',
  '{"request":{"phase":"armed"},"points":[{"time":1}]}',
  '{"request":{"phase":"armed"},"points":[{"time":1,"requests":0,"connections":"3"}]}',
])("a file that reads %j is set aside and told of", (text) => {
  remember(file, nothing());
  writeFileSync(file, text);
  expect(told()).toEqual({
    memory: nothing(),
    problems: [expect.stringMatching(/state\.json is set aside as .*state\.json\.corrupt/)],
  });
  expect([existsSync(file), existsSync(`${file}.corrupt`)]).toEqual([false, true]);
});
