import fc from "fast-check";
import { taskSizeRules } from "./fargate-task-size";

const mistakes = (cpu: number, memoryMiB: number) => taskSizeRules(cpu, memoryMiB).filter(({ holds }) => !holds);

test.each([
  [256, [512, 1024, 2048], [1536, 3072, 256]],
  [512, [1024, 4096], [512, 1536, 5120]],
  [1024, [2048, 8192], [1024, 9216]],
  [2048, [4096, 5120, 16_384], [3072, 17_408]],
  [4096, [8192, 30_720], [7168, 31_744]],
  [8192, [16_384, 20_480, 61_440], [17_408, 65_536]],
  [16_384, [32_768, 40_960, 122_880], [36_864, 131_072]],
])("a task of %s CPU units takes the memory that Fargate has with it", (cpu, offered, refused) => {
  expect(offered.flatMap((memory) => mistakes(cpu, memory))).toEqual([]);
  expect(refused.map((memory) => mistakes(cpu, memory).length)).toEqual(refused.map(() => 1));
});

test("a size that Fargate does not have is answered with what it has, and the next that is enough", () => {
  expect(mistakes(256, 1536)).toMatchObject([
    { prop: "memoryMiB", allowed: "what Fargate has with 256 CPU units (512, 1024, 2048)", mend: "take 2048" },
  ]);
  expect(mistakes(8192, 17_000)).toMatchObject([
    { allowed: "what Fargate has with 8192 CPU units (16384..61440 in steps of 4096)", mend: "take 20480" },
  ]);
  expect(mistakes(512, 8192)).toMatchObject([{ mend: "take 4096, or more CPU units" }]);
  expect(mistakes(300, 512)).toMatchObject([
    { prop: "cpu", allowed: "one of 256, 512, 1024, 2048, 4096, 8192, 16384", given: 300 },
  ]);
});

test("whoever does what a message says has a size that Fargate has", () => {
  const cpus = fc.constantFrom(256, 512, 1024, 2048, 4096, 8192, 16_384);
  fc.assert(
    fc.property(cpus, fc.integer({ min: -1, max: 200_000 }), (cpu, memoryMiB) => {
      const [mistake] = mistakes(cpu, memoryMiB);
      const advised = mistake ? Number(/take (\d+)/.exec(mistake.mend)?.[1]) : memoryMiB;
      expect(mistakes(cpu, advised)).toEqual([]);
    }),
  );
});
