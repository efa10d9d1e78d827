import { applicationAutoScaling } from "./application-auto-scaling";
import { arn, texts } from "./arns";
import { ecs } from "./ecs";
import { s3 } from "./s3";

/** What IAM is asked when a call arrives. */
export interface IamRequest {
  /** `kinesis:ListShards` */
  readonly action: string;
  /** An ARN, or `*` where the action knows no resource. */
  readonly resource: string;
  /** Condition keys that the call sets, in lower case; those of the environment are added later. */
  readonly conditions: Readonly<Record<string, string | undefined>>;
}

/** Where calls are made: what an ARN is built with, when a call names a resource by its name only. */
export interface Environment {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** What calls do not say and IAM knows: the made-up part of an ARN, and tags. @default - nothing is known */
  readonly resources?: readonly KnownResource[];
}

/** An Auto Scaling group, an instance or a scalable target, as it is where the calls were made. */
export interface KnownResource {
  readonly arn: string;
  /** What calls name it by, where its ARN does not say. @default - its ARN says it */
  readonly name?: string;
  /** @default - nobody knows them, and a condition on one is an error */
  readonly tags?: Readonly<Record<string, string>>;
}

/** How one service's calls become questions to IAM. */
export interface Service {
  /** What its actions begin with in a policy. */
  readonly prefix: string;
  /** Operations that IAM calls otherwise. */
  readonly actions?: Readonly<Record<string, string>>;
  /**
   * The operation and the parameters of a REST request, which is recorded by its method and its path; undefined when it
   * is not known which it is. @default - requests name their operation
   */
  readonly rest?: (method: string, path: string) => { operation: string; parameters: Parameters } | undefined;
  /** Condition keys that an operation sets. */
  readonly conditions?: (
    operation: string,
    parameters: Parameters,
    environment: Environment,
  ) => IamRequest["conditions"];
  /**
   * The ARNs that a call acts on; none when its parameters name none. Without this, only actions that know no resource
   * are understood.
   */
  readonly resources?: (operation: string, parameters: Parameters, environment: Environment) => string[];
  /** What IAM is asked for an operation that takes other actions than its own, or more. */
  readonly split?: Readonly<Record<string, (parameters: Parameters, environment: Environment) => IamRequest[]>>;
}

export type Parameters = Readonly<Record<string, unknown>>;

/** By signing name. A service that is missing here is an error where it is called: add it, with what its calls act on. */
export const services: Readonly<Record<string, Service>> = {
  kinesis: {
    prefix: "kinesis",
    resources: (_, { StreamARN, ResourceARN, ConsumerARN, StreamName }, environment) => [
      ...texts(StreamARN ?? ResourceARN ?? ConsumerARN),
      ...(StreamARN ? [] : texts(StreamName).map((name) => arn(environment, "kinesis", `stream/${name}`))),
    ],
  },
  monitoring: {
    prefix: "cloudwatch",
    conditions: (operation, { Namespace }) =>
      operation === "PutMetricData" ? { "cloudwatch:namespace": String(Namespace) } : {},
    resources: (operation, { AlarmName, AlarmNames }, environment) => {
      // Their one resource type, dataset, is not what classic metrics live in.
      if (["GetMetricData", "ListMetrics", "PutMetricData"].includes(operation)) return ["*"];
      return texts(AlarmName ?? AlarmNames).map((name) => arn(environment, "cloudwatch", `alarm:${name}`));
    },
  },
  dynamodb: {
    prefix: "dynamodb",
    resources: (_, { TableName, IndexName, RequestItems }, environment) =>
      [...texts(TableName), ...Object.keys((RequestItems as object | undefined) ?? {})].map((name) =>
        tableArn(name, environment, IndexName),
      ),
    split: {
      TransactGetItems: (parameters, environment) => transactItems(parameters, environment, { Get: "GetItem" }),
      TransactWriteItems: (parameters, environment) =>
        transactItems(parameters, environment, {
          ConditionCheck: "ConditionCheckItem",
          Delete: "DeleteItem",
          Put: "PutItem",
          Update: "UpdateItem",
        }),
    },
  },
  sqs: {
    prefix: "sqs",
    actions: {
      ChangeMessageVisibilityBatch: "ChangeMessageVisibility",
      DeleteMessageBatch: "DeleteMessage",
      SendMessageBatch: "SendMessage",
    },
    resources: (_, { QueueUrl, QueueName }, environment) => [
      ...texts(QueueUrl).map((url) => queueArn(url, environment)),
      ...texts(QueueName).map((name) => arn(environment, "sqs", name)),
    ],
  },
  sns: {
    prefix: "sns",
    actions: { PublishBatch: "Publish" },
    resources: (_, { TopicArn, TargetArn, ResourceArn }) => texts(TopicArn ?? TargetArn ?? ResourceArn),
  },
  lambda: {
    prefix: "lambda",
    actions: { Invoke: "InvokeFunction", InvokeWithResponseStream: "InvokeFunction" },
    resources: (_, { FunctionName, Qualifier }, environment) =>
      texts(FunctionName).map((name) => functionArn(name, Qualifier, environment)),
  },
  "application-autoscaling": applicationAutoScaling,
  autoscaling: {
    prefix: "autoscaling",
    resources: (operation, { AutoScalingGroupName }, environment) =>
      // Listing knows no resource, also where it names one.
      operation.startsWith("Describe") ? [] : texts(AutoScalingGroupName).map((name) => groupArn(name, environment)),
  },
  ec2: {
    prefix: "ec2",
    conditions: (operation, parameters) =>
      operation === "ModifyInstanceAttribute" ? modifiedAttribute(parameters) : {},
    resources: (_, { InstanceId }, environment) =>
      texts(InstanceId).map((id) => arn(environment, "ec2", `instance/${id}`)),
  },
  ecr: {
    prefix: "ecr",
    resources: (_, { repositoryName, repositoryNames, registryId }, environment) =>
      texts(repositoryName ?? repositoryNames).map((name) =>
        arn({ ...environment, account: String(registryId ?? environment.account) }, "ecr", `repository/${name}`),
      ),
  },
  ecs,
  logs: {
    prefix: "logs",
    // Where a call is about a whole group, the stream's name is empty in what IAM is asked.
    resources: (_, { logGroupName, logStreamName = "" }, environment) =>
      texts(logGroupName).map((group) => arn(environment, "logs", `log-group:${group}:log-stream:${logStreamName}`)),
  },
  s3,
  sts: { prefix: "sts" },
  xray: { prefix: "xray" },
};

function tableArn(table: string, environment: Environment, index?: unknown): string {
  const whole = table.startsWith("arn:") ? table : arn(environment, "dynamodb", `table/${table}`);
  return index === undefined ? whole : `${whole}/index/${index}`;
}

function transactItems(
  { TransactItems }: Parameters,
  environment: Environment,
  actions: Record<string, string>,
): IamRequest[] {
  const items = (TransactItems ?? []) as Record<string, { TableName: string }>[];
  return items.flatMap((item) =>
    Object.entries(item).map(([kind, { TableName }]) => {
      const action = actions[kind];
      if (!action) throw new Error(`a transaction has no ${kind}`);
      return { action: `dynamodb:${action}`, resource: tableArn(TableName, environment), conditions: {} };
    }),
  );
}

/** A queue's URL ends with the account and the name, on AWS and on a local stand-in alike. */
function queueArn(url: string, environment: Environment): string {
  const [, account, name] = /\/(\d{12})\/([\w-]+(?:\.fifo)?)$/.exec(url) ?? [];
  if (!account || !name) throw new Error(`${url} does not end with an account and a queue's name`);
  return arn({ ...environment, account }, "sqs", name);
}

/** A function is named by its name, `name:alias`, `account:function:name` or its ARN. */
function functionArn(name: string, qualifier: unknown, environment: Environment): string {
  const suffix = qualifier === undefined ? "" : `:${qualifier}`;
  if (name.startsWith("arn:")) return name + suffix;
  const [, account = environment.account, rest = name] = /^(\d{12}):function:(.+)$/.exec(name) ?? [];
  return arn({ ...environment, account }, "lambda", `function:${rest}`) + suffix;
}

/** @throws Error when the group is not known: its ARN has a part that AWS makes up. */
function groupArn(name: string, { resources = [] }: Environment): string {
  const group = resources.find(({ arn }) => arn.endsWith(`:autoScalingGroupName/${name}`));
  if (!group) throw new Error(`no Auto Scaling group ${name} is known; give it among the environment's resources`);
  return group.arn;
}

/**
 * `DisableApiTermination.Value=false`, or the older form `Attribute=disableApiTermination&Value=false`. In the conditions
 * an attribute is called as the API calls the parameter.
 *
 * @throws Error on what asks IAM about other resources, too
 */
function modifiedAttribute(parameters: Parameters): IamRequest["conditions"] {
  const others = Object.keys(parameters).filter((key) => /^(GroupId|BlockDeviceMapping)\b/.test(key));
  if (others.length > 0) {
    throw new Error(
      `ec2 ModifyInstanceAttribute: ${others.join(", ")} is about more than the instance. Add it to services.ts`,
    );
  }
  const [key, value] = Object.entries(parameters).find(([name]) => name.endsWith(".Value")) ?? [];
  const name = key?.slice(0, -".Value".length) ?? capitalized(String(parameters.Attribute));
  return { "ec2:attribute": name, [`ec2:attribute/${name.toLowerCase()}`]: String(value ?? parameters.Value) };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
