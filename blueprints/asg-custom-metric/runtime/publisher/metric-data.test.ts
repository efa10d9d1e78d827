import * as fc from "fast-check";
import { nextCall, POINTS_KEPT, type Point, publishable } from "./metric-data";

const HOUR = 3_600_000;
const now = Date.parse("2030-01-15T12:00:00Z");
const at = (time: number): Point => ({ time, connections: 1, requests: 0 });
const names = {
  namespace: "AsgCustomMetric/test",
  metricName: "TcpConnectionNumberOnPort",
  dimensionName: "AutoScalingGroupName",
  dimensionValue: "orders",
};
interface Datum {
  readonly MetricName: string;
  readonly Value: number;
  readonly Timestamp: string;
  readonly Dimensions: { readonly Name: string; readonly Value: string }[];
}
const dataOf = (input: object) => (input as { MetricData: Datum[] }).MetricData;

test("a point is two metrics, each of the group and of the server in it", () => {
  const { input, count } = nextCall([{ time: now, connections: 7, requests: 1 }], "i-1", names);
  const group = { Name: "AutoScalingGroupName", Value: "orders" };
  const server = { Name: "InstanceId", Value: "i-1" };
  const rest = { Unit: "Count", Timestamp: "2030-01-15T12:00:00.000Z" };
  expect(count).toBe(1);
  expect(input).toEqual({
    Namespace: "AsgCustomMetric/test",
    MetricData: [
      { MetricName: "TcpConnectionNumberOnPort", Value: 7, Dimensions: [group], ...rest },
      { MetricName: "TcpConnectionNumberOnPort", Value: 7, Dimensions: [group, server], ...rest },
      { MetricName: "ScaleOutRequests", Value: 1, Dimensions: [group], ...rest },
      { MetricName: "ScaleOutRequests", Value: 1, Dimensions: [group, server], ...rest },
    ],
  });
});

test("a point whose connections were not counted has none, not zero", () => {
  const { input } = nextCall([{ time: now, requests: 0 }], "i-1", names);
  expect(dataOf(input).map(({ MetricName }) => MetricName)).toEqual(["ScaleOutRequests", "ScaleOutRequests"]);
});

test("all points go out in their order, each once, in calls that CloudWatch and the command line take", () => {
  const point = fc.record(
    { time: fc.integer({ min: 0, max: now }), connections: fc.nat(), requests: fc.constantFrom(0, 1) },
    { requiredKeys: ["time", "requests"] },
  );
  const text = (maxLength: number) => fc.nat(maxLength - 1).map((length) => "x".repeat(length + 1));
  const anyNames = fc.record({
    namespace: text(255),
    metricName: text(255),
    dimensionName: text(255),
    dimensionValue: text(1024),
  });
  fc.assert(
    fc.property(fc.array(point, { maxLength: POINTS_KEPT, size: "max" }), anyNames, (points, any) => {
      const sent: string[] = [];
      let left = points;
      while (left.length > 0) {
        const { input, count } = nextCall(left, "i-0123456789abcdef0", any);
        expect(count).toBeGreaterThan(0);
        expect(dataOf(input).length).toBeLessThanOrEqual(1000);
        expect(JSON.stringify(input).length).toBeLessThan(128 * 1024);
        left = left.slice(count);
        sent.push(
          ...dataOf(input)
            .filter(({ MetricName, Dimensions }) => MetricName === "ScaleOutRequests" && Dimensions.length === 2)
            .map(({ Timestamp, Value }) => `${Timestamp} ${Value}`),
        );
      }
      expect(sent).toEqual(points.map(({ time, requests }) => `${new Date(time).toISOString()} ${requests}`));
    }),
    // Shorter lists of points say less.
    { numRuns: 30, endOnFailure: true },
  );
});

test("short names do not make a call of more than a thousand metrics", () => {
  const points = Array.from({ length: 1000 }, (_, index) => at(index));
  const { input, count } = nextCall(points, "i", {
    namespace: "n",
    metricName: "m",
    dimensionName: "d",
    dimensionValue: "v",
  });
  expect(dataOf(input).length).toBe(4 * count);
  expect(dataOf(input).length).toBeLessThanOrEqual(1000);
});

test("a point goes out by itself even if its names are longer than anything: CloudWatch says what is wrong", () => {
  const points = [at(now), at(now)];
  expect(nextCall(points, "i-1", { ...names, dimensionValue: "x".repeat(100_000) }).count).toBe(1);
});

test("of too many points the newest are kept", () => {
  const points = Array.from({ length: POINTS_KEPT + 3 }, (_, index) => at(now - HOUR + index));
  expect(publishable(points, now)).toEqual(points.slice(3));
});

test("points that CloudWatch would refuse are not kept: older than two weeks, or two hours ahead of the clock", () => {
  const old = at(now - 14 * 24 * HOUR);
  const ahead = at(now + 2 * HOUR);
  const kept = [at(now - 13 * 24 * HOUR), at(now), at(now + HOUR)];
  expect(publishable([old, ...kept, ahead], now)).toEqual(kept);
});
