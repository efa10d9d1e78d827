import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Refusal } from "../../../shared/testing/aws-stub";
import { scratchFolder } from "../../../shared/testing/scratch-folder";
import { installDocker, pushedImage } from "./docker";
import { LocalAwsStub } from "./local-aws-stub.fixture";

const REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
const URI = `${REGISTRY}/workers:one`;
const DIGEST = `sha256:${"0".repeat(64)}`;

const stub = new LocalAwsStub();
const folder = scratchFolder("docker");
const [context, pushed] = [join(folder, "context"), join(folder, "pushed")];
let environment: Record<string, string>;
let docker: string;

beforeAll(async () => {
  environment = { ...(await stub.start()), PATH: process.env.PATH ?? "", AWS_ACCESS_KEY_ID: "build-role" };
});
beforeEach(() => {
  stub.reset();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(context, { recursive: true });
  writeFileSync(join(context, "worker.js"), "console.log(1)\n");
  docker = installDocker(join(folder, "bin"), {
    endpoint: stub.clientConfig.endpoint,
    region: "us-east-1",
    local: join(folder, "local"),
    pushed,
    platform: "linux/arm64",
  });
});
afterAll(async () => {
  await stub.stop();
  rmSync(folder, { recursive: true, force: true });
});

const DOCKERFILE = `# syntax
FROM node:22-slim
ENV NODE_ENV=production NAME="a b"
WORKDIR /app
RUN echo \\
  never
COPY --chown=node:node worker.js ./
USER node
ENTRYPOINT ["node", "/app/worker.js"]
CMD ["--all"]
`;

async function run(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(docker, args, { env: environment, cwd: context });
  return stdout;
}

function build(dockerfile: string, ...args: string[]) {
  writeFileSync(join(context, "Dockerfile"), dockerfile);
  return run("build", "--pull", "--label", "a=b c", "--tag", URI, ...args, ".");
}

function login(password: string) {
  const args = ["login", "--username", "AWS", "--password-stdin", REGISTRY];
  return spawnSync(docker, args, { env: environment, input: password, encoding: "utf8" });
}

test("an image that is built and pushed is the files that the Dockerfile copies, and its command", async () => {
  stub.on("PutImage", (input) => ({ image: { imageId: { imageTag: input.imageTag, imageDigest: DIGEST } } }));
  expect(await build(DOCKERFILE)).toMatch(/\(This stand-in does not run: echo +never\)/);
  expect(pushedImage(pushed, URI)).toBeUndefined();
  expect(login("secret").stdout).toBe("Login Succeeded\n");
  expect(await run("push", URI)).toContain(`one: digest: ${DIGEST}`);

  const image = pushedImage(pushed, URI);
  expect(image).toMatchObject({
    entrypoint: ["node", "/app/worker.js"],
    command: ["--all"],
    workingDirectory: "/app",
    environment: { NODE_ENV: "production", NAME: "a b" },
    platform: "linux/arm64",
  });
  expect(readFileSync(join(image?.root ?? "", "app/worker.js"), "utf8")).toBe("console.log(1)\n");
  expect(pushedImage(pushed, `${REGISTRY}/workers@${DIGEST}`)).toEqual(image);
  expect(stub.calls[0]).toMatchObject({ operation: "PutImage", input: { repositoryName: "workers", imageTag: "one" } });
  expect([...stub.callers]).toEqual(["build-role"]);
});

test("the same image has the same manifest, and another file or command another one", async () => {
  stub.on("PutImage", () => ({ image: { imageId: { imageDigest: DIGEST } } }));
  login("secret");
  for (const dockerfile of [DOCKERFILE, DOCKERFILE, DOCKERFILE.replace("--all", "--none")]) {
    await build(dockerfile);
    await run("push", URI);
  }
  writeFileSync(join(context, "worker.js"), "console.log(2)\n");
  await build(DOCKERFILE);
  await run("push", URI);
  const manifests = stub.calls.map(({ input }) => input.imageManifest);
  expect(new Set(manifests).size).toBe(3);
  expect(manifests[0]).toBe(manifests[1]);
});

test("a tag that ECR refuses is not pushed", async () => {
  stub.on("PutImage", () => new Refusal("ImageTagAlreadyExistsException", "the tag one exists"));
  login("secret");
  await build(DOCKERFILE);
  await expect(run("push", URI)).rejects.toThrow("ImageTagAlreadyExistsException: the tag one exists");
  expect(pushedImage(pushed, URI)).toBeUndefined();
});

test("a push needs a login, and a login a password on standard input", async () => {
  await build(DOCKERFILE, "--platform=linux/amd64");
  await expect(run("push", URI)).rejects.toThrow("no basic auth credentials");
  expect(login(" \n")).toMatchObject({ status: 1, stderr: "ERROR: the password is empty\n" });
  await expect(run("login", "-u", "AWS", "-p", "secret", REGISTRY)).rejects.toThrow("unknown flag: -p");
});

test.each([
  ["COPY other.js ./", /"\/other.js": not found/],
  ["COPY --from=build worker.js ./", /knows one stage/],
  ["ENTRYPOINT node worker.js", /in the shell form the program gets no SIGTERM/],
  ["FROM other", /knows one stage/],
  ["ONBUILD RUN true", /unknown instruction: ONBUILD/],
])("a Dockerfile with %s is refused", async (line, message) => {
  await expect(build(`${DOCKERFILE}${line}\n`)).rejects.toThrow(message);
});

test("an image without a command, without a base or without a tag is refused, as is another command", async () => {
  await expect(build("FROM node:22\nCOPY worker.js /\n")).rejects.toThrow("has no ENTRYPOINT");
  await expect(build('ENTRYPOINT ["node"]\n')).rejects.toThrow("FROM is missing");
  await expect(run("build", ".")).rejects.toThrow("without a tag");
  await expect(run("pull", URI)).rejects.toThrow("has no docker pull");
  await expect(run("push", "workers")).rejects.toThrow("invalid reference format");
});
