import { type MachineMetric, machineMetric } from "./machine-metrics";

test.each<[MachineMetric, boolean, number]>([
  ["CPUUtilization", false, 300],
  ["CPUUtilization", true, 60],
  ["NetworkIn", true, 60],
  ["StatusCheckFailed_System", false, 60],
  ["CPUCreditBalance", true, 300],
  ["CPUSurplusCreditBalance", true, 300],
])(
  "%s, with detailed monitoring %p, is looked at every %i seconds, as often as EC2 publishes it",
  (name, detailed, seconds) => {
    expect(machineMetric(name, "Average", { InstanceId: "i-1" }, detailed)).toEqual({
      namespace: "AWS/EC2",
      name,
      statistic: "Average",
      dimensions: { InstanceId: "i-1" },
      periodSeconds: seconds,
    });
  },
);
