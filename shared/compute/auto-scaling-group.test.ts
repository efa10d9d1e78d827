import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SecurityGroup } from "../network/security-group";
import { Template } from "../testing/template";
import { testNetwork as network } from "../testing/test-network";
import { TestStack } from "../testing/test-stack";
import { AutoScalingGroup, type AutoScalingGroupProps } from "./auto-scaling-group";
import { InstanceRole } from "./instance-role";
import { LaunchTemplate } from "./launch-template";
import { UserData } from "./user-data";

describe("an Auto Scaling group", () => {
  const make = (
    props: Partial<AutoScalingGroupProps> = {},
    use: (group: AutoScalingGroup, role: InstanceRole) => void = () => {},
    detailedMonitoring = false,
  ) => {
    const stack = new TestStack({ tags: { Team: "a" } });
    const role = new InstanceRole(stack, "server");
    const group = new AutoScalingGroup(stack, "servers", {
      launchTemplate: new LaunchTemplate(stack, "template", {
        instanceType: "t4g.small",
        userData: new UserData(stack),
        role,
        securityGroups: [new SecurityGroup(stack, "firewall", { network, description: "Machines" })],
        detailedMonitoring,
      }),
      subnetIds: ["subnet-a", "subnet-b"],
      minSize: 1,
      maxSize: 4,
      ...props,
    });
    use(group, role);
    const template = Template.of(stack);
    return { group, template, attributes: template.only("aws_autoscaling_group").attributes };
  };

  test("keeps between its limits in its subnets, and leaves the desired capacity to whoever scales it", () => {
    const { attributes } = make();
    expect(attributes).toMatchObject({
      name: "test-servers",
      min_size: 1,
      max_size: 4,
      vpc_zone_identifier: ["subnet-a", "subnet-b"],
    });
    expect(attributes.desired_capacity).toBeUndefined();
    expect(attributes.lifecycle).toBeUndefined();
  });

  test("begins with as many machines as it is told, and leaves their number to others from then on", () => {
    expect(make({ startSize: 3 }).attributes).toMatchObject({
      desired_capacity: 3,
      lifecycle: { ignore_changes: ["desired_capacity"] },
    });
    for (const startSize of [0, 5, 1.5]) {
      expect(() => make({ startSize })).toThrow(
        `test: servers.startSize: must be a whole number of minSize (1)..maxSize (4), got ${startSize}; ` +
          "begin with what the limits allow, or change them",
      );
    }
  });

  test("leaves its limits to a function of the stack where that is said", () => {
    expect(make({ ignoreSizeChanges: true }).attributes).toMatchObject({
      min_size: 1,
      max_size: 4,
      lifecycle: { ignore_changes: ["min_size", "max_size"] },
    });
    expect(make({ ignoreSizeChanges: true, startSize: 2 }).attributes.lifecycle).toEqual({
      ignore_changes: ["desired_capacity", "min_size", "max_size"],
    });
  });

  test("leaves machines that run alone where a new template is for the next launch", () => {
    const { attributes, template } = make({ onNewTemplate: "next-launch" });
    expect(attributes.instance_refresh).toBeUndefined();
    expect(attributes.launch_template.version).toBe(
      `\${${template.only("aws_launch_template").address}.latest_version}`,
    );
    expect(make({ onNewTemplate: "refresh" }).attributes).toEqual(make().attributes);
  });

  test("launches from the newest version of its template, and refreshes its machines when there is a new one", () => {
    const { attributes, template } = make();
    const { address } = template.only("aws_launch_template");
    expect(attributes.launch_template).toEqual({ id: `\${${address}.id}`, version: `\${${address}.latest_version}` });
    expect(attributes.instance_refresh.strategy).toBe("Rolling");
    // Neither works with an image that is resolved at launch.
    expect(attributes.instance_refresh.preferences.auto_rollback).toBeUndefined();
    expect(attributes.instance_refresh.preferences.skip_matching).toBeUndefined();
  });

  test.each([
    [{}, 100, 110],
    [{ replacement: "launch-first" }, 100, 110],
    [{ replacement: "terminate-first" }, 90, 100],
    [{ replacement: "terminate-first", maxSize: 1 }, 0, 100],
  ] as const)("with %j it keeps %i to %i percent healthy in each replacement", (props, min, max) => {
    const { attributes } = make(props);
    const limits = { min_healthy_percentage: min, max_healthy_percentage: max };
    expect(attributes.instance_maintenance_policy).toEqual(limits);
    expect(attributes.instance_refresh.preferences).toMatchObject(limits);
  });

  test("asks EC2 for its machines' health, or load balancers as soon as there are some", () => {
    expect(make().attributes).toMatchObject({ health_check_type: "EC2", health_check_grace_period: 300 });
    expect(make().attributes.target_group_arns).toBeUndefined();
    expect(make({ targetGroups: [{ arn: "arn:a" }], healthCheckGraceSeconds: 60 }).attributes).toMatchObject({
      health_check_type: "ELB",
      health_check_grace_period: 60,
      target_group_arns: ["arn:a"],
    });
  });

  test("takes machines as ready when they run, and waits ten minutes for the first", () => {
    const { attributes, template, group } = make();
    expect(attributes.initial_lifecycle_hook).toBeUndefined();
    expect(attributes.default_instance_warmup).toBeUndefined();
    expect(attributes.wait_for_capacity_timeout).toBe("600s");
    expect(template.resourceCount("aws_autoscaling_lifecycle_hook")).toBe(0);
    expect(group.lifecycleHookName).toBeUndefined();
  });

  test("has machines wait until they say that they are ready, from the first one on, and also when that is changed", () => {
    const { attributes, template, group } = make({ readiness: { timeoutSeconds: 900 } });
    const hook = {
      name: "test-servers",
      lifecycle_transition: "autoscaling:EC2_INSTANCE_LAUNCHING",
      heartbeat_timeout: 900,
      default_result: "ABANDON",
    };
    expect(attributes.initial_lifecycle_hook).toEqual([hook]);
    expect(template.only("aws_autoscaling_lifecycle_hook").attributes).toMatchObject(hook);
    expect(group.lifecycleHookName).toBe("test-servers");
    expect(attributes.wait_for_capacity_timeout).toBe("1020s");
  });

  test("waits for capacity as long as it is told, or not at all", () => {
    expect(make({ waitForCapacitySeconds: 0 }).attributes.wait_for_capacity_timeout).toBe("0s");
    expect(
      make({ waitForCapacitySeconds: 901, readiness: { timeoutSeconds: 900 } }).attributes.wait_for_capacity_timeout,
    ).toBe("901s");
  });

  test("takes a zone without room for no failure of the deployment, as long as it waits", () => {
    expect(make().attributes.ignore_failed_scaling_activities).toBe(true);
  });

  test("keeps a machine as long as it is healthy, or so many days", () => {
    expect(make().attributes.max_instance_lifetime).toBeUndefined();
    expect(make({ maxInstanceLifetimeDays: 7 }).attributes.max_instance_lifetime).toBe(604_800);
    expect(() => make({ maxInstanceLifetimeDays: 366 })).toThrow(
      "test: servers.maxInstanceLifetimeDays: must be a whole number of 1..365, got 366; take 365 or less",
    );
  });

  test("is destroyed with what is in it, ready, protected or not", () => {
    expect(make().attributes).toMatchObject({ force_delete: true, timeouts: { delete: "20m" } });
  });

  test("protects machines from scale-in only where that is asked for, and then from a refresh as well", () => {
    const plain = make().attributes;
    expect(plain.protect_from_scale_in).toBe(false);
    expect(plain.instance_refresh.preferences.scale_in_protected_instances).toBe("Ignore");
    const protecting = make({ protectFromScaleIn: true }).attributes;
    expect(protecting.protect_from_scale_in).toBe(true);
    expect(protecting.instance_refresh.preferences.scale_in_protected_instances).toBe("Wait");
  });

  test("passes the stack's tags on to its machines", () => {
    expect(make().attributes.tag).toEqual([
      { key: "ManagedBy", value: "cdktf", propagate_at_launch: true },
      { key: "Team", value: "a", propagate_at_launch: true },
      { key: "Stack", value: "test", propagate_at_launch: true },
      { key: "Name", value: "test-servers", propagate_at_launch: true },
    ]);
  });

  test("has tags of its own beside the stack's, and passes them on as well", () => {
    expect(make({ tags: { Shrinks: "weekends" } }).attributes.tag.slice(-2)).toEqual([
      { key: "Name", value: "test-servers", propagate_at_launch: true },
      { key: "Shrinks", value: "weekends", propagate_at_launch: true },
    ]);
  });

  test("publishes its size each minute", () => {
    const { attributes } = make();
    expect(attributes.metrics_granularity).toBe("1Minute");
    expect(attributes.enabled_metrics).toContain("GroupInServiceInstances");
    expect(attributes.enabled_metrics).toHaveLength(8);
    expect(make({ enabledMetrics: ["GroupTotalInstances"] }).attributes.enabled_metrics).toEqual([
      "GroupTotalInstances",
    ]);
  });

  test("suspends nothing unless asked, and warms up as long as asked", () => {
    expect(make().attributes.suspended_processes).toBeUndefined();
    expect(make({ suspendedProcesses: ["AZRebalance"], defaultInstanceWarmupSeconds: 30 }).attributes).toMatchObject({
      suspended_processes: ["AZRebalance"],
      default_instance_warmup: 30,
    });
  });

  test("comes after what its machines need", () => {
    const stack = new TestStack();
    const route = new SnsTopic(stack, "route", {});
    expect(make({ dependsOn: [route] }).attributes.depends_on).toEqual(["aws_sns_topic.route"]);
  });

  test("grants on its ARN, of which one part is not known before", () => {
    const { template } = make({}, (group, role) => {
      group.grantCompleteLifecycle(role);
      group.grantReportHealth(role);
      group.grantExecutePolicy(role);
    });
    const statements = template.policyStatements(template.only("aws_iam_role").address).slice(-3);
    expect(statements.map(({ Action }) => Action)).toEqual([
      ["autoscaling:CompleteLifecycleAction"],
      ["autoscaling:SetInstanceHealth"],
      ["autoscaling:ExecutePolicy"],
    ]);
    for (const { Resource } of statements)
      expect(Resource).toEqual([
        expect.stringMatching(/^arn:.*:autoscaling:.*:autoScalingGroup:\*:autoScalingGroupName\/test-servers$/),
      ]);
  });

  test("names its own metrics, and those of its machines together", () => {
    const dimensions = { AutoScalingGroupName: "test-servers" };
    const { group } = make();
    expect(group.metric("GroupInServiceInstances", "Minimum")).toEqual({
      namespace: "AWS/AutoScaling",
      name: "GroupInServiceInstances",
      statistic: "Minimum",
      dimensions,
      periodSeconds: 60,
    });
    const cpu = { namespace: "AWS/EC2", name: "CPUUtilization", statistic: "Average", dimensions };
    expect(group.metric("CPUUtilization")).toEqual({ ...cpu, periodSeconds: 300 });
    expect(make({}, undefined, true).group.metric("CPUUtilization")).toEqual({ ...cpu, periodSeconds: 60 });
  });

  test("tells all that is wrong with it at once", () => {
    const wrong = () =>
      make({
        subnetIds: ["a"],
        minSize: 3,
        maxSize: 2,
        readiness: { timeoutSeconds: 7201 },
        waitForCapacitySeconds: 60,
      });
    expect(wrong).toThrow(
      [
        'test: servers.subnetIds: must be at least 2, in different zones, got ["a"]; add one, so that a zone\'s failure leaves one',
        "test: servers.minSize: must be 0..maxSize (2), got 3; lower it, or raise maxSize",
        "test: servers.readiness.timeoutSeconds: must be a whole number of 30..7200, got 7201; take 7200 or less",
        "test: servers.waitForCapacitySeconds: must be 0 or more than readiness.timeoutSeconds (7201), got 60; a deployment would give up before the machine does",
      ].join("\n"),
    );
    expect(() => make({ minSize: -1 })).toThrow("got -1");
    expect(() => make({ readiness: { timeoutSeconds: 29 } })).toThrow("got 29");
  });
});
