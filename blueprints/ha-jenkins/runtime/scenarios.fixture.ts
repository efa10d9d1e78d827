// What may happen to Jenkins' machine: for tests, and to know what its scripts call.
import { readFileSync } from "node:fs";
import {
  failing,
  hook,
  INSTANCE,
  imds,
  instanceMetadata,
  mounted,
  mounting,
  rule,
  secrets,
} from "../../../shared/testing/machine-stubs";
import {
  type AwsCall,
  awsCalls,
  type ScriptRun,
  ScriptSandbox,
  type StubAnswer,
  type StubRule,
} from "../../../shared/testing/script-sandbox";
import { machineFiles } from "./files";

export type ScriptName = "install" | "prepare" | "start" | "ready" | "watchdog";

export type Settings = Readonly<Record<string, string>>;

export const ADDRESS = "203.0.113.10";
export const SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ha-jenkins-abcdef";

const COMMON: Settings = {
  REGION: "eu-central-1",
  JENKINS_VERSION: "2.580.2",
  PLUGINS: "configuration-as-code:2131.vb_a_13ed96f755 git:5.10.1",
  JENKINS_URL: "https://jenkins.example.com/",
  EXECUTORS: "2",
  HOME_KIND: "efs",
  FILE_SYSTEM_ID: "fs-0123456789abcdef0",
  ACCESS_POINT_ID: "fsap-0123456789abcdef0",
  VOLUME_ID: "",
  ALLOCATION_ID: "",
  ADDRESS: "",
  SECRET_ARN: SECRET,
  GROUP_NAME: "ha-jenkins-group",
  LIFECYCLE_HOOK: "ha-jenkins-launch",
  LAST_RESORT: "none",
  METRIC_NAMESPACE: "ha-jenkins",
  LOG_GROUP: "/ha-jenkins",
};

/** Settings of the three architectures. */
export const architectures = {
  loadBalancer: COMMON,
  elasticIp: { ...COMMON, ALLOCATION_ID: "eipalloc-0123456789abcdef0", ADDRESS, LAST_RESORT: "replace" },
  recoveryAlarm: {
    ...COMMON,
    HOME_KIND: "ebs",
    FILE_SYSTEM_ID: "",
    ACCESS_POINT_ID: "",
    VOLUME_ID: "vol-0123456789abcdef0",
    GROUP_NAME: "",
    LIFECYCLE_HOOK: "",
    LAST_RESORT: "reboot",
  },
} as const satisfies Record<string, Settings>;

export const DEVICE = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0";

/** A machine as cloud-init leaves it. */
export function machine(settings: Settings): ScriptSandbox {
  const sandbox = new ScriptSandbox();
  for (const { source, path, mode } of machineFiles) {
    sandbox.write(path, readFileSync(source, "utf8"), Number.parseInt(mode, 8));
  }
  sandbox.write(
    "/etc/ha-jenkins/settings",
    Object.entries(settings)
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(""),
  );
  sandbox.write("/etc/pki/rpm-gpg/readme", "");
  return sandbox;
}

/** The scripts' own clock: pauses take no time. */
export function run(
  sandbox: ScriptSandbox,
  script: ScriptName,
  rules: readonly StubRule[],
  args?: readonly string[],
): ScriptRun {
  return sandbox.run(sandbox.path(`/opt/ha-jenkins/${script}.sh`), [...rules, { command: "sleep" }], args);
}

/** Of a machine with this public address, or these, one look after the other; none is a 404. */
export const metadata = (...addresses: (string | undefined)[]): StubRule[] => [
  ...instanceMetadata,
  imds(
    "public-ipv4",
    ...(addresses.length > 0 ? addresses : [undefined]).map((one) => (one ? { stdout: one } : { exit: 22 })),
  ),
];

/** Answers to /login: HTTP status codes, one probe after the other; "000" is no answer. */
export const login = (...codes: string[]): StubRule =>
  rule("curl", ["http://127.0.0.1:8080/login"], ...codes.map((stdout) => ({ stdout, exit: stdout === "000" ? 7 : 0 })));

export const download = (...answers: StubAnswer[]): StubRule => rule("curl", ["-fsSL"], ...answers);
export const DOWNLOADED: StubAnswer = { run: 'while [[ $1 != -o ]]; do shift; done; echo "from ${@: -1}" >"$2"' };
export const NOT_DOWNLOADED: StubAnswer = { exit: 22, stderr: "curl: (22) The requested URL returned error: 503" };

export const FINGERPRINT = "5E386EADB55F01504CAE8BCF7198F4B714ABFC68";
export const keys = (...fingerprints: string[]): StubRule =>
  rule("gpg", [], {
    stdout: fingerprints
      .map((one) => `pub:-:4096:1:${one.slice(-16)}:1766409859:1861017859::-:::scSC::::::23::0:\nfpr:::::::::${one}:\n`)
      .join(""),
  });

const hasUser = (there: boolean) => rule("getent", [], { exit: there ? 0 : 2 });

export const CHECKSUM_HOLDS = rule("sha256sum", ["-c"], { run: 'cat >"$ROOT/checked"' });

export const installation: readonly StubRule[] = [
  download(DOWNLOADED),
  keys(FINGERPRINT),
  hasUser(false),
  rule("groupadd"),
  rule("useradd"),
  rule("id", [], { stdout: "1500" }),
  rule("dnf"),
  rule("rpm", [], { stdout: "2.580.2" }),
  CHECKSUM_HOLDS,
  rule("/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"),
  rule("systemctl"),
  ...metadata(),
  hook(),
];

export const reinstallation: readonly StubRule[] = [hasUser(true), ...installation];

export const preparation: readonly StubRule[] = [
  ...metadata(),
  mounted(false),
  mounting({}),
  rule("chown"),
  ...secrets.there,
  hook(),
];

/** Of a machine with a volume: what blkid says of it. */
export const volume = (blkid: number): StubRule[] => [
  rule("blkid", [], { exit: blkid }),
  rule("mkfs.xfs"),
  rule("xfs_growfs"),
];

const PLUGINS_FETCHED: StubAnswer = {
  run: 'while [[ $1 != --plugin-download-directory ]]; do shift; done; rm -rf "$2"; mkdir -p "$2"; for one in configuration-as-code git structs; do echo new >"$2/$one.jpi"; done',
};

export const pluginManager = (...answers: StubAnswer[]): StubRule =>
  rule("java", [], ...(answers.length > 0 ? answers : [PLUGINS_FETCHED]));
export const fetchedAfter = (times: number): StubRule => pluginManager(...failing(times, { exit: 1 }, PLUGINS_FETCHED));
export const starting: readonly StubRule[] = [pluginManager(), rule("jenkins")];

/** States of ha-jenkins-prepare and jenkins, as `systemctl is-active` prints them. */
export const watching = (prepare: string, jenkins: string, code: string, owner = INSTANCE): StubRule[] => [
  ...metadata(),
  login(code),
  rule("systemctl", ["is-active"], { stdout: `${prepare}\n${jenkins}\n`, exit: jenkins === "active" ? 0 : 3 }),
  rule("systemctl", ["restart"]),
  rule("systemctl", ["kill"]),
  rule("systemctl", ["reboot"]),
  rule("aws", ["cloudwatch", "put-metric-data"]),
  rule("aws", ["autoscaling", "set-instance-health"]),
  rule("timeout", ["head"], { stdout: `${owner}\n` }),
];

/** One of each kind of thing that makes the scripts call AWS. */
const calling: readonly (readonly [ScriptName, Settings, readonly StubRule[], ((sandbox: ScriptSandbox) => void)?])[] =
  [
    ["install", architectures.loadBalancer, installation],
    ["install", architectures.loadBalancer, [download(NOT_DOWNLOADED), ...installation]],
    ["prepare", architectures.elasticIp, [...metadata(undefined, ADDRESS), rule("aws", ["ec2"]), ...preparation]],
    ["prepare", architectures.loadBalancer, [...secrets.without, ...preparation]],
    [
      "prepare",
      architectures.recoveryAlarm,
      [...volume(2), ...preparation],
      (sandbox) => sandbox.write(DEVICE, "\0".repeat(4096)),
    ],
    ["start", architectures.loadBalancer, starting, booted],
    ["ready", architectures.loadBalancer, [...metadata(), login("200"), hook()]],
    ["watchdog", architectures.elasticIp, watching("active", "active", "000"), failingFor(7)],
    ["watchdog", architectures.recoveryAlarm, watching("active", "active", "000"), failingFor(7)],
  ];

/** As prepare.sh leaves the machine. */
export function booted(sandbox: ScriptSandbox): void {
  sandbox.write("/run/ha-jenkins/instance", `${INSTANCE}\n`);
  sandbox.write("/var/lib/jenkins/readme", "");
  sandbox.write("/var/cache/jenkins/readme", "");
}

/** A machine whose watchdog has counted so many failures. */
export function failingFor(minutes: number) {
  return (sandbox: ScriptSandbox): void => {
    booted(sandbox);
    sandbox.write("/run/ha-jenkins/watchdog", `0 ${minutes}\n`);
  };
}

/** Every call of the AWS API that the scripts make, with its options, to be held against the machine's role. */
export function machineAwsCalls(): AwsCall[] {
  return calling.flatMap(([script, settings, rules, given]) => {
    const sandbox = machine(settings);
    try {
      given?.(sandbox);
      return awsCalls(run(sandbox, script, rules).calls);
    } finally {
      sandbox.remove();
    }
  });
}
