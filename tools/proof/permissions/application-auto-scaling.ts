import { arn } from "./arns";
import { requestTagConditions } from "./request-tags";
import type { Environment, IamRequest, KnownResource, Parameters, Service } from "./services";

export const applicationAutoScaling: Service = {
  prefix: "application-autoscaling",
  tagging: "TagResource",
  resources: (operation, parameters, environment) => {
    if (parameters.ResourceARN !== undefined) return [String(parameters.ResourceARN)];
    // Listing knows no resource, also where it names one.
    return operation.startsWith("Describe") ? [] : [targetOf(parameters, environment).arn];
  },
  split: {
    PutScalingPolicy: (parameters, environment) => changes("PutScalingPolicy", parameters, environment),
    RegisterScalableTarget: (parameters, environment) => changes("RegisterScalableTarget", parameters, environment),
  },
};

/** With its caller's permissions. */
const TRIED_BY_THE_SERVICE = { "aws:viaawsservice": "true" };

/** What calls name a scalable target by; its ARN has a part that AWS makes up. */
export function targetName({ ServiceNamespace, ResourceId, ScalableDimension }: Parameters): string {
  return [ServiceNamespace, ResourceId, ScalableDimension].join(" ");
}

/** @throws Error when the target is not known: its ARN has a part that AWS makes up */
function targetOf(parameters: Parameters, { resources = [] }: Environment): KnownResource {
  const name = targetName(parameters);
  const target = resources.find((one) => one.name === name);
  if (!target) throw new Error(`no scalable target ${name} is known; give it among the environment's resources`);
  return target;
}

/**
 * Before it changes anything, Application Auto Scaling tries whether its caller might do what it will do later, to alarms
 * without a name among others: docs.aws.amazon.com/autoscaling/application/userguide/security_iam_permission_validation.html
 *
 * @throws Error when the target is not known, or is neither an ECS service nor a custom resource
 */
function changes(operation: string, parameters: Parameters, environment: Environment): IamRequest[] {
  const { ServiceNamespace, ScalableDimension } = parameters;
  const target = targetOf(parameters, environment);
  const tags = requestTagConditions(parameters);
  const own = (action: string): IamRequest => ({
    action: `application-autoscaling:${action}`,
    resource: target.arn,
    conditions: {
      ...tags,
      "application-autoscaling:service-namespace": String(ServiceNamespace),
      "application-autoscaling:scalable-dimension": String(ScalableDimension),
    },
  });
  const onAlarms = (action: string, alarms: string): IamRequest => ({
    action,
    resource: arn(environment, "cloudwatch", `alarm:${alarms}`),
    conditions: TRIED_BY_THE_SERVICE,
  });
  return [
    own(operation),
    ...(Object.keys(tags).length > 0 ? [own("TagResource")] : []),
    ...inItsService(target, parameters, environment),
    onAlarms("cloudwatch:DescribeAlarms", "*"),
    onAlarms("cloudwatch:PutMetricAlarm", ""),
    onAlarms("cloudwatch:DeleteAlarms", ""),
  ];
}

/** What it will do to the target itself. */
function inItsService(
  { name }: KnownResource,
  { ServiceNamespace, ResourceId }: Parameters,
  environment: Environment,
): IamRequest[] {
  const [kind, cluster] = String(ResourceId).split("/");
  if (ServiceNamespace === "ecs" && kind === "service") {
    return ["DescribeServices", "UpdateService"].map((operation) => ({
      action: `ecs:${operation}`,
      resource: arn(environment, "ecs", String(ResourceId)),
      conditions: { "ecs:cluster": arn(environment, "ecs", `cluster/${cluster}`), ...TRIED_BY_THE_SERVICE },
    }));
  }
  const [, api, path] = /^https:\/\/([^.]+)\.execute-api\.[^/]+\/([^/]+)\//.exec(String(ResourceId)) ?? [];
  if (ServiceNamespace === "custom-resource" && api) {
    const dimension = String(ResourceId).split("/").slice(4).join("/");
    return ["GET", "PATCH"].map((method) => ({
      action: "execute-api:Invoke",
      resource: arn(environment, "execute-api", `${api}/${path}/${method}/${dimension}`),
      conditions: TRIED_BY_THE_SERVICE,
    }));
  }
  throw new Error(
    `what the owner of ${name} may do in its service is not known. Add it to application-auto-scaling.ts`,
  );
}
