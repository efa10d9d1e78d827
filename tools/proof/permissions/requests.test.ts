import { iamRequests } from "./requests";

const group = "arn:aws-cn:autoscaling:cn-north-1:111122223333:autoScalingGroup:0a1b:autoScalingGroupName/tier";
const target = "arn:aws-cn:application-autoscaling:cn-north-1:111122223333:scalable-target/1a2b";
const environment = {
  partition: "aws-cn",
  region: "cn-north-1",
  account: "111122223333",
  resources: [
    { arn: group, tags: {} },
    { arn: target, name: "ecs service/c/workers ecs:service:DesiredCount" },
  ],
};
const queue = "arn:aws-cn:sqs:cn-north-1:123456789012:jobs";
const changeVisibility = "sqs:ChangeMessageVisibility";
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
  ["sqs", "DeleteMessageBatch", { QueueUrl: "http://q/123456789012/jobs" }, ["sqs:DeleteMessage", queue]],
  ["sqs", "ChangeMessageVisibilityBatch", { QueueUrl: "http://q/123456789012/jobs" }, [changeVisibility, queue]],
  ["sqs", "ReceiveMessage", { QueueUrl: "http://q/123456789012/jobs" }, ["sqs:ReceiveMessage", queue]],
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
  ["application-autoscaling", "DescribeScalingPolicies", {}, ["application-autoscaling:DescribeScalingPolicies", "*"]],
  ["ecr", "GetAuthorizationToken", {}, ["ecr:GetAuthorizationToken", "*"]],
  ["ecr", "PutImage", { repositoryName: "a/b" }, ["ecr:PutImage", here("ecr", "repository/a/b")]],
  [
    "ecr",
    "DescribeImages",
    { repositoryName: "b", registryId: "123456789012" },
    ["ecr:DescribeImages", "arn:aws-cn:ecr:cn-north-1:123456789012:repository/b"],
  ],
  [
    "ecs",
    "UpdateService",
    { cluster: "c", service: "workers" },
    ["ecs:UpdateService", here("ecs", "service/c/workers")],
  ],
  [
    "ecs",
    "DescribeServices",
    { cluster: here("ecs", "cluster/c"), services: ["workers"] },
    ["ecs:DescribeServices", here("ecs", "service/c/workers")],
  ],
  ["ecs", "DescribeServices", { services: ["arn:s"] }, ["ecs:DescribeServices", "arn:s"]],
  ["ecs", "DescribeServices", { services: ["w"] }, ["ecs:DescribeServices", here("ecs", "service/default/w")]],
  ["ecs", "DescribeClusters", { clusters: ["c"] }, ["ecs:DescribeClusters", here("ecs", "cluster/c")]],
  ["ecs", "DescribeTaskDefinition", { taskDefinition: "f:1" }, ["ecs:DescribeTaskDefinition", "*"]],
  ["ecs", "TagResource", { resourceArn: "arn:s" }, ["ecs:TagResource", "arn:s"]],
  [
    "ecs",
    "UpdateTaskProtection",
    { cluster: "c", tasks: ["0a"] },
    ["ecs:UpdateTaskProtection", here("ecs", "task/c/0a")],
  ],
  ["ecs", "GetTaskProtection", { cluster: "c", tasks: ["arn:t"] }, ["ecs:GetTaskProtection", "arn:t"]],
  ["s3", "GetObject", { Bucket: "artifacts", Key: "a/b.zip" }, ["s3:GetObject", "arn:aws-cn:s3:::artifacts/a/b.zip"]],
  [
    "s3",
    "HeadObject",
    { Bucket: "artifacts", Key: "b", VersionId: "1" },
    ["s3:GetObjectVersion", "arn:aws-cn:s3:::artifacts/b"],
  ],
  [
    "s3",
    "DeleteObject",
    { Bucket: "artifacts", Key: "b", VersionId: "1" },
    ["s3:DeleteObjectVersion", "arn:aws-cn:s3:::artifacts/b"],
  ],
  ["s3", "UploadPart", { Bucket: "artifacts", Key: "b" }, ["s3:PutObject", "arn:aws-cn:s3:::artifacts/b"]],
  ["s3", "ListObjectsV2", { Bucket: "artifacts" }, ["s3:ListBucket", "arn:aws-cn:s3:::artifacts"]],
  [
    "s3",
    "DeleteBucketEncryption",
    { Bucket: "artifacts" },
    ["s3:PutEncryptionConfiguration", "arn:aws-cn:s3:::artifacts"],
  ],
  [
    "logs",
    "PutLogEvents",
    { logGroupName: "/g", logStreamName: "s" },
    ["logs:PutLogEvents", here("logs", "log-group:/g:log-stream:s")],
  ],
  [
    "logs",
    "DescribeLogStreams",
    { logGroupName: "/g" },
    ["logs:DescribeLogStreams", here("logs", "log-group:/g:log-stream:")],
  ],
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

test("registering a task definition hands over its roles, and its tags are asked for by themselves", async () => {
  const definition = {
    family: "workers",
    taskRoleArn: "arn:role/task",
    executionRoleArn: "start",
    containerDefinitions: [],
  };
  const register = { service: "ecs", action: "RegisterTaskDefinition", parameters: definition };
  const revision = here("ecs", "task-definition/workers:*");
  const asked = (conditions: object) => [
    { action: "ecs:RegisterTaskDefinition", resource: revision, conditions },
    ...["arn:role/task", "arn:aws-cn:iam::111122223333:role/start"].map((resource) => ({
      action: "iam:PassRole",
      resource,
      conditions: { "iam:passedtoservice": "ecs-tasks.amazonaws.com" },
    })),
  ];
  expect(await iamRequests(register, environment)).toEqual(asked({}));
  const tagged = { ...register, parameters: { ...definition, tags: [{ key: "Stack", value: "s" }] } };
  expect(await iamRequests(tagged, environment)).toEqual([
    ...asked({ "aws:requesttag/stack": "s" }),
    { action: "ecs:TagResource", resource: revision, conditions: { "ecs:createaction": "RegisterTaskDefinition" } },
  ]);
});

test("what is done to services and tasks sets their cluster, and what is done to a task definition sets none", async () => {
  const cluster = async (action: string, parameters: object) =>
    (await iamRequests({ service: "ecs", action, parameters: { ...parameters } }, environment))[0]?.conditions[
      "ecs:cluster"
    ];
  expect(await cluster("UpdateService", { cluster: "c", service: "s" })).toBe(here("ecs", "cluster/c"));
  expect(await cluster("GetTaskProtection", { cluster: here("ecs", "cluster/c"), tasks: ["t"] })).toBe(
    here("ecs", "cluster/c"),
  );
  expect(await cluster("DescribeTaskDefinition", { taskDefinition: "f" })).toBeUndefined();
});

test.each(["PutScalingPolicy", "RegisterScalableTarget"])(
  "%s asks also for what Application Auto Scaling will do to the service and its alarms",
  async (action) => {
    const parameters = {
      ServiceNamespace: "ecs",
      ResourceId: "service/c/workers",
      ScalableDimension: "ecs:service:DesiredCount",
    };
    const asked = await iamRequests({ service: "application-autoscaling", action, parameters }, environment);
    expect(asked[0]).toEqual({
      action: `application-autoscaling:${action}`,
      resource: target,
      conditions: {
        "application-autoscaling:service-namespace": "ecs",
        "application-autoscaling:scalable-dimension": "ecs:service:DesiredCount",
      },
    });
    expect(asked.slice(1).map((request) => `${request.action} ${request.resource}`)).toEqual([
      `ecs:DescribeServices ${here("ecs", "service/c/workers")}`,
      `ecs:UpdateService ${here("ecs", "service/c/workers")}`,
      `cloudwatch:DescribeAlarms ${here("cloudwatch", "alarm:*")}`,
      `cloudwatch:PutMetricAlarm ${here("cloudwatch", "alarm:")}`,
      `cloudwatch:DeleteAlarms ${here("cloudwatch", "alarm:")}`,
    ]);
    expect(asked[2]?.conditions).toEqual({ "ecs:cluster": here("ecs", "cluster/c"), "aws:viaawsservice": "true" });
  },
);

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
  ["ecs", "ListTasks", { cluster: "c", serviceName: "s" }, /name no resource that services.ts knows/],
  [
    "s3",
    "DeleteObjects",
    { Bucket: "artifacts" },
    /^s3 DeleteObjects: its keys are in the body, which is not recorded/,
  ],
  [
    "application-autoscaling",
    "PutScalingPolicy",
    { ServiceNamespace: "ecs", ResourceId: "service/c/other", ScalableDimension: "ecs:service:DesiredCount" },
    /no scalable target ecs service\/c\/other ecs:service:DesiredCount is known/,
  ],
  ["sqs", "SendMessage", { QueueUrl: "http://127.0.0.1/jobs" }, /does not end with an account and a queue's name/],
])("%s %s of %j is an error", async (service, action, parameters, message) => {
  await expect(requests(service, action, parameters)).rejects.toThrow(message);
});
