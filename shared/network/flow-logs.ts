import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { ServiceRole } from "../security/service-role";

export interface FlowLogsProps {
  readonly vpcId: string;
}

/** Who talked to whom in a VPC, accepted and rejected, to CloudWatch Logs every ten minutes. */
export class FlowLogs extends Construct {
  readonly logGroupName: string;

  constructor(scope: Construct, id: string, props: FlowLogsProps) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    const name = stack.nameOf("logGroup", this);
    const logGroup = new CloudwatchLogGroup(this, "log-group", {
      name: `/aws/vpc/${name}`,
      retentionInDays: stack.parameters.logRetentionDays,
    });
    this.logGroupName = logGroup.name;
    // docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    const role = new ServiceRole(this, "role", {
      service: "vpc-flow-logs.amazonaws.com",
      description: `Role of the flow logs ${name}`,
      sourceArns: [stack.arnOf("ec2", "vpc-flow-log/*")],
    });
    role.grant({
      // Without CreateLogGroup: what is still on its way would bring the group back after `cdktf destroy`.
      actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      resources: [`${logGroup.arn}:*`],
      uncalled: "VPC Flow Logs writes the log under this role.",
    });
    const flowLog = new FlowLog(this, "flow-log", {
      vpcId: props.vpcId,
      trafficType: "ALL",
      logDestination: logGroup.arn,
      iamRoleArn: role.arn,
      tags: { Name: name },
    });
    role.grantBefore(flowLog);
  }
}
