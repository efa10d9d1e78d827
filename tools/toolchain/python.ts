import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Report, ToolchainError } from "./error";
import { MOTO } from "./pins";
import { putInPlace, toolchainFolder } from "./place";
import { hostPlatform, howToInstall, type Platform, platformName } from "./platform";
import { findExecutable, run } from "./run";
import { compareVersions } from "./version";

/** A Python that has the local AWS: moto at the pinned version, with its server. */
export interface Python {
  /** Absolute path of the interpreter. */
  readonly binary: string;
}

export interface PythonOptions {
  /** The project's root folder; a virtual environment goes under `<root>/.local/toolchain`. */
  readonly root: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  readonly report?: Report;
  /** @default the platform this process runs on */
  readonly platform?: Platform;
  /** What pip installs. @default moto-requirements.txt */
  readonly requirements?: string;
  /** Digests of what must then be there. @default moto-lock.json */
  readonly lock?: string;
  /** Arguments added to `pip install`, e.g. `--no-index --find-links <folder>`. @default none */
  readonly pipArguments?: readonly string[];
}

/** What inspect_python.py prints. */
interface Facts {
  readonly executable: string;
  readonly version: string;
  /** Whether this Python can create virtual environments that have pip. */
  readonly venv: boolean;
  readonly moto: string | null;
  /** Whether moto is the pinned one and its server can be imported. */
  readonly server: boolean;
}

const INSTALL_TIMEOUT_MILLISECONDS = 15 * 60_000;

/**
 * The Python to run the local AWS with, without installing anything: python3 or python on PATH when it has the pinned
 * moto, used as it is; else the virtual environment made here before.
 */
export async function findPython(options: PythonOptions): Promise<Python | undefined> {
  return (await lookForPython(options)).ready;
}

/**
 * The Python to run the local AWS with (see {@link findPython}); where none is ready, a virtual environment is made and
 * filled by pip from moto-requirements.txt. What pip installed is compared with moto-lock.json before any of it runs.
 * @throws ToolchainError when there is no Python >= 3.10, when it cannot make virtual environments, when pip fails, or
 * when what it installed is not what is pinned; nothing is left on disk then
 */
export async function preparePython(options: PythonOptions): Promise<Python> {
  const { ready, inspected } = await lookForPython(options);
  if (ready) return ready;
  const { env = process.env, platform = hostPlatform() } = options;
  const base = chooseBase(inspected, platform);
  const folder = environmentFolder(options.root);
  // Left over from a version of this project or a Python that is gone: it was found not to work.
  if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
  await putInPlace(folder, (path) => install(base, path, { ...options, env }));

  const installed = await inspect(interpreterOf(folder), env);
  if (installed?.server) return { binary: interpreterOf(folder) };
  rmSync(folder, { recursive: true, force: true });
  throw new ToolchainError(
    `moto ${MOTO.version} was installed into ${folder}, but its server does not start. ${byHand}`,
  );
}

const byHand =
  `To use a Python of your own instead, install the local AWS into it, with that Python first on PATH: ` +
  `python3 -m pip install "moto[server]==${MOTO.version}"`;

const environmentFolder = (root: string): string => join(toolchainFolder(root), `moto-${MOTO.version}`);

const interpreterOf = (environment: string): string => join(environment, "bin", "python");

interface Search {
  readonly ready?: Python;
  /** The Pythons on PATH, in order of preference. */
  readonly inspected: readonly Facts[];
}

async function lookForPython({ root, env = process.env }: PythonOptions): Promise<Search> {
  const onPath = ["python3", "python"].map((name) => findExecutable(name, env)).filter((path) => path !== undefined);
  const inspected: Facts[] = [];
  for (const path of onPath) {
    const facts = await inspect(path, env);
    if (facts?.server) return { ready: { binary: facts.executable }, inspected };
    if (facts) inspected.push(facts);
  }
  const own = interpreterOf(environmentFolder(root));
  const ready = existsSync(own) && (await inspect(own, env))?.server ? { binary: own } : undefined;
  return { ready, inspected };
}

async function inspect(python: string, env: NodeJS.ProcessEnv): Promise<Facts | undefined> {
  const { code, stdout } = await run(python, [join(__dirname, "inspect_python.py"), MOTO.version], { env });
  if (code !== 0) return undefined;
  try {
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Facts;
  } catch {
    return undefined;
  }
}

function chooseBase(inspected: readonly Facts[], platform: Platform): Facts {
  const needed = `The local AWS (moto ${MOTO.version}) needs Python ${MOTO.oldestPython} or later`;
  const recent = inspected.filter(({ version }) => compareVersions(version, MOTO.oldestPython) >= 0);
  if (recent.length === 0) {
    const found = inspected.map(({ executable, version }) => `${executable} is ${version}`).join(", ");
    const mend = `Install one: ${howToInstall("python", platform)}.`;
    throw new ToolchainError(`${needed}; ${found || "there is no python3 and no python on PATH"}. ${mend}`);
  }
  if (platform.os !== "linux" && platform.os !== "darwin") {
    throw new ToolchainError(
      `moto ${MOTO.version} is not set up by this project on ${platformName(platform)}. ${byHand}`,
    );
  }
  const base = recent.find(({ venv }) => venv);
  if (base) return base;
  const [{ executable }] = recent as [Facts];
  throw new ToolchainError(
    `${executable} cannot create virtual environments (its modules venv and ensurepip are not installed). ` +
      `Install them: ${howToInstall("venv", platform)}.`,
  );
}

async function install(base: Facts, environment: string, options: PythonOptions): Promise<void> {
  const { env, report = () => {}, pipArguments = [] } = options;
  const { requirements = join(__dirname, "moto-requirements.txt"), lock = join(__dirname, "moto-lock.json") } = options;
  const long = { env, timeoutMilliseconds: INSTALL_TIMEOUT_MILLISECONDS };

  report(`creating a virtual environment with Python ${base.version} for moto ${MOTO.version}`);
  const created = await run(base.executable, ["-m", "venv", environment], long);
  if (created.code !== 0) {
    throw new ToolchainError(`${base.executable} -m venv failed: ${lastLine(created)}. ${byHand}`);
  }

  // Wheels only, so that nothing of what is downloaded runs before it has been verified.
  const choices = ["--no-deps", "--only-binary=:all:", "--no-input", "--disable-pip-version-check"];
  const pip = ["-m", "pip", "install", ...choices, ...pipArguments, "-r", requirements];
  report(`pip: installing moto ${MOTO.version}`);
  const filled = await run(interpreterOf(environment), pip, {
    ...long,
    onLine: (line) => {
      if (/^\s*(Downloading|Installing)/.test(line)) report(`pip: ${shortened(line.trim())}`);
    },
  });
  if (filled.code !== 0) {
    throw new ToolchainError(
      `pip could not install moto ${MOTO.version}: ${lastLine(filled)}. pip has to reach PyPI, or an index of yours that ` +
        `has these versions. ${byHand}`,
    );
  }

  const [, minor] = base.version.split(".");
  const sitePackages = join(environment, "lib", `python3.${minor}`, "site-packages");
  const check = ["-I", join(__dirname, "verify_moto.py"), "--site-packages", sitePackages, "--lock", lock];
  const verified = await run(base.executable, check, long);
  if (verified.code !== 0) {
    const differences = verified.stderr.split("\n").join("; ");
    throw new ToolchainError(
      `What pip installed is not what this project pins in moto-lock.json, so it was removed: ${differences}. ` +
        `If pip uses an index of your own, see that it serves PyPI's files unchanged.`,
    );
  }
}

const lastLine = ({ stdout, stderr }: { stdout: string; stderr: string }): string =>
  (stderr.trim() || stdout.trim() || "it was killed, or could not be started").split("\n").at(-1)!.replace(/\.$/, "");

/** pip names everything it installs on one line. */
const shortened = (line: string): string => (line.length > 100 ? `${line.slice(0, 97)}...` : line);
