import { join } from "node:path";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import { ApplicationSettings } from "../../shared/compute/application-settings";
import type { AutoScalingGroup } from "../../shared/compute/auto-scaling-group";
import { InstanceRole } from "../../shared/compute/instance-role";
import { program } from "../../shared/compute/program";
import { UserData } from "../../shared/compute/user-data";
import type { Metric } from "../../shared/monitoring/metric";
import type { PrivateNetwork } from "../../shared/network/private-network";
import { SecurityGroup } from "../../shared/network/security-group";
import type { Secret } from "../../shared/security/secret";
import type { FileSystem } from "../../shared/storage/file-system";
import type { Application } from "./application";
import type { Parameters } from "./parameters";
import { type PublisherConfig, SCALE_OUT_REQUESTS } from "./runtime/publisher/configuration";
import { serverFiles } from "./runtime/server/files";
import type { TierParameters } from "./tier-parameters";

/** What all servers of the stack share. */
export interface SharedByServers {
  readonly network: PrivateNetwork;
  readonly share: FileSystem;
  readonly application: Application;
  /** What order servers show to matching engines. */
  readonly token: Secret;
  readonly parameters: Parameters;
}

export interface ServerProps extends SharedByServers {
  /** Which of the application's programs it runs. */
  readonly runs: "order-server" | "matching-engine";
  readonly tier: TierParameters;
  /** Settings beside those in the parameters. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Metrics that the CloudWatch agent measures of a host, published for the group as a whole. */
export type HostMetric = "mem_used_percent" | "disk_used_percent" | "swap_used_percent" | "netstat_tcp_time_wait";

/** What a server of a tier is, wherever it runs: its role, security group, log group, settings and boot. */
export class Server extends Construct {
  readonly role: InstanceRole;
  readonly securityGroup: SecurityGroup;
  /** What has to be there before one boots. */
  readonly needs: ITerraformDependable[];
  readonly logGroupName: string;
  /** CloudWatch namespace of what the servers measure. */
  readonly namespace: string;
  readonly runs: ServerProps["runs"];
  readonly userData: UserData;
  readonly #props: ServerProps;
  readonly #settings: ApplicationSettings;

  constructor(scope: Construct, id: string, props: ServerProps) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    const { network, share, application, token, tier } = props;
    this.#props = props;
    this.runs = props.runs;
    this.namespace = tier.metric.namespace ?? `AsgCustomMetric/${stack.stackName}`;

    this.securityGroup = new SecurityGroup(this, "security-group", {
      network: network.network,
      description: `Servers that run the ${props.runs}`,
    });
    const wayOut = network.letOut(this.securityGroup);
    share.allowFrom(this.securityGroup);
    const name = `/${stack.nameOf("logGroup", this)}`;
    const logGroup = new CloudwatchLogGroup(this, "log-group", {
      name,
      retentionInDays: stack.parameters.logRetentionDays,
    });
    // The literal name: a reference would take room in user data. The role's grant makes the group come first.
    this.logGroupName = name;
    this.#settings = new ApplicationSettings(this, "settings", {
      path: scope.node.id,
      values: {
        ...tier.settings,
        PORT: String(tier.port),
        HEALTH_CHECK_PORT: String(tier.healthCheckPort),
        LOG_FILE: `${tier.logPath}/application.log`,
        ...props.settings,
      },
    });

    this.role = new InstanceRole(this, "role");
    share.grantMount(this.role.role);
    application.grantDownload(this.role);
    token.grantFill(this.role.role);
    this.#settings.grantRead(this.role);
    this.role.grantPutMetrics(this.namespace);
    this.role.grantWriteLogs(logGroup.arn, "The CloudWatch agent sends the logs.");
    this.userData = new UserData(this, { compressed: true });
    this.needs = [...wayOut, ...network.network.egress, ...share.mountTargets, ...this.#settings.parameters];
  }

  /** The metric that every server publishes; `Sum` over the group's servers, `Maximum` of the fullest one. */
  connections(group: AutoScalingGroup, statistic: Metric["statistic"]): Metric {
    return this.#measured(this.#props.tier.metric.name, group, statistic);
  }

  /** Requests for one more server that AWS accepted. */
  scaleOutRequests(group: AutoScalingGroup): Metric {
    return this.#measured(SCALE_OUT_REQUESTS, group, "Sum");
  }

  /** A metric of the fullest host. */
  hostMetric(name: HostMetric, group: AutoScalingGroup): Metric {
    const dimensions = { AutoScalingGroupName: group.groupName };
    return { namespace: this.namespace, name, statistic: "Maximum", dimensions };
  }

  /**
   * Says what the servers of a group are to do. Once, before the synthesis.
   * @param policyName the policy that a server executes when it is full; null where another signal scales the group
   */
  configure(group: AutoScalingGroup, policyName: string | null): void {
    const { share, application, token, tier, parameters, runs } = this.#props;
    const { metric, scaleOut } = tier;
    const { download } = application;
    const { uid, gid, mountPath } = parameters.sharedState;
    const { region } = BlueprintStack.of(this);
    this.userData.addSettings("/etc/tcp-server/settings", {
      REGION: region,
      ROLE: runs,
      HEALTH_CHECK_PORT: String(tier.healthCheckPort),
      GROUP_NAME: group.groupName,
      LIFECYCLE_HOOK: group.lifecycleHookName ?? "",
      FILE_SYSTEM_ID: share.fileSystemId,
      ACCESS_POINT_ID: share.accessPointId,
      MOUNT_PATH: mountPath,
      SETTINGS_PATH: this.#settings.path,
      SECRET_ARN: token.arn,
      APPLICATION_BUCKET: download.bucketName,
      APPLICATION_KEY: download.key,
      APPLICATION_SHA256: download.sha256,
      APPLICATION_UID: String(uid),
      APPLICATION_GID: String(gid),
      METRIC_EVERY_MINUTES: String(metric.everyMinutes),
    });
    const hysteresis =
      scaleOut.hysteresis ?? Math.min(scaleOut.threshold - 1, Math.max(1, Math.floor(scaleOut.threshold / 10)));
    const publisher: PublisherConfig = {
      region,
      groupName: group.groupName,
      policyName,
      port: tier.port,
      threshold: scaleOut.threshold,
      rearmBelow: scaleOut.threshold - hysteresis,
      cooldownSeconds: scaleOut.cooldownMinutes * 60,
      namespace: this.namespace,
      metricName: metric.name,
      ...this.#dimension(group),
      stateFile: "/var/lib/tcp-server/publisher.json",
    };
    this.userData.addFile({ path: "/etc/tcp-server/publisher.json", content: JSON.stringify(publisher) });
    this.userData.addFile({ path: "/etc/tcp-server/agent.json", content: JSON.stringify(this.#agent(group)) });
    for (const { source, path, mode } of serverFiles) this.userData.addFile({ source, path, mode });
    this.userData.addFile({
      path: "/opt/tcp-server/publisher.js",
      content: program(join(__dirname, "runtime/publisher/main.ts")),
    });
    this.userData.addCommand("/opt/tcp-server/install.sh");
  }

  #measured(name: string, group: AutoScalingGroup, statistic: Metric["statistic"]): Metric {
    const { dimensionName, dimensionValue } = this.#dimension(group);
    const periodSeconds = this.#props.tier.metric.everyMinutes * 60;
    return {
      namespace: this.namespace,
      name,
      statistic,
      dimensions: { [dimensionName]: dimensionValue },
      periodSeconds,
    };
  }

  #dimension(group: AutoScalingGroup) {
    const { dimensionName, dimensionValue = group.groupName } = this.#props.tier.metric;
    return { dimensionName, dimensionValue };
  }

  /** The CloudWatch agent's configuration: the logs, and one metric each for the whole group, which is what is paid for. */
  #agent(group: AutoScalingGroup) {
    const measure = (...measurement: string[]) => ({
      measurement,
      append_dimensions: { AutoScalingGroupName: group.groupName },
    });
    const log = (file_path: string, stream: string) => ({
      file_path,
      log_group_name: this.logGroupName,
      log_stream_name: `{instance_id}/${stream}`,
    });
    return {
      agent: { omit_hostname: true },
      metrics: {
        namespace: this.namespace,
        aggregation_dimensions: [["AutoScalingGroupName"]],
        metrics_collected: {
          mem: measure("mem_used_percent"),
          swap: measure("swap_used_percent"),
          netstat: measure("tcp_time_wait"),
          // It alone has further dimensions, and is aggregated. What has none beside the group is not, and would be gone
          // if the original were dropped.
          disk: {
            ...measure("disk_used_percent"),
            resources: ["/"],
            drop_original_metrics: ["disk_used_percent"],
          },
        },
      },
      logs: {
        logs_collected: {
          files: {
            collect_list: [
              log(`${this.#props.tier.logPath}/*.log`, "application"),
              log("/var/log/tcp-server-boot.log", "boot"),
              log("/var/log/cloud-init-output.log", "cloud-init"),
            ],
          },
        },
      },
    };
  }
}
