import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface DockerOptions {
  /** URL of the local AWS. */
  readonly endpoint: string;
  readonly region: string;
  /** Folder of what is built and logged in to, of one build of CodeBuild's. */
  readonly local: string;
  /** Folder of what was pushed, of all builds. */
  readonly pushed: string;
  /** What an image is built for when the build does not say: `linux/arm64` or `linux/amd64`. */
  readonly platform: string;
}

/** What a container is started from. */
export interface ContainerImage {
  /** Folder that stands for `/`: what the Dockerfile copies. The base image is not there. */
  readonly root: string;
  readonly entrypoint: readonly string[];
  /** Follows the entrypoint. */
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** `linux/arm64` or `linux/amd64`. */
  readonly platform: string;
}

/**
 * Puts an executable `docker` into a folder, for the commands of a build: `docker login` by standard input, `docker build`
 * and `docker push`. An image is the files that its Dockerfile copies, and the command it runs; nothing is pulled, and no
 * RUN is run. A push is PutImage of the local AWS, by the credentials in the environment, which so checks tags.
 *
 * @returns path of the executable
 */
export function installDocker(folder: string, options: DockerOptions): string {
  const file = join(folder, "docker");
  const program = JSON.stringify(join(__dirname, "docker-runner.cjs"));
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `#!${process.execPath} --no-warnings\nrequire(${program})(${JSON.stringify(options)});\n`);
  chmodSync(file, 0o755);
  return file;
}

/** An image that was pushed, by its tag or digest; undefined when there is none. */
export function pushedImage(pushed: string, uri: string): ContainerImage | undefined {
  const file = join(pushed, `${encodeURIComponent(uri)}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as ContainerImage) : undefined;
}
