import { arn } from "./arns";
import type { Environment, IamRequest, Parameters, Service } from "./services";

export const applicationAutoScaling: Service = {
  prefix: "application-autoscaling",
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

/**
 * Before it changes anything, Application Auto Scaling tries whether its caller might do what it will do later, to alarms
 * without a name among others: docs.aws.amazon.com/autoscaling/application/userguide/security_iam_permission_validation.html
 *
 * @throws Error when the target is not known, or is no ECS service
 */
function changes(operation: string, parameters: Parameters, environment: Environment): IamRequest[] {
  const { ServiceNamespace, ResourceId, ScalableDimension } = parameters;
  const name = targetName(parameters);
  const target = environment.resources?.find((one) => one.name === name);
  if (!target) throw new Error(`no scalable target ${name} is known; give it among the environment's resources`);
  const [kind, cluster] = String(ResourceId).split("/");
  if (ServiceNamespace !== "ecs" || kind !== "service") {
    throw new Error(
      `what the owner of ${name} may do in its service is not known. Add it to application-auto-scaling.ts`,
    );
  }
  const onService = (action: string): IamRequest => ({
    action,
    resource: arn(environment, "ecs", String(ResourceId)),
    conditions: { "ecs:cluster": arn(environment, "ecs", `cluster/${cluster}`), ...TRIED_BY_THE_SERVICE },
  });
  const onAlarms = (action: string, alarms: string): IamRequest => ({
    action,
    resource: arn(environment, "cloudwatch", `alarm:${alarms}`),
    conditions: TRIED_BY_THE_SERVICE,
  });
  return [
    {
      action: `application-autoscaling:${operation}`,
      resource: target.arn,
      conditions: {
        "application-autoscaling:service-namespace": String(ServiceNamespace),
        "application-autoscaling:scalable-dimension": String(ScalableDimension),
      },
    },
    onService("ecs:DescribeServices"),
    onService("ecs:UpdateService"),
    onAlarms("cloudwatch:DescribeAlarms", "*"),
    onAlarms("cloudwatch:PutMetricAlarm", ""),
    onAlarms("cloudwatch:DeleteAlarms", ""),
  ];
}
