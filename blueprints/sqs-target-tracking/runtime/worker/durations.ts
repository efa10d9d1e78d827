import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { clientConfig } from "../../../../shared/runtime/aws-clients";
import { DURATION_METRIC, metricDimensions } from "../metrics";
import type { Log } from "./log";
import { reasonOf } from "./reason";
import type { WorkerSettings } from "./settings";
import { DurationSummary, type ValuesAndCounts } from "./summary";
import { Trouble } from "./trouble";

/** Minutes that are kept while CloudWatch does not answer. The newer ones are worth more than the older. */
const MOST_MINUTES = 60;
const REMINDER_MS = 10 * 60_000;

interface Minute {
  readonly time: Date;
  readonly data: readonly ValuesAndCounts[];
}

type DurationSettings = Pick<WorkerSettings, "QUEUE_NAME" | "METRIC_NAMESPACE">;

/** How long messages were worked on: gathered, and published for each minute. Nothing waits for it but the process's end. */
export class Durations {
  readonly #client = new CloudWatchClient(clientConfig());
  readonly #trouble: Trouble;
  readonly #dimensions: { Name: string; Value: string }[];
  readonly #unpublished: Minute[] = [];
  #current = new DurationSummary();
  #publishing: Promise<void> = Promise.resolve();

  constructor(
    private readonly settings: DurationSettings,
    private readonly log: Log,
  ) {
    this.#trouble = new Trouble("publishing durations", log, REMINDER_MS);
    const dimensions = metricDimensions(settings.QUEUE_NAME);
    this.#dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  }

  add(seconds: number): void {
    this.#current.add(seconds);
  }

  /** Publishes what has been gathered, and what could not be published before. What fails is kept. Never throws. */
  publish(signal?: AbortSignal): Promise<void> {
    if (!this.#current.isEmpty) {
      this.#unpublished.push({ time: new Date(), data: this.#current.data() });
      this.#current = new DurationSummary();
    }
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

  #command({ time, data }: Minute): PutMetricDataCommand {
    return new PutMetricDataCommand({
      Namespace: this.settings.METRIC_NAMESPACE,
      MetricData: data.map((valuesAndCounts) => ({
        MetricName: DURATION_METRIC,
        Dimensions: this.#dimensions,
        Unit: "Seconds" as const,
        Timestamp: time,
        ...valuesAndCounts,
      })),
    });
  }
}
