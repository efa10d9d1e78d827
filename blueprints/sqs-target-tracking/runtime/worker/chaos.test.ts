import { until } from "../../../../shared/testing/until";
import { QueueModel } from "./queue-model.fixture";
import { workersAndAws } from "./worker-process.fixture";

const { aws, workers } = workersAndAws();

test.each([
  { type: "standard", seed: 1 },
  { type: "fifo", seed: 2 },
])(
  "of a $type queue, through kills, throttles and lost answers, no message is lost and only poison is a dead letter",
  async ({ type, seed }) => {
    const isFifo = type === "fifo";
    aws.queue = new QueueModel({ isFifo, maxReceives: 8, clockSpeed: 2 });
    const poison = aws.queue.send("poison", "apart");
    const good = Array.from({ length: 120 }, (_, id) =>
      aws.queue.send(JSON.stringify({ id, duration: 0.05 }), `g${id % 30}`),
    );
    const random = randomOf(seed);
    aws.fault = () => (random() > 0.04 ? undefined : random() < 0.25 ? "throttle" : "lose");
    const start = () => workers.start({ QUEUE_TYPE: type, VISIBILITY_TIMEOUT_SECONDS: "3" });
    const [killed, stopped] = [start(), start(), start()];
    await until(() => aws.queue.deleted.length > 20, "work has begun");
    expect(await killed.end("SIGKILL")).toBe(null);
    expect(await stopped.end("SIGTERM")).toBe(0);
    start();
    await until(() => aws.queue.deleted.length === good.length, "all but the poison is deleted");
    expect(new Set([...aws.queue.deleted, poison]).size).toBe(121);
    expect(aws.queue.deleted).not.toContain(poison);
    if (!isFifo) return;
    for (let group = 0; group < 30; group++) {
      const ofGroup = (id: string) => good.indexOf(id) % 30 === group;
      expect(aws.queue.deleted.filter(ofGroup)).toEqual(good.filter(ofGroup));
    }
  },
);

/** Numbers from 0 to 1 that look random: mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
