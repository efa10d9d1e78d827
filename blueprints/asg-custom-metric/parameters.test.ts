import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readParameters } from "../../shared/blueprint/parameters";
import { parametersFilesOf } from "../../shared/testing/parameters-files";
import schema from "./parameters";

const read = (value: unknown) =>
  readParameters(typeof value === "string" ? value : JSON.stringify(value), schema, {
    stackName: "trading",
    file: "p.json",
  });
const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0123";
const VPC = { id: "vpc-0123456789abcdef0" };
const subnets = (count: number) => Array.from({ length: count }, (_, index) => `subnet-0000000000000000${index}`);
const orders = (tier: object) => ({ orders: tier });

describe("the parameters of asg-custom-metric", () => {
  test.each(parametersFilesOf(__dirname))("%s, which comes with the blueprint, is right", (file) => {
    expect(read(readFileSync(join(__dirname, file), "utf8")).mistakes).toBeUndefined();
  });

  test("none is needed", () => {
    expect(read({})).toMatchObject({
      parameters: {
        clientCidrs: [],
        retainData: true,
        terminationProtection: false,
        weekend: { startDay: "SAT", startTime: "00:00", endDay: "MON", endTime: "04:00", timeZone: "UTC" },
        sharedState: { uid: 1001, gid: 1001, permissions: "0775", mountPath: "/share" },
        orders: {
          recordName: "orders",
          port: 9000,
          healthCheckPort: 9001,
          sizes: { min: 1, desired: 2, max: 5 },
          weekendSizes: { min: 1, desired: 1, max: 1 },
          readyWithinMinutes: 10,
          metric: { everyMinutes: 1, name: "TcpConnectionNumberOnPort", dimensionName: "AutoScalingGroupName" },
          scaleOut: { signal: "connections", threshold: 100, cooldownMinutes: 3 },
        },
        engines: { recordName: "engines", port: 9100, healthCheckPort: 9101, scaleOut: { threshold: 4 } },
      },
    });
  });

  test.each<[string, unknown]>([
    ["an existing VPC", { vpc: { ...VPC, privateSubnetIds: subnets(2) } }],
    ["an existing zone", { dns: { zoneName: "trading.example.com", zoneId: "Z0123456789ABCDEFGHIJ" } }],
    ["a certificate", orders({ certificateArn: CERTIFICATE })],
    ["nobody at weekends", orders({ weekendSizes: { min: 0, desired: 0, max: 0 } })],
    ["a weekend in Arabia", { weekend: { startDay: "FRI", endDay: "SUN", timeZone: "Asia/Riyadh" } }],
    ["a weekend within a day", { weekend: { startDay: "SUN", endDay: "SUN", startTime: "00:00", endTime: "23:59" } }],
    ["a log to scale on", orders({ scaleOut: { signal: "log", logPattern: "[time, order]", logValue: "$order" } })],
    ["an image and its owner", { image: { name: "trading-al2023-*", owner: "123456789012" } }],
    ["the namespace of old", orders({ metric: { namespace: "ASG-METRIC:EC2TCPConnection" } })],
    ["settings of the application", orders({ settings: { MARKET: 'XETRA "main" $1' } })],
  ])("%s is allowed", (_, parameters) => {
    expect(read(parameters).mistakes).toBeUndefined();
  });

  test.each<[string, unknown, string]>([
    ["numbers as texts", orders({ port: "9000" }), "orders.port must be"],
    ["a port that only root may open", orders({ port: 443 }), "orders.port must be a whole number, 1024..65535"],
    [
      "one port for orders and health checks",
      orders({ port: 9000, healthCheckPort: 9000 }),
      "orders.healthCheckPort must be another port than port (9000)",
    ],
    [
      "sizes that do not ascend",
      orders({ sizes: { min: 3, desired: 2, max: 5 } }),
      "orders.sizes.desired must be between min and max, which make 3 <= 2 <= 5 with the defaults",
    ],
    [
      "sizes of the weekend that do not",
      orders({ weekendSizes: { min: 1, desired: 2, max: 1 } }),
      "orders.weekendSizes.desired must be between min and max, which make 1 <= 2 <= 1 with the defaults",
    ],
    [
      "a hysteresis that no server can fall below",
      orders({ scaleOut: { threshold: 100, hysteresis: 100 } }),
      "orders.scaleOut.hysteresis must be less than threshold (100)",
    ],
    [
      "a pattern for a log that nobody looks at",
      orders({ scaleOut: { logPattern: "x" } }),
      'orders.scaleOut.logPattern must be left out where signal is "connections"',
    ],
    [
      "a hysteresis for the log",
      orders({ scaleOut: { signal: "log", hysteresis: 1 } }),
      'orders.scaleOut.hysteresis must be left out where signal is "log"',
    ],
    ["a metric every 7 minutes", orders({ metric: { everyMinutes: 7 } }), "orders.metric.everyMinutes must be one of"],
    ["AWS's namespace", orders({ metric: { namespace: "AWS/EC2" } }), "orders.metric.namespace must be a namespace"],
    [
      "the dimension that servers add",
      orders({ metric: { dimensionName: "InstanceId" } }),
      "orders.metric.dimensionName must be another name than InstanceId",
    ],
    ["a log path that climbs", orders({ logPath: "/var/../etc" }), "orders.logPath must be an absolute path"],
    [
      "a log path that the application cannot see",
      orders({ logPath: "/tmp/orders" }),
      "orders.logPath must be a folder that the application may write to",
    ],
    [
      "a mount over the scripts",
      { sharedState: { mountPath: "/opt" } },
      "sharedState.mountPath must be a folder that is not the system's",
    ],
    [
      "a relative mount path",
      { sharedState: { mountPath: "share" } },
      "sharedState.mountPath must be an absolute path",
    ],
    ["root as owner", { sharedState: { uid: 0 } }, "sharedState.uid must be"],
    [
      "a setting that the stack sets",
      orders({ settings: { PORT: "1" } }),
      "orders.settings must be no PORT, which the stack sets itself",
    ],
    ["a setting of two lines", orders({ settings: { A: "1\n2" } }), "orders.settings.A must be one line"],
    ["the same name twice", { engines: { recordName: "orders" } }, "engines.recordName must be another name"],
    [
      "a zone's id without its name",
      { dns: { zoneId: "Z0123456789ABCDEFGHIJ" } },
      "dns.zoneName must be the name of the zone",
    ],
    ["a zone name in capitals", { dns: { zoneName: "Trading.Internal" } }, "dns.zoneName must be a domain name"],
    ["an image without an owner", { image: { name: "trading" } }, "image.owner must be"],
    ["a time zone that there is not", { weekend: { timeZone: "Europe/Atlantis" } }, "weekend.timeZone must be an IANA"],
    ["an offset for a time zone", { weekend: { timeZone: "+01:00" } }, "weekend.timeZone must be an IANA"],
    ["a time that there is not", { weekend: { startTime: "24:00" } }, "weekend.startTime must be a time of day"],
    [
      "a weekend without an end",
      { weekend: { startDay: "SAT", endDay: "SAT", startTime: "04:00" } },
      "weekend.endTime must be 6 hours or more after the weekend's start",
    ],
    [
      "a weekend that a late run could miss",
      { weekend: { startDay: "SAT", endDay: "SUN", startTime: "22:01" } },
      "weekend.endTime must be 6 hours or more after the weekend's start",
    ],
    [
      "a week that a late run could miss",
      { weekend: { startDay: "SAT", endDay: "SAT", startTime: "09:00", endTime: "03:01" } },
      "weekend.endTime must be 6 hours or more after the weekend's start",
    ],
    ["the world", { clientCidrs: ["0.0.0.0/0"] }, "clientCidrs must be ranges smaller than the whole world"],
    [
      "one subnet",
      { vpc: { ...VPC, privateSubnetIds: subnets(1) } },
      "vpc.privateSubnetIds must be the ids of at least 2 subnets",
    ],
    [
      "an existing VPC that is to be made",
      { vpc: { ...VPC, privateSubnetIds: subnets(2), egress: "nat-single" } },
      "vpc.id must be left out where cidrBlock, zones or egress say how to make a VPC",
    ],
    [
      "the groups' tag among the others",
      { tags: { weekendscaling: "x" } },
      'tags must be no "weekendscaling", which groupTag sets',
    ],
    ["a tag of the frame", { groupTag: { key: "Stack" } }, "groupTag.key must be another key than Stack"],
  ])("%s is refused with what is allowed", (_, parameters, message) => {
    expect(read(parameters).mistakes).toEqual([expect.stringContaining(`trading: ${message}`)]);
  });

  test("all mistakes are told at once", () => {
    const { mistakes } = read({
      orders: { port: 1, sizes: { min: 9 } },
      weekend: { startDay: "FUN" },
      dns: { zoneId: "Z1" },
    });
    expect(mistakes).toHaveLength(4);
  });
});
