import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readParameters } from "../../shared/blueprint/parameters";
import { parametersFilesOf } from "../../shared/testing/parameters-files";
import schema from "./parameters";

const read = (value: unknown) =>
  readParameters(typeof value === "string" ? value : JSON.stringify(value), schema, {
    stackName: "jenkins",
    file: "p.json",
  });
const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0123";
const VPC = { id: "vpc-0123456789abcdef0" };
const subnets = (count: number) => Array.from({ length: count }, (_, index) => `subnet-0000000000000000${index}`);

describe("the parameters of ha-jenkins", () => {
  test.each(parametersFilesOf(__dirname))("%s, which comes with the blueprint, is right", (file) => {
    expect(read(readFileSync(join(__dirname, file), "utf8")).mistakes).toBeUndefined();
  });

  test("none is needed", () => {
    expect(read({})).toMatchObject({
      parameters: {
        architecture: "load-balancer",
        allowedCidrs: [],
        instanceType: "t3.medium",
        executors: 2,
        backupRetentionDays: 35,
        retainData: true,
      },
    });
  });

  test.each<[string, unknown]>([
    ["the world, with a certificate", { allowedCidrs: ["0.0.0.0/0"], certificateArn: CERTIFICATE }],
    ["an existing VPC", { vpc: { ...VPC, publicSubnetIds: subnets(2), privateSubnetIds: subnets(2) } }],
    [
      "an existing VPC without public subnets, internally",
      { scheme: "internal", vpc: { ...VPC, privateSubnetIds: subnets(2) } },
    ],
    [
      "one subnet for one machine",
      { architecture: "recovery-alarm", homeVolumeGiB: 100, vpc: { ...VPC, publicSubnetIds: subnets(1) } },
    ],
  ])("%s is allowed", (_, parameters) => {
    expect(read(parameters).mistakes).toBeUndefined();
  });

  test.each<[string, unknown, string]>([
    ["an architecture that there is not", { architecture: "spot" }, 'architecture must be one of "load-balancer"'],
    [
      "the world without a certificate",
      { allowedCidrs: ["203.0.113.0/24", "0.0.0.0/0"] },
      "allowedCidrs must be ranges of /8 or smaller, because without certificateArn",
    ],
    ["a range of IPv6", { allowedCidrs: ["2001:db8::/32"] }, "allowedCidrs[0] must be a range of IPv4 addresses"],
    [
      "a range with host bits",
      { allowedCidrs: ["10.0.0.1/8"] },
      "allowedCidrs[0] must be a range of IPv4 addresses that begins",
    ],
    [
      "a range twice",
      { allowedCidrs: ["10.0.0.0/8", "10.0.0.0/8"] },
      "allowedCidrs must be a list of different ranges",
    ],
    ["half the world", { allowedCidrs: ["0.0.0.0/1", "128.0.0.0/1"] }, "allowedCidrs must be ranges of /8 or smaller"],
    [
      "an address without its range",
      { allowedCidrs: ["203.0.113.7"] },
      'allowedCidrs[0] must be a range of IPv4 addresses, such as 203.0.113.0/24, got "203.0.113.7"',
    ],
    ["too many ranges", { allowedCidrs: Array(31).fill("10.0.0.0/8") }, "allowedCidrs must be a list of 0..30 items"],
    [
      "a certificate that is none",
      { certificateArn: "arn:aws:iam::1:x" },
      "certificateArn must be the ARN of a certificate",
    ],
    [
      "a certificate without a load balancer",
      { architecture: "elastic-ip", certificateArn: CERTIFICATE },
      'certificateArn must be left out where architecture is "elastic-ip": it belongs to "load-balancer"',
    ],
    [
      "a scheme without a load balancer",
      { architecture: "recovery-alarm", scheme: "internal" },
      'scheme must be left out where architecture is "recovery-alarm"',
    ],
    [
      "a volume where the home is a file system",
      { homeVolumeGiB: 100 },
      'homeVolumeGiB must be left out where architecture is "load-balancer": it belongs to "recovery-alarm"',
    ],
    [
      "a volume that is too small",
      { architecture: "recovery-alarm", homeVolumeGiB: 4 },
      "homeVolumeGiB must be a whole number, 8..16384",
    ],
    ["a domain name with a scheme", { domainName: "https://jenkins.example.com" }, "domainName must be a domain name"],
    ["an instance type that is none", { instanceType: "medium" }, "instanceType must be an EC2 instance type"],
    ["an instance type on Xen", { instanceType: "t2.medium" }, "instanceType must be a type on the Nitro System"],
    [
      "plugins without the one that sets Jenkins up",
      { plugins: ["git:5.10.1"] },
      "plugins must be a list with configuration-as-code in it",
    ],
    [
      "disks that recovery cannot move",
      { architecture: "recovery-alarm", instanceType: "m7gd.large" },
      "instanceType must be a type without disks of its own",
    ],
    ["a weekly release", { jenkinsVersion: "2.586" }, "jenkinsVersion must be a Long-Term Support release"],
    ["a plugin without its version", { plugins: ["git"] }, "plugins[0] must be name:version"],
    ["no plugin", { plugins: [] }, "plugins must be a list of 1..30 items, got []"],
    ["no way to AWS", { outboundPorts: [22] }, "outboundPorts must be a list of different ports with 443 in it"],
    ["a port twice", { outboundPorts: [443, 443] }, "outboundPorts must be a list of different ports"],
    [
      "an age for a machine that no group replaces",
      { architecture: "recovery-alarm", maxMachineAgeDays: 30 },
      'maxMachineAgeDays must be left out where architecture is "recovery-alarm"',
    ],
    ["executors below zero", { executors: -1 }, "executors must be a whole number, 0..64, got -1"],
    ["backups kept for no day", { backupRetentionDays: 0 }, "backupRetentionDays must be a whole number, 1..36500"],
    ["a VPC in one zone", { vpc: { zones: 1 } }, "vpc.zones must be a whole number, 2..6, got 1"],
    ["a range that is none", { vpc: { cidrBlock: "10.0.0.0" } }, "vpc.cidrBlock must be an IPv4 range"],
    [
      "a VPC that is made and exists",
      { vpc: { ...VPC, zones: 2 } },
      "vpc.id must be left out where cidrBlock, zones or nat",
    ],
    [
      "subnets without their VPC",
      { vpc: { publicSubnetIds: subnets(2) } },
      "vpc.id must be the VPC that publicSubnetIds",
    ],
    [
      "an existing VPC without subnets",
      { vpc: VPC },
      "vpc.publicSubnetIds must be the ids of at least 2 subnets, each in a zone of its own",
    ],
    [
      "one subnet for a group",
      { architecture: "elastic-ip", vpc: { ...VPC, publicSubnetIds: subnets(1) } },
      "vpc.publicSubnetIds must be the ids of at least 2 subnets",
    ],
    [
      "NAT where Jenkins has a public address",
      { architecture: "elastic-ip", vpc: { nat: "single" } },
      'vpc.nat must be left out where architecture is "elastic-ip"',
    ],
    ["a misspelled parameter", { alowedCidrs: [] }, "alowedCidrs is not a parameter; did you mean allowedCidrs?"],
  ])("%s is a mistake", (_, parameters, message) => {
    expect(read(parameters).mistakes?.join("\n")).toContain(`jenkins: ${message}`);
  });
});
