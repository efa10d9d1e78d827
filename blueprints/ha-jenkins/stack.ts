import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import type { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";
import { Instance } from "../../shared/compute/instance";
import { RecoveryAlarm } from "../../shared/compute/recovery-alarm";
import { ApplicationLoadBalancer } from "../../shared/load-balancing/application-load-balancer";
import { ApplicationTargetGroup } from "../../shared/load-balancing/application-target-group";
import { AlarmTopic } from "../../shared/monitoring/alarm-topic";
import { Dashboard, type Graph } from "../../shared/monitoring/dashboard";
import type { Network } from "../../shared/network/network";
import { Key } from "../../shared/security/key";
import { BackupPlan } from "../../shared/storage/backup-plan";
import { LogBucket } from "../../shared/storage/log-bucket";
import { Volume } from "../../shared/storage/volume";
import { FixedAddress } from "./fixed-address";
import * as alarms from "./jenkins-alarms";
import * as graphs from "./jenkins-graphs";
import { JenkinsGroup, type JenkinsGroupProps } from "./jenkins-group";
import { JENKINS_PORT, JenkinsMachine } from "./jenkins-machine";
import { jenkinsNetwork } from "./jenkins-network";
import type { Parameters } from "./parameters";
import { SharedHome } from "./shared-home";

/** What all architectures leave to the rest of the stack. */
interface Built {
  readonly home: SharedHome | Volume;
  readonly url: string;
  readonly graphs: readonly Graph[];
}

/** A Jenkins that survives its machine and, unless it is the one with recovery alarms, its data centre. */
export default class HaJenkins extends BlueprintStack<Parameters> {
  readonly #topic: AlarmTopic;
  readonly #key: Key;
  readonly #network: Network;
  readonly #jenkins: JenkinsMachine;

  constructor(scope: Construct, stackName: string, parameters: Parameters) {
    super(scope, stackName, parameters);
    this.#topic = new AlarmTopic(this, "alarms", { email: parameters.notificationEmail });
    this.#key = new Key(this, "data-key", {
      description: "Jenkins' home, its backups and its administrator's password",
      protectsData: true,
    });
    this.#network = jenkinsNetwork(this, "vpc", parameters);
    this.#jenkins = new JenkinsMachine(this, "machine", { network: this.#network, key: this.#key, parameters });

    const { home, url, graphs } = this.#architecture();
    new BackupPlan(this, "backup", {
      resources: [home],
      key: this.#key,
      retentionDays: parameters.backupRetentionDays,
      alarmTopic: this.#topic,
    });
    const dashboard = new Dashboard(this, "dashboard", graphs);
    this.output("url", "Where Jenkins is, for those in allowedCidrs.", url);
    this.output("user", "Name of the administrator.", "admin");
    this.output("password_command", "Prints the administrator's password.", this.#jenkins.passwordCommand);
    this.output("log_group", "CloudWatch log group of the boot and of Jenkins.", this.#jenkins.logGroupName);
    this.output("dashboard_name", "Name of the CloudWatch dashboard.", dashboard.dashboardName);
    this.output("alarm_topic_arn", "ARN of the SNS topic that all alarms notify.", this.#topic.arn);
  }

  #architecture(): Built {
    switch (this.parameters.architecture) {
      case "load-balancer":
        return this.#behindLoadBalancer();
      case "elastic-ip":
        return this.#withElasticIp();
      case "recovery-alarm":
        return this.#withRecoveryAlarm();
    }
  }

  /** A group of one in the private subnets, on a home in all zones, behind a load balancer that looks after it. */
  #behindLoadBalancer(): Built {
    const { certificateArn, allowedCidrs, domainName, scheme = "internet-facing" } = this.parameters;
    const loadBalancer = new ApplicationLoadBalancer(this, "load-balancer", {
      network: this.#network,
      accessLogs: new LogBucket(this, "access-logs"),
      ...(scheme === "internal"
        ? { scheme }
        : { scheme, publicReason: "People reach Jenkins over the internet, and only from allowedCidrs." }),
    });
    const targetGroup = new ApplicationTargetGroup(this, "target", {
      network: this.#network,
      securityGroup: this.#jenkins.securityGroup,
      protocol: "HTTP",
      port: JENKINS_PORT,
      // Ten minutes without an answer: time for the watchdog to restart Jenkins, which does not answer, or with 503, meanwhile.
      healthCheck: { path: "/login", intervalSeconds: 60, unhealthyThreshold: 10 },
    });
    if (certificateArn) loadBalancer.addHttpsListener({ targetGroup, allowedCidrs, certificateArn });
    else {
      const reason = "No certificateArn is given: plain HTTP, to the ranges in allowedCidrs only.";
      loadBalancer.addHttpListener({ targetGroup, allowedCidrs, reason });
    }
    const url = `${certificateArn ? "https" : "http"}://${domainName ?? loadBalancer.dnsName}/`;
    const { home, group } = this.#groupOfOne(this.#network.privateSubnetIds, { url, targetGroup });
    alarms.onLoadBalancer(this, { loadBalancer, targetGroup }, { topic: this.#topic, dependsOn: [group.group] });
    this.output("load_balancer", "Name that a DNS record for domainName points to.", loadBalancer.dnsName);
    return {
      home,
      url,
      graphs: [...graphs.ofLoadBalancer(loadBalancer, targetGroup), ...graphs.ofGroup(group, home, this.#jenkins)],
    };
  }

  /** A group of one in the public subnets, on a home in all zones; each new machine takes the address over. */
  #withElasticIp(): Built {
    const address = new FixedAddress(this, "fixed-address", { network: this.#network });
    const url = this.#urlAt(address);
    const { home, group } = this.#groupOfOne(this.#network.publicSubnetIds, { url, address });
    this.#jenkins.grantTakingOver(address);
    this.#jenkins.openTo(this.parameters.allowedCidrs);
    alarms.onNotResponding(this, this.#jenkins, { topic: this.#topic, dependsOn: [group.group] });
    return { home, url, graphs: [graphs.ofAnswers(this.#jenkins), ...graphs.ofGroup(group, home, this.#jenkins)] };
  }

  /** One machine in the first zone, with its home on a volume. What fails below it, EC2 moves to other hardware. */
  #withRecoveryAlarm(): Built {
    const { homeVolumeGiB: sizeGiB = 50, instanceType } = this.parameters;
    const subnetId = this.#network.publicSubnetIds[0] as string;
    const { availabilityZone } = new DataAwsSubnet(this, "subnet", { id: subnetId });
    const home = new Volume(this, "home", { sizeGiB, availabilityZone, key: this.#key });
    const address = new FixedAddress(this, "fixed-address", { network: this.#network });
    const url = this.#urlAt(address);
    this.#jenkins.configure({ home: { kind: "ebs", volumeId: home.volumeId }, url, lastResort: "reboot" });
    const instance = new Instance(this, "controller", {
      instanceType,
      userData: this.#jenkins.userData,
      role: this.#jenkins.role,
      securityGroups: [this.#jenkins.securityGroup],
      subnetId,
      dependsOn: [...this.#network.egress, ...this.#jenkins.wayOut],
    });
    instance.attach(home, "/dev/sdf");
    address.associateWith(instance);
    this.#jenkins.openTo(this.parameters.allowedCidrs);

    const notify = { topic: this.#topic, dependsOn: [instance.instance] };
    new RecoveryAlarm(this, "recovery", { instance, topic: this.#topic });
    alarms.onNotResponding(this, this.#jenkins, notify);
    alarms.onMachine(this, instance.metric("CPUUtilization", "Average"), this.#jenkins, notify);
    this.output("instance_id", "EC2 instance that Jenkins runs on.", instance.instanceId);
    this.output("volume_id", "EBS volume that holds Jenkins' home.", home.volumeId);
    return { home, url, graphs: graphs.ofMachine(instance, this.#jenkins) };
  }

  /** One Jenkins at any time, in any of the subnets' zones, on a file system with a mount target in each. */
  #groupOfOne(subnetIds: string[], more: Pick<JenkinsGroupProps, "url" | "targetGroup" | "address">) {
    const jenkins = this.#jenkins;
    const network = this.#network;
    const { maxMachineAgeDays } = this.parameters;
    const home = new SharedHome(this, "home", { jenkins, network, subnetIds, key: this.#key });
    const controller = { jenkins, home, network, subnetIds, maxMachineAgeDays, ...more };
    const { group } = new JenkinsGroup(this, "controller", controller);
    alarms.onGroup(this, { group, home, jenkins }, { topic: this.#topic, dependsOn: [group.group] });
    return { home, group };
  }

  #urlAt({ publicIp }: FixedAddress): string {
    return `http://${this.parameters.domainName ?? publicIp}:${JENKINS_PORT}/`;
  }
}
