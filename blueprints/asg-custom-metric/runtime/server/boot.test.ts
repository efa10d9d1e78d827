import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import * as fc from "fast-check";
import {
  awsError,
  DENIED,
  failing,
  hook,
  INSTANCE,
  instanceMetadata,
  mounted,
  mounting,
  NOBODY_WAITS,
  rule,
  secrets,
} from "../../../../shared/testing/machine-stubs";
import { argsOf, modeOf, pausesOf, toldTheGroup } from "../../../../shared/testing/script-runs";
import { awsCalls, type ScriptRun, type ScriptSandbox, type StubRule } from "../../../../shared/testing/script-sandbox";
import { lintScripts } from "../../../../shared/testing/shell-lint";
import { serverFiles } from "./files";
import {
  download,
  downloaded,
  failed,
  hasUser,
  installation,
  machineAwsCalls,
  PROGRAM,
  parameters,
  port,
  preparation,
  reading,
  run,
  type ScriptName,
  SETTINGS,
  STORED,
  server,
} from "./scenarios.fixture";

const sandboxes: ScriptSandbox[] = [];
afterEach(() => {
  for (const sandbox of sandboxes.splice(0)) sandbox.remove();
});

function boot(change: Partial<Record<keyof typeof SETTINGS, string>> = {}): ScriptSandbox {
  const sandbox = server({ ...SETTINGS, ...change });
  sandboxes.push(sandbox);
  return sandbox;
}

/** Runs a script, none of whose calls may be unforeseen. */
function go(sandbox: ScriptSandbox, script: ScriptName, rules: readonly StubRule[]): ScriptRun {
  const result = run(sandbox, script, rules);
  expect(result.unanswered).toEqual([]);
  return result;
}

/** Fails, says so and says why, and makes the group try another server. */
function expectLoudFailure(result: ScriptRun, why: RegExp): void {
  expect(result.status).not.toBe(0);
  expect(result.output).toMatch(why);
  expect(result.output).toMatch(/^tcp-server: \w+\.sh: failed$/m);
  expect(toldTheGroup(result)).toEqual(["ABANDON"]);
}

describe("install.sh", () => {
  const APPLICATION = "/opt/tcp-server/application.js";
  const TIMER = "/etc/systemd/system/tcp-server-metric.timer";

  test("makes the user, installs what is in Amazon Linux's own repository, and starts the agent", () => {
    const sandbox = boot({ APPLICATION_UID: "2001", APPLICATION_GID: "2002" });
    const ids = [rule("id", ["-u"], { stdout: "2001" }), rule("id", ["-g"], { stdout: "2002" })];
    const result = go(sandbox, "install", [...ids, ...installation]);

    expect(result.status).toBe(0);
    expect(argsOf(result, "groupadd")).toEqual([["-g", "2002", "tcp-server"]]);
    expect(argsOf(result, "useradd")).toEqual([
      ["-u", "2001", "-g", "2002", "-d", "/", "-M", "-s", "/sbin/nologin", "tcp-server"],
    ]);
    expect(argsOf(result, "dnf")).toEqual([
      [
        ..."-y --setopt=install_weak_deps=False install".split(" "),
        ..."nodejs22 amazon-efs-utils amazon-cloudwatch-agent iproute logrotate".split(" "),
      ],
    ]);
    expect(argsOf(result, "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl")).toEqual([
      ["-a", "fetch-config", "-m", "ec2", "-s", "-c", `file:${sandbox.path("/etc/tcp-server/agent.json")}`],
    ]);
    expect(toldTheGroup(result)).toEqual([]);
  });

  test("has the application started at this boot without waiting for it, and at each later one", () => {
    const sandbox = boot();
    const result = go(sandbox, "install", installation);

    expect(argsOf(result, "sysctl")).toEqual([["-q", "-p", sandbox.path("/etc/sysctl.d/90-tcp-server.conf")]]);
    expect(argsOf(result, "systemctl")).toEqual([
      ["daemon-reload"],
      ["enable", "tcp-server", "tcp-server-ready"],
      ["enable", "--now", "tcp-server-metric.timer"],
      ["start", "--no-block", "tcp-server-ready"],
    ]);
    expect(sandbox.read("/etc/systemd/system/tcp-server.service.d/mount.conf")).toBe(
      "[Unit]\nRequiresMountsFor=/share\n",
    );
  });

  test.each([
    ["1", "*:0/1"],
    ["15", "*:0/15"],
    ["60", "hourly"],
  ])("measures every %s minutes to the second, and makes up for no run that was missed", (minutes, calendar) => {
    const sandbox = boot({ METRIC_EVERY_MINUTES: minutes });
    go(sandbox, "install", installation);

    expect(sandbox.read(TIMER)).toBe(
      `[Timer]\nOnCalendar=${calendar}\nAccuracySec=1s\nRandomizedDelaySec=20\nFixedRandomDelay=yes\n\n[Install]\nWantedBy=timers.target\n`,
    );
  });

  test("downloads the application, which everybody may read and only root may change", () => {
    const sandbox = boot();
    const result = go(sandbox, "install", installation);

    expect(argsOf(result, "aws")).toEqual([
      [
        ..."s3api get-object --bucket asg-custom-metric-application --key application/0123.js".split(" "),
        sandbox.path(`${APPLICATION}.new`),
      ],
    ]);
    expect(sandbox.read(APPLICATION)).toBe(PROGRAM);
    expect(modeOf(sandbox, APPLICATION)).toBe("644");
  });

  test("an application with another checksum never runs", () => {
    const sandbox = boot();
    const result = go(sandbox, "install", [download(downloaded("other")), ...installation]);

    expectLoudFailure(result, /s3:\/\/asg-custom-metric-application\/application\/0123\.js has another SHA-256/);
    expect(sandbox.has(APPLICATION)).toBe(false);
    expect(argsOf(result, "systemctl")).toEqual([]);
  });

  test("may run twice", () => {
    const sandbox = boot();
    go(sandbox, "install", installation);
    const again = go(sandbox, "install", [hasUser(true), ...installation]);

    expect(again.status).toBe(0);
    expect([...argsOf(again, "useradd"), ...argsOf(again, "groupadd")]).toEqual([]);
  });

  test.each([
    ["useradd", "passwd", "ssm-user:x:1001:1001::/home/ssm-user:/bin/bash", /no user .*: uid 1001 is of ssm-user:/],
    ["groupadd", "group", "staff:x:1001:", /no group .*: gid 1001 is of staff:/],
  ])("an id that is another's is told before %s' failure stops the server", (command, database, owner, why) => {
    const taken = [rule(command, [], { exit: 4 }), rule("getent", [database, "1001"], { stdout: owner })];

    expectLoudFailure(go(boot(), "install", [...taken, ...installation]), why);
  });

  test("a user of that name with other ids stops the server: the shared files would not be its own", () => {
    const other = [hasUser(true), rule("id", [], { stdout: "990" }), ...installation];

    expectLoudFailure(go(boot(), "install", other), /tcp-server is 990:990, not 1001:1001/);
  });

  test.each([
    ["a package", rule("dnf", [], ...failing(2, { exit: 1 }))],
    ["an application", download(...failing(2, DENIED, downloaded("program")))],
  ])("%s that comes at the third time is taken", (_what, late) => {
    const result = go(boot(), "install", [late, ...installation]);

    expect(result.status).toBe(0);
    expect(pausesOf(result)).toEqual([5, 10]);
  });

  test.each([
    ["package", rule("dnf", [], { exit: 1, stderr: "Error: Failed to download metadata" }), /gave up: dnf/],
    ["application", download(awsError("NoSuchKey", "does not exist")), /gave up: aws s3api[\s\S]*NoSuchKey/],
    ["agent", rule("/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl", [], { exit: 1 }), /failed/],
    ["setting of the kernel", rule("sysctl", [], { exit: 255, stderr: "sysctl: unknown key" }), /unknown key/],
  ])("without its %s there is no server", (_what, broken, why) => {
    const result = go(boot(), "install", [broken, ...installation]);

    expectLoudFailure(result, why);
    expect(pausesOf(result).length).toBeLessThanOrEqual(5);
    expect(argsOf(result, "systemctl")).toEqual([]);
  });
});

describe("prepare.sh: the shared file system", () => {
  test("is mounted encrypted, with the server's role, through the access point", () => {
    const sandbox = boot();
    const result = go(sandbox, "prepare", preparation);

    expect(result.status).toBe(0);
    expect(argsOf(result, "mount")).toEqual([
      [
        ..."-t efs -o tls,iam,accesspoint=fsap-0123456789abcdef0,noresvport,_netdev fs-0123456789abcdef0:/".split(" "),
        sandbox.path("/share"),
      ],
    ]);
    expect(toldTheGroup(result)).toEqual([]);
  });

  test("has a folder of the server's own, whose files stay at a second run", () => {
    const sandbox = boot({ ROLE: "matching-engine", MOUNT_PATH: "/mnt/state" });
    const state = `/mnt/state/matching-engine/${INSTANCE}`;
    go(sandbox, "prepare", preparation);
    sandbox.write(`${state}/orders`, "kept");
    const again = go(sandbox, "prepare", [mounted(true), ...preparation]);

    expect(again.status).toBe(0);
    expect(argsOf(again, "mount")).toEqual([]);
    expect(sandbox.read(`${state}/orders`)).toBe("kept");
    expect(sandbox.read("/run/tcp-server/environment")).toContain(`STATE_FOLDER="${state}"\n`);
  });

  test("whose mount target comes late is waited for, and one that never comes fails the server", () => {
    const late = go(boot(), "prepare", [mounting(...failing(3, { exit: 32 })), ...preparation]);
    expect(late.status).toBe(0);
    expect(pausesOf(late)).toEqual([5, 10, 15]);

    const sandbox = boot();
    const never = go(sandbox, "prepare", [mounting({ exit: 32 }), ...preparation]);
    expectLoudFailure(never, /gave up: timeout 60 mount -t efs/);
    expect(pausesOf(never)).toHaveLength(19);
    expect(sandbox.has("/share/order-server")).toBe(false);
  });

  test("no metadata, no server", () => {
    const result = go(boot(), "prepare", [rule("curl", [], { exit: 7 }), ...preparation]);

    expect(result.status).not.toBe(0);
    expect(result.output).toContain("prepare.sh: failed");
    expect(argsOf(result, "mount")).toEqual([]);
  });
});

describe("prepare.sh: the token", () => {
  const TOKEN = "/run/tcp-server/token";

  test("that is there is read, into memory, for the application only", () => {
    const sandbox = boot();
    const result = go(sandbox, "prepare", preparation);

    expect(sandbox.read(TOKEN)).toBe("the-password");
    expect(modeOf(sandbox, TOKEN)).toBe("400");
    expect(argsOf(result, "chown")).toContainEqual(["tcp-server", sandbox.path(TOKEN)]);
  });

  test("that nobody has made yet is made, put and read back, and stands nowhere else", () => {
    const sandbox = boot();
    const result = go(sandbox, "prepare", [...secrets.without, ...preparation]);

    const token = sandbox.read(TOKEN);
    expect(token).toMatch(/^[0-9a-f]{48}$/);
    expect(token).toBe(sandbox.read("/put"));
    expect(JSON.stringify(result)).not.toContain(token);
    expect(readdirSync(sandbox.path("/run/tcp-server")).sort()).toEqual(["environment", "error", "token"]);
    expect(sandbox.read("/run/tcp-server/environment")).not.toContain(token);
  });

  test("that another server made at the same time is the one that counts, of either tier", () => {
    const [orders, engines] = [boot(), boot({ ROLE: "matching-engine" })];
    const puts = [orders, engines].map((sandbox) => {
      const result = go(sandbox, "prepare", [...secrets.lostRace, ...preparation]);
      expect(sandbox.read(TOKEN)).toBe("the-other-machines");
      return awsCalls(result.calls).find(({ action }) => action === "secretsmanager:PutSecretValue")?.options;
    });

    expect(puts[0]?.["client-request-token"]).toMatch(/^.{32,64}$/);
    expect(puts[0]?.["client-request-token"]).toBe(puts[1]?.["client-request-token"]);
  });

  test.each([
    ["may not be read", secrets.denied, /AccessDeniedException[\s\S]*gave up: settle_secret/],
    ["is no text", secrets.binary, /the secret must be a text/],
  ])("that %s fails the server", (_what, secret, why) => {
    const sandbox = boot();

    expectLoudFailure(go(sandbox, "prepare", [...secret, ...preparation]), why);
    expect(sandbox.has(TOKEN)).toBe(false);
  });
});

/**
 * Values of an EnvironmentFile as systemd.exec(5) says that systemd reads them, of which only the form NAME="value" may
 * occur: in double quotes a value spans lines, a backslash before one of " \ ` $ stands for that character, before a
 * line's end for nothing, and before any other character for itself.
 */
function readBySystemd(file: string): [string, string][] {
  const variables: [string, string][] = [];
  const assignment = /([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\[\s\S])*)"\n/gy;
  while (assignment.lastIndex < file.length) {
    const { lastIndex } = assignment;
    const found = assignment.exec(file);
    if (!found) throw new Error(`no assignment in double quotes: ${file.slice(lastIndex)}`);
    const value = (found[2] ?? "").replace(/\\([\s\S])/g, (both, character: string) =>
      character === "\n" ? "" : '"\\`$'.includes(character) ? character : both,
    );
    variables.push([found[1] ?? "", value]);
  }
  return variables;
}

describe("prepare.sh: the application's environment", () => {
  const FILE = "/run/tcp-server/environment";
  const environment = (sandbox: ScriptSandbox) => Object.fromEntries(readBySystemd(sandbox.read(FILE)));
  const NASTY = {
    SPACES: "  leading, inner  and trailing ",
    TABS: "\tone\ttwo\t",
    QUOTES: `'single' "double" \`back\` '"`,
    BACKSLASHES: "C:\\new\\\\table\\",
    DOLLARS: "$HOME ${HOME} $(id) $$ 100%h %% %{x}",
    LINES: 'first\nROLE="second"\n\r\n# no comment\\\n; nor this',
    WORLD: "żółć 注文 🚀 \u00a0\u2028",
    JSON: '{"a": ["b\\n", null]}',
    HASH: "#not a comment",
    EQUALS: "a=b=c",
    DASH: "-n",
  };

  test("is every parameter with exactly the stored value, and what the server adds", () => {
    const sandbox = boot();
    const result = go(sandbox, "prepare", [reading(parameters({ ...STORED, ...NASTY })), ...preparation]);

    expect(result.status).toBe(0);
    expect(environment(sandbox)).toEqual({
      ...STORED,
      ...NASTY,
      ROLE: "order-server",
      STATE_FOLDER: `/share/order-server/${INSTANCE}`,
      TOKEN_FILE: "/run/tcp-server/token",
    });
    expect(argsOf(result, "aws")).toContainEqual([
      ..."ssm get-parameters-by-path --path /asg-custom-metric/orders/ --recursive --with-decryption".split(" "),
      ..."--query Parameters[].[Name,Value] --output json".split(" "),
    ]);
  });

  test("keeps every value, whatever its characters", () => {
    const character = fc.oneof(
      fc.constantFrom('"', "\\", "`", "$", "%", "'", "\n", "\r", "\t", " ", "#", ";", "=", "{"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }).filter((one) => one !== "\0"),
    );
    const values = fc.array(fc.string({ unit: character }), { minLength: 50, maxLength: 200 });
    fc.assert(
      fc.property(values, (list) => {
        const stored = list.map((value, index) => [`/a/b/N${index}`, value]);
        const { stdout } = spawnSync(process.execPath, [join(__dirname, "environment.mjs")], {
          input: JSON.stringify(stored),
          encoding: "utf8",
        });
        expect(readBySystemd(stdout)).toEqual(list.map((value, index) => [`N${index}`, value]));
      }),
      { numRuns: 5 },
    );
  });

  test("is for root to read and hand on, also where it is written anew", () => {
    const sandbox = boot();
    go(sandbox, "prepare", preparation);
    const less = reading(parameters({ LOG_FILE: STORED.LOG_FILE }));
    go(sandbox, "prepare", [less, ...preparation]);

    expect(modeOf(sandbox, FILE)).toBe("600");
    expect(Object.keys(environment(sandbox))).not.toContain("PORT");
  });

  test("takes the name from the path's last part, and the server's own names from nobody", () => {
    const sandbox = boot();
    const given = {
      "a/b/DEEP": "1",
      ROLE: "root",
      STATE_FOLDER: "/etc",
      TOKEN_FILE: "/etc/passwd",
      UID: "0",
      ...STORED,
    };
    const result = go(sandbox, "prepare", [reading(parameters(given)), ...preparation]);

    expect(result.status).toBe(0);
    expect(environment(sandbox)).toMatchObject({
      DEEP: "1",
      UID: "0",
      ROLE: "order-server",
      TOKEN_FILE: "/run/tcp-server/token",
      STATE_FOLDER: expect.stringMatching(/^\/share/),
    });
  });

  test.each([
    ["there is none", {}, /below \/asg-custom-metric\/orders\/ make no environment[\s\S]*^no parameters$/m],
    [
      "one has no variable's name",
      { ...STORED, "log-level": "1" },
      /orders\/log-level: "log-level" is no name of a var/,
    ],
    ["two would be the same variable", { ...STORED, "a/X": "1", "b/X": "2" }, /orders\/b\/X: a second X/],
    ["there is no LOG_FILE", { PORT: "1" }, /orders\/LOG_FILE must be the absolute path of a file in a folder, got ''/],
    ["LOG_FILE is not absolute", { LOG_FILE: "var/x.log" }, /LOG_FILE must be .* got 'var\/x\.log'/],
  ])("that parameters do not make because %s fails the server", (_what, values, why) => {
    expectLoudFailure(go(boot(), "prepare", [reading(parameters(values)), ...preparation]), why);
  });

  test("waits while the role is too new to be known, and fails where it may not read", () => {
    const slow = reading(...failing(2, DENIED, parameters(STORED)));
    expect(go(boot(), "prepare", [slow, ...preparation]).status).toBe(0);

    const result = go(boot(), "prepare", [reading(DENIED), ...preparation]);
    expectLoudFailure(result, /gave up: read_settings[\s\S]*AccessDeniedException/);
  });
});

describe("prepare.sh: the application's log", () => {
  test("has a folder of the application's own, and is rotated as that user", () => {
    const sandbox = boot();
    const result = go(sandbox, "prepare", preparation);

    const folder = sandbox.path("/var/log/tcp-server");
    expect(argsOf(result, "chown")).toContainEqual(["tcp-server:", folder]);
    expect(argsOf(result, "runuser")).toEqual([["-u", "tcp-server", "--", "test", "-w", folder]]);
    const [own] = sandbox.read("/etc/logrotate.d/tcp-server").split("}\n");
    expect(own).toContain("/var/log/tcp-server/*.log {\n  su tcp-server tcp-server\n");
    expect(own).toContain("copytruncate\n");
  });

  test("never takes a folder away from another user, and fails where the application could not write", () => {
    const sandbox = boot();
    sandbox.write("/var/log/messages", "");
    const given = reading(parameters({ ...STORED, LOG_FILE: "/var/log/application.log" }));
    const closed = [rule("runuser", [], { exit: 1 }), given, ...preparation];
    const result = go(sandbox, "prepare", closed);

    expectLoudFailure(
      result,
      /LOG_FILE must be in a folder that tcp-server may write to, got \/var\/log\/application\.log/,
    );
    expect(argsOf(result, "chown")).not.toContainEqual(["tcp-server:", sandbox.path("/var/log")]);
  });
});

describe("ready.sh", () => {
  test("tells the group to go on when the health check's port answers", () => {
    const rules = [...instanceMetadata, port(false, false, true), failed(false), hook()];
    const result = go(boot(), "ready", rules);

    expect(result.status).toBe(0);
    expect(pausesOf(result)).toEqual([5, 10]);
    expect(argsOf(result, "systemctl")[0]).toEqual(["is-failed", "-q", "tcp-server-prepare", "tcp-server"]);
    expect(argsOf(result, "aws")).toEqual([
      [
        ..."autoscaling complete-lifecycle-action --auto-scaling-group-name asg-custom-metric-orders-group".split(" "),
        ..."--lifecycle-hook-name asg-custom-metric-orders-launch --instance-id i-0123456789abcdef0".split(" "),
        ..."--lifecycle-action-result CONTINUE".split(" "),
      ],
    ]);
  });

  test("an answer is a connection that is taken, nothing less", async () => {
    const listener = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => listener.once("listening", resolve));
    const address = listener.address();
    const open = typeof address === "object" ? String(address?.port) : "";
    const rules = [...instanceMetadata, failed(true), hook()];

    expect(toldTheGroup(go(boot({ HEALTH_CHECK_PORT: open }), "ready", rules))).toEqual(["CONTINUE"]);
    await new Promise((resolve) => listener.close(resolve));
    expect(toldTheGroup(go(boot({ HEALTH_CHECK_PORT: open }), "ready", rules))).toEqual(["ABANDON"]);
  });

  test("gives the server up at once when the application or what it needs has failed", () => {
    const result = go(boot(), "ready", [...instanceMetadata, port(false), failed(true), hook()]);

    expectLoudFailure(result, /the application failed to start/);
    expect(pausesOf(result)).toEqual([]);
  });

  test("at a later boot nobody waits for it, which is no failure", () => {
    const result = go(boot(), "ready", [...instanceMetadata, port(true), hook(NOBODY_WAITS)]);

    expect(result.status).toBe(0);
    expect(toldTheGroup(result)).toEqual(["CONTINUE"]);
  });

  test("a group that cannot be told is a failure", () => {
    const result = go(boot(), "ready", [...instanceMetadata, port(true), hook(DENIED)]);

    expect(result.status).not.toBe(0);
    expect(toldTheGroup(result)).toEqual([...Array(5).fill("CONTINUE"), ...Array(3).fill("ABANDON")]);
  });
});

describe("the files", () => {
  const sources = serverFiles.map(({ source }) => source);
  const shipped = sources.filter((source) => dirname(source) === __dirname).map((source) => basename(source));
  const text = (name: string) => readFileSync(join(__dirname, name), "utf8");

  test("of this folder are all on the server, once", () => {
    expect([...shipped].sort()).toEqual(
      readdirSync(__dirname)
        .filter((name) => !name.endsWith(".ts"))
        .sort(),
    );
    expect(new Set(serverFiles.map(({ path }) => path)).size).toBe(serverFiles.length);
  });

  test("with scripts are clean", () => {
    expect(lintScripts(sources.filter((source) => source.endsWith(".sh")))).toEqual([]);
  });

  test("of systemd start what is there", () => {
    const started = shipped
      .filter((name) => name.endsWith(".service"))
      .flatMap((name) => [...text(name).matchAll(/\/opt\/tcp-server\/[\w.-]+/g)].map(([path]) => path));
    const brought = ["/opt/tcp-server/application.js", "/opt/tcp-server/publisher.js"];

    expect(started).toHaveLength(4);
    expect([...serverFiles.map(({ path }) => path), ...brought]).toEqual(expect.arrayContaining(started));
  });

  test("of systemd run the application as its user, with what prepare.sh wrote, again and again, and let it drain", () => {
    const unit = text("tcp-server.service").split("\n");

    expect(unit).toEqual(
      expect.arrayContaining([
        "Requires=tcp-server-prepare.service",
        "After=tcp-server-prepare.service",
        "User=tcp-server",
        "EnvironmentFile=/run/tcp-server/environment",
        "ExecStart=/usr/bin/node-22 /opt/tcp-server/application.js ${ROLE}",
        "Restart=always",
        "TimeoutStopSec=300",
        "LimitNOFILE=1048576",
        "IPAddressDeny=169.254.169.254 fd00:ec2::254",
      ]),
    );
  });

  test("of systemd give the AWS CLI a home to write to, which is all that a measurement may write to", () => {
    expect(text("tcp-server-metric.service").split("\n")).toEqual(
      expect.arrayContaining(["StateDirectory=tcp-server", "Environment=HOME=/var/lib/tcp-server", "DynamicUser=yes"]),
    );
  });

  test("of systemd end a measurement before the next one is due", () => {
    expect(Number(/^TimeoutStartSec=(\d+)$/m.exec(text("tcp-server-metric.service"))?.[1])).toBeLessThan(60);
  });

  test("have a connection that a load balancer would forget asked for in time", () => {
    const value = (name: string) =>
      Number(new RegExp(`^net.ipv4.${name} = (\\d+)$`, "m").exec(text("sysctl.conf"))?.[1]);

    expect(value("tcp_keepalive_time") + value("tcp_keepalive_intvl")).toBeLessThan(350);
  });
});

test("what the scripts ask of AWS is known", () => {
  const calls = machineAwsCalls();

  expect([...new Set(calls.map(({ action }) => action))].sort()).toEqual([
    "autoscaling:CompleteLifecycleAction",
    "s3:GetObject",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "ssm:GetParametersByPath",
  ]);
  expect(calls.find(({ action }) => action === "s3:GetObject")?.options).toEqual({
    bucket: SETTINGS.APPLICATION_BUCKET,
    key: SETTINGS.APPLICATION_KEY,
  });
});
