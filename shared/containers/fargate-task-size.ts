import type { PropCheck } from "../blueprint/checked-props";

const GIB = 1024;

/**
 * MiB that a Linux task on Fargate can have, by its CPU units, up to 16 vCPU:
 * docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 */
const MEMORY_BY_CPU: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1 * GIB, 2 * GIB]],
  [512, everyGib(1, 4)],
  [1024, everyGib(2, 8)],
  [2048, everyGib(4, 16)],
  [4096, everyGib(8, 30)],
  [8192, everyGib(16, 60, 4)],
  [16384, everyGib(32, 120, 8)],
]);

/** What Fargate would refuse of a task's size. */
export function taskSizeRules(cpu: number, memoryMiB: number): PropCheck[] {
  const offered = MEMORY_BY_CPU.get(cpu);
  if (!offered) {
    return [
      {
        prop: "cpu",
        holds: false,
        allowed: `one of ${list(MEMORY_BY_CPU.keys())}`,
        given: cpu,
        mend: "1024 are a vCPU",
      },
    ];
  }
  const enough = offered.find((memory) => memory >= memoryMiB);
  return [
    {
      prop: "memoryMiB",
      holds: offered.includes(memoryMiB),
      allowed: `what Fargate has with ${cpu} CPU units (${describe(offered)})`,
      given: memoryMiB,
      mend: enough ? `take ${enough}` : `take ${offered.at(-1)}, or more CPU units`,
    },
  ];
}

function everyGib(from: number, to: number, step = 1): number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * GIB);
}

/** `4096..16384 in steps of 1024`; a list where it is short. */
function describe(offered: readonly number[]): string {
  const [first = 0, second = 0] = offered;
  return offered.length <= 4 ? list(offered) : `${first}..${offered.at(-1)} in steps of ${second - first}`;
}

function list(numbers: Iterable<number>): string {
  return [...numbers].join(", ");
}
