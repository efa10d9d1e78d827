import { readFileSync } from "node:fs";
import type { ScaleOutRule } from "./scale-out-request";

/** What the stack writes for the publisher of a server, as JSON. */
export interface PublisherConfig extends ScaleOutRule {
  readonly region: string;
  /** The Auto Scaling group that the server belongs to. */
  readonly groupName: string;
  /** The group's simple scaling policy that adds one server; null: this server never asks. */
  readonly policyName: string | null;
  /** TCP port whose connections are counted. 1..65535 */
  readonly port: number;
  /** CloudWatch namespace of the metrics. */
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensionName: string;
  readonly dimensionValue: string;
  /** What is remembered from run to run. Its folder is made. */
  readonly stateFile: string;
}

/** Where the publisher looks for its configuration unless its first argument says otherwise. */
export const CONFIG_FILE = "/etc/tcp-server/publisher.json";
/** The metric that is 1 in the run in which AWS accepted the server's request, and else 0. */
export const SCALE_OUT_REQUESTS = "ScaleOutRequests";
/** The dimension that tells the servers of a group apart. */
export const INSTANCE_DIMENSION = "InstanceId";

type Rule = readonly [expected: string, fits: (value: unknown) => boolean];
const isText = (value: unknown) => typeof value === "string" && value !== "";
const text: Rule = ["text that is not empty", isText];
const wholeNumber = (least: number, most = Number.MAX_SAFE_INTEGER): Rule => [
  `a whole number from ${least} to ${most}`,
  (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
];

/**
 * Reads the configuration.
 * @throws Error that names the file and each key that is missing or wrong.
 */
export function readConfig(file: string): PublisherConfig {
  let config: PublisherConfig;
  try {
    config = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}. It is a JSON object that the stack writes.`);
  }
  const rules: Record<keyof PublisherConfig, Rule> = {
    region: text,
    groupName: text,
    policyName: ["a name or null", (value) => value === null || isText(value)],
    port: wholeNumber(1, 65535),
    threshold: wholeNumber(1),
    rearmBelow: wholeNumber(1, config.threshold),
    cooldownSeconds: wholeNumber(0),
    namespace: text,
    metricName: text,
    dimensionName: text,
    dimensionValue: text,
    stateFile: text,
  };
  const mistakes = (Object.keys(rules) as (keyof PublisherConfig)[])
    .filter((key) => !rules[key][1](config[key]))
    .map((key) => `${key} must be ${rules[key][0]}, got ${JSON.stringify(config[key])}`);
  if (mistakes.length > 0) throw new Error(`${file}: ${mistakes.join("; ")}`);
  return config;
}
