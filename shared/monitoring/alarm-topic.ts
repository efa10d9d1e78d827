import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { Key } from "../security/key";

export interface AlarmTopicProps {
  /** Address to notify. AWS mails a link that has to be confirmed. @default - nobody is subscribed */
  readonly email?: string;
}

/**
 * The topic that a stack's alarms notify. It is encrypted with a key of its own, because CloudWatch cannot publish to a
 * topic under the AWS managed key `alias/aws/sns`: delivery then fails without a word.
 */
export class AlarmTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: AlarmTopicProps = {}) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    const key = new Key(this, "key", {
      description: `Alarm notifications of the stack ${stack.stackName}`,
      services: ["cloudwatch.amazonaws.com"],
    });
    const topic = new SnsTopic(this, "topic", {
      name: stack.nameOf("topic", this),
      kmsMasterKeyId: key.arn,
    });
    this.arn = topic.arn;
    const policy = new SnsTopicPolicy(this, "policy", {
      arn: topic.arn,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AlarmsOfThisAccount",
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: "sns:Publish",
            Resource: topic.arn,
            Condition: { StringEquals: { "aws:SourceAccount": stack.accountId } },
          },
          {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*",
            Action: "sns:Publish",
            Resource: topic.arn,
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      }),
    });
    if (props.email) {
      new SnsTopicSubscription(this, "email", {
        topicArn: topic.arn,
        protocol: "email",
        endpoint: props.email,
        dependsOn: [policy],
      });
    }
  }
}
