import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { clientConfig } from "../../../../shared/runtime/aws-clients";
import { DURATION_METRIC, dimensionList, ESTIMATE_METRIC } from "../metrics";
import type { WorkerSettings } from "./configuration";
import { DurationEstimate } from "./estimate";
import type { Log } from "./log";
import { reasonOf } from "./reason";
import { DurationSummary, type ValuesAndCounts } from "./summary";
import { Trouble } from "./trouble";

/** Minutes that are kept while CloudWatch does not answer. The newer ones are worth more than the older. */
const MOST_MINUTES = 60;
const REMINDER_MS = 10 * 60_000;

interface Minute {
  readonly time: Date;
  readonly data: readonly ValuesAndCounts[];
  readonly estimate: number;
}

type DurationSettings = Pick<WorkerSettings, "QUEUE_NAME" | "METRIC_NAMESPACE" | "EXPECTED_SECONDS">;

/**
 * How long messages were worked on, and are expected to be: gathered, and published for each minute. Nothing waits for it but
 * the process's end.
 */
export class Durations {
  readonly #client = new CloudWatchClient(clientConfig());
  readonly #trouble: Trouble;
  readonly #dimensions: { Name: string; Value: string }[];
  readonly #unpublished: Minute[] = [];
  readonly #estimate: DurationEstimate;
  #current = new DurationSummary();
  #publishing: Promise<void> = Promise.resolve();

  constructor(
    private readonly settings: DurationSettings,
    private readonly log: Log,
  ) {
    this.#trouble = new Trouble("publishing durations", log, REMINDER_MS);
    this.#estimate = new DurationEstimate(settings.EXPECTED_SECONDS);
    this.#dimensions = dimensionList(settings.QUEUE_NAME);
  }

  add(seconds: number): void {
    this.#current.add(seconds);
    this.#estimate.add(seconds);
  }

  /** Publishes what has been gathered, and what could not be published before. What fails is kept. Never throws. */
  publish(signal?: AbortSignal): Promise<void> {
    this.#unpublished.push({ time: new Date(), data: this.#current.data(), estimate: this.#estimate.seconds });
    this.#current = new DurationSummary();
    if (this.#unpublished.length > MOST_MINUTES) {
      this.#unpublished.shift();
      this.log.warn("the durations of a minute are given up: CloudWatch has not taken them for too long");
    }
    this.#publishing = this.#publishing.then(() => this.#publishAll(signal));
    return this.#publishing;
  }

  async #publishAll(signal?: AbortSignal): Promise<void> {
    try {
      for (let minute = this.#unpublished[0]; minute; minute = this.#unpublished[0]) {
        await this.#client.send(this.#command(minute), { abortSignal: signal });
        if (this.#unpublished[0] === minute) this.#unpublished.shift();
        this.#trouble.over();
      }
    } catch (error) {
      this.#trouble.failed(reasonOf(error));
    }
  }

  #command({ time, data, estimate }: Minute): PutMetricDataCommand {
    const common = { Dimensions: this.#dimensions, Unit: "Seconds" as const, Timestamp: time };
    return new PutMetricDataCommand({
      Namespace: this.settings.METRIC_NAMESPACE,
      MetricData: [
        ...data.map((valuesAndCounts) => ({ ...common, MetricName: DURATION_METRIC, ...valuesAndCounts })),
        { ...common, MetricName: ESTIMATE_METRIC, Value: estimate },
      ],
    });
  }
}
