import * as z from "zod";
import { commonParameters, OWN_TAGS } from "../../shared/blueprint/common-parameters";
import { always } from "../../shared/blueprint/parameters";
import { IMAGE_NAME, IMAGE_OWNER } from "../../shared/compute/machine-image";
import { DOMAIN_NAME } from "../../shared/network/private-zone";
import { clientCidrs, privateNetworkParameters } from "../../shared/network/vpc-parameters";
import { MAX_EVENT_AGE_SECONDS } from "./runtime/weekend/configuration";
import { ABSOLUTE_PATH, tierParameters } from "./tier-parameters";

const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] as const;
const day = z.enum(DAYS);
const WEEK_HOURS = 7 * 24;
/** A run may be as late as that, and must not meet the other period. */
const SHORTEST_HOURS = MAX_EVENT_AGE_SECONDS / 3600;
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day from 00:00 to 23:59");

const weekend = z
  .strictObject({
    startDay: day.default("SAT").describe("Day on which the groups shrink to weekendSizes."),
    startTime: timeOfDay
      .default("00:00")
      .describe("Time of that day, in timeZone; not in the hour that summer time skips, in which nothing runs."),
    endDay: day.default("MON").describe("Day on which the groups get their sizes back."),
    endTime: timeOfDay
      .default("04:00")
      .describe(
        "Time of that day, in timeZone: early enough for servers to be ready when the week's work begins, and not in the hour that summer time skips.",
      ),
    timeZone: z
      .string()
      .refine(isTimeZone, "an IANA time zone, such as Europe/Berlin")
      .default("UTC")
      .describe("IANA time zone of both times, summer time included."),
  })
  .refine((one) => hoursOf(one).every((hours) => !(hours < SHORTEST_HOURS)), {
    ...always,
    path: ["endTime"],
    error: `${SHORTEST_HOURS} hours or more after the weekend's start, and as long before the next one`,
  });

/** Hours of the weekend and of the week between two of them. */
function hoursOf({ startDay, startTime, endDay, endTime }: Record<`${"start" | "end"}${"Day" | "Time"}`, string>) {
  const hourOfWeek = (weekday: string, time: string) => {
    const [hour = 0, minute = 0] = time.split(":").map(Number);
    return DAYS.indexOf(weekday as (typeof DAYS)[number]) * 24 + hour + minute / 60;
  };
  const hours = (hourOfWeek(endDay, endTime) - hourOfWeek(startDay, startTime) + WEEK_HOURS) % WEEK_HOURS;
  return [hours, WEEK_HOURS - hours];
}

function isTimeZone(name: string): boolean {
  // Offsets such as +01:00 are zones to Intl, and not to EventBridge Scheduler.
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const dns = z
  .strictObject({
    zoneName: z
      .string()
      .regex(DOMAIN_NAME, "a domain name in lower case, such as trading.internal")
      .optional()
      .describe("Name of the Route 53 private zone that clients look the servers up in. Default: <stack>.internal."),
    zoneId: z
      .string()
      .regex(/^Z[0-9A-Z]{1,31}$/, "a hosted zone's id, such as Z0123456789ABCDEFGHIJ")
      .optional()
      .describe(
        "An existing private zone of that name, associated with the VPC. Default: the stack makes one for its VPC.",
      ),
  })
  .refine((one) => !one.zoneId || one.zoneName, {
    ...always,
    path: ["zoneName"],
    error: "the name of the zone that zoneId is the id of",
  });

/** What is mounted over them is hidden, the server's own scripts among it. */
const SYSTEM_FOLDERS = /^\/(bin|boot|dev|efi|etc|home|lib|lib64|opt|proc|root|run|sbin|sys|tmp|usr|var)(\/|$)/;

const sharedState = z.strictObject({
  uid: z
    .int()
    .min(1)
    .max(59_999)
    .default(1001)
    .describe(
      "User id that the application runs as and owns its files by. A change of this, gid or permissions replaces the access point under running servers: make it at a weekend.",
    ),
  gid: z.int().min(1).max(59_999).default(1001).describe("Group id of the same."),
  permissions: z
    .string()
    .regex(/^[0-7]{3,4}$/, "three or four octal digits, such as 0775")
    .default("0775")
    .describe("Permissions of the shared directory when EFS makes it, in octal."),
  mountPath: z
    .string()
    .max(100)
    .regex(ABSOLUTE_PATH, "an absolute path, such as /share")
    .refine((path) => !SYSTEM_FOLDERS.test(path), "a folder that is not the system's, such as /share")
    .default("/share")
    .describe("Where servers mount the shared file system."),
});

const image = z.strictObject({
  name: z
    .string()
    .min(3)
    .max(128)
    .regex(IMAGE_NAME, "the name of a machine image; * and ? stand for any characters")
    .describe("Name of the image, based on Amazon Linux 2023; of several the newest is taken at each plan."),
  owner: z
    .string()
    .regex(IMAGE_OWNER, "an account's 12 digits, self or amazon")
    .describe("Account that owns the image: without it, anybody's image of that name would do."),
});

const parameters = z
  .strictObject({
    ...commonParameters,
    vpc: privateNetworkParameters("servers")
      .prefault({})
      .describe("The network: one that the stack makes, or an existing one."),
    clientCidrs: clientCidrs(50)
      .refine((cidrs) => !cidrs.some?.((one) => String(one).endsWith("/0")), {
        ...always,
        error: "ranges smaller than the whole world: the load balancer is internal",
      })
      .default([])
      .describe(
        "Ranges of IPv4 addresses that may connect to the order servers: offices, VPCs that are peered. Default: the VPC's own.",
      ),
    dns: dns.prefault({}).describe("The private DNS zone in which the servers have their names."),
    orders: tierParameters({
      recordName: "orders",
      port: 9000,
      threshold: 100,
      what: "order servers, which clients connect to",
    }),
    engines: tierParameters({
      recordName: "engines",
      port: 9100,
      threshold: 4,
      what: "matching engines, which order servers send to",
    }),
    weekend: weekend.prefault({}).describe("When the groups shrink, and when they grow back."),
    sharedState: sharedState.prefault({}).describe("The file system that all servers share."),
    image: image
      .optional()
      .describe("Machine image of the servers. Default: the newest Amazon Linux 2023 at each launch."),
    terminationProtection: z
      .boolean()
      .default(false)
      .describe(
        "Whether the EC2 API refuses to terminate a server (EC2 termination protection), which keeps people from it. It is not scale-in protection, which every server has, and which keeps the group from it.",
      ),
    groupTag: z
      .strictObject({
        key: z
          .string()
          .min(1)
          .max(128)
          .regex(/^(?!aws:)[\w.:/=+@-]+$/i, "a tag's key that does not begin with aws:")
          .refine(
            (key) => !OWN_TAGS.some((own) => own.toLowerCase() === key.toLowerCase()),
            "another key than Stack, Name and ManagedBy",
          )
          .default("WeekendScaling")
          .describe("Key of the tag."),
        value: z
          .string()
          .min(1)
          .max(256)
          .regex(/^[\w.:/=+@ -]+$/, "a tag's value")
          .optional()
          .describe("Value of the tag. Default: the stack's name."),
      })
      .prefault({})
      .describe("Tag of the groups and servers that the weekend function may change; it may change no others."),
  })
  .superRefine((all, context) => {
    const mistake = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
    if (all.orders?.recordName === all.engines?.recordName) {
      mistake(["engines", "recordName"], "another name than that of the order servers");
    }
    const own = Object.keys(all.tags ?? {}).find((key) => key.toLowerCase() === all.groupTag?.key?.toLowerCase());
    if (own) mistake(["tags"], `no "${own}", which groupTag sets`);
  });

export default parameters;
export type Parameters = z.output<typeof parameters>;
