import type { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import { Alarm } from "../../shared/monitoring/alarm";
import { AlarmTopic } from "../../shared/monitoring/alarm-topic";
import { Dashboard } from "../../shared/monitoring/dashboard";
import { PrivateNetwork } from "../../shared/network/private-network";
import { PrivateZone } from "../../shared/network/private-zone";
import { Key } from "../../shared/security/key";
import { Secret } from "../../shared/security/secret";
import { FileSystem } from "../../shared/storage/file-system";
import { LogBucket } from "../../shared/storage/log-bucket";
import { Application } from "./application";
import * as graphs from "./graphs";
import type { Parameters } from "./parameters";
import { Tier } from "./tier";
import { watchTier } from "./tier-alarms";
import { Weekend } from "./weekend";

/** The APIs that servers call; beside them S3. */
const SERVICES = ["autoscaling", "logs", "monitoring", "secretsmanager", "ssm", "ssmmessages"];

/** Servers with long-lived TCP connections that grow with their connections on any day, and shrink at weekends only. */
export default class AsgCustomMetric extends BlueprintStack<Parameters> {
  constructor(scope: Construct, stackName: string, parameters: Parameters) {
    super(scope, stackName, parameters);
    const { clientCidrs, dns, sharedState, orders, engines } = parameters;
    const groupTag = { [parameters.groupTag.key]: parameters.groupTag.value ?? stackName };
    const alarmTopic = new AlarmTopic(this, "alarms", { email: parameters.notificationEmail });
    const network = new PrivateNetwork(this, "network", {
      vpc: parameters.vpc,
      services: SERVICES,
      reaches: {
        anywhere: "APIs of AWS and packages of Amazon Linux",
        s3: "The application, and packages of Amazon Linux, in S3",
      },
    });
    const zone = new PrivateZone(this, "zone", {
      zoneName: dns.zoneName ?? `${stackName}.internal`,
      ...(dns.zoneId ? { zoneId: dns.zoneId } : { network: network.network }),
    });
    const key = new Key(this, "data-key", {
      description: "Shared state of the servers, their program and their token",
      protectsData: true,
    });
    const share = new FileSystem(this, "shared-state", {
      network: network.network,
      subnetIds: network.network.privateSubnetIds,
      key,
      uid: sharedState.uid,
      gid: sharedState.gid,
      permissions: sharedState.permissions,
      path: "/shared-state",
      // Automatic backups and no plan of the stack's own: a vault with backups in it is destroyed in an hour at best.
    });
    const token = new Secret(this, "token", {
      description: "What order servers show to matching engines, made by the first server",
      key,
    });

    const common = {
      network,
      zone,
      share,
      token,
      application: new Application(this, "application", { key }),
      accessLogs: new LogBucket(this, "access-logs"),
      parameters,
      groupTag,
      alarmTopic,
    };
    const engineTier = new Tier(this, "engines", {
      ...common,
      runs: "matching-engine",
      tier: engines,
      clientCidrs: [],
      settings: {},
    });
    const orderTier = new Tier(this, "orders", {
      ...common,
      runs: "order-server",
      tier: orders,
      clientCidrs: clientCidrs.length > 0 ? clientCidrs : [network.network.cidrBlock],
      settings: {
        DOWNSTREAM_HOST: engineTier.domainName,
        DOWNSTREAM_PORT: String(engineTier.port),
        DOWNSTREAM_TLS: String(engineTier.tls),
      },
    });
    engineTier.allowFrom(orderTier);
    const tiers = [orderTier, engineTier];
    const weekend = new Weekend(this, "weekend", { tiers, groupTag, parameters, alarmTopic });

    for (const tier of tiers) watchTier(tier, alarmTopic);
    new Alarm(this, "shared-state-busy", {
      description: "The shared file system is near its limit of operations, and the servers will wait for it.",
      metric: { ...share.metric("PercentIOLimit", "Maximum"), periodSeconds: 300 },
      threshold: { above: 90 },
      evaluationPeriods: 3,
      treatMissingData: "missing",
      topic: alarmTopic,
    });
    const dashboard = new Dashboard(this, "dashboard", [...tiers.flatMap(graphs.ofTier), ...graphs.ofShare(share)]);

    this.output("orders_endpoint", "Where clients connect to the order servers.", orderTier.endpoint);
    this.output("engines_endpoint", "Where order servers connect to the matching engines.", engineTier.endpoint);
    this.output(
      "load_balancers",
      "DNS name of each load balancer, by tier.",
      byTier(tiers, (one) => one.loadBalancer.dnsName),
    );
    this.output(
      "group_names",
      "Auto Scaling group of each tier.",
      byTier(tiers, (one) => one.group.groupName),
    );
    this.output(
      "log_groups",
      "CloudWatch log group of each tier.",
      byTier(tiers, (one) => one.server.logGroupName),
    );
    this.output(
      "metric_namespaces",
      "CloudWatch namespace of each tier's metrics.",
      byTier(tiers, (one) => one.server.namespace),
    );
    this.output("weekend_function", "Function that shrinks the groups and grows them back.", weekend.functionName);
    this.output("weekend_schedules", "Schedules that run it, by what they tell it.", {
      weekend: weekend.starts.scheduleName,
      week: weekend.ends.scheduleName,
    });
    this.output("file_system_id", "EFS file system that the servers share.", share.fileSystemId);
    this.output("token_secret_name", "Secret that holds the token.", token.secretName);
    this.output("dashboard_name", "Name of the CloudWatch dashboard.", dashboard.dashboardName);
    this.output("alarm_topic_arn", "ARN of the SNS topic that all alarms notify.", alarmTopic.arn);
  }
}

function byTier(tiers: readonly Tier[], value: (tier: Tier) => string): Record<string, string> {
  return Object.fromEntries(tiers.map((tier) => [tier.node.id, value(tier)]));
}
