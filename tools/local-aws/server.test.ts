import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWithToolchain } from "../proof/prepared-toolchain";
import { localEnvironment, localVariables } from "./environment";
import { LocalAws } from "./server";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "local-aws-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const record = (pid: number, port: number) => {
  mkdirSync(join(root, ".local/aws"), { recursive: true });
  writeFileSync(join(root, ".local/aws/process.json"), JSON.stringify({ pid, port }));
};

describe("a local AWS that was not started", () => {
  test("is down, and what needs it says how to start it", () => {
    const aws = new LocalAws({ root });
    expect(aws.status()).toEqual({ state: "down" });
    expect(() => aws.url).toThrow("The local AWS is not up. Start it: npm run local -- up");
  });

  test("a process of the recorded number that is somebody else's is left alone", async () => {
    const stranger = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
    try {
      record(stranger.pid as number, 5155);
      const aws = new LocalAws({ root });
      expect(aws.status()).toEqual({ state: "down", stalePid: stranger.pid });
      expect(await aws.down()).toBe("was not up");
      expect(stranger.exitCode).toBeNull();
      expect(stranger.killed).toBe(false);
      process.kill(stranger.pid as number, 0);
    } finally {
      stranger.kill();
    }
  });

  test("a record that was cut off is as good as none", () => {
    mkdirSync(join(root, ".local/aws"), { recursive: true });
    writeFileSync(join(root, ".local/aws/process.json"), '{"pid": 1');
    expect(new LocalAws({ root }).status()).toEqual({ state: "down" });
  });

  test("a port that is taken is an error that says what to do, and the program on it goes on", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };
    try {
      await expect(new LocalAws({ root, port }).up()).rejects.toThrow(
        `Port ${port} on 127.0.0.1 is taken by another program, which was not started by this project and is left alone. Stop it, or choose another port: LOCAL_AWS_PORT=${port + 1}`,
      );
      expect(other.listening).toBe(true);
    } finally {
      other.close();
    }
  });

  test("a Python that cannot start it is an error with the log's last lines", async () => {
    const python = join(root, "python");
    writeFileSync(python, "#!/bin/sh\necho 'No module named moto' >&2\nexit 1\n", { mode: 0o755 });
    const aws = new LocalAws({ root, python, port: 0 });
    await expect(aws.up()).rejects.toThrow(/did not start: it ended with code 1\. Its log says:\nNo module named moto/);
    expect(aws.status()).toEqual({ state: "down" });
  });

  test.each(["abc", "0", "70000", "51.5"])("LOCAL_AWS_PORT=%s is refused", async (value) => {
    process.env.LOCAL_AWS_PORT = value;
    try {
      await expect(new LocalAws({ root }).up()).rejects.toThrow(
        `LOCAL_AWS_PORT must be a port number, 1..65535, got ${value}`,
      );
    } finally {
      delete process.env.LOCAL_AWS_PORT;
    }
  });
});

describeWithToolchain("the local AWS", (toolchain) => {
  const start = (options: { port?: number } = {}) =>
    new LocalAws({ root, python: toolchain.python.binary, port: 0, ...options });

  test("answers when it is up, is found again by another command, and is gone with all its files when it is down", async () => {
    const aws = start();
    const { url, started } = await aws.up();
    try {
      expect(started).toBe(true);
      expect((await fetch(`${url}/moto-api/`)).status).toBe(200);
      expect(await start().up()).toEqual({ url, started: false });
    } finally {
      expect(await aws.down()).toBe("stopped");
    }
    await expect(fetch(url)).rejects.toThrow();
    expect(existsSync(aws.folders.home)).toBe(false);
  });

  test("a new one after a killed one begins without the states of the old", async () => {
    const aws = start();
    await aws.up();
    const { pid } = JSON.parse(readFileSync(join(root, ".local/aws/process.json"), "utf8"));
    const state = join(root, aws.folders.stateDirectory, "a.tfstate");
    mkdirSync(join(root, aws.folders.stateDirectory));
    writeFileSync(state, "{}");
    process.kill(pid, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(aws.status()).toEqual({ state: "down", stalePid: pid });
    const said: string[] = [];
    const next = new LocalAws({ root, python: toolchain.python.binary, port: 0, report: (line) => said.push(line) });
    try {
      await next.up();
      expect(said).toEqual([`The local AWS of process ${pid} is gone; starting a new one.`]);
      expect(existsSync(state)).toBe(false);
    } finally {
      await next.down();
    }
  });
});

describe("the environment of the local AWS", () => {
  const folders = {
    home: "/p/.local/aws",
    output: "/p/.local/aws/cdktf.out",
    stateDirectory: ".local/aws/terraform-state",
  };

  test("has nothing of the user's own AWS", () => {
    const user = {
      PATH: "/bin",
      AWS_PROFILE: "production",
      AWS_SESSION_TOKEN: "secret",
      AWS_ENDPOINT_URL_KINESIS: "http://x",
    };
    const environment = localEnvironment("http://127.0.0.1:1", folders, user);
    expect(Object.keys(environment).filter((key) => /PROFILE|SESSION|URL_KINESIS/.test(key))).toEqual([]);
    expect(environment).toMatchObject({ PATH: "/bin", AWS_ENDPOINT_URL: "http://127.0.0.1:1" });
  });

  test("keeps its states and its output apart from those of an account", () => {
    expect(localVariables("http://127.0.0.1:1", folders)).toMatchObject({
      BLUEPRINT_BACKEND: '{"type":"local","directory":".local/aws/terraform-state"}',
      CDKTF_OUTDIR: "/p/.local/aws/cdktf.out",
    });
  });
});
