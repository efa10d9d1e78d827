import { Testing } from "cdktf";
import type * as z from "zod";
import { Template } from "../../shared/testing/template";
import schema from "./parameters";
import KinesisScaler from "./stack";

const templateOf = (parameters: z.input<typeof schema>) =>
  Template.of(new KinesisScaler(Testing.app(), "scaler", schema.parse(parameters)));
const orders = { name: "orders", minShards: 2, maxShards: 8 };
const template = templateOf({ streams: [orders] });

describe("kinesis-scaler", () => {
  test("a created stream carries the stack's name, is encrypted and begins with the fewest shards", () => {
    template.find("aws_kinesis_stream", {
      name: "scaler-orders",
      shard_count: 2,
      retention_period: 24,
      encryption_type: "KMS",
      kms_key_id: "alias/aws/kinesis",
    });
  });

  test("Terraform leaves the shard count to the scaler", () => {
    expect(template.only("aws_kinesis_stream").attributes.lifecycle.ignore_changes).toEqual(["shard_count"]);
  });

  test("data are retained unless the parameters let go of them", () => {
    const lifecycle = (retainData: boolean) => {
      const { attributes } = templateOf({ streams: [orders], retainData }).only("aws_kinesis_stream");
      return [attributes.lifecycle.prevent_destroy, attributes.enforce_consumer_deletion];
    };
    expect(lifecycle(true)).toEqual([true, false]);
    expect(lifecycle(false)).toEqual([false, true]);
  });

  test("an adopted stream is looked up, not made, and scaled under its own name", () => {
    const adopting = templateOf({ streams: [{ name: "existing", source: "adopt", maxShards: 4 }] });
    expect(adopting.resourceCount("aws_kinesis_stream")).toBe(0);
    expect(adopting.dataSources("aws_kinesis_stream").map((one) => one.attributes.name)).toEqual(["existing"]);
    expect(adopting.only("aws_appautoscaling_target").attributes.resource_id).toMatch(
      /\/scalableTargetDimensions\/existing$/,
    );
  });

  test("the scalable target has the stream's bounds, and is registered when all that answers for it is there", () => {
    const { attributes } = template.only("aws_appautoscaling_target");
    expect(attributes).toMatchObject({
      service_namespace: "custom-resource",
      scalable_dimension: "custom-resource:ResourceType:Property",
      min_capacity: 2,
      max_capacity: 8,
    });
    expect(attributes.resource_id).toMatch(
      /^\$\{aws_api_gateway_stage\..*\.invoke_url\}\/scalableTargetDimensions\/scaler-orders$/,
    );
    const types = (attributes.depends_on as string[]).map((address) => address.split(".")[0]);
    expect(new Set(types)).toEqual(
      new Set([
        "aws_api_gateway_stage",
        "aws_api_gateway_method_settings",
        "aws_lambda_permission",
        "aws_kinesis_stream",
        "aws_scheduler_schedule",
        "aws_iam_role_policy",
      ]),
    );
  });

  test("the policy tracks the metric that the monitor publishes: namespace, name, dimension and unit", () => {
    const { attributes } = template.only("aws_appautoscaling_policy");
    expect(attributes.target_tracking_scaling_policy_configuration).toEqual({
      target_value: 75,
      disable_scale_in: false,
      scale_in_cooldown: 3600,
      scale_out_cooldown: 300,
      customized_metric_specification: {
        namespace: "KinesisScaler/scaler",
        metric_name: "StreamUtilization",
        statistic: "Maximum",
        unit: "Percent",
        dimensions: [{ name: "StreamName", value: "scaler-orders" }],
      },
    });
    template.find("aws_lambda_function", {
      function_name: "scaler-monitor",
      environment: { variables: { METRIC_NAMESPACE: "KinesisScaler/scaler" } },
    });
  });

  test("scale-in can be turned off, for the policy and for the scaler", () => {
    const off = templateOf({ streams: [orders], scaleIn: false });
    expect(
      off.only("aws_appautoscaling_policy").attributes.target_tracking_scaling_policy_configuration.disable_scale_in,
    ).toBe(true);
    off.find("aws_lambda_function", {
      function_name: "scaler-scaler",
      environment: { variables: { SCALE_IN: "false" } },
    });
  });

  test("the API has GET and PATCH of a dimension, both signed, and nothing else", () => {
    const methods = template
      .resources("aws_api_gateway_method")
      .map(({ attributes }) => [attributes.http_method, attributes.authorization]);
    expect(methods).toEqual([
      ["GET", "AWS_IAM"],
      ["PATCH", "AWS_IAM"],
    ]);
    expect(template.resources("aws_api_gateway_resource").map(({ attributes }) => attributes.path_part)).toEqual([
      "scalableTargetDimensions",
      "{scalableTargetDimensionId}",
    ]);
  });

  test("the API answers this account only", () => {
    const policy = JSON.parse(template.only("aws_api_gateway_rest_api_policy").attributes.policy);
    const account = "${data.aws_caller_identity.caller.account_id}";
    expect(policy.Statement).toMatchObject([
      { Effect: "Allow", Principal: { AWS: expect.stringContaining(`:iam::${account}:root`) } },
      { Effect: "Deny", Principal: "*", Condition: { StringNotEquals: { "aws:PrincipalAccount": account } } },
    ]);
  });

  test("a change of the API makes a new deployment before the old one goes", () => {
    const { attributes } = template.only("aws_api_gateway_deployment");
    expect(attributes.lifecycle).toEqual({ create_before_destroy: true });
    expect(attributes.triggers.policy).toContain("aws_api_gateway_rest_api_policy");
    expect(JSON.parse(attributes.triggers.routes)).toMatchObject({
      METHODS: ["GET", "PATCH"],
      route: { authorization: "AWS_IAM", type: "AWS_PROXY" },
      handler: "scaler/scaler",
    });
  });

  test("the monitor may describe its streams, read metrics, publish its own and read the scaler's memory", () => {
    const grants = template
      .policyStatements("scaler-monitor")
      .flatMap(({ Action = [], Resource = [] }) => Action.map((action) => [action, ...Resource]));
    expect(grants).toEqual(
      expect.arrayContaining([
        ["kinesis:DescribeStreamSummary", expect.stringMatching(/:stream\/scaler-orders$/)],
        ["cloudwatch:GetMetricData", "*"],
        ["cloudwatch:PutMetricData", "*"],
        ["dynamodb:Scan", expect.stringMatching(/^\$\{aws_dynamodb_table\./)],
      ]),
    );
    expect(grants.map(([action]) => action)).not.toContain("kinesis:UpdateShardCount");
  });

  test("the scaler may describe and reshard its streams and no others", () => {
    const kinesis = template
      .policyStatements("scaler-scaler")
      .filter(({ Action = [] }) => Action.some((action) => action.startsWith("kinesis:")));
    expect(kinesis.flatMap(({ Action = [] }) => Action)).toEqual([
      "kinesis:DescribeStreamSummary",
      "kinesis:UpdateShardCount",
    ]);
    for (const { Resource } of kinesis) expect(Resource).toEqual([expect.stringMatching(/:stream\/scaler-orders$/)]);
  });

  test("creating the API's new deployment first does not reach the function, whose name cannot exist twice", () => {
    const inApi = JSON.stringify(
      template.resources().filter(({ type }) => /^aws_api_gateway_(deploy|integ|method$)/.test(type)),
    );
    expect(inApi).not.toContain("aws_lambda_function.");
  });

  test("a stream that is adopted and created under one name is a mistake", () => {
    const twice = [orders, { name: "scaler-orders", source: "adopt", maxShards: 2 } as const];
    expect(() => templateOf({ streams: twice })).toThrow(
      "scaler: streams: scaler-orders is adopted, and created under that name as well; keep one",
    );
  });

  test("the alarm on failed scale-outs looks for the words that the scaler logs", () => {
    expect(template.only("aws_cloudwatch_log_metric_filter").attributes.pattern).toBe("{ $.scaleOutFailed IS TRUE }");
  });

  test("there is an alarm for everything that can go wrong unseen", () => {
    const metrics = template.resources("aws_cloudwatch_metric_alarm").map(({ attributes }) => attributes.metric_name);
    expect(metrics.sort()).toEqual([
      "5XXError",
      "ApproximateNumberOfMessagesVisible",
      "Errors",
      "Errors",
      "FailedScaleOuts",
      "GetRecords.IteratorAgeMilliseconds",
      "RemainingUpdates",
      "Throttles",
      "Throttles",
      "UnmeasuredStreams",
      "WriteProvisionedThroughputExceeded",
    ]);
  });

  test("an e-mail address is subscribed to the alarms", () => {
    const { attributes } = templateOf({ streams: [orders], notificationEmail: "ops@example.com" }).only(
      "aws_sns_topic_subscription",
    );
    expect(attributes).toMatchObject({ protocol: "email", endpoint: "ops@example.com" });
  });

  test("nothing changes the account beyond the stack", () => {
    for (const type of ["aws_api_gateway_account", "aws_cloudtrail", "aws_iam_service_linked_role"])
      expect(template.resourceCount(type)).toBe(0);
  });

  test("every output says what it is", () => {
    for (const [name, { description }] of Object.entries(template.outputs()))
      expect([name, description]).toEqual([name, expect.stringMatching(/\.$/)]);
  });

  test("five hundred streams keep within the quotas of IAM, Lambda and the dashboard", () => {
    const many = templateOf({
      streams: Array.from({ length: 500 }, (_, index) => ({
        name: `a-stream-with-a-long-name-${index}`,
        maxShards: 4,
      })),
    });
    expect(many.resourceCount("aws_appautoscaling_target")).toBe(500);
    for (const role of ["scaler-monitor", "scaler-scaler"]) {
      const streams = many
        .policyStatements(role)
        .filter(({ Action = [] }) => Action.includes("kinesis:DescribeStreamSummary"));
      expect(streams.flatMap(({ Resource = [] }) => Resource)).toHaveLength(500);
    }
    for (const { attributes } of many.resources("aws_lambda_function")) {
      expect(JSON.stringify(attributes.environment.variables).length).toBeLessThan(4096);
    }
    const { widgets } = JSON.parse(many.only("aws_cloudwatch_dashboard").attributes.dashboard_body);
    const counts = widgets.map((widget: { properties: { metrics: unknown[] } }) => widget.properties.metrics.length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(500);
    expect(counts.reduce((sum: number, count: number) => sum + count)).toBeLessThanOrEqual(2500);
  });

  test("the resources of the default parameters are these", () => {
    expect(template.resourceCounts()).toMatchSnapshot();
  });
});
