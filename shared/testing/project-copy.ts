import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { LOCAL_STATE } from "../blueprint/backends/local";
import { parametersFiles } from "../blueprint/discovery";
import { appArguments } from "./app-command";
import { linkPackages } from "./linked-packages";

const projectRoot = resolve(__dirname, "../..");

/**
 * The project in a folder of its own, for tests that change or deploy it: blueprints are copied, packages linked. The stacks
 * have the values of the proof, and their states in a folder, so that what a test stands on stays as it is when the project's
 * parameters and cdktf.json change.
 */
export class ProjectCopy {
  readonly root: string;

  constructor(blueprints: readonly string[] = ["kinesis-scaler"]) {
    this.root = mkdtempSync(join(tmpdir(), "blueprints-"));
    for (const file of ["main.ts", "package.json", "tsconfig.json"]) {
      cpSync(join(projectRoot, file), join(this.root, file));
    }
    const settings = JSON.parse(readFileSync(join(projectRoot, "cdktf.json"), "utf8"));
    this.write("cdktf.json", JSON.stringify({ ...settings, context: { ...settings.context, backend: LOCAL_STATE } }));
    // Copied, not linked: a link's target would be looked up in its own folder, and with it every relative import.
    cpSync(join(projectRoot, "shared"), join(this.root, "shared"), { recursive: true });
    linkPackages(projectRoot, this.root);
    mkdirSync(join(this.root, "blueprints"));
    for (const name of blueprints) this.copyBlueprint(name, name);
  }

  /** What copying a blueprint's folder under another name does, with the values of the proof for the project's. */
  copyBlueprint(from: string, to: string): void {
    const folder = join(this.root, "blueprints", to);
    cpSync(join(projectRoot, "blueprints", from), folder, { recursive: true });
    const proof = parametersFiles(folder, "proof").map(
      (file) => [file, readFileSync(join(folder, file), "utf8")] as const,
    );
    for (const file of parametersFiles(folder, "project")) rmSync(join(folder, file));
    for (const [file, text] of proof) {
      // Without values of its own the proof has the project's, which may keep data, and what it deploys is destroyed.
      const isOwn = dirname(file) === ".";
      const values = isOwn ? JSON.stringify({ ...JSON.parse(text), retainData: false }) : text;
      writeFileSync(join(folder, basename(file)), values);
    }
  }

  /** What a second parameters file with the same values does. */
  copyParameters(blueprint: string, variant: string): void {
    const folder = join(this.root, "blueprints", blueprint);
    cpSync(join(folder, "parameters.json"), join(folder, `parameters.${variant}.json`));
  }

  write(file: string, content: string): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), content);
  }

  remove(file: string): void {
    rmSync(join(this.root, file), { recursive: true });
  }

  /** Runs the app as `cdktf synth` does. */
  synthesize(environment: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, appArguments(), {
      cwd: this.root,
      encoding: "utf8",
      env: { ...process.env, ...environment },
    });
  }

  delete(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
