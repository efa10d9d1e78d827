import * as z from "zod";
import { certificateArn } from "../../shared/load-balancing/certificate-arn";
import { OWN_NAMESPACE } from "../../shared/monitoring/metric";
import { DNS_LABEL } from "../../shared/network/private-zone";

/** Defaults that differ between the tiers. */
interface TierDefaults {
  readonly recordName: string;
  readonly port: number;
  /** Connections at which a server asks for another. */
  readonly threshold: number;
  readonly what: string;
}

/** Below, only root may listen. */
const FIRST_PORT = 1024;
/** Above what one server holds. */
const MAX_CONNECTIONS = 1_000_000;
/** A lifecycle hook waits two hours at most; the provider's own wait comes on top. */
const MAX_READY_MINUTES = 110;
export const ABSOLUTE_PATH = /^(\/(?!\.\.?(\/|$))[A-Za-z0-9._-]+){1,8}$/;
/** What the application's unit hides or may not write to: runtime/server/tcp-server.service. */
const CLOSED = /^\/(bin|boot|dev|efi|etc|home|lib|lib64|proc|root|run|sbin|sys|tmp|usr|var\/tmp)(\/|$)/;
/** cloudwatch PutMetricData: printable ASCII; a colon at the beginning is AWS's own. */
const METRIC_WORD = /^[!-9;-~][ -~]{0,254}$/;

const size = (description: string, value: number) => z.int().min(0).max(500).default(value).describe(description);

/** That they ascend; says what they are with the defaults, of which one may be in the way. */
function checkSizes(given: { min: number; desired: number; max: number }, context: z.RefinementCtx): void {
  const { min, desired, max } = given;
  if (!(min > desired || desired > max)) return;
  context.addIssue({
    code: "custom",
    path: ["desired"],
    message: `between min and max, which make ${min} <= ${desired} <= ${max} with the defaults`,
  });
}

const weekSizes = z
  .strictObject({
    min: size("Servers that there are at least.", 1),
    desired: size("Servers that the group begins with, at its creation and each week.", 2),
    max: z.int().min(1).max(500).default(5).describe("Servers that scaling out stops at."),
  })
  .superRefine(checkSizes);

const weekendSizes = z
  .strictObject({
    min: size("Servers that there are at least.", 1),
    desired: size("Servers that stay.", 1),
    max: size("Servers that there are at most.", 1),
  })
  .superRefine(checkSizes);

const metric = z.strictObject({
  everyMinutes: z
    .union([1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60].map((minutes) => z.literal(minutes)))
    .default(1)
    .describe("Minutes between two measurements of a server: a divisor of 60."),
  namespace: z
    .string()
    .regex(OWN_NAMESPACE, "a namespace of CloudWatch that does not begin with AWS/")
    .optional()
    .describe("CloudWatch namespace of the servers' metrics. Default: AsgCustomMetric/<stack>."),
  name: z
    .string()
    .regex(METRIC_WORD, "1 to 255 printable ASCII characters")
    .default("TcpConnectionNumberOnPort")
    .describe("Name of the metric that counts a server's established connections."),
  dimensionName: z
    .string()
    .regex(METRIC_WORD, "1 to 255 printable ASCII characters that do not begin with a colon")
    .refine((name) => name !== "InstanceId", "another name than InstanceId, which the servers add")
    .default("AutoScalingGroupName")
    .describe("Dimension that tells this group's servers from others'."),
  dimensionValue: z
    .string()
    .regex(METRIC_WORD, "1 to 255 printable ASCII characters")
    .optional()
    .describe("Value of that dimension. Default: the group's name."),
});

const scaleOut = (threshold: number) =>
  z
    .strictObject({
      signal: z
        .enum(["connections", "log"])
        .default("connections")
        .describe(
          "What makes the group grow. connections: a server whose connections reach the threshold asks for one more server, once. log: the group has more work a server in its log than the threshold.",
        ),
      threshold: z
        .int()
        .min(1)
        .max(MAX_CONNECTIONS)
        .default(threshold)
        .describe(
          "connections: established connections at which a server asks for another. log: what the metric filter sums up in a minute, a server, above which the group grows by one.",
        ),
      hysteresis: z
        .int()
        .min(0)
        .max(MAX_CONNECTIONS - 1)
        .optional()
        .describe(
          'How far below the threshold a server\'s connections must fall before it may ask again, where signal is "connections". Default: a tenth of the threshold, and 1 at least.',
        ),
      cooldownMinutes: z
        .int()
        .min(1)
        .max(60)
        .default(3)
        .describe(
          "connections: minutes after a request in which the same server makes no other. log: minutes until a new server counts (warm-up).",
        ),
      logPattern: z
        .string()
        .min(1)
        .max(1024)
        .optional()
        .describe(
          'Filter pattern of CloudWatch Logs that picks the lines to count, where signal is "log". Default: { $.event = "order" } or { $.event = "taken" }, what the sample application takes.',
        ),
      logValue: z
        .string()
        .regex(/^(\d+(\.\d+)?|\$[\w.[\]"' -]+)$/, "a number, or a field that the pattern names, such as $.quantity")
        .optional()
        .describe('What such a line counts for, where signal is "log": a number or a field. Default: 1.'),
    })
    .superRefine((all, context) => {
      const mistake = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
      if (all.hysteresis !== undefined && all.hysteresis >= all.threshold) {
        mistake("hysteresis", `less than threshold (${all.threshold}), or the server would never ask again`);
      }
      const belongsTo = { hysteresis: "connections", logPattern: "log", logValue: "log" } as const;
      for (const [key, signal] of Object.entries(belongsTo)) {
        if (all[key as keyof typeof belongsTo] !== undefined && all.signal !== signal) {
          mistake(key, `left out where signal is "${all.signal}": it belongs to "${signal}"`);
        }
      }
    });

const port = (value: number, description: string) =>
  z.int().min(FIRST_PORT).max(65_535).default(value).describe(description);

/** What may be set for one tier of servers. */
export function tierParameters({ recordName, port: defaultPort, threshold, what }: TierDefaults) {
  return z
    .strictObject({
      recordName: z
        .string()
        .regex(DNS_LABEL, "one part of a domain name in lower case, such as orders")
        .default(recordName)
        .describe("Name of the servers in the DNS zone, which the certificate has to be for."),
      port: port(
        defaultPort,
        "TCP port of the load balancer and of the servers. A change on a running stack replaces all servers at once: make it at a weekend.",
      ),
      healthCheckPort: port(
        defaultPort + 1,
        "TCP port that takes a connection while a server can work. A change on a running stack replaces all servers, too.",
      ),
      certificateArn: certificateArn
        .optional()
        .describe(
          "ARN of a certificate in ACM, in the stack's Region: the load balancer then speaks TLS. Default: none, plain TCP inside the network.",
        ),
      instanceType: z
        .string()
        .regex(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, "an EC2 instance type, such as r7g.large")
        .default("t4g.small")
        .describe("EC2 instance type, x86 or Graviton. Long-lived connections want memory."),
      sizes: weekSizes.prefault({}).describe("Sizes of the group in the week."),
      weekendSizes: weekendSizes.prefault({}).describe("Sizes of the group at the weekend."),
      readyWithinMinutes: z
        .int()
        .min(1)
        .max(MAX_READY_MINUTES)
        .default(10)
        .describe("Minutes in which a new server has to be ready; one that is not is replaced."),
      logPath: z
        .string()
        .max(200)
        .regex(ABSOLUTE_PATH, "an absolute path, such as /var/log/orders")
        .refine((path) => !CLOSED.test(path), "a folder that the application may write to, such as /var/log/orders")
        .default("/var/log/tcp-server")
        .describe("Folder of the application's logs: every *.log in it goes to CloudWatch Logs."),
      settings: z
        .record(
          z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, "a name in capitals, such as MARKET"),
          z
            .string()
            .min(1)
            .max(4000)
            .regex(/^[^\n\r\0]+$/, "one line"),
        )
        .default({})
        .describe(
          "Settings that the application gets as environment variables, kept as SSM parameters and read at boot. No secrets.",
        ),
      metric: metric.prefault({}).describe("The metric that every server publishes."),
      scaleOut: scaleOut(threshold).prefault({}).describe("When the group grows."),
    })
    .superRefine((all, context) => {
      const mistake = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
      if (all.healthCheckPort === all.port) {
        mistake(["healthCheckPort"], `another port than port (${all.port})`);
      }
      const taken = Object.keys(all.settings ?? {}).find((name) => OWN_SETTINGS.includes(name));
      if (taken) mistake(["settings"], `no ${taken}, which the stack sets itself`);
    })
    .prefault({})
    .describe(`The ${what}.`);
}

/** Settings that the stack or the server's boot sets. */
const OWN_SETTINGS: readonly string[] = [
  "DOWNSTREAM_HOST",
  "DOWNSTREAM_PORT",
  "DOWNSTREAM_TLS",
  "HEALTH_CHECK_PORT",
  "LOG_FILE",
  "PORT",
  "ROLE",
  "STATE_FOLDER",
  "TOKEN_FILE",
];

export type TierParameters = z.output<ReturnType<typeof tierParameters>>;
