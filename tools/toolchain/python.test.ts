import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { findPython, type PythonOptions, preparePython } from "./python";
import { cleanUp, file, installedIn, LINUX, program, temporaryFolder } from "./test-support";

/** A real Python without moto, and an index of two tiny wheels that stand in for moto and what it needs. */
const machine = mkdtempSync(join(tmpdir(), "toolchain-python-"));
const BARE_PYTHON = join(machine, "bare", "bin");
const WHEELS = join(machine, "wheels");
const REQUIREMENTS = join(machine, "requirements.txt");

const MOTO = { "moto/__init__.py": "", "moto/server.py": "import flask\n" };
const FLASK = { "flask/__init__.py": "", "flask_cors/__init__.py": "# Cross-origin\n" };

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** The digest that verify_moto.py documents, computed independently. */
const digest = (files: Record<string, string>) =>
  sha256(
    Object.entries(files)
      .map(([path, text]) => `${path} ${sha256(text)}`)
      .sort()
      .join("\n"),
  );

function wheel(name: string, version: string, files: Record<string, string>): void {
  const info = `${name}-${version}.dist-info`;
  const content: Record<string, string> = {
    ...files,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${info}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
  };
  const record = [...Object.keys(content), `${info}/RECORD`].map((path) => `${path},,\n`).join("");
  const entries = Object.entries({ ...content, [`${info}/RECORD`]: record });
  const zip = zipSync(Object.fromEntries(entries.map(([path, text]) => [path, strToU8(text)])));
  file(join(WHEELS, `${name}-${version}-py3-none-any.whl`));
  writeFileSync(join(WHEELS, `${name}-${version}-py3-none-any.whl`), zip);
}

beforeAll(() => {
  execFileSync("python3", ["-m", "venv", "--without-pip", join(machine, "bare")]);
  wheel("moto", "5.2.1", MOTO);
  wheel("Flask", "3.1.3", FLASK);
  file(REQUIREMENTS, "moto==5.2.1\nflask==3.1.3\n");
});

afterAll(() => rmSync(machine, { recursive: true, force: true }));
afterEach(cleanUp);

function options(lock: Record<string, unknown> = {}): Required<PythonOptions> & { lines: string[] } {
  const root = temporaryFolder();
  const lines: string[] = [];
  const pins = {
    moto: { version: "5.2.1", sha256: digest(MOTO) },
    flask: { version: "3.1.3", sha256: digest(FLASK) },
    ...lock,
  };
  return {
    root,
    env: { PATH: BARE_PYTHON },
    report: (line) => lines.push(line),
    lines,
    platform: LINUX,
    requirements: REQUIREMENTS,
    lock: file(join(root, "lock.json"), JSON.stringify(pins)),
    pipArguments: ["--no-index", "--find-links", WHEELS],
  };
}

/** Stands in for an interpreter: answers inspect_python.py. */
const interpreter = (root: string, facts: Record<string, unknown>) => {
  const binary = join(root, "bin", String(facts.name ?? "python3"));
  const answer = { executable: binary, version: "3.12.4", venv: true, moto: null, server: false, ...facts };
  return program(binary, `echo '${JSON.stringify(answer)}'`);
};

describe("finding", () => {
  test("a Python on PATH that has the pinned moto is used as it is", async () => {
    const root = temporaryFolder();
    const env = { PATH: join(root, "bin") };
    interpreter(root, { moto: "5.0.0" });
    await expect(findPython({ root, env })).resolves.toBeUndefined();
    const binary = interpreter(root, { name: "python", moto: "5.2.1", server: true });
    await expect(preparePython({ root, env })).resolves.toEqual({ binary });
    expect(installedIn(root)).toEqual([]);
  });

  test("an interpreter is asked for the moto it really has", async () => {
    await expect(findPython(options())).resolves.toBeUndefined();
    const answer = execFileSync(join(BARE_PYTHON, "python"), [join(__dirname, "inspect_python.py"), "5.2.1"]);
    expect(JSON.parse(answer.toString())).toMatchObject({ venv: true, moto: null, server: false });
  });
});

describe("installing", () => {
  test("a virtual environment is made by pip, verified, and used from then on", async () => {
    const machine = options();
    // What an interrupted run of an older version may have left: it does not work, so it is made anew.
    const halfMade = file(join(machine.root, ".local", "toolchain", "moto-5.2.1", "half-made"));
    const python = await preparePython(machine);

    expect(python.binary).toBe(join(machine.root, ".local", "toolchain", "moto-5.2.1", "bin", "python"));
    expect(existsSync(halfMade)).toBe(false);
    expect(installedIn(machine.root)).toEqual(["moto-5.2.1"]);
    expect(execFileSync(python.binary, ["-c", "import moto.server, flask_cors; print('ready')"]).toString()).toBe(
      "ready\n",
    );
    expect(machine.lines.join("\n")).toMatch(/creating a virtual environment.*\npip: installing moto 5\.2\.1\n/);

    await expect(preparePython({ ...machine, pipArguments: ["--broken"] })).resolves.toEqual(python);
  });

  test("content other than the pinned one is an error that names it, and nothing is left", async () => {
    const machine = options({ flask: { version: "3.1.3", sha256: digest({ "flask/__init__.py": "other" }) } });
    await expect(preparePython(machine)).rejects.toThrow(
      /^What pip installed is not what this project pins in moto-lock\.json, so it was removed: flask 3\.1\.3 has other content than the pinned one\./,
    );
    expect(installedIn(machine.root)).toEqual([]);
  });

  test("what pip cannot install is one message with the command to install it by hand, and nothing is left", async () => {
    const machine = { ...options(), requirements: file(join(temporaryFolder(), "r.txt"), "moto==5.2.1\nboto3==1.0\n") };
    await expect(preparePython(machine)).rejects.toThrow(
      /^pip could not install moto 5\.2\.1: ERROR: No matching distribution found for boto3==1\.0.*python3 -m pip install "moto\[server\]==5\.2\.1"$/,
    );
    expect(installedIn(machine.root)).toEqual([]);
  });

  test.each([
    [
      "there is no Python",
      [],
      /there is no python3 and no python on PATH\. Install one: apt install python3 python3-venv/,
    ],
    [
      "Python is too old",
      [{ version: "3.9.19" }],
      /needs Python 3\.10 or later; \S+python3 is 3\.9\.19\. Install one:/,
    ],
    [
      "no Python can make virtual environments",
      [{ venv: false }, { name: "python", version: "2.7.18", venv: true }],
      /python3 cannot create virtual environments .* Install them: apt install python3-venv\.$/,
    ],
  ])("where %s, the user is told what to install", async (_, interpreters, message) => {
    const machine = options();
    for (const facts of interpreters) interpreter(machine.root, facts);
    const prepared = preparePython({ ...machine, env: { PATH: join(machine.root, "bin") } });
    await expect(prepared).rejects.toThrow(message);
    expect(installedIn(machine.root)).toEqual([]);
  });

  test("on a platform other than Linux and macOS the user is told the command", async () => {
    const windows = { ...options(), platform: { os: "windows", arch: "amd64" } };
    await expect(preparePython(windows)).rejects.toThrow(/on windows_amd64\. .*pip install "moto\[server\]==5\.2\.1"$/);
  });
});

describe("verify_moto.py", () => {
  const sitePackages = (files: Record<string, string>, listed = Object.keys(files)) => {
    const folder = temporaryFolder();
    for (const [path, text] of Object.entries(files)) file(join(folder, path), text);
    file(join(folder, "moto-5.2.1.dist-info", "METADATA"), "Metadata-Version: 2.1\nName: moto\nVersion: 5.2.1\n");
    file(join(folder, "moto-5.2.1.dist-info", "RECORD"), listed.map((path) => `${path},,\n`).join(""));
    return folder;
  };

  const verify = (folder: string, lock: Record<string, unknown>): string => {
    const lockFile = file(join(temporaryFolder(), "lock.json"), JSON.stringify(lock));
    const script = join(__dirname, "verify_moto.py");
    try {
      execFileSync(join(BARE_PYTHON, "python"), [script, "--site-packages", folder, "--lock", lockFile], {
        stdio: "pipe",
      });
      return "";
    } catch (error) {
      return (error as { stderr: Buffer }).stderr.toString().trim();
    }
  };

  const pin = { moto: { version: "5.2.1", sha256: digest(MOTO) } };

  test("compiled, generated and outside files do not count, so that the digest is the same on every platform", () => {
    const other = { "moto/fast.so": "binary", "moto/__pycache__/server.pyc": "compiled", "../../bin/moto.py": "#!/x" };
    const folder = sitePackages(MOTO, [...Object.keys(MOTO), ...Object.keys(other)]);
    expect(verify(folder, pin)).toBe("");
  });

  test.each([
    [
      "a changed file",
      () => sitePackages({ ...MOTO, "moto/server.py": "import os\n" }),
      "moto 5.2.1 has other content",
    ],
    ["an added file", () => sitePackages({ ...MOTO, "moto/extra.py": "" }), "moto 5.2.1 has other content"],
    ["an added .pth file", () => sitePackages({ ...MOTO, "start.pth": "import os\n" }), "moto 5.2.1 has other content"],
    ["a missing file", () => sitePackages(MOTO, [...Object.keys(MOTO), "moto/gone.py"]), "moto 5.2.1 is not complete"],
  ])("%s is found", (_, folder, message) => {
    expect(verify(folder(), pin)).toContain(message);
  });

  test("every missing distribution and wrong version is named", () => {
    const lock = { moto: { version: "5.2.2", sha256: "" }, boto3: { version: "1.0", sha256: "" } };
    expect(verify(sitePackages(MOTO), lock)).toBe("moto is 5.2.1, pinned is 5.2.2\nboto3 1.0 is not installed");
  });

  test("moto-lock.json pins exactly what moto-requirements.txt installs", () => {
    const required = readFileSync(join(__dirname, "moto-requirements.txt"), "utf8")
      .split("\n")
      .filter((line) => line && !line.startsWith("#"))
      .sort();
    const lock: Record<string, { version: string; sha256: string }> = JSON.parse(
      readFileSync(join(__dirname, "moto-lock.json"), "utf8"),
    );
    const locked = Object.entries(lock).map(([name, { version }]) => `${name}==${version}`);
    expect(locked.sort()).toEqual(required);
    expect(required).toContain("moto==5.2.1");
    for (const { sha256: pinned } of Object.values(lock)) expect(pinned).toMatch(/^[0-9a-f]{64}$/);
  });
});
