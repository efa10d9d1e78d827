import { basename } from "node:path";
import * as z from "zod";
import { commonParameters } from "../../shared/blueprint/common-parameters";
import { always } from "../../shared/blueprint/parameters";
import { taskSizeRules } from "../../shared/containers/fargate-task-size";
import { PROGRAM_FILE } from "../../shared/containers/image-source";
import { esbuildCommand } from "../../shared/functions/bundle";
import { OWN_NAMESPACE } from "../../shared/monitoring/metric";
import { privateNetworkParameters } from "../../shared/network/vpc-parameters";
import { CHANGE_PERCENT, LOOK_BACK_HOURS, MAX_TARGET, MESSAGE_GROUPS, MIN_TARGET } from "./defaults";
import { LONGEST_WORK_SECONDS } from "./runtime/longest-work";

/** A dead-letter queue keeps a message for 14 days from its first sending, so the queue must keep it for less. */
const LONGEST_RETENTION_DAYS = 13;
/** Where a fork of this project has the worker. */
const OWN_FOLDER = `blueprints/${basename(__dirname)}/runtime/worker`;
const BUNDLE_WORKER = esbuildCommand(`${OWN_FOLDER}/main.ts`, `${OWN_FOLDER}/${PROGRAM_FILE}`);

/** The same object, in which the keys may not be given where they would mean nothing. */
function leftOut<T extends object, In>(
  fields: z.ZodType<T, In>,
  { keys, where, error }: { keys: readonly (keyof T & string)[]; where: (one: T) => boolean; error: string },
): z.ZodType<T, In> {
  return keys.reduce(
    (schema, key) => schema.refine((one) => !where(one) || one[key] === undefined, { ...always, path: [key], error }),
    fields,
  );
}

/** ECS's quota is 5,000 tasks of a service, and a deployment may double them. */
const MOST_TASKS = 2500;

const queue = z.strictObject({
  type: z
    .enum(["standard", "fifo"])
    .default("standard")
    .describe(
      "standard: nearly unlimited throughput, messages may come twice or out of order. fifo: messages of a group come in order, one after the other. A change replaces the queue. Default: standard.",
    ),
  retentionDays: z
    .int()
    .min(1)
    .max(LONGEST_RETENTION_DAYS)
    .default(4)
    .describe(
      `Days that a message waits at most, 1..${LONGEST_RETENTION_DAYS}: less than the 14 of the dead-letter queue, which count from the first sending. Default: 4.`,
    ),
  maxReceives: z
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe("Tries of a message before it goes to the dead-letter queue, 1..1000. Default: 5."),
  visibilityTimeoutSeconds: z
    .int()
    .min(10)
    .max(LONGEST_WORK_SECONDS)
    .optional()
    .describe(
      `Seconds after which a message comes again whose worker is gone, 10..${LONGEST_WORK_SECONDS}. A worker extends it while it works. Default: four times worker.expectedSeconds, 30..300.`,
    ),
});

type TaskSize = { readonly cpu: number; readonly memoryMiB: number };

/** What Fargate has instead; undefined where it has that memory, or not even the cpu. */
function wrongMemory({ cpu, memoryMiB }: TaskSize): string | undefined {
  return taskSizeRules(cpu, memoryMiB).find(({ prop, holds }) => prop === "memoryMiB" && !holds)?.allowed;
}

const worker = z
  .strictObject({
    cpu: z
      .union([256, 512, 1024, 2048, 4096, 8192, 16384].map((units) => z.literal(units)))
      .default(256)
      .describe("CPU units of a task; 1024 are a vCPU. Default: 256."),
    memoryMiB: z
      .int()
      .min(512)
      .max(122_880)
      .default(512)
      .describe("MiB of memory of a task, one of those that Fargate has for the cpu. Default: 512."),
    architecture: z
      .enum(["arm64", "x86_64"])
      .default("arm64")
      .describe("Processors of the tasks and of the build. Default: arm64, which costs a fifth less."),
    messagesAtOnce: z
      .int()
      .min(1)
      .max(100)
      .default(1)
      .describe("Messages that a task works on at the same time, 1..100. Default: 1."),
    expectedSeconds: z
      .number()
      .min(0.001)
      .max(LONGEST_WORK_SECONDS)
      .default(5)
      .describe(
        "Seconds that a message is expected to take, until its real duration is measured, 0.001..43200. Default: 5.",
      ),
    minTasks: z
      .int()
      .min(0)
      .max(MOST_TASKS)
      .default(0)
      .describe("Fewest tasks, from the first image on. 0: none while there is no work. Default: 0."),
    maxTasks: z
      .int()
      .min(1)
      .max(MOST_TASKS)
      .default(10)
      .describe("Most tasks: the limit of what the workers cost. Default: 10."),
    spotPercent: z
      .int()
      .min(0)
      .max(100)
      .default(0)
      .describe(
        "Share of the tasks on Fargate Spot, which AWS may stop with two minutes' notice, in percent. Default: 0.",
      ),
    logLevel: z
      .enum(["DEBUG", "INFO", "WARN", "ERROR"])
      .default("INFO")
      .describe("What the workers log. DEBUG: a line for each message as well. Default: INFO."),
  })
  .refine((one) => !wrongMemory(one), {
    ...always,
    path: ["memoryMiB"],
    error: ({ input }) => wrongMemory(input as TaskSize) ?? "",
  })
  .refine((one) => !(one.maxTasks < one.minTasks), {
    ...always,
    path: ["maxTasks"],
    error: ({ input }) => `at least minTasks (${(input as { minTasks: number }).minTasks})`,
  });

const cooldown = (after: string) =>
  z.int().min(0).max(3600).default(240).describe(`Seconds after ${after}. Default: 240.`);

const trackingFields = z.strictObject({
  mode: z
    .enum(["backlog-per-task", "drain-time"])
    .default("backlog-per-task")
    .describe(
      "backlog-per-task: visible messages per running task, at a target that a function sets every hour to what the tasks work off within latencySeconds. drain-time: estimated seconds until the queue is empty, at the constant target latencySeconds. Default: backlog-per-task.",
    ),
  scaleOutCooldownSeconds: cooldown("a scale-out in which only a larger one follows"),
  scaleInCooldownSeconds: cooldown("a scale-in in which no other follows; a scale-out ends it"),
  lookBackHours: z
    .int()
    .min(1)
    .max(336)
    .optional()
    .describe(
      `backlog-per-task: hours of durations that the target is worked out from, 1..336. Default: ${LOOK_BACK_HOURS}.`,
    ),
  minTarget: z
    .number()
    .min(0.1)
    .max(1_000_000)
    .optional()
    .describe(`backlog-per-task: lowest target, in messages a task, 0.1..1000000. Default: ${MIN_TARGET}.`),
  maxTarget: z
    .number()
    .min(0.1)
    .max(1_000_000)
    .optional()
    .describe(`backlog-per-task: highest target, in messages a task, 0.1..1000000. Default: ${MAX_TARGET}.`),
  changePercent: z
    .int()
    .min(0)
    .max(100)
    .optional()
    .describe(
      `backlog-per-task: difference from which on the target is changed, in percent. Default: ${CHANGE_PERCENT}.`,
    ),
});

const tracking = leftOut(trackingFields, {
  keys: ["lookBackHours", "minTarget", "maxTarget", "changePercent"],
  where: ({ mode }) => mode === "drain-time",
  error: 'left out where mode is "drain-time", whose target is latencySeconds itself',
}).refine((one) => !((one.maxTarget ?? MAX_TARGET) < (one.minTarget ?? MIN_TARGET)), {
  ...always,
  path: ["maxTarget"],
  error: ({ input }) => `at least minTarget (${(input as { minTarget?: number }).minTarget ?? MIN_TARGET})`,
});

const producer = z.strictObject({
  enabled: z.boolean().default(false).describe("Whether test messages are sent every minute. Default: false."),
  messagesPerRun: z.int().min(1).max(1000).default(50).describe("Messages of a run, 1..1000. Default: 50."),
  messageSeconds: z
    .number()
    .min(0)
    .max(LONGEST_WORK_SECONDS)
    .default(5)
    .describe("Seconds that a test message takes, 0..43200. Default: 5."),
  messageGroups: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      `queue.type fifo: message groups that the messages are spread over, 1..1000. Default: ${MESSAGE_GROUPS}.`,
    ),
});

const sourceFields = z.strictObject({
  from: z
    .enum(["upload", "github"])
    .default("upload")
    .describe(
      "upload: each deployment uploads the worker of this folder. github: pushes to a repository are built. Default: upload.",
    ),
  repository: z
    .string()
    .regex(/^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}\/[A-Za-z0-9._-]{1,100}$/, "a repository as owner/name")
    .optional()
    .describe("github: the repository, as owner/name."),
  branch: z
    .string()
    .regex(/^(?![/.-])(?!.*(\.\.|\/\/|@\{|\.lock$))[A-Za-z0-9._/-]{1,200}$/, "a branch's name")
    .optional()
    .describe("github: the branch that is built. Default: main."),
  connectionArn: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:code(connections|star-connections):[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]{36}$/,
      "the ARN of a CodeConnections connection",
    )
    .optional()
    .describe(
      "github: an existing connection. Default: the stack makes one, which somebody has to authorise once in the console.",
    ),
  folder: z
    .string()
    .regex(/^(?!\/)(?!.*\.\.)[A-Za-z0-9._/-]{1,200}$/, "a folder of the repository, without a leading slash")
    .optional()
    .describe(`github: folder with the Dockerfile. Default: ${OWN_FOLDER}.`),
  buildCommands: z
    .array(z.string().min(1).max(1000))
    .max(20)
    .optional()
    .describe(
      "github: commands that are run in the repository's root before the image is built, in bash with Node.js 22. Default: npm ci, and esbuild as for an upload; none where folder is given.",
    ),
});

const source = leftOut(sourceFields, {
  keys: ["repository", "branch", "connectionArn", "folder", "buildCommands"],
  where: ({ from }) => from !== "github",
  error: 'left out where from is "upload"',
})
  .refine((one) => one.from !== "github" || one.repository !== undefined, {
    ...always,
    path: ["repository"],
    error: "the repository to build, as owner/name",
  })
  .transform((one) =>
    one.from === "upload"
      ? { from: one.from }
      : {
          from: one.from,
          repository: one.repository ?? "",
          branch: one.branch ?? "main",
          ...(one.connectionArn && { connectionArn: one.connectionArn }),
          folder: one.folder ?? OWN_FOLDER,
          // What lies elsewhere is built in another way.
          buildCommands: one.buildCommands ?? (one.folder ? [] : ["npm ci --ignore-scripts", BUNDLE_WORKER]),
        },
  );

const parameters = z
  .strictObject({
    ...commonParameters,
    latencySeconds: z
      .number()
      .min(1)
      .max(LONGEST_WORK_SECONDS)
      .default(60)
      .describe(
        "Seconds that a message may wait before a worker takes it: what the workers are scaled for, and what the oldest message is alarmed on, 1..43200. Default: 60.",
      ),
    queue: queue.prefault({}).describe("The queue of work."),
    worker: worker.prefault({}).describe("The tasks that work on messages."),
    tracking: tracking.prefault({}).describe("How the number of tasks follows the queue."),
    producer: producer.prefault({}).describe("The function that sends test messages."),
    source: source.prefault({}).describe("Where the worker's image is built from."),
    vpc: privateNetworkParameters("workers")
      .prefault({})
      .describe("The network of the workers: one that the stack makes, or an existing one."),
    metricNamespace: z
      .string()
      .regex(OWN_NAMESPACE, "a namespace of CloudWatch that does not begin with AWS/")
      .optional()
      .describe(
        "CloudWatch namespace of the workers' durations and of the target. Default: SqsTargetTracking/<stack>.",
      ),
  })
  .refine((all) => !(all.producer?.messageGroups !== undefined && all.queue?.type !== "fifo"), {
    ...always,
    path: ["producer", "messageGroups"],
    error: 'left out where queue.type is "standard", which has no groups',
  });

export default parameters;
export type Parameters = z.output<typeof parameters>;
