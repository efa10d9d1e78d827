import { apiGateway } from "./api-gateway";
import { applicationAutoScaling } from "./application-auto-scaling";
import { arn, members, texts } from "./arns";
import { backup } from "./backup";
import { codeBuild, codePipeline, events } from "./delivery";
import { ec2 } from "./ec2";
import { ecs } from "./ecs";
import { elasticFileSystem } from "./elastic-file-system";
import { elasticLoadBalancing } from "./elastic-load-balancing";
import { iam } from "./iam";
import { kms } from "./kms";
import { route53 } from "./route53";
import { s3 } from "./s3";
import { scheduler } from "./scheduler";
import { secretsManager, ssm } from "./settings";

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
  /** What IAM is asked, where neither `resources` nor `split` can say; undefined when that is not known either. */
  readonly understand?: (
    operation: string,
    parameters: Parameters,
    environment: Environment,
  ) => Promise<IamRequest[] | undefined>;
  /**
   * The action that is asked for as well, on the same resources, where a call makes something with tags. @default - none: the
   * tags are conditions of the call's own action
   */
  readonly tagging?: string;
  /** Roles that a call hands over, and the service that gets them. */
  readonly passes?: (operation: string, parameters: Parameters) => PassedRole[];
  /** What IAM is asked for an operation that takes other actions than its own, or more. */
  readonly split?: Readonly<Record<string, (parameters: Parameters, environment: Environment) => IamRequest[]>>;
}

/** A role, by name or ARN, that a call gives a service to work with. */
export interface PassedRole {
  readonly role: string;
  /** Such as `lambda`. */
  readonly to: string;
}

export type Parameters = Readonly<Record<string, unknown>>;

/** By signing name. A service that is missing here is an error where it is called: add it, with what its calls act on. */
export const services: Readonly<Record<string, Service>> = {
  apigateway: apiGateway,
  backup,
  codebuild: codeBuild,
  codepipeline: codePipeline,
  elasticfilesystem: elasticFileSystem,
  elasticloadbalancing: elasticLoadBalancing,
  events,
  iam,
  kms,
  route53,
  scheduler,
  secretsmanager: secretsManager,
  ssm,
  kinesis: {
    prefix: "kinesis",
    tagging: "AddTagsToStream",
    resources: (_, { StreamARN, ResourceARN, ConsumerARN, StreamName }, environment) => [
      ...texts(StreamARN ?? ResourceARN ?? ConsumerARN),
      ...(StreamARN ? [] : texts(StreamName).map((name) => arn(environment, "kinesis", `stream/${name}`))),
    ],
  },
  monitoring: {
    prefix: "cloudwatch",
    tagging: "TagResource",
    conditions: (operation, { Namespace }) =>
      operation === "PutMetricData" ? { "cloudwatch:namespace": String(Namespace) } : {},
    resources: (operation, parameters, environment) => {
      // Their one resource type, dataset, is not what classic metrics live in.
      if (["GetMetricData", "ListMetrics", "PutMetricData"].includes(operation)) return ["*"];
      const alarms = [...texts(parameters.AlarmName), ...members(parameters, "AlarmNames")];
      const dashboards = [...texts(parameters.DashboardName), ...members(parameters, "DashboardNames")];
      return [
        ...texts(parameters.ResourceARN),
        ...alarms.map((name) => arn(environment, "cloudwatch", `alarm:${name}`)),
        ...dashboards.map((name) => arn({ ...environment, region: "" }, "cloudwatch", `dashboard/${name}`)),
      ];
    },
  },
  dynamodb: {
    prefix: "dynamodb",
    tagging: "TagResource",
    resources: (_, { TableName, ResourceArn, IndexName, RequestItems }, environment) =>
      [...texts(TableName ?? ResourceArn), ...Object.keys((RequestItems as object | undefined) ?? {})].map((name) =>
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
    tagging: "TagQueue",
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
    tagging: "TagResource",
    resources: (_, { TopicArn, TargetArn, ResourceArn, Name }, environment) => [
      ...texts(TopicArn ?? TargetArn ?? ResourceArn),
      ...texts(Name).map((name) => arn(environment, "sns", name)),
    ],
  },
  lambda: {
    prefix: "lambda",
    tagging: "TagResource",
    passes: (_, { Role }) => texts(Role).map((role) => ({ role, to: "lambda" })),
    actions: { Invoke: "InvokeFunction", InvokeWithResponseStream: "InvokeFunction" },
    resources: (_, { FunctionName, Qualifier }, environment) =>
      texts(FunctionName).map((name) => functionArn(name, Qualifier, environment)),
  },
  "application-autoscaling": applicationAutoScaling,
  autoscaling: {
    prefix: "autoscaling",
    tagging: "CreateOrUpdateTags",
    resources: (operation, { AutoScalingGroupName }, environment) =>
      // Listing knows no resource, also where it names one.
      operation.startsWith("Describe") ? [] : texts(AutoScalingGroupName).map((name) => groupArn(name, environment)),
  },
  ec2,
  ecr: {
    prefix: "ecr",
    tagging: "TagResource",
    resources: (_, { repositoryName, repositoryNames, resourceArn, registryId }, environment) => [
      ...texts(resourceArn),
      ...texts(repositoryName ?? repositoryNames).map((name) =>
        arn({ ...environment, account: String(registryId ?? environment.account) }, "ecr", `repository/${name}`),
      ),
    ],
  },
  ecs,
  logs: {
    prefix: "logs",
    tagging: "TagResource",
    // Where a call is about a whole group, the stream's name is empty in what IAM is asked.
    resources: (_, { logGroupName, resourceArn, logStreamName = "" }, environment) => [
      ...texts(resourceArn),
      ...texts(logGroupName).map((group) => arn(environment, "logs", `log-group:${group}:log-stream:${logStreamName}`)),
    ],
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
