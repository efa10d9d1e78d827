import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment";
import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import { ApiGatewayMethodSettings } from "@cdktf/provider-aws/lib/api-gateway-method-settings";
import { ApiGatewayResource } from "@cdktf/provider-aws/lib/api-gateway-resource";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { ApiGatewayRestApiPolicy } from "@cdktf/provider-aws/lib/api-gateway-rest-api-policy";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { AppautoscalingPolicy } from "@cdktf/provider-aws/lib/appautoscaling-policy";
import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import type { NodejsFunction } from "../../shared/functions/nodejs-function";
import { Alarm } from "../../shared/monitoring/alarm";
import type { AlarmTopic } from "../../shared/monitoring/alarm-topic";
import type { Metric } from "../../shared/monitoring/metric";

export interface CustomResourceApiProps {
  /** Answers GET and PATCH by the custom-resource contract. */
  readonly handler: NodejsFunction;
  readonly alarmTopic: AlarmTopic;
}

export interface ScalingProps {
  readonly minCapacity: number;
  readonly maxCapacity: number;
  /** Must fall as the capacity grows, and have the unit Percent. */
  readonly metric: Metric;
  readonly targetPercent: number;
  readonly scaleIn: boolean;
  readonly scaleOutCooldownSeconds: number;
  readonly scaleInCooldownSeconds: number;
  /** What has to exist, beside the API, before Application Auto Scaling asks for the capacity for the first time. */
  readonly after: ITerraformDependable[];
}

const STAGE = "prod";
const PATH = "scalableTargetDimensions";
const METHODS = ["GET", "PATCH"];
/** Far above what 500 scalable targets ask for, far below what would use up the account's functions. */
const REQUESTS_PER_SECOND = 50;
const BURST = 100;

/**
 * The REST API through which Application Auto Scaling scales what it does not know itself:
 * GET and PATCH /scalableTargetDimensions/{scalableTargetDimensionId}. Requests are signed (IAM) and come from this
 * account alone: Application Auto Scaling's service-linked role, and whoever of the account is allowed to invoke.
 */
export class CustomResourceApi extends Construct {
  readonly resourceIdPrefix: string;
  readonly #handler: NodejsFunction;
  readonly #stage: ApiGatewayStage;
  readonly #ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: CustomResourceApiProps) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    this.#handler = props.handler;
    const api = new ApiGatewayRestApi(this, "api", {
      name: stack.nameOf("restApi", id),
      description: `Custom-resource API of Application Auto Scaling for the stack ${stack.stackName}`,
      endpointConfiguration: { types: ["REGIONAL"] },
    });
    const invocations = METHODS.map((method) => `${api.executionArn}/${STAGE}/${method}/${PATH}/*`);
    const policy = new ApiGatewayRestApiPolicy(this, "policy", {
      restApiId: api.id,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "ThisAccountByItsIamPolicies",
            Effect: "Allow",
            Principal: { AWS: `arn:${stack.partition}:iam::${stack.accountId}:root` },
            Action: "execute-api:Invoke",
            Resource: invocations,
          },
          {
            Sid: "NobodyElse",
            Effect: "Deny",
            Principal: "*",
            Action: "execute-api:Invoke",
            Resource: invocations,
            Condition: { StringNotEquals: { "aws:PrincipalAccount": stack.accountId } },
          },
        ],
      }),
    });

    const collection = new ApiGatewayResource(this, "collection", {
      restApiId: api.id,
      parentId: api.rootResourceId,
      pathPart: PATH,
    });
    const dimension = new ApiGatewayResource(this, "dimension", {
      restApiId: api.id,
      parentId: collection.id,
      pathPart: "{scalableTargetDimensionId}",
    });
    const route = { authorization: "AWS_IAM", type: "AWS_PROXY", integrationHttpMethod: "POST" };
    const routes = METHODS.map((httpMethod) => {
      const { authorization, ...integration } = route;
      const on = { restApiId: api.id, resourceId: dimension.id, httpMethod };
      const method = new ApiGatewayMethod(this, httpMethod, { ...on, authorization });
      return new ApiGatewayIntegration(this, `${httpMethod}-integration`, {
        ...on,
        ...integration,
        uri: props.handler.invokeUri,
        dependsOn: [method],
      });
    });
    const permissions = METHODS.map(
      (method, index) =>
        new LambdaPermission(this, `${method}-permission`, {
          functionName: props.handler.functionName,
          action: "lambda:InvokeFunction",
          principal: "apigateway.amazonaws.com",
          sourceArn: invocations[index],
        }),
    );

    const deployment = new ApiGatewayDeployment(this, "deployment", {
      restApiId: api.id,
      // A deployment is a snapshot: a change of what it is made of has to make a new one.
      triggers: {
        policy: Fn.sha256(policy.policy),
        routes: JSON.stringify({ PATH, METHODS, route, handler: props.handler.node.path }),
      },
      lifecycle: { createBeforeDestroy: true },
      dependsOn: [policy, ...routes],
    });
    this.#stage = new ApiGatewayStage(this, "stage", {
      restApiId: api.id,
      deploymentId: deployment.id,
      stageName: STAGE,
      xrayTracingEnabled: true,
    });
    stack.exceptFromBaseline({
      rule: "50.access-log",
      resource: `aws_api_gateway_stage.${this.#stage.friendlyUniqueId}`,
      reason:
        "API Gateway writes access logs only with a role that is set for the whole account and Region. The scaler logs every request itself.",
    });
    const settings = new ApiGatewayMethodSettings(this, "settings", {
      restApiId: api.id,
      stageName: this.#stage.stageName,
      methodPath: "*/*",
      settings: {
        throttlingRateLimit: REQUESTS_PER_SECOND,
        throttlingBurstLimit: BURST,
        dataTraceEnabled: false,
        loggingLevel: "OFF",
        metricsEnabled: false,
      },
    });
    this.#ready = [this.#stage, settings, ...permissions];
    this.resourceIdPrefix = `${this.#stage.invokeUrl}/${PATH}/`;

    new Alarm(this, "failures", {
      description: `The custom-resource API ${api.name} answered with an error of its own (5xx). The log of ${props.handler.functionName} says why.`,
      metric: {
        namespace: "AWS/ApiGateway",
        name: "5XXError",
        statistic: "Sum",
        dimensions: { ApiName: api.name, Stage: STAGE },
      },
      threshold: { atLeast: 1 },
      treatMissingData: "notBreaching",
      topic: props.alarmTopic,
    });
  }

  /** Has Application Auto Scaling keep the metric at its target by changing the dimension's capacity. */
  scale(dimensionId: string, props: ScalingProps): void {
    const scope = new Construct(this, dimensionId);
    const target = new AppautoscalingTarget(scope, "target", {
      serviceNamespace: "custom-resource",
      scalableDimension: "custom-resource:ResourceType:Property",
      resourceId: `${this.resourceIdPrefix}${dimensionId}`,
      minCapacity: props.minCapacity,
      maxCapacity: props.maxCapacity,
      // Registration already asks the API for the capacity, so everything behind it has to work by then.
      dependsOn: [...this.#ready, ...props.after],
    });
    this.#handler.role.grantBefore(target);
    new AppautoscalingPolicy(scope, "policy", {
      name: BlueprintStack.of(this).nameOf("scalingPolicy", dimensionId),
      policyType: "TargetTrackingScaling",
      serviceNamespace: target.serviceNamespace,
      scalableDimension: target.scalableDimension,
      resourceId: target.resourceId,
      targetTrackingScalingPolicyConfiguration: {
        targetValue: props.targetPercent,
        disableScaleIn: !props.scaleIn,
        scaleOutCooldown: props.scaleOutCooldownSeconds,
        scaleInCooldown: props.scaleInCooldownSeconds,
        customizedMetricSpecification: {
          namespace: props.metric.namespace,
          metricName: props.metric.name,
          statistic: props.metric.statistic,
          // Without the unit that the metric is published in, no data point would match.
          unit: "Percent",
          dimensions: Object.entries(props.metric.dimensions).map(([name, value]) => ({ name, value })),
        },
      },
    });
  }
}
