import * as z from "zod";
import { commonParameters } from "../../shared/blueprint/common-parameters";
import { always } from "../../shared/blueprint/parameters";
import { canBeRecovered } from "../../shared/compute/instance-type";
import { certificateArn } from "../../shared/load-balancing/certificate-arn";
import {
  clientCidrs,
  FEWEST_ZONES,
  madeOrExisting,
  subnetIds,
  vpcParameters,
} from "../../shared/network/vpc-parameters";

/** A security group has 60 rules; with a certificate each range takes two, for 443 and for the redirect on 80. */
const MAX_CIDRS = 30;
/** A wider range is more than any one organisation has: nearly the world. */
const WIDEST_PREFIX = 8;
const isWide = (cidr: string) => Number(cidr.split("/")[1]) < WIDEST_PREFIX;
/** User data, 16 KB, hold their names. */
const MAX_PLUGINS = 30;

/** Not the families on Xen: docs.aws.amazon.com/ec2/latest/instancetypes/ec2-nitro-instances.html */
const NITRO = /^(?!(t[12]|m[1-4]|c[1-4]|r[34]|i[23]|d2|h1|g(2|3s?)|p[23]|x1e?|f1|hs1|cr1|cc2|cg1)\.)/;

const vpc = madeOrExisting(
  z.strictObject({
    cidrBlock: vpcParameters.cidrBlock,
    zones: vpcParameters.zones,
    nat: z
      .enum(["per-zone", "single"])
      .optional()
      .describe(
        "NAT gateways of the stack's VPC, where architecture is \"load-balancer\". With a single one, a Jenkins that moves to another zone finds no way out if the gateway's zone is the one that failed. Default: per-zone.",
      ),
    id: vpcParameters.id,
    publicSubnetIds: subnetIds(
      "Subnets of the existing VPC with a route to an internet gateway, one a zone: for the load balancer, or for Jenkins itself where it has a fixed address.",
    ),
    privateSubnetIds: subnetIds(
      'Subnets of the existing VPC with a way to the internet through NAT, one a zone, in the zones of the public ones: for Jenkins, where architecture is "load-balancer".',
    ),
  }),
  { made: ["cidrBlock", "zones", "nat"], existing: ["publicSubnetIds", "privateSubnetIds"] },
);

const parameters = z
  .strictObject({
    ...commonParameters,
    architecture: z
      .enum(["load-balancer", "elastic-ip", "recovery-alarm"])
      .default("load-balancer")
      .describe(
        "load-balancer: a group of one across zones, behind a load balancer. elastic-ip: the same with a fixed address instead of the load balancer. recovery-alarm: one machine in one zone, recovered in place. A change between recovery-alarm and the others destroys the home, retained or not: restore it from a backup.",
      ),
    vpc: vpc.prefault({}).describe("The network: one that the stack makes, or an existing one."),
    allowedCidrs: clientCidrs(MAX_CIDRS)
      .default([])
      .describe(
        `Ranges of IPv4 addresses that may open Jenkins, at most ${MAX_CIDRS}; without a certificate none wider than /${WIDEST_PREFIX}, because the password crosses them in clear text. Default: nobody; Session Manager's port forwarding works all the same.`,
      ),
    certificateArn: certificateArn
      .optional()
      .describe(
        'ARN of a certificate in ACM, in the stack\'s Region, where architecture is "load-balancer": Jenkins is then served by HTTPS only. Default: none, plain HTTP to allowedCidrs.',
      ),
    scheme: z
      .enum(["internet-facing", "internal"])
      .optional()
      .describe(
        'Whether the load balancer has public addresses, where architecture is "load-balancer". Default: internet-facing.',
      ),
    domainName: z
      .string()
      .max(253)
      .regex(
        /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/,
        "a domain name in lower case, such as jenkins.example.com",
      )
      .optional()
      .describe(
        "Name that Jenkins is reached by: the certificate's, of a DNS record that you point to the output. Default: the load balancer's own name, or the fixed address.",
      ),
    instanceType: z
      .string()
      .regex(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, "an EC2 instance type, such as t3.medium")
      .regex(NITRO, "a type on the Nitro System, such as t3.medium: the disks of older ones have other names")
      .default("t3.medium")
      .describe(
        'EC2 instance type on the Nitro System, x86 or Graviton; where architecture is "recovery-alarm", without disks of its own. Jenkins with a few jobs wants 4 GiB of memory.',
      ),
    jenkinsVersion: z
      .string()
      .regex(/^2\.\d{3}\.\d+$/, "a Long-Term Support release with three numbers, such as 2.580.2")
      .default("2.580.2")
      .describe("Jenkins Long-Term Support release. A change replaces the machine: see the README on upgrading."),
    plugins: z
      .array(
        z
          .string()
          .regex(/^[a-z0-9][a-z0-9_-]*:[A-Za-z0-9][\w.+-]*$/i, "name:version, such as configuration-as-code:1985.x"),
      )
      .min(1)
      .max(MAX_PLUGINS)
      .default([
        "configuration-as-code:2131.vb_a_13ed96f755",
        "credentials-binding:728.v902a_273b_8947",
        "git:5.10.1",
        "timestamper:1.30",
        "workflow-aggregator:608.v67378e9d3db_1",
      ])
      .refine((plugins) => plugins.some?.((one) => String(one).startsWith("configuration-as-code:")), {
        ...always,
        error: "a list with configuration-as-code in it, without which Jenkins would be open to everybody",
      })
      .describe(
        "Plugins as name:version, configuration-as-code among them. What they depend on and is not named comes in the oldest release that they ask for.",
      ),
    executors: z
      .int()
      .min(0)
      .max(64)
      .default(2)
      .describe("Builds that run on Jenkins' own machine at the same time. Agents are out of this blueprint's scope."),
    outboundPorts: z
      .array(z.int().min(1).max(65_535))
      .max(20)
      .default([443])
      .refine((ports) => ports.includes?.(443) && new Set(ports).size === ports.length, {
        ...always,
        error: "a list of different ports with 443 in it, by which the machine gets Jenkins and reaches AWS",
      })
      .describe("TCP ports that Jenkins' machine may reach on the internet: 22 for git by SSH, 587 for mail."),
    maxMachineAgeDays: z
      .int()
      .min(1)
      .max(365)
      .optional()
      .describe(
        'Days after which the machine is replaced by one of the newest Amazon Linux, with some minutes\' downtime, where architecture is not "recovery-alarm". Default: as long as it is healthy.',
      ),
    homeVolumeGiB: z
      .int()
      .min(8)
      .max(16_384)
      .optional()
      .describe('GiB of Jenkins\' home, where architecture is "recovery-alarm"; it may only grow. Default: 50.'),
    backupRetentionDays: z.int().min(1).max(36_500).default(35).describe("Days that the daily backups are kept."),
  })
  .refine((all) => all.certificateArn || !all.allowedCidrs?.some?.((one) => isWide(String(one))), {
    ...always,
    path: ["allowedCidrs"],
    error: `ranges of /${WIDEST_PREFIX} or smaller, because without certificateArn Jenkins is served by plain HTTP`,
  })
  .superRefine((all, context) => {
    const { architecture, vpc: network } = all;
    const mistake = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
    for (const [key, belongsTo] of Object.entries(ONLY_IN)) {
      if (all[key as keyof typeof ONLY_IN] !== undefined && architecture !== belongsTo) {
        mistake([key], `left out where architecture is "${architecture}": it belongs to "${belongsTo}"`);
      }
    }
    if (all.maxMachineAgeDays !== undefined && architecture === "recovery-alarm") {
      mistake(["maxMachineAgeDays"], `left out where architecture is "${architecture}": no group replaces the machine`);
    }
    if (architecture === "recovery-alarm" && !canBeRecovered(String(all.instanceType))) {
      mistake(["instanceType"], "a type without disks of its own: EC2 cannot move what is on them to another host");
    }
    if (network?.nat !== undefined && architecture !== "load-balancer") {
      mistake(["vpc", "nat"], `left out where architecture is "${architecture}": Jenkins has a public address there`);
    }
    if (!network?.id) return;
    const subnets = { publicSubnetIds: 0, privateSubnetIds: 0 };
    if (architecture === "recovery-alarm") subnets.publicSubnetIds = 1;
    else if (architecture === "elastic-ip" || all.scheme !== "internal") subnets.publicSubnetIds = FEWEST_ZONES;
    if (architecture === "load-balancer") subnets.privateSubnetIds = FEWEST_ZONES;
    for (const [key, fewest] of Object.entries(subnets)) {
      if ((network[key as keyof typeof subnets]?.length ?? 0) < fewest) {
        mistake(
          ["vpc", key],
          `the ids of at least ${fewest} subnet${fewest === 1 ? "" : "s, each in a zone of its own"}`,
        );
      }
    }
  });

/** Parameters that have a meaning in one architecture only. */
const ONLY_IN = {
  certificateArn: "load-balancer",
  scheme: "load-balancer",
  homeVolumeGiB: "recovery-alarm",
} as const;

export default parameters;
export type Parameters = z.output<typeof parameters>;
