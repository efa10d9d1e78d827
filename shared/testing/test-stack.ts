import { Testing } from "cdktf";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import type { CommonParameters } from "../blueprint/common-parameters";
import { AlarmTopic } from "../monitoring/alarm-topic";

/** A blueprint's stack with nothing in it, for the tests of constructs. */
export class TestStack extends BlueprintStack {
  constructor(parameters: Partial<CommonParameters> = {}, stackName = "test") {
    super(Testing.app(), stackName, {
      region: "eu-central-1",
      tags: {},
      retainData: true,
      logRetentionDays: 30,
      ...parameters,
    });
  }

  readonly alarmTopic = new AlarmTopic(this, "alarms");
}
