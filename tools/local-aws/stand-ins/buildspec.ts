/** What a build does, as far as this stand-in knows buildspecs. */
export interface Buildspec {
  readonly shell: string;
  /** Variables that the buildspec sets itself. */
  readonly variables: Readonly<Record<string, string>>;
  readonly exportedVariables: readonly string[];
  /** Of all phases, in order. */
  readonly commands: readonly string[];
}

const PHASES = ["install", "pre_build", "build", "post_build"];
/** There is one runtime here, that of Node.js. */
const PHASE_KEYS = ["commands", "runtime-versions"];

/** @throws Error when the text is not JSON, which is YAML as well, or has what this stand-in does not do */
export function readBuildspec(text: string): Buildspec {
  let spec: Record<string, unknown>;
  try {
    spec = JSON.parse(text);
  } catch {
    throw new Error(`This stand-in reads buildspecs that are JSON, and not: ${text.slice(0, 60)}`);
  }
  const { env = {}, phases = {} } = spec as {
    env?: { shell?: string; variables?: Record<string, string>; "exported-variables"?: string[] };
    phases?: Record<string, { commands?: string[] }>;
  };
  refuseOthers("", spec, ["version", "env", "phases"]);
  refuseOthers("env.", env, ["shell", "variables", "exported-variables"]);
  refuseOthers("phases.", phases, PHASES);
  for (const [name, phase] of Object.entries(phases)) refuseOthers(`phases.${name}.`, phase, PHASE_KEYS);
  return {
    shell: env.shell ?? "sh",
    variables: env.variables ?? {},
    exportedVariables: env["exported-variables"] ?? [],
    commands: PHASES.flatMap((phase) => phases[phase]?.commands ?? []),
  };
}

/**
 * The commands as one script: they share the shell, and the first that fails ends the build. (CodeBuild runs post_build
 * all the same when a command of build failed.) At the end the exported variables, which have to be in the environment,
 * are written to a file.
 */
export function scriptOf({ commands, exportedVariables }: Buildspec, exportsFile: string): string {
  return [
    "__leave() {",
    "  __status=$?",
    "  set +eu",
    `  for __name in ${exportedVariables.join(" ")}; do`,
    `    printenv "$__name" >/dev/null && printf '%s=%s\\0' "$__name" "$(printenv "$__name")"`,
    `  done >${quote(exportsFile)}`,
    "  exit $__status",
    "}",
    "trap __leave EXIT",
    ...commands.map((command) => `eval ${quote(command)}\n__status=$?; [ $__status -eq 0 ] || exit $__status`),
    "",
  ].join("\n");
}

/** What such a script wrote. */
export function readExports(text: string): Record<string, string> {
  const entries = text.split("\0").filter((entry) => entry !== "");
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
  );
}

function refuseOthers(path: string, given: object, known: readonly string[]): void {
  const others = Object.keys(given).filter((key) => !known.includes(key));
  if (others.length > 0) throw new Error(`This stand-in does not do a buildspec's ${path}${others.join(`, ${path}`)}`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
