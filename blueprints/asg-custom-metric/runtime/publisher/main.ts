import { run } from "./command";
import { CONFIG_FILE, type PublisherConfig, readConfig } from "./configuration";
import { countConnections } from "./connections";
import { bootId, instanceId } from "./instance";
import { type Memory, nothing, recall, remember } from "./memory";
import { nextCall, type Point, publishable } from "./metric-data";
import { accepted, decide, WITHOUT_EFFECT } from "./scale-out-request";

/** No command is waited for longer than this after the program's start. */
const DEADLINE_MS = 45_000;
/** One call of the AWS CLI takes a second on an idle server, and many on a busy one. */
const CALL_MS = 20_000;
/** With less, a call would be killed before its answer. */
const LEAST_MS = 3_000;

const line = (text: string) => `${new Date().toISOString()} publisher: ${text}`;
const tell = (problem: string) => {
  console.error(line(problem));
  process.exitCode = 1;
};
const because = (what: string) => (error: unknown) => {
  tell(`${what}: ${(error as Error).message}`);
  return undefined;
};

/**
 * Counts the server's connections, asks the group for one more server when that is due, and publishes what has not been
 * published. Ends with status 1 when something failed; what AWS has not accepted is tried again by the next run.
 *
 * Runs come one after the other: systemd does not start a oneshot unit that is running. Where a run is killed between
 * AWS' answer and its record on disk, or an answer is lost, the next does the same again: rather one server, or one data
 * point, too many than one too few.
 */
async function main(): Promise<void> {
  const config = readConfig(process.argv[2] ?? CONFIG_FILE);
  const { port, policyName, stateFile } = config;
  const memory = await ofThisInstance(recall(stateFile, tell));
  const connections = await countConnections(port).catch(
    because("connections are not counted, and no number is published; ss is in the package iproute"),
  );

  const now = Date.now();
  const point: Point = { time: now, connections, requests: 0 };
  const points = publishable([...memory.points, point], now);
  const dropped = memory.points.length + 1 - points.length;
  if (dropped > 0) tell(`dropped ${dropped} data points, which are too old or too many`);
  memory.points = points;
  let ask = false;
  if (policyName !== null) ({ state: memory.request, ask } = decide(memory.request, { connections, now }, config));

  let save = () => remember(stateFile, memory);
  try {
    save();
  } catch (error) {
    // What the next run knows nothing of would be asked for, and published, by each run again.
    because("the state cannot be saved, and no server is asked for")(error);
    memory.points = [point];
    ask = false;
    save = () => {};
  }
  if (ask) {
    try {
      const { before, after } = await askForOneMore(config);
      if (before !== undefined && after !== undefined && after <= before) {
        memory.request = WITHOUT_EFFECT;
        save();
        throw new Error(`it still wants ${after} servers; it may be at its largest`);
      }
      memory.request = accepted(Date.now());
      point.requests = 1;
      const size = `${before ?? "?"} -> ${after ?? "?"}`;
      console.log(line(`asked ${config.groupName} for one more server, ${size}: ${connections} connections`));
      save();
    } catch (error) {
      because(`${config.groupName} is asked for one more server again in the next run`)(error);
    }
  }
  await publish(config, memory, save);
}

/**
 * Executes the policy, and looks how many servers the group wanted before and wants now: at its largest, AWS takes the call
 * and does nothing. Undefined: the size could not be read, and AWS' answer to the call has to do.
 * @throws Error when AWS refuses
 */
async function askForOneMore(config: PublisherConfig) {
  const unknown = () => undefined;
  const before = await desiredCapacity(config).catch(unknown);
  await callAws(config, "autoscaling", "execute-policy", {
    AutoScalingGroupName: config.groupName,
    PolicyName: config.policyName,
    HonorCooldown: false,
  });
  return { before, after: await desiredCapacity(config).catch(unknown) };
}

async function desiredCapacity(config: PublisherConfig): Promise<number> {
  const input = { AutoScalingGroupNames: [config.groupName] };
  const answer = await callAws(config, "autoscaling", "describe-auto-scaling-groups", input);
  return JSON.parse(answer).AutoScalingGroups[0].DesiredCapacity;
}

/** Sends all points, the oldest first. Each is forgotten on disk before others are sent. */
async function publish(config: PublisherConfig, memory: Memory, save: () => void): Promise<void> {
  while (memory.bootId && memory.points.length > 0) {
    const { input, count } = nextCall(memory.points, `${memory.instanceId}`, config);
    try {
      await callAws(config, "cloudwatch", "put-metric-data", input);
      memory.points.splice(0, count);
      save();
    } catch (error) {
      return because(`${memory.points.length} data points are left to the next run`)(error);
    }
  }
}

/** An image that was made of a server carries that server's memory: it is not this one's. */
async function ofThisInstance(memory: Memory): Promise<Memory> {
  const boot = bootId();
  if (memory.bootId === boot) return memory;
  const id = await instanceId().catch(
    because("no instance metadata, so that nothing is published before the next run"),
  );
  if (id === undefined) return { ...memory, bootId: undefined };
  const own = [undefined, id].includes(memory.instanceId) ? memory : nothing();
  return { ...own, instanceId: id, bootId: boot };
}

/** @returns what the AWS CLI prints */
async function callAws(
  { region }: PublisherConfig,
  service: string,
  operation: string,
  input: object,
): Promise<string> {
  const timeoutMs = Math.min(CALL_MS, Math.floor(DEADLINE_MS - performance.now()));
  if (timeoutMs < LEAST_MS) throw new Error("no time is left");
  const args = [service, operation, "--cli-input-json", JSON.stringify(input), "--region", region];
  return (await run("aws", args, timeoutMs)).stdout;
}

// Last resort, for a command that cannot be killed.
setTimeout(() => {
  tell("stopped: a command does not end");
  process.exit();
}, DEADLINE_MS + 2_000).unref();
main().catch(because("stopped"));
