/** CloudWatch takes so many unique values a datum: docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
const VALUES_PER_DATUM = 150;
const DIGITS = 3;
/** Shorter work is not told apart. */
const SHORTEST_SECONDS = 0.000_001;

export interface ValuesAndCounts {
  readonly Values: number[];
  readonly Counts: number[];
}

/** Many durations, in few numbers: each is rounded to three digits, which keeps the mean within half a percent. */
export class DurationSummary {
  readonly #counts = new Map<number, number>();

  /** @param seconds Not negative. */
  add(seconds: number): void {
    const value = Number(Math.max(seconds, SHORTEST_SECONDS).toPrecision(DIGITS));
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
  }

  /**
   * What goes into one call of PutMetricData: with three digits there are 900 values from 1 to 10 seconds, and so on for
   * each power of ten. From a microsecond to a day that is less than a hundred data, of the 1,000 that a call takes.
   */
  data(): ValuesAndCounts[] {
    const all = [...this.#counts];
    return Array.from({ length: Math.ceil(all.length / VALUES_PER_DATUM) }, (_, index) => {
      const some = all.slice(index * VALUES_PER_DATUM, (index + 1) * VALUES_PER_DATUM);
      return { Values: some.map(([value]) => value), Counts: some.map(([, count]) => count) };
    });
  }
}
