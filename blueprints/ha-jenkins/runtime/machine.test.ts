import { readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { compactScript } from "../../../shared/compute/compact-script";
import {
  DENIED,
  failing,
  hook,
  INSTANCE,
  mounted,
  mounting,
  NOBODY_WAITS,
  rule,
  secrets,
} from "../../../shared/testing/machine-stubs";
import { argsOf, modeOf, pausesOf, toldTheGroup } from "../../../shared/testing/script-runs";
import { awsCalls, type ScriptRun, type ScriptSandbox, type StubRule } from "../../../shared/testing/script-sandbox";
import { machineFiles } from "./files";
import {
  ADDRESS,
  architectures,
  booted,
  CHECKSUM_HOLDS,
  DEVICE,
  DOWNLOADED,
  download,
  FINGERPRINT,
  failingFor,
  fetchedAfter,
  installation,
  keys,
  login,
  machine,
  machineAwsCalls,
  metadata,
  NOT_DOWNLOADED,
  pluginManager,
  preparation,
  reinstallation,
  run,
  type ScriptName,
  SECRET,
  type Settings,
  starting,
  volume,
  watching,
} from "./scenarios.fixture";

const { loadBalancer, elasticIp, recoveryAlarm } = architectures;

const sandboxes: ScriptSandbox[] = [];
afterEach(() => {
  for (const sandbox of sandboxes.splice(0)) sandbox.remove();
});

function boot(settings: Settings, given?: (sandbox: ScriptSandbox) => void): ScriptSandbox {
  const sandbox = machine(settings);
  sandboxes.push(sandbox);
  given?.(sandbox);
  return sandbox;
}

/** Runs a script, none of whose calls may be unforeseen. */
function go(sandbox: ScriptSandbox, script: ScriptName, rules: readonly StubRule[]): ScriptRun {
  const result = run(sandbox, script, rules);
  expect(result.unanswered).toEqual([]);
  return result;
}

const actions = (result: ScriptRun) => awsCalls(result.calls).map(({ action }) => action);

/** Fails, says so and says why, and makes the group try another machine. */
function expectLoudFailure(result: ScriptRun, why: RegExp): void {
  expect(result.status).not.toBe(0);
  expect(result.output).toMatch(why);
  expect(result.output).toMatch(/^ha-jenkins: \w+\.sh: failed$/m);
  expect(toldTheGroup(result)).toEqual(["ABANDON"]);
}

describe("install.sh", () => {
  test("makes the user before the package, and installs exactly the asked Jenkins", () => {
    const result = go(boot(loadBalancer), "install", installation);

    expect(result.status).toBe(0);
    const commands = result.calls.map(({ command }) => command);
    expect(commands.indexOf("useradd")).toBeLessThan(commands.indexOf("dnf"));
    expect(argsOf(result, "groupadd")).toEqual([["-g", "1500", "jenkins"]]);
    expect(argsOf(result, "useradd")).toEqual([
      ["-u", "1500", "-g", "1500", "-d", "/var/lib/jenkins", "-M", "-s", "/bin/false", "jenkins"],
    ]);
    expect(argsOf(result, "dnf")).toEqual([
      [
        ..."-y --enablerepo=jenkins --setopt=install_weak_deps=False install java-21-amazon-corretto-headless fontconfig git".split(
          " ",
        ),
        ..."amazon-cloudwatch-agent amazon-efs-utils jenkins-2.580.2".split(" "),
      ],
    ]);
    expect(argsOf(result, "rpm")).toEqual([["-q", "--qf", "%{VERSION}", "jenkins"]]);
    expect(toldTheGroup(result)).toEqual([]);
  });

  test("takes the key and the plugin manager by HTTPS only, and keeps what it has verified", () => {
    const sandbox = boot(loadBalancer);
    const result = go(sandbox, "install", installation);

    const key = sandbox.path("/etc/pki/rpm-gpg/jenkins.io-2026.key");
    const jar = sandbox.path("/opt/ha-jenkins/plugin-manager.jar");
    const keyUrl = "https://pkg.jenkins.io/rpm-stable/jenkins.io-2026.key";
    const jarUrl =
      "https://github.com/jenkinsci/plugin-installation-manager-tool/releases/download/2.15.0/jenkins-plugin-manager-2.15.0.jar";
    expect(argsOf(result, "curl")).toEqual([
      ["-fsSL", "--proto", "=https", "-m", "300", "-o", `${key}.new`, keyUrl],
      ["-fsSL", "--proto", "=https", "-m", "300", "-o", `${jar}.new`, jarUrl],
    ]);
    expect(argsOf(result, "gpg")).toEqual([["--batch", "--show-keys", "--with-colons", `${key}.new`]]);
    expect(argsOf(result, "sha256sum")).toEqual([["-c", "--quiet"]]);
    expect(sandbox.read("/checked")).toBe(
      `a86853ec2e2933f37a4b471ba65099b61e03c87a80c2ef8fe2315eb135672d43  ${jar}.new\n`,
    );
    expect(sandbox.read("/etc/pki/rpm-gpg/jenkins.io-2026.key")).toBe(`from ${keyUrl}\n`);
    expect(sandbox.read("/opt/ha-jenkins/plugin-manager.jar")).toBe(`from ${jarUrl}\n`);
  });

  test("goes on trying where no group would try another machine", () => {
    const downloads = download(...Array.from({ length: 60 }, () => NOT_DOWNLOADED), DOWNLOADED);
    expect(go(boot(recoveryAlarm), "install", [downloads, ...installation]).status).toBe(0);
    expectLoudFailure(go(boot(loadBalancer), "install", [downloads, ...installation]), /gave up: curl/);
  });

  test("keeps jenkins from having atd run what would have the machine's role", () => {
    const sandbox = boot(loadBalancer);
    go(sandbox, "install", installation);
    expect(sandbox.read("/etc/at.deny")).toBe("jenkins\n");
  });

  test("starts the agent with metrics that have no dimension, and the logs", () => {
    const sandbox = boot(loadBalancer);
    const result = go(sandbox, "install", installation);

    expect(argsOf(result, "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl")).toEqual([
      ["-a", "fetch-config", "-m", "ec2", "-s", "-c", `file:${sandbox.path("/etc/ha-jenkins/agent.json")}`],
    ]);
    const { metrics, logs } = JSON.parse(sandbox.read("/etc/ha-jenkins/agent.json"));
    expect(metrics).toEqual({
      namespace: "ha-jenkins",
      aggregation_dimensions: [[]],
      metrics_collected: {
        mem: { measurement: ["mem_used_percent"], drop_original_metrics: ["mem_used_percent"] },
        disk: {
          measurement: ["disk_used_percent"],
          drop_original_metrics: ["disk_used_percent"],
          resources: ["/", "/var/lib/jenkins"],
        },
      },
    });
    expect(logs.logs_collected.files.collect_list).toEqual([
      { file_path: "/var/log/ha-jenkins.log", log_group_name: "/ha-jenkins", log_stream_name: "{instance_id}/jenkins" },
      {
        file_path: "/var/log/cloud-init-output.log",
        log_group_name: "/ha-jenkins",
        log_stream_name: "{instance_id}/boot",
      },
    ]);
  });

  test("has Jenkins started at this boot without waiting for it, and at each later one", () => {
    const result = go(boot(loadBalancer), "install", installation);

    expect(argsOf(result, "systemctl")).toEqual([
      ["daemon-reload"],
      ["enable", "jenkins", "ha-jenkins-ready"],
      ["enable", "--now", "ha-jenkins-watchdog.timer"],
      ["start", "--no-block", "ha-jenkins-ready"],
    ]);
  });

  test("a machine with a volume gets the tools of its file system", () => {
    const result = go(boot(recoveryAlarm), "install", installation);

    expect(argsOf(result, "dnf")[0]).toContain("xfsprogs");
    expect(argsOf(result, "dnf")[0]).not.toContain("amazon-efs-utils");
  });

  test("may run twice", () => {
    const sandbox = boot(loadBalancer);
    go(sandbox, "install", installation);
    const again = go(sandbox, "install", reinstallation);

    expect(again.status).toBe(0);
    expect(argsOf(again, "useradd")).toEqual([]);
    expect(argsOf(again, "groupadd")).toEqual([]);
  });

  test("a download that fails twice is tried again, with longer and longer pauses", () => {
    const rules = [download(...failing(2, NOT_DOWNLOADED, DOWNLOADED)), ...installation];
    const result = go(boot(loadBalancer), "install", rules);

    expect(result.status).toBe(0);
    expect(pausesOf(result)).toEqual([5, 10]);
  });

  test("a package that comes at the third time is installed", () => {
    const rules = [rule("dnf", [], ...failing(2, { exit: 1 })), ...installation];

    expect(go(boot(loadBalancer), "install", rules).status).toBe(0);
  });

  test.each([
    ["download", [download(NOT_DOWNLOADED)], 5],
    ["package", [rule("dnf", [], { exit: 1, stderr: "Error: Failed to download metadata" })], 5],
  ])("a %s that fails for good is given up after a bounded time", (_what, broken, tries) => {
    const result = go(boot(loadBalancer), "install", [...broken, ...installation]);

    expectLoudFailure(result, /gave up: (curl|dnf)/);
    expect(pausesOf(result)).toEqual([5, 10, 15, 15, 15].slice(0, tries));
    expect(argsOf(result, "systemctl")).toEqual([]);
  });

  test.each([
    ["another key", keys("0".repeat(40))],
    ["a second key in the file", keys(FINGERPRINT, "0".repeat(40))],
    ["a key before it in the file", keys("0".repeat(40), FINGERPRINT)],
    ["no key", keys()],
    ["a file that gpg cannot read", rule("gpg", [], { exit: 2, stderr: "gpg: no valid OpenPGP data found." })],
  ])("%s is never used", (_what, badKey) => {
    const sandbox = boot(loadBalancer);
    const result = go(sandbox, "install", [badKey, ...installation]);

    expectLoudFailure(result, /not Jenkins' key|no valid OpenPGP data|install\.sh: failed/);
    expect(sandbox.has("/etc/pki/rpm-gpg/jenkins.io-2026.key")).toBe(false);
    expect(argsOf(result, "dnf")).toEqual([]);
  });

  test("a plugin manager with another checksum is never used", () => {
    const sandbox = boot(loadBalancer);
    const result = go(
      sandbox,
      "install",
      installation.filter((one) => one !== CHECKSUM_HOLDS),
    );

    expectLoudFailure(result, /not the plugin manager/);
    expect(sandbox.has("/opt/ha-jenkins/plugin-manager.jar")).toBe(false);
    expect(argsOf(result, "systemctl")).toEqual([]);
  });

  test("another user's id, or another Jenkins than asked for, stops it", () => {
    const wrongUser = [rule("id", [], { stdout: "990" }), ...installation];
    expectLoudFailure(go(boot(loadBalancer), "install", wrongUser), /user jenkins is 990:990, not 1500:1500/);

    const wrongVersion = [rule("rpm", [], { stdout: "2.568.3" }), ...installation];
    expectLoudFailure(go(boot(loadBalancer), "install", wrongVersion), /Jenkins is 2\.568\.3, not 2\.580\.2/);
  });

  test("where there is no group, nobody is told of a failure", () => {
    const result = go(boot(recoveryAlarm), "install", [rule("id", [], { stdout: "990" }), ...installation]);

    expect(result.status).not.toBe(0);
    expect(actions(result)).toEqual([]);
  });
});

describe("prepare.sh: the address", () => {
  const associate = rule("aws", ["ec2", "associate-address"]);

  test("is taken over, and waited for until it is really this machine's", () => {
    const rules = [...metadata(undefined, "198.51.100.7", "198.51.100.7", ADDRESS), associate, ...preparation];
    const result = go(boot(elasticIp), "prepare", rules);

    expect(result.status).toBe(0);
    expect(argsOf(result, "aws")[0]).toEqual([
      ..."ec2 associate-address --allocation-id eipalloc-0123456789abcdef0".split(" "),
      ..."--instance-id i-0123456789abcdef0 --allow-reassociation".split(" "),
    ]);
    expect(pausesOf(result)).toEqual([5, 10]);
  });

  test("is left alone where it is this machine's already", () => {
    const result = go(boot(elasticIp), "prepare", [...metadata(ADDRESS), ...preparation]);

    expect(actions(result)).toEqual(["secretsmanager:GetSecretValue"]);
  });

  test("that never comes fails the machine, before Jenkins' home is touched", () => {
    const result = go(boot(elasticIp), "prepare", [...metadata("198.51.100.7"), associate, ...preparation]);

    expectLoudFailure(result, /gave up: have_address/);
    expect(pausesOf(result)).toHaveLength(24);
    expect(argsOf(result, "mount")).toEqual([]);
  });

  test("is asked for again while the role is too new to be known", () => {
    const slow = rule("aws", ["ec2"], ...failing(2, { exit: 254, stderr: "UnauthorizedOperation" }));
    const result = go(boot(elasticIp), "prepare", [...metadata(undefined, ADDRESS), slow, ...preparation]);

    expect(result.status).toBe(0);
  });

  test("metadata is asked for with a token", () => {
    const result = go(boot(loadBalancer), "prepare", preparation);

    const base = "http://169.254.169.254/latest";
    expect(argsOf(result, "curl").slice(0, 2)).toEqual([
      [..."-fsS -m 5 --retry 3 -X PUT -H".split(" "), "X-aws-ec2-metadata-token-ttl-seconds: 60", `${base}/api/token`],
      [..."-fsS -m 5 --retry 3 -H".split(" "), "X-aws-ec2-metadata-token: TOKEN", `${base}/meta-data/instance-id`],
    ]);
  });
});

describe("prepare.sh: a home on Amazon EFS", () => {
  test("is mounted encrypted, with the machine's role, through the access point", () => {
    const sandbox = boot(loadBalancer);
    const result = go(sandbox, "prepare", preparation);

    expect(result.status).toBe(0);
    expect(argsOf(result, "mount")).toEqual([
      [
        "-t",
        "efs",
        "-o",
        "tls,iam,accesspoint=fsap-0123456789abcdef0,noresvport,_netdev",
        "fs-0123456789abcdef0:/",
        sandbox.path("/var/lib/jenkins"),
      ],
    ]);
    expect(toldTheGroup(result)).toEqual([]);
  });

  test("that is mounted is left alone, at the second run of the same boot", () => {
    const sandbox = boot(loadBalancer);
    go(sandbox, "prepare", preparation);
    const before = sandbox.read("/run/ha-jenkins/jenkins.yaml");
    const again = go(sandbox, "prepare", [mounted(true), ...preparation]);

    expect(again.status).toBe(0);
    expect(argsOf(again, "mount")).toEqual([]);
    expect(sandbox.read("/run/ha-jenkins/jenkins.yaml")).toBe(before);
    expect(sandbox.read("/run/ha-jenkins/secrets/admin-password")).toBe("the-password");
  });

  test("whose mount target comes late is waited for", () => {
    const result = go(boot(loadBalancer), "prepare", [mounting(...failing(3, { exit: 32 })), ...preparation]);

    expect(result.status).toBe(0);
    expect(pausesOf(result)).toEqual([5, 10, 15]);
  });

  test("whose mount target never comes fails the machine, after a bounded time", () => {
    const never = mounting({ exit: 32, stderr: "mount.nfs4: Connection timed out" });
    const sandbox = boot(loadBalancer);
    const result = go(sandbox, "prepare", [never, ...preparation]);

    expectLoudFailure(result, /gave up: timeout 60 mount -t efs/);
    expect(pausesOf(result)).toHaveLength(19);
    expect(sandbox.has("/run/ha-jenkins/secrets/admin-password")).toBe(false);
  });
});

describe("prepare.sh: a home on a volume", () => {
  const withVolume = (content: string) => boot(recoveryAlarm, (sandbox) => sandbox.write(DEVICE, content));
  const blank = "\0".repeat(2 * 1024 * 1024);

  test("a blank volume gets a file system, and becomes jenkins'", () => {
    const sandbox = withVolume(blank);
    const result = go(sandbox, "prepare", [...volume(2), ...preparation]);

    const device = sandbox.path(DEVICE);
    const home = sandbox.path("/var/lib/jenkins");
    expect(result.status).toBe(0);
    expect(argsOf(result, "blkid")).toEqual([["-p", device]]);
    expect(argsOf(result, "mkfs.xfs")).toEqual([[device]]);
    expect(argsOf(result, "mount")).toEqual([["-t", "xfs", "-o", "noatime", device, home]]);
    expect(argsOf(result, "chown")[0]).toEqual(["jenkins:jenkins", home]);
  });

  test("a volume with a file system is mounted as it is, and grown to its size", () => {
    const sandbox = withVolume("XFSB and what else there is");
    const result = go(sandbox, "prepare", [...volume(0), ...preparation]);

    expect(result.status).toBe(0);
    expect(argsOf(result, "mkfs.xfs")).toEqual([]);
    expect(argsOf(result, "xfs_growfs")).toEqual([[sandbox.path("/var/lib/jenkins")]]);
  });

  test.each([
    ["with data but no signature", "data", 2, /vol-0123456789abcdef0 has data, but no file system/],
    ["with data after a blank start", `${"\0".repeat(1024 * 1024 - 1)}x`, 2, /has data, but no file system/],
    ["with more than one signature", blank, 8, /cannot tell what is on vol-0123456789abcdef0: 8/],
    ["that blkid cannot look at", blank, 4, /cannot tell/],
  ])("a volume %s is never formatted", (_what, content, blkid, why) => {
    const result = go(withVolume(content), "prepare", [...volume(blkid), ...preparation]);

    expect(result.status).not.toBe(0);
    expect(result.output).toMatch(why);
    expect(argsOf(result, "mkfs.xfs")).toEqual([]);
    expect(argsOf(result, "mount")).toEqual([]);
  });

  test("a volume that cannot be read is never formatted", () => {
    const sandbox = withVolume(blank);
    const unreadable = rule("head", [], { exit: 1, stderr: "head: error reading: Input/output error" });
    const result = go(sandbox, "prepare", [unreadable, ...volume(2), ...preparation]);

    expect(result.status).not.toBe(0);
    expect(argsOf(result, "mkfs.xfs")).toEqual([]);
  });

  test("a volume that is attached late is waited for; one that never is fails the machine", () => {
    const late = boot(recoveryAlarm);
    const attach = `mkdir -p "$ROOT${DEVICE.slice(0, DEVICE.lastIndexOf("/"))}"; echo data >"$ROOT${DEVICE}"`;
    const slow = rule("sleep", [], {}, { run: attach });
    expect(go(late, "prepare", [slow, ...volume(0), ...preparation]).status).toBe(0);

    const never = go(boot(recoveryAlarm), "prepare", [...volume(2), ...preparation]);
    expect(never.status).not.toBe(0);
    expect(never.output).toContain("gave up: test -e");
    expect(pausesOf(never)).toHaveLength(39);
    expect(argsOf(never, "mkfs.xfs")).toEqual([]);
  });
});

describe("prepare.sh: the administrator's password", () => {
  const password = (sandbox: ScriptSandbox) => sandbox.read("/run/ha-jenkins/secrets/admin-password");

  test("that is there is read, into memory, for jenkins only", () => {
    const sandbox = boot(loadBalancer);
    const result = go(sandbox, "prepare", preparation);

    expect(password(sandbox)).toBe("the-password");
    expect(modeOf(sandbox, "/run/ha-jenkins/secrets/admin-password")).toBe("400");
    expect(argsOf(result, "chown")).toEqual([["jenkins", sandbox.path("/run/ha-jenkins/secrets/admin-password")]]);
    expect(argsOf(result, "aws")).toEqual([
      ["secretsmanager", "get-secret-value", "--secret-id", SECRET, "--query", "SecretString", "--output", "text"],
    ]);
  });

  test("that nobody has made yet is made, put and read back", () => {
    const sandbox = boot(loadBalancer);
    const result = go(sandbox, "prepare", [...secrets.without, ...preparation]);

    expect(result.status).toBe(0);
    expect(password(sandbox)).toMatch(/^[0-9a-f]{48}$/);
    expect(password(sandbox)).toBe(sandbox.read("/put"));
    expect(argsOf(result, "aws")[1]).toEqual([
      "secretsmanager",
      "put-secret-value",
      "--secret-id",
      SECRET,
      "--secret-string",
      `file://${sandbox.path("/run/ha-jenkins/made")}`,
      "--client-request-token",
      "ha-jenkins-administrator-password",
      "--query",
      "Name",
    ]);
  });

  test("is random, and stands in no log, no command line and no other file", () => {
    const [one, other] = [boot(loadBalancer), boot(loadBalancer)];
    const result = go(one, "prepare", [...secrets.without, ...preparation]);
    go(other, "prepare", [...secrets.without, ...preparation]);

    expect(password(one)).not.toBe(password(other));
    expect(result.output).not.toContain(password(one));
    expect(JSON.stringify(result.calls)).not.toContain(password(one));
    expect(one.has("/run/ha-jenkins/made")).toBe(false);
    expect(one.read("/run/ha-jenkins/jenkins.yaml")).not.toContain(password(one));
  });

  test("that another machine made at the same time is the one that counts", () => {
    const sandbox = boot(loadBalancer);
    const result = go(sandbox, "prepare", [...secrets.lostRace, ...preparation]);

    expect(result.status).toBe(0);
    expect(password(sandbox)).toBe("the-other-machines");
  });

  test("the token by which two machines agree has a length that Secrets Manager takes", () => {
    const result = go(boot(loadBalancer), "prepare", [...secrets.lostRace, ...preparation]);

    const token = awsCalls(result.calls).find(({ action }) => action.endsWith("PutSecretValue"))?.options[
      "client-request-token"
    ];
    expect(token).toMatch(/^.{32,64}$/);
  });

  test("is waited for while the role is too new to be known, and no other is put", () => {
    const sandbox = boot(loadBalancer);
    const result = go(sandbox, "prepare", [...secrets.deniedAtFirst, ...preparation]);

    expect(password(sandbox)).toBe("the-password");
    expect(new Set(actions(result))).toEqual(new Set(["secretsmanager:GetSecretValue"]));
  });

  test.each([
    ["may not be read", secrets.denied, /AccessDeniedException[\s\S]*gave up: settle_secret/],
    ["is no text", secrets.binary, /the secret must be a text/],
    ["cannot be put", [rule("aws", ["secretsmanager"], DENIED)], /gave up: settle_secret/],
  ])("that %s fails the machine", (_what, secret, why) => {
    const sandbox = boot(loadBalancer);
    const result = go(sandbox, "prepare", [...secret, ...preparation]);

    expectLoudFailure(result, why);
    expect(sandbox.has("/run/ha-jenkins/secrets/admin-password")).toBe(false);
    expect(sandbox.has("/run/ha-jenkins/jenkins.yaml")).toBe(false);
  });
});

describe("prepare.sh: Jenkins' configuration", () => {
  test("has one administrator, nobody else's sign-up, no anonymous access and no agents' port", () => {
    const sandbox = boot(loadBalancer);
    go(sandbox, "prepare", preparation);

    expect(sandbox.read("/run/ha-jenkins/jenkins.yaml")).toBe(
      [
        "jenkins:",
        "  numExecutors: 2",
        "  slaveAgentPort: -1",
        "  securityRealm:",
        "    local:",
        "      allowsSignup: false",
        "      users:",
        "        - id: admin",
        '          password: "${admin-password}"',
        "  authorizationStrategy:",
        "    loggedInUsersCanDoAnything:",
        "      allowAnonymousRead: false",
        "unclassified:",
        "  location:",
        '    url: "https://jenkins.example.com/"',
        "",
      ].join("\n"),
    );
    expect(modeOf(sandbox, "/run/ha-jenkins/jenkins.yaml")).toBe("644");
    expect(modeOf(sandbox, "/run/ha-jenkins/instance")).toBe("644");
  });

  test("a machine that systemd stops because it takes too long gives itself up", () => {
    const stopped = rule("mountpoint", [], { run: "kill -TERM $PPID" });

    expectLoudFailure(go(boot(loadBalancer), "prepare", [stopped, ...preparation]), /prepare\.sh: failed/);
  });

  test("AWS is asked in the stack's Region, with bounded retries", () => {
    const sandbox = boot(loadBalancer);
    const asked = rule("aws", [], {
      run: 'echo "$AWS_DEFAULT_REGION $AWS_RETRY_MODE $AWS_MAX_ATTEMPTS" >"$ROOT/asked"',
      stdout: "the-password",
    });
    go(sandbox, "prepare", [asked, ...preparation]);

    expect(sandbox.read("/asked")).toBe("eu-central-1 standard 5\n");
  });

  test("no metadata, no machine", () => {
    const result = run(boot(loadBalancer), "prepare", [rule("curl", [], { exit: 7 }), ...preparation]);

    expect(result.status).not.toBe(0);
    expect(result.output).toMatch(/prepare\.sh: failed/);
    expect(argsOf(result, "mount")).toEqual([]);
  });
});

describe("start.sh", () => {
  test("installs what is pinned and nothing newer, then becomes Jenkins", () => {
    const sandbox = boot(loadBalancer, booted);
    const result = go(sandbox, "start", starting);

    expect(result.status).toBe(0);
    expect(argsOf(result, "java")).toEqual([
      [
        "-jar",
        sandbox.path("/opt/ha-jenkins/plugin-manager.jar"),
        "--war",
        "/usr/share/java/jenkins.war",
        "--latest",
        "false",
        "--plugin-download-directory",
        sandbox.path("/var/cache/jenkins/download"),
        "--plugins",
        "configuration-as-code:2131.vb_a_13ed96f755",
        "git:5.10.1",
      ],
    ]);
    expect(readdirSync(sandbox.path("/var/lib/jenkins/plugins")).sort()).toEqual([
      "configuration-as-code.jpi",
      "git.jpi",
      "structs.jpi",
    ]);
    expect(sandbox.read("/var/lib/jenkins/.ha-jenkins.owner")).toBe(`${INSTANCE}\n`);
    expect(result.calls.at(-1)).toEqual({ command: "jenkins", args: [] });
  });

  test("hands neither old temporary files nor the scripts' own variables on to Jenkins and its builds", () => {
    const sandbox = boot(loadBalancer, booted);
    sandbox.write("/var/cache/jenkins/tmp/old", "");
    go(sandbox, "start", [rule("jenkins", [], { run: 'env >"$ROOT/environment"' }), ...starting]);

    expect(sandbox.read("/environment")).not.toMatch(/^(RUN|AWS_\w+)=/m);
    expect(sandbox.read("/environment")).toMatch(/^JENKINS_HOME=/m);
    expect(sandbox.has("/var/cache/jenkins/tmp/old")).toBe(false);
  });

  test("becomes Jenkins instead of starting it, so that Jenkins is the process that holds the lock", () => {
    const sandbox = boot(loadBalancer, booted);
    go(sandbox, "start", [rule("jenkins", [], { run: 'echo $PPID >"$ROOT/parent"' }), ...starting]);

    expect(sandbox.read("/parent")).toBe(`${process.pid}\n`);
  });

  test("installs nothing while the list and the release stay as they are", () => {
    const sandbox = boot(loadBalancer, booted);
    go(sandbox, "start", starting);
    const again = go(sandbox, "start", starting);

    expect(again.calls.map(({ command }) => command)).toEqual(["jenkins"]);
  });

  test.each([
    ["the list", { PLUGINS: "git:5.10.2" }],
    ["the release", { JENKINS_VERSION: "2.580.3" }],
  ])("a change of %s replaces what is pinned, and leaves what was installed by hand", (_what, change) => {
    const sandbox = boot(loadBalancer, booted);
    go(sandbox, "start", starting);
    sandbox.write("/var/lib/jenkins/plugins/git.jpi", "old");
    sandbox.write("/var/lib/jenkins/plugins/by-hand.jpi", "mine");
    const settings = { ...loadBalancer, ...change };
    sandbox.write(
      "/etc/ha-jenkins/settings",
      Object.entries(settings)
        .map(([k, v]) => `${k}='${v}'\n`)
        .join(""),
    );
    const result = go(sandbox, "start", starting);

    expect(argsOf(result, "java")).toHaveLength(1);
    expect(sandbox.read("/var/lib/jenkins/plugins/git.jpi")).toBe("new\n");
    expect(sandbox.read("/var/lib/jenkins/plugins/by-hand.jpi")).toBe("mine");
  });

  test("tries a failed download again, and never starts a Jenkins without its plugins", () => {
    const sandbox = boot(loadBalancer, booted);
    expect(go(sandbox, "start", [fetchedAfter(2), ...starting]).status).toBe(0);

    const never = boot(loadBalancer, booted);
    const result = go(never, "start", [pluginManager({ exit: 1 }), ...starting]);
    expect(result.status).not.toBe(0);
    expect(result.output).toContain("gave up: java");
    expect(argsOf(result, "jenkins")).toEqual([]);
    expect(never.has("/var/lib/jenkins/.ha-jenkins.plugins")).toBe(false);

    expect(argsOf(go(never, "start", starting), "java")).toHaveLength(1);
  });

  test("never starts a Jenkins without Configuration as Code, which would be open to everybody", () => {
    const sandbox = boot(loadBalancer, booted);
    go(sandbox, "start", starting);
    rmSync(sandbox.path("/var/lib/jenkins/plugins/configuration-as-code.jpi"));
    const result = go(sandbox, "start", starting);

    expect(result.status).not.toBe(0);
    expect(result.output).toContain("no configuration-as-code");
    expect(argsOf(result, "jenkins")).toEqual([]);
  });

  test("an installation that broke off half-way is done again", () => {
    const sandbox = boot(loadBalancer, booted);
    const full = rule("mv", [], {}, { exit: 1, stderr: "mv: No space left on device" });
    const broken = go(sandbox, "start", [full, ...starting]);
    expect(broken.status).not.toBe(0);
    expect(argsOf(broken, "jenkins")).toEqual([]);

    const result = go(sandbox, "start", starting);
    expect(result.status).toBe(0);
    expect(sandbox.read("/var/lib/jenkins/plugins/structs.jpi")).toBe("new\n");
  });
});

describe("ready.sh", () => {
  const failed = (yes: boolean) => rule("systemctl", ["is-failed"], { exit: yes ? 0 : 1 });

  test("tells the group to go on when Jenkins answers", () => {
    const rules = [...metadata(), login("000", "503", "503", "200"), failed(false), hook()];
    const result = go(boot(loadBalancer), "ready", rules);

    expect(result.status).toBe(0);
    expect(pausesOf(result)).toEqual([5, 10, 15]);
    expect(argsOf(result, "aws")).toEqual([
      [
        ..."autoscaling complete-lifecycle-action --auto-scaling-group-name ha-jenkins-group".split(" "),
        ..."--lifecycle-hook-name ha-jenkins-launch --instance-id i-0123456789abcdef0".split(" "),
        ..."--lifecycle-action-result CONTINUE".split(" "),
      ],
    ]);
    expect(argsOf(result, "systemctl")[0]).toEqual(["is-failed", "-q", "ha-jenkins-prepare", "jenkins"]);
  });

  test("asks Jenkins on this machine for the page that needs no login", () => {
    const result = go(boot(loadBalancer), "ready", [...metadata(), login("200"), hook()]);

    expect(argsOf(result, "curl")[0]).toEqual([
      ..."-s -m 10 -o /dev/null -w %{http_code} http://127.0.0.1:8080/login".split(" "),
    ]);
  });

  test("gives the machine up at once when Jenkins or what it needs has failed", () => {
    const result = go(boot(loadBalancer), "ready", [...metadata(), login("000"), failed(true), hook()]);

    expectLoudFailure(result, /Jenkins failed to start/);
    expect(pausesOf(result)).toEqual([]);
  });

  test("gives the machine up when Jenkins does not answer in time", () => {
    const result = go(boot(loadBalancer), "ready", [...metadata(), login("503"), failed(false), hook()]);

    expectLoudFailure(result, /gave up: settled/);
    expect(pausesOf(result).reduce((sum, one) => sum + one, 0)).toBe(1620);
  });

  test("at a later boot nobody waits for it, which is no failure", () => {
    const result = go(boot(loadBalancer), "ready", [...metadata(), login("200"), hook(NOBODY_WAITS)]);

    expect(result.status).toBe(0);
    expect(toldTheGroup(result)).toEqual(["CONTINUE"]);
  });

  test("a group that cannot be told is a failure", () => {
    const result = go(boot(loadBalancer), "ready", [...metadata(), login("200"), hook(DENIED)]);

    expect(result.status).not.toBe(0);
    expect(result.output).toContain("AccessDeniedException");
    expect(toldTheGroup(result)).toEqual([...Array(5).fill("CONTINUE"), ...Array(3).fill("ABANDON")]);
  });

  test("without a group it tells nobody", () => {
    const result = go(boot(recoveryAlarm), "ready", [...metadata(), login("200"), hook()]);

    expect(result.status).toBe(0);
    expect(actions(result)).toEqual([]);
  });
});

describe("watchdog.sh decides", () => {
  const ALL =
    'for a in 0 1; do for s in 0 1; do for w in 0 1 15 29 30 31; do for f in {0..12}; do echo "$a $s $w $f $(decide $a $s $w $f)"; done; done; done; done';
  const decisions = () =>
    run(boot(loadBalancer), "watchdog", [], ["eval", ALL])
      .output.trim()
      .split("\n")
      .map((line) => {
        const [answers, starting, waited, failures, verdict, nextWaited, nextFailures] = line.split(" ");
        return {
          answers: answers === "1",
          starting: starting === "1",
          waited: Number(waited),
          failures: Number(failures),
          verdict,
          next: [Number(nextWaited), Number(nextFailures)],
        };
      });

  test("in every state: patience with a start, a restart at 3 failures, the last resort from 8", () => {
    const all = decisions();
    expect(all).toHaveLength(2 * 2 * 6 * 13);

    for (const one of all) {
      const { answers, starting, waited, failures, verdict, next } = one;
      if (answers) expect(one).toMatchObject({ verdict: "nothing", next: [0, 0] });
      else if (starting && waited < 30) expect(one).toMatchObject({ verdict: "wait", next: [waited + 1, failures] });
      else {
        expect(next[1]).toBe(failures + 1);
        expect(verdict).toBe(failures === 2 ? "restart" : failures >= 7 ? "last-resort" : "count");
      }
    }
  });

  test("a start that never ends is a failure in the end", () => {
    const minutes = "w=0 f=0; for minute in {1..80}; do read -r verdict w f < <(decide 0 1 $w $f); echo $verdict; done";
    const verdicts = run(boot(loadBalancer), "watchdog", [], ["eval", minutes]).output.split("\n");

    expect(verdicts.indexOf("restart")).toBe(32);
    expect(verdicts.indexOf("last-resort")).toBe(67);
  });
});

describe("watchdog.sh acts", () => {
  const published = (result: ScriptRun) => argsOf(result, "aws").filter(([service]) => service === "cloudwatch");
  const systemctl = (result: ScriptRun) => argsOf(result, "systemctl").filter(([verb]) => verb !== "is-active");

  test("publishes that Jenkins answers, and forgets earlier failures", () => {
    const sandbox = boot(elasticIp, failingFor(7));
    const result = go(sandbox, "watchdog", watching("active", "active", "200"));

    expect(result.status).toBe(0);
    expect(published(result)).toEqual([
      "cloudwatch put-metric-data --namespace ha-jenkins --metric-name Responding --value 1".split(" "),
    ]);
    expect(systemctl(result)).toEqual([]);
    expect(sandbox.read("/run/ha-jenkins/watchdog")).toBe("0 0\n");
  });

  test.each([
    ["Jenkins starts or waits for the lock", "active", "activating"],
    ["the machine is prepared", "activating", "inactive"],
  ])("while %s it waits, and publishes that there is no answer", (_what, prepare, jenkins) => {
    const sandbox = boot(elasticIp, failingFor(7));
    const result = go(sandbox, "watchdog", watching(prepare, jenkins, "000"));

    expect(published(result)[0]?.at(-1)).toBe("0");
    expect(systemctl(result)).toEqual([]);
    expect(actions(result)).toEqual(["cloudwatch:PutMetricData"]);
    expect(sandbox.read("/run/ha-jenkins/watchdog")).toBe("1 7\n");
  });

  test("a Jenkins that is being stopped is not taken for one that starts", () => {
    const sandbox = boot(elasticIp, failingFor(0));
    go(sandbox, "watchdog", watching("active", "deactivating", "000"));

    expect(sandbox.read("/run/ha-jenkins/watchdog")).toBe("0 1\n");
  });

  test("restarts Jenkins at the third failure in a row, only then", () => {
    const sandbox = boot(elasticIp, booted);
    const restarts = [1, 2, 3, 4].map(() => systemctl(go(sandbox, "watchdog", watching("active", "active", "503"))));

    expect(restarts).toEqual([[], [], [["restart", "--no-block", "jenkins"]], []]);
  });

  test("in a group, the last resort is another machine", () => {
    const result = go(boot(elasticIp, failingFor(7)), "watchdog", watching("active", "failed", "000"));

    expect(argsOf(result, "aws")[0]).toEqual([
      ..."autoscaling set-instance-health --instance-id i-0123456789abcdef0 --health-status Unhealthy".split(" "),
      "--no-should-respect-grace-period",
    ]);
    expect(systemctl(result)).toEqual([]);
  });

  test("alone, the last resort is a reboot, of which there is one an hour", () => {
    const sandbox = boot(recoveryAlarm, failingFor(7));
    const at = (seconds: number) => [
      rule("date", [], { stdout: `${seconds}` }),
      ...watching("failed", "inactive", "000"),
    ];

    expect(systemctl(go(sandbox, "watchdog", at(1_800_000_000)))).toEqual([["reboot"]]);
    const braked = go(sandbox, "watchdog", at(1_800_003_599));
    expect(systemctl(braked)).toEqual([]);
    expect(braked.output).toContain("rebooted lately");
    expect(systemctl(go(sandbox, "watchdog", at(1_800_003_600)))).toEqual([["reboot"]]);
  });

  test("where the load balancer looks after Jenkins, it restarts it once and leaves the last resort to the group", () => {
    const result = (failures: number) =>
      go(boot(loadBalancer, failingFor(failures)), "watchdog", watching("active", "active", "503"));
    expect(systemctl(result(2))).toEqual([["restart", "--no-block", "jenkins"]]);
    expect(systemctl(result(7))).toEqual([]);
    expect(actions(result(7))).toEqual(["cloudwatch:PutMetricData"]);
  });

  test("acts before it publishes, which takes minutes where the API is out of reach, and publishes whatever fails", () => {
    const rules = [rule("systemctl", ["restart"], { exit: 1 }), ...watching("active", "active", "503")];
    const result = go(boot(elasticIp, failingFor(2)), "watchdog", rules);
    const order = result.calls.filter(({ args }) => args[0] === "restart" || args[0] === "cloudwatch");
    expect(order.map(({ command }) => command)).toEqual(["systemctl", "aws"]);
    expect(result.status).toBe(0);
  });

  test("reads the owner as jenkins and never prints it: a build may have made it a link to what only root may read", () => {
    const result = go(boot(loadBalancer, booted), "watchdog", watching("active", "active", "200", "root:*:19000"));
    expect(argsOf(result, "timeout")[0]?.slice(0, -1)).toEqual(
      "20 setpriv --reuid 1500 --regid 1500 --clear-groups head -c 32".split(" "),
    );
    expect(result.output).not.toContain("root:");
  });

  test("kills a Jenkins whose home another machine has taken over, before it writes any more", () => {
    const result = go(
      boot(loadBalancer, booted),
      "watchdog",
      watching("active", "active", "200", "i-0fedcba9876543210"),
    );

    expect(systemctl(result)).toEqual([["kill", "-s", "KILL", "jenkins"]]);
    expect(published(result)[0]?.at(-1)).toBe("0");
  });

  test("kills nothing while the lock is still waited for, or while the home cannot be read", () => {
    const waiting = watching("active", "activating", "000", "i-0fedcba9876543210");
    expect(systemctl(go(boot(loadBalancer, booted), "watchdog", waiting))).toEqual([]);

    const hanging = [rule("timeout", ["head"], { exit: 124 }), ...watching("active", "active", "200")];
    expect(systemctl(go(boot(loadBalancer, booted), "watchdog", hanging))).toEqual([]);
  });

  test("acts also where CloudWatch or the metadata does not answer, and on a machine that was never prepared", () => {
    const deaf = [
      rule("aws", ["cloudwatch"], { exit: 255 }),
      rule("curl", ["http://169.254.169.254/latest/api/token"], { exit: 7 }),
      ...watching("failed", "inactive", "000"),
    ];
    expect(systemctl(go(boot(recoveryAlarm, failingFor(7)), "watchdog", deaf))).toEqual([["reboot"]]);

    const fresh = go(boot(recoveryAlarm), "watchdog", watching("failed", "inactive", "000"));
    expect(fresh.status).toBe(0);
  });
});

describe("the files", () => {
  const sources = machineFiles.map(({ source }) => source);
  const shipped = sources.filter((source) => dirname(source) === __dirname).map((source) => basename(source));
  const text = (name: string) => readFileSync(join(__dirname, name), "utf8");

  test("of this folder are all on the machine, once", () => {
    expect([...shipped].sort()).toEqual(
      readdirSync(__dirname)
        .filter((name) => !name.endsWith(".ts"))
        .sort(),
    );
    expect(new Set(machineFiles.map(({ path }) => path)).size).toBe(machineFiles.length);
  });

  test("leave room in EC2's user data", () => {
    const bytes = sources.map((source) => Buffer.byteLength(compactScript(readFileSync(source, "utf8"))));

    expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(11_500);
  });

  test("are plain: no line of a here document reads like a comment", () => {
    for (const name of shipped.filter((one) => one.endsWith(".sh"))) {
      for (const [, document] of text(name).matchAll(/<<END\n([\s\S]*?)\nEND\n/g))
        expect(document).not.toMatch(/^\s*#/m);
    }
  });

  test("of dnf trust nothing but signed packages of a signed repository, by the key that was checked", () => {
    expect(text("jenkins.repo").split("\n")).toEqual(
      expect.arrayContaining([
        "baseurl=https://pkg.jenkins.io/rpm-stable/",
        "enabled=0",
        "gpgcheck=1",
        "repo_gpgcheck=1",
        "gpgkey=file:///etc/pki/rpm-gpg/jenkins.io-2026.key",
      ]),
    );
  });

  test("of systemd start what is there", () => {
    const started = shipped
      .filter((name) => /\.(service|conf)$/.test(name))
      .flatMap((name) => [...text(name).matchAll(/\/opt\/ha-jenkins\/[\w.-]+/g)].map(([path]) => path));

    expect(started).toHaveLength(4);
    expect(machineFiles.map(({ path }) => path)).toEqual(expect.arrayContaining(started));
  });
});

test("what the scripts ask of AWS is known", () => {
  expect([...new Set(machineAwsCalls().map(({ action }) => action))].sort()).toEqual([
    "autoscaling:CompleteLifecycleAction",
    "autoscaling:SetInstanceHealth",
    "cloudwatch:PutMetricData",
    "ec2:AssociateAddress",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
  ]);
});
