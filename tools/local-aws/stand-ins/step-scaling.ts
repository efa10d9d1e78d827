/** A step, its bounds counted from the alarm's threshold; undefined is no bound. */
export interface Step {
  readonly MetricIntervalLowerBound?: number;
  readonly MetricIntervalUpperBound?: number;
  readonly ScalingAdjustment?: number;
}

/**
 * The adjustment of the step that a metric's value falls in; undefined when it falls in none. At or above the threshold
 * a step includes its lower bound, below it its upper one:
 * docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
 */
export function stepAdjustment(steps: readonly Step[], threshold: number, value: number): number | undefined {
  const over = value - threshold;
  const step = steps.find(
    ({ MetricIntervalLowerBound: lower = -Infinity, MetricIntervalUpperBound: upper = Infinity }) =>
      over >= 0 ? lower <= over && over < upper : lower < over && over <= upper,
  );
  return step?.ScalingAdjustment;
}
