import { iamRequests } from "./requests";

const group = "arn:aws-cn:autoscaling:cn-north-1:111122223333:autoScalingGroup:0a1b:autoScalingGroupName/tier";
const environment = {
  partition: "aws-cn",
  region: "cn-north-1",
  account: "111122223333",
  resources: [{ arn: group, tags: {} }],
};
const requests = async (service: string, action: string, parameters = {}) =>
  (await iamRequests({ service, action, parameters }, environment)).map(
    (request) => `${request.action} ${request.resource}`,
  );
const here = (service: string, resource: string) => `arn:aws-cn:${service}:cn-north-1:111122223333:${resource}`;

test.each([
  ["kinesis", "UpdateShardCount", { StreamName: "s" }, ["kinesis:UpdateShardCount", here("kinesis", "stream/s")]],
  ["kinesis", "ListShards", { StreamARN: "arn:s", StreamName: "s" }, ["kinesis:ListShards", "arn:s"]],
  ["kinesis", "ListStreams", {}, ["kinesis:ListStreams", "*"]],
  ["monitoring", "GetMetricData", { MetricDataQueries: [] }, ["cloudwatch:GetMetricData", "*"]],
  ["monitoring", "PutMetricAlarm", { AlarmName: "a" }, ["cloudwatch:PutMetricAlarm", here("cloudwatch", "alarm:a")]],
  ["monitoring", "DescribeAlarms", { AlarmNames: ["a"] }, ["cloudwatch:DescribeAlarms", here("cloudwatch", "alarm:a")]],
  ["dynamodb", "GetItem", { TableName: "t" }, ["dynamodb:GetItem", here("dynamodb", "table/t")]],
  ["dynamodb", "GetItem", { TableName: "arn:t" }, ["dynamodb:GetItem", "arn:t"]],
  ["dynamodb", "Query", { TableName: "t", IndexName: "i" }, ["dynamodb:Query", here("dynamodb", "table/t/index/i")]],
  ["dynamodb", "BatchGetItem", { RequestItems: { t: {} } }, ["dynamodb:BatchGetItem", here("dynamodb", "table/t")]],
  [
    "sqs",
    "SendMessageBatch",
    { QueueUrl: "http://127.0.0.1:5100/123456789012/jobs.fifo" },
    ["sqs:SendMessage", "arn:aws-cn:sqs:cn-north-1:123456789012:jobs.fifo"],
  ],
  ["sqs", "GetQueueUrl", { QueueName: "jobs" }, ["sqs:GetQueueUrl", here("sqs", "jobs")]],
  ["sns", "Publish", { TopicArn: "arn:topic" }, ["sns:Publish", "arn:topic"]],
  ["lambda", "Invoke", { FunctionName: "f" }, ["lambda:InvokeFunction", here("lambda", "function:f")]],
  ["lambda", "Invoke", { FunctionName: "arn:f", Qualifier: "live" }, ["lambda:InvokeFunction", "arn:f:live"]],
  [
    "lambda",
    "GetFunction",
    { FunctionName: "123456789012:function:f" },
    ["lambda:GetFunction", "arn:aws-cn:lambda:cn-north-1:123456789012:function:f"],
  ],
  ["autoscaling", "DescribeAutoScalingGroups", {}, ["autoscaling:DescribeAutoScalingGroups", "*"]],
  ["autoscaling", "DescribePolicies", { AutoScalingGroupName: "tier" }, ["autoscaling:DescribePolicies", "*"]],
  [
    "autoscaling",
    "SetInstanceProtection",
    { AutoScalingGroupName: "tier", "InstanceIds.member.1": "i-1", "InstanceIds.member.2": "i-2" },
    ["autoscaling:SetInstanceProtection", group],
  ],
  [
    "autoscaling",
    "UpdateAutoScalingGroup",
    { AutoScalingGroupName: "tier" },
    ["autoscaling:UpdateAutoScalingGroup", group],
  ],
  ["autoscaling", "ExecutePolicy", { AutoScalingGroupName: "tier" }, ["autoscaling:ExecutePolicy", group]],
  ["ec2", "DescribeInstances", { "InstanceId.1": "i-1" }, ["ec2:DescribeInstances", "*"]],
  [
    "ec2",
    "ModifyInstanceAttribute",
    { InstanceId: "i-1" },
    ["ec2:ModifyInstanceAttribute", here("ec2", "instance/i-1")],
  ],
])("%s %s of %j asks IAM for %s", async (service, action, parameters, [iamAction, resource]) => {
  expect(await requests(service, action, parameters)).toEqual([`${iamAction} ${resource}`]);
});

test("a call on several resources asks for each", async () => {
  expect(await requests("dynamodb", "BatchWriteItem", { RequestItems: { a: [], b: [] } })).toEqual([
    `dynamodb:BatchWriteItem ${here("dynamodb", "table/a")}`,
    `dynamodb:BatchWriteItem ${here("dynamodb", "table/b")}`,
  ]);
});

test("a transaction asks for the action of each of its items", async () => {
  const TransactItems = [{ Put: { TableName: "a" } }, { ConditionCheck: { TableName: "b" } }];
  expect(await requests("dynamodb", "TransactWriteItems", { TransactItems })).toEqual([
    `dynamodb:PutItem ${here("dynamodb", "table/a")}`,
    `dynamodb:ConditionCheckItem ${here("dynamodb", "table/b")}`,
  ]);
});

test("publishing a metric sets its namespace", async () => {
  const call = { service: "monitoring", action: "PutMetricData", parameters: { Namespace: "Streams" } };
  expect(await iamRequests(call, environment)).toEqual([
    { action: "cloudwatch:PutMetricData", resource: "*", conditions: { "cloudwatch:namespace": "Streams" } },
  ]);
});

test.each([
  ["its own parameter", { "DisableApiTermination.Value": "false" }],
  ["the older form", { Attribute: "disableApiTermination", Value: "false" }],
])("modifying an attribute of an instance by %s sets its name and its value", async (_, parameters) => {
  const call = { service: "ec2", action: "ModifyInstanceAttribute", parameters: { InstanceId: "i-1", ...parameters } };
  expect(await iamRequests(call, environment)).toMatchObject([
    { conditions: { "ec2:attribute": "DisableApiTermination", "ec2:attribute/disableapitermination": "false" } },
  ]);
});

test("a page after the first, which names no resource, asks nothing new", async () => {
  expect(await requests("kinesis", "ListShards", { NextToken: "t" })).toEqual([]);
});

test.each([
  ["elsewhere", "Get", {}, /no service is known by this signing name.*Add it to services.ts/],
  ["kinesis", "ResizeStream", {}, /^kinesis:ResizeStream, for kinesis ResizeStream. If IAM calls it otherwise/],
  ["kinesis", "ListShards", {}, /name no resource that services.ts knows \(no parameters\)/],
  ["ec2", "TerminateInstances", { InstanceIds: ["i"] }, /name no resource that services.ts knows \(InstanceIds\)/],
  [
    "ec2",
    "ModifyInstanceAttribute",
    { InstanceId: "i", "GroupId.1": "sg" },
    /GroupId.1 is about more than the instance/,
  ],
  ["autoscaling", "ExecutePolicy", { AutoScalingGroupName: "ier" }, /no Auto Scaling group ier is known/],
  ["autoscaling", "SetInstanceHealth", { InstanceId: "i" }, /name no resource that services.ts knows \(InstanceId\)/],
  ["sqs", "SendMessage", { QueueUrl: "http://127.0.0.1/jobs" }, /does not end with an account and a queue's name/],
])("%s %s of %j is an error", async (service, action, parameters, message) => {
  await expect(requests(service, action, parameters)).rejects.toThrow(message);
});
