import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import { InstanceRole } from "../../shared/compute/instance-role";
import { UserData } from "../../shared/compute/user-data";
import type { Metric } from "../../shared/monitoring/metric";
import type { Network } from "../../shared/network/network";
import { SecurityGroup } from "../../shared/network/security-group";
import type { Key } from "../../shared/security/key";
import { Secret } from "../../shared/security/secret";
import type { Parameters } from "./parameters";
import { machineFiles } from "./runtime/files";

/** Jenkins' port on its machine. */
export const JENKINS_PORT = 8080;

/** What the ports that are usual are for. */
const OUTBOUND: Readonly<Record<number, string>> = {
  22: "Source repositories by SSH",
  443: "Packages, plugins, source repositories and the APIs of AWS",
  587: "Mail",
};

/** What a machine has to know of the stack around it. What it does with it is in runtime/. */
export interface MachineSettings {
  /** Where Jenkins' home lies. */
  readonly home:
    | { readonly kind: "efs"; readonly fileSystemId: string; readonly accessPointId: string }
    | { readonly kind: "ebs"; readonly volumeId: string };
  /** URL that Jenkins puts into links and mails. */
  readonly url: string;
  /** The fixed address that the machine takes over. @default - none, or one that is given to it */
  readonly address?: { readonly allocationId: string; readonly publicIp: string };
  /** The group that waits for the machine to be ready. @default - the machine is alone */
  readonly group?: { readonly name: string; readonly lifecycleHookName: string };
  /** What the watchdog does in the end about a Jenkins that hangs. `none`: a load balancer's health check does it. */
  readonly lastResort: "none" | "replace" | "reboot";
}

export interface JenkinsMachineProps {
  readonly network: Network;
  readonly key: Key;
  readonly parameters: Parameters;
}

/** What Jenkins' machine is, wherever it runs: its role, security group, log group, password and boot. */
export class JenkinsMachine extends Construct {
  readonly instanceType: string;
  readonly role: InstanceRole;
  readonly securityGroup: SecurityGroup;
  /** The rules that let the machine out, to be there before it boots. */
  readonly wayOut: ITerraformDependable[];
  readonly password: Secret;
  readonly logGroupName: string;
  /** CloudWatch namespace of what the machine measures of itself. */
  readonly namespace: string;
  readonly userData: UserData;
  readonly #parameters: Parameters;

  constructor(scope: Construct, id: string, { network, key, parameters }: JenkinsMachineProps) {
    super(scope, id);
    const stack = BlueprintStack.of(this);
    this.#parameters = parameters;
    this.instanceType = parameters.instanceType;
    this.namespace = `HaJenkins/${stack.stackName}`;

    this.securityGroup = new SecurityGroup(this, "security-group", {
      network,
      description: "The machine that runs Jenkins",
    });
    this.wayOut = parameters.outboundPorts.flatMap((port) =>
      this.securityGroup.allowTo({ cidr: "0.0.0.0/0" }, port, OUTBOUND[port] ?? "As the parameter outboundPorts says"),
    );
    const logGroup = new CloudwatchLogGroup(this, "log-group", {
      name: `/${stack.nameOf("logGroup", "controller")}`,
      retentionInDays: stack.parameters.logRetentionDays,
    });
    this.logGroupName = logGroup.name;
    this.password = new Secret(this, "admin-password", {
      description: "Password of the user admin in Jenkins, made by the first machine",
      key,
    });

    this.role = new InstanceRole(this, "role");
    this.password.grantFill(this.role.role);
    this.role.grantPutMetrics(this.namespace);
    this.role.grantWriteLogs(logGroup.arn, "The CloudWatch agent sends the logs.");
    this.userData = new UserData(this);
  }

  /** What prints the administrator's password, for who may read the secret. */
  get passwordCommand(): string {
    return `aws secretsmanager get-secret-value --region ${this.#parameters.region} --secret-id ${this.password.secretName} --query SecretString --output text`;
  }

  /** A metric that the machine measures of itself. It has no dimension: there is one Jenkins. */
  metric(name: "mem_used_percent" | "disk_used_percent" | "Responding"): Metric {
    const statistic = name === "Responding" ? "Minimum" : "Maximum";
    return { namespace: this.namespace, name, statistic, dimensions: {} };
  }

  /** Lets browsers in on Jenkins' own port. */
  openTo(cidrs: readonly string[]): void {
    for (const cidr of cidrs) this.securityGroup.allowFrom({ cidr }, JENKINS_PORT, "Jenkins, plain HTTP");
  }

  /** Lets a machine of the stack make the address its own, and no other address. */
  grantTakingOver(address: { readonly allocationId: string }): void {
    const stack = BlueprintStack.of(this);
    const actions = ["ec2:AssociateAddress"];
    this.role.grant({ actions, resources: [stack.arnOf("ec2", `elastic-ip/${address.allocationId}`)] });
    this.role.grant({
      actions,
      resources: ["instance/*", "network-interface/*"].map((resource) => stack.arnOf("ec2", resource)),
      // The launch template tags both.
      conditions: { StringEquals: { "aws:ResourceTag/Stack": stack.stackName } },
    });
  }

  /** Says what the machine is to be. Once, before the synthesis. */
  configure(settings: MachineSettings): void {
    const { home, address, group } = settings;
    const { jenkinsVersion, plugins, executors } = this.#parameters;
    this.userData.addSettings("/etc/ha-jenkins/settings", {
      REGION: BlueprintStack.of(this).region,
      JENKINS_VERSION: jenkinsVersion,
      PLUGINS: plugins.join(" "),
      JENKINS_URL: settings.url,
      EXECUTORS: String(executors),
      HOME_KIND: home.kind,
      FILE_SYSTEM_ID: home.kind === "efs" ? home.fileSystemId : "",
      ACCESS_POINT_ID: home.kind === "efs" ? home.accessPointId : "",
      VOLUME_ID: home.kind === "ebs" ? home.volumeId : "",
      ALLOCATION_ID: address?.allocationId ?? "",
      ADDRESS: address?.publicIp ?? "",
      SECRET_ARN: this.password.arn,
      GROUP_NAME: group?.name ?? "",
      LIFECYCLE_HOOK: group?.lifecycleHookName ?? "",
      LAST_RESORT: settings.lastResort,
      METRIC_NAMESPACE: this.namespace,
      LOG_GROUP: this.logGroupName,
    });
    for (const file of machineFiles) this.userData.addFile(file);
    this.userData.addCommand("/opt/ha-jenkins/install.sh");
  }
}
