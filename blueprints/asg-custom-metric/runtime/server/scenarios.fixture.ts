// What may happen to a server at its boot: for tests, and to know what its scripts call.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  hook,
  instanceMetadata,
  mounted,
  mounting,
  NOBODY_WAITS,
  rule,
  secrets,
} from "../../../../shared/testing/machine-stubs";
import {
  type AwsCall,
  awsCalls,
  type ScriptRun,
  ScriptSandbox,
  type StubAnswer,
  type StubRule,
} from "../../../../shared/testing/script-sandbox";
import { serverFiles } from "./files";

export type ScriptName = "install" | "prepare" | "ready";

export type Settings = Readonly<Record<string, string>>;

/** What stands for the application's program. */
export const PROGRAM = "program\n";

export const SETTINGS = {
  REGION: "eu-central-1",
  ROLE: "order-server",
  HEALTH_CHECK_PORT: "9001",
  GROUP_NAME: "asg-custom-metric-orders-group",
  LIFECYCLE_HOOK: "asg-custom-metric-orders-launch",
  FILE_SYSTEM_ID: "fs-0123456789abcdef0",
  ACCESS_POINT_ID: "fsap-0123456789abcdef0",
  MOUNT_PATH: "/share",
  SETTINGS_PATH: "/asg-custom-metric/orders/",
  SECRET_ARN: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:asg-custom-metric-abcdef",
  APPLICATION_BUCKET: "asg-custom-metric-application",
  APPLICATION_KEY: "application/0123.js",
  APPLICATION_SHA256: createHash("sha256").update(PROGRAM).digest("hex"),
  APPLICATION_UID: "1001",
  APPLICATION_GID: "1001",
  METRIC_EVERY_MINUTES: "5",
} as const satisfies Settings;

/** A server as cloud-init leaves it. */
export function server(settings: Settings = SETTINGS): ScriptSandbox {
  const sandbox = new ScriptSandbox();
  for (const { source, path, mode } of serverFiles) {
    sandbox.write(path, readFileSync(source, "utf8"), Number.parseInt(mode, 8));
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
  sandbox.write("/etc/tcp-server/settings", lines.join(""));
  sandbox.write("/etc/logrotate.d/readme", "");
  return sandbox;
}

/** The scripts' own clock: pauses take no time. */
export const run = (sandbox: ScriptSandbox, script: ScriptName, rules: readonly StubRule[]): ScriptRun =>
  sandbox.run(sandbox.path(`/opt/tcp-server/${script}.sh`), [...rules, { command: "sleep" }]);

/** Users and groups before the first boot, or after it. */
export const hasUser = (there: boolean): StubRule => rule("getent", [], { exit: there ? 0 : 2 });

export const downloaded = (line: string): StubAnswer => ({ run: `echo ${line} >"\${@: -1}"` });
export const download = (...answers: StubAnswer[]): StubRule => rule("aws", ["s3api", "get-object"], ...answers);

export const installation: readonly StubRule[] = [
  hasUser(false),
  rule("groupadd"),
  rule("useradd"),
  rule("id", [], { stdout: "1001" }),
  rule("dnf"),
  rule("/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"),
  download(downloaded("program")),
  rule("sysctl"),
  rule("systemctl"),
  ...instanceMetadata,
  hook(),
];

/** Parameters below the server's path, as the AWS CLI prints them. */
export const parameters = (values: Readonly<Record<string, string>>): StubAnswer => ({
  stdout: `${JSON.stringify(
    Object.entries(values).map(([name, value]) => [`${SETTINGS.SETTINGS_PATH}${name}`, value]),
    null,
    4,
  )}\n`,
});
export const STORED = { PORT: "9000", HEALTH_CHECK_PORT: "9001", LOG_FILE: "/var/log/tcp-server/application.log" };
export const reading = (...answers: StubAnswer[]): StubRule =>
  rule("aws", ["ssm", "get-parameters-by-path"], ...answers);

export const preparation: readonly StubRule[] = [
  ...instanceMetadata,
  mounted(false),
  mounting({}),
  ...secrets.there,
  reading(parameters(STORED)),
  rule("/usr/bin/node-22", [], { run: `exec '${process.execPath}' "$@"` }),
  rule("chown"),
  rule("runuser"),
  hook(),
];

/** Whether the health check's port takes a connection, one probe after the other. */
export const port = (...open: boolean[]): StubRule =>
  rule("timeout", [], ...open.map((one) => ({ exit: one ? 0 : 1 })));
export const failed = (yes: boolean): StubRule => rule("systemctl", ["is-failed"], { exit: yes ? 0 : 1 });

/** One of each kind of thing that makes the scripts call AWS. */
const calling: readonly (readonly [ScriptName, readonly StubRule[]])[] = [
  ["install", installation],
  ["install", [rule("dnf", [], { exit: 1 }), ...installation]],
  ["prepare", [...secrets.without, ...preparation]],
  ["ready", [...instanceMetadata, port(true), hook()]],
  ["ready", [...instanceMetadata, port(true), hook(NOBODY_WAITS)]],
];

/** Every call of the AWS API that the scripts make, with its options, to be held against the servers' role. */
export function machineAwsCalls(): AwsCall[] {
  return calling.flatMap(([script, rules]) => {
    const sandbox = server();
    try {
      return awsCalls(run(sandbox, script, rules).calls).map(({ action, options }) => ({
        // The command s3api is the API that permissions call s3.
        action: action.replace(/^s3api:/, "s3:"),
        options,
      }));
    } finally {
      sandbox.remove();
    }
  });
}
