import { join } from "node:path";
import type { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import { ScheduledFunction } from "../../shared/functions/scheduled-function";
import { Alarm } from "../../shared/monitoring/alarm";
import { AlarmTopic } from "../../shared/monitoring/alarm-topic";
import type { Parameters } from "./parameters";
import { environment, METRIC_NAME } from "./runtime/configuration";

/** Tells when Elastic IP addresses are paid for that nothing has. */
export default class IdleAddresses extends BlueprintStack<Parameters> {
  constructor(scope: Construct, stackName: string, parameters: Parameters) {
    super(scope, stackName, parameters);
    const namespace = `IdleAddresses/${stackName}`;
    const { allowedIdleAddresses, checkEveryMinutes, notificationEmail } = parameters;
    const alarmTopic = new AlarmTopic(this, "alarms", { email: notificationEmail });

    const counter = new ScheduledFunction(this, "counter", {
      description: "Counts the Elastic IP addresses that nothing has.",
      entry: join(__dirname, "runtime/handler.ts"),
      schedule: `rate(${checkEveryMinutes} minutes)`,
      environment: { schema: environment, values: { METRIC_NAMESPACE: namespace } },
      alarmTopic,
    });
    counter.grant({ actions: ["ec2:DescribeAddresses"], resources: ["*"] });
    counter.grantPutMetrics(namespace);

    new Alarm(this, "idle-addresses", {
      description: `More than ${allowedIdleAddresses} Elastic IP addresses cost money and nothing has them. The function's log names them: release them, or tag them IdleOnPurpose.`,
      metric: {
        namespace,
        name: METRIC_NAME,
        statistic: "Maximum",
        dimensions: {},
        periodSeconds: checkEveryMinutes * 60,
      },
      threshold: { above: allowedIdleAddresses },
      treatMissingData: "ignore",
      topic: alarmTopic,
    });

    this.output("schedule", "Name of the schedule that has the addresses counted.", counter.schedule.name);
    this.output("alarm_topic_arn", "ARN of the SNS topic that all alarms notify.", alarmTopic.arn);
  }
}
