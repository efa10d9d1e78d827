import { ApplicationAutoScalingClient, DescribeScalingPoliciesCommand } from "@aws-sdk/client-application-auto-scaling";
import { CloudWatchClient, GetMetricStatisticsCommand, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type Deployment, expect, type Task } from "../../../shared/testing/scenario";
import { dimensionList, ESTIMATE_METRIC } from "../runtime/metrics";
import { type SentMessage, Traffic } from "./traffic";

const MINUTE_MS = 60_000;
const MESSAGES = 1000;
const FEW_MESSAGES = 50;
/** What no task can make sense of. */
const MALFORMED = [
  "not JSON",
  "{}",
  '{"id":"no duration"}',
  '{"id":"text","duration":"long"}',
  '{"id":"late","duration":-1}',
];
/** Of all requests to SQS. */
const THROTTLE_EVERY = 9;
/** What target tracking looks at before it scales out, and in. */
const BUSY_MINUTES = 3;
const QUIET_MINUTES = 15;

/** A queue fills up and tasks come; some are killed; nothing is lost; the target follows; without work the tasks go. */
export default async function scenario(deployment: Deployment): Promise<void> {
  const { say, work } = { say: (line: string) => deployment.say(line), work: new Work(deployment) };
  await work.waitsForTheFirstImage();
  await work.deliverTheImage();
  await work.loseNothing();
  await work.moveTheTarget();
  await deployment.expectEmptyPlan();
  say("A plan at this moment is empty: tasks, image, minimum and target are not Terraform's.");
  await work.goHome();
  await work.startFromZero();
}

class Work {
  readonly #traffic: Traffic;
  readonly #scaling: ApplicationAutoScalingClient;
  readonly #cloudWatch: CloudWatchClient;
  readonly #cluster: string;
  readonly #service: string;
  readonly #resourceId: string;
  /** All that have run. */
  readonly #tasks = new Set<Task>();
  /** The minute that it is in the story: of the past half hour, one after the other, instead of waiting for them. */
  #minute = new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 30 * MINUTE_MS);

  constructor(private readonly deployment: Deployment) {
    const { outputs, clientConfig } = deployment;
    this.#cluster = outputs.cluster_name as string;
    this.#service = outputs.service_name as string;
    this.#resourceId = (outputs.scalable_target as { resource_id: string }).resource_id;
    this.#cloudWatch = new CloudWatchClient(clientConfig);
    this.#scaling = new ApplicationAutoScalingClient(clientConfig);
    // Its own requests are denied as well.
    this.#traffic = new Traffic(new SQSClient({ ...clientConfig, maxAttempts: 10 }), {
      queueUrl: outputs.queue_url as string,
      deadLetterQueueUrl: outputs.dead_letter_queue_url as string,
    });
  }

  /** Messages arrive before there is anything to run. */
  async waitsForTheFirstImage(): Promise<void> {
    const { deployment } = this;
    const producer = await deployment.deployedFunction(deployment.outputs.producer_function as string);
    await producer.invoke({ time: this.#minute.toISOString() });
    const { visible } = await this.#traffic.counts();
    expect(visible > 0, "the producer should have sent messages");
    const { requested, reason } = await this.#minutes(BUSY_MINUTES);
    const tasks = await this.#runTasks();
    expect(
      requested === undefined && tasks.length === 0,
      `no task should run before the first image, and ${tasks.length} do`,
    );
    deployment.say(`The producer sent ${visible} messages. No image is there yet, and no task starts: ${reason}.`);
  }

  async deliverTheImage(): Promise<void> {
    const { deployment } = this;
    const { variables } = await deployment.standIns.runPipeline(deployment.outputs.pipeline_name as string);
    const image = Object.values(variables).find(({ IMAGE_URI }) => IMAGE_URI)?.IMAGE_URI;
    expect(image?.startsWith(`${deployment.outputs.image_repository_url}:`) ?? false, `the pipeline built ${image}`);
    const tasks = await this.#runTasks();
    expect(tasks.length > 0, "a task should try the image");
    deployment.say(
      `The pipeline built ${image?.split("/").at(-1)} and tried it with ${count(tasks, "task")}; scaling may begin.`,
    );
  }

  /** Tasks work, are killed and stopped; all messages are done but those that nobody can. */
  async loseNothing(): Promise<void> {
    const { deployment } = this;
    const began = Date.now();
    const sent = await this.#traffic.send(MESSAGES, MALFORMED);
    deployment.say(
      `${MESSAGES} messages arrive, most of less than a second and one of half a minute, and ${MALFORMED.length} that make no sense.`,
    );
    const { requested = 0, reason } = await this.#minutes(BUSY_MINUTES);
    let tasks = await this.#runTasks();
    expect(requested === tasks.length && requested > 1, `the service should have grown: ${reason}`);
    deployment.say(`${count(tasks, "task")} run: ${reason}.`);
    await deployment.standIns.throttleQueues(THROTTLE_EVERY);
    deployment.say(`From now on SQS denies every ${THROTTLE_EVERY}th request.`);

    const hasStarted = ({ logLines }: Task) => logLines.some((line) => line.includes('"started"'));
    await this.#traffic.waitUntil(({ inFlight }) => inFlight > 0 && tasks.every(hasStarted));
    const [killed, stopped] = tasks as [Task, Task];
    await killed.kill();
    process.kill(stopped.pid, "SIGTERM");
    const exitCode = await stopped.ended;
    expect(
      exitCode === 0,
      `a task that is told to stop should finish, and ended with ${exitCode}: ${stopped.logLines.slice(-3).join(" ")}`,
    );
    tasks = await this.#runTasks();
    deployment.say("One task was killed, and one was told to stop, each with messages in hand. Both are replaced.");
    await this.#traffic.waitUntil(({ visible }) => visible < MESSAGES / 10);
    await deployment.standIns.throttleQueues(undefined);

    const counts = await this.#traffic.waitUntil(({ visible, inFlight }) => visible + inFlight === 0);
    expect(
      counts.dead === MALFORMED.length,
      `${MALFORMED.length} messages should be in the dead-letter queue, and ${counts.dead} are`,
    );
    const seconds = ((Date.now() - began) / 1000).toFixed(0);
    deployment.say(
      `After ${seconds} s the queue is empty: all messages are done, and the ${counts.dead} that make no sense are in the dead-letter queue.`,
    );
    await this.#traffic.purgeDeadLetters();
    this.#lookAtTheOrder(sent);
  }

  /** Where the tasks log each message: all were done, and in a FIFO queue each group's in the order of their sending. */
  #lookAtTheOrder(sent: readonly SentMessage[]): void {
    const { deployment } = this;
    const done = doneMessages([...this.#tasks]);
    if (done.length === 0) return;
    const firstDone = new Map(done.map(({ messageId }, index) => [messageId, index] as const).reverse());
    const missing = sent.filter(({ messageId }) => !firstDone.has(messageId));
    // What a task that was killed had done is in no log of its own when its lines had not been written yet.
    expect(missing.length <= 1, `${missing.length} messages were deleted, and no task says that they were done`);
    const groups = new Map<string, number>();
    for (const { messageId, group } of sent) {
      const place = firstDone.get(messageId);
      if (group === undefined || place === undefined) continue;
      expect(
        place > (groups.get(group) ?? -1),
        `the messages of the group ${group} were done in another order than they were sent`,
      );
      groups.set(group, place);
    }
    const twice = done.length - firstDone.size;
    deployment.say(
      `The tasks' logs have ${firstDone.size} messages, ${twice} of them done twice${groups.size > 0 ? `, each of the ${groups.size} groups in order` : ""}.`,
    );
  }

  /** The tasks have measured how long messages take. */
  async moveTheTarget(): Promise<void> {
    const { deployment } = this;
    const schedule = deployment.outputs.target_schedule as string | undefined;
    await deployment.standIns.stopTasks();
    if (!schedule) return;
    const before = await this.#target();
    // It looks at whole periods of five minutes.
    await deployment.standIns.runSchedule(schedule, new Date(Date.now() + 6 * MINUTE_MS));
    const after = await this.#target();
    expect(
      after > before,
      `messages were faster than expected, so the target should have risen above ${before}: ${after}`,
    );
    deployment.say(
      `The target function moved the target from ${before} to ${after} messages a task: they were faster.`,
    );
  }

  /** Without messages. */
  async goHome(): Promise<void> {
    await this.#runTasks();
    const { requested, reason } = await this.#minutes(QUIET_MINUTES + 2);
    const tasks = (await this.#runTasks()).filter((task) => !task.stopping);
    const { min_tasks } = this.deployment.outputs.scalable_target as { min_tasks: string };
    expect(
      tasks.length === Number(min_tasks),
      `the service should have shrunk to ${min_tasks}: ${requested}, ${reason}`,
    );
    this.deployment.say(
      `${QUIET_MINUTES} minutes without a message: ${count(tasks, "task")} ${tasks.length === 1 ? "is" : "are"} left.`,
    );
  }

  async startFromZero(): Promise<void> {
    if ((await this.#runTasks()).some((task) => !task.stopping)) return;
    await this.#traffic.send(FEW_MESSAGES, []);
    const { requested = 0, reason } = await this.#minutes(1);
    const tasks = (await this.#runTasks()).filter((task) => !task.stopping);
    expect(requested > 0 && tasks.length === requested, `tasks should have started from zero: ${reason}`);
    await this.#traffic.waitUntil(({ visible, inFlight }) => visible + inFlight === 0);
    this.deployment.say(
      `${FEW_MESSAGES} messages come, and a minute later ${count(tasks, "task")} ${tasks.length === 1 ? "starts" : "start"} from zero: ${reason}.`,
    );
  }

  /** Metrics of so many minutes, all as it is now, and one evaluation. */
  async #minutes(howMany: number) {
    const { standIns, outputs } = this.deployment;
    const estimate = await this.#estimate();
    for (let passed = 0; passed < howMany; passed++) {
      if (estimate !== undefined) await this.#publishEstimate(estimate);
      await standIns.publishQueueMetrics(outputs.queue_url as string, this.#minute);
      await standIns.publishTaskCount(this.#cluster, this.#service, this.#minute);
      this.#minute = new Date(this.#minute.getTime() + MINUTE_MS);
    }
    return standIns.trackService(this.#resourceId, this.#minute);
  }

  /** What the tasks have published last. */
  async #estimate(): Promise<number | undefined> {
    const { Datapoints = [] } = await this.#cloudWatch.send(
      new GetMetricStatisticsCommand({
        ...this.#estimateMetric(),
        StartTime: new Date(Date.now() - 5 * MINUTE_MS),
        EndTime: new Date(Date.now() + MINUTE_MS),
        Period: 60,
        Statistics: ["Average"],
      }),
    );
    const [newest] = Datapoints.sort((one, other) => Number(other.Timestamp) - Number(one.Timestamp));
    return newest?.Average;
  }

  /** As the tasks would in the minute of the story, which is not waited for. */
  async #publishEstimate(Value: number): Promise<void> {
    const { Namespace, ...datum } = this.#estimateMetric();
    const MetricData = [{ ...datum, Value, Timestamp: this.#minute }];
    await this.#cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
  }

  #estimateMetric() {
    const { metric_namespace, queue_name } = this.deployment.outputs;
    const Dimensions = dimensionList(queue_name as string);
    return { Namespace: metric_namespace as string, MetricName: ESTIMATE_METRIC, Dimensions };
  }

  async #runTasks(): Promise<readonly Task[]> {
    const tasks = await this.deployment.standIns.runTasks(this.#cluster, this.#service);
    for (const task of tasks) this.#tasks.add(task);
    return tasks;
  }

  async #target(): Promise<number> {
    const { ScalingPolicies = [] } = await this.#scaling.send(
      new DescribeScalingPoliciesCommand({ ServiceNamespace: "ecs", ResourceId: this.#resourceId }),
    );
    const policy = ScalingPolicies.find(({ PolicyType }) => PolicyType === "TargetTrackingScaling");
    return policy?.TargetTrackingScalingPolicyConfiguration?.TargetValue ?? 0;
  }
}

/** What the tasks say that they have done, the first first. */
function doneMessages(tasks: readonly Task[]): { messageId: string; timestamp: string }[] {
  return tasks
    .flatMap(({ logLines }) => logLines.filter((line) => line.includes('"a message is done"')))
    .map((line): { messageId: string; timestamp: string } => JSON.parse(line))
    .sort((one, other) => (one.timestamp < other.timestamp ? -1 : 1));
}

function count(things: readonly unknown[], what: string): string {
  return `${things.length} ${what}${things.length === 1 ? "" : "s"}`;
}
