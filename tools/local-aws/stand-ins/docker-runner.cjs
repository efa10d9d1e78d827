// What the `docker` of docker.ts runs.
const { createHash } = require("node:crypto");
const {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} = require("node:fs");
const { basename, dirname, join, resolve } = require("node:path");

const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
/** Instructions that change nothing here. */
const NOTED = ["ARG", "EXPOSE", "HEALTHCHECK", "LABEL", "STOPSIGNAL", "USER", "VOLUME"];
const VALUED = ["--build-arg", "--file", "--label", "--platform", "--tag", "--username"];
const SHORT = { "-f": "--file", "-t": "--tag", "-u": "--username", "-q": "--quiet" };

class Refusal extends Error {}

/** Options by name, each with all its values; a flag's is "". */
function readWords(words, flags) {
  const options = {};
  const operands = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (!word.startsWith("-")) {
      operands.push(word);
      continue;
    }
    const [given, inline] = word.split(/=(.*)/s);
    const name = SHORT[given] ?? given;
    if (flags.includes(name)) options[name] = [inline ?? ""];
    else if (VALUED.includes(name)) options[name] = [...(options[name] ?? []), inline ?? words[++index]];
    else throw new Refusal(`unknown flag: ${given}`);
  }
  return { options, operands };
}

const fileOf = (folder, name) => join(folder, `${encodeURIComponent(name)}.json`);
const registryOf = (uri) => uri.split("/")[0];

function write(folder, name, content) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(folder, name), JSON.stringify(content));
}

/** By standard input only: a password among the arguments is in the list of processes. */
function login(words, { local }) {
  const { options, operands } = readWords(words, ["--password-stdin"]);
  const [registry] = operands;
  if (!options["--password-stdin"] || !options["--username"] || !registry) {
    throw new Refusal("this stand-in logs in by --username, --password-stdin and a registry");
  }
  if (readFileSync(0, "utf8").trim() === "") throw new Refusal("the password is empty");
  write(join(local, "logins"), registry, {});
  console.log("Login Succeeded");
}

function instructionsOf(dockerfile) {
  const lines = readFileSync(dockerfile, "utf8")
    .split("\n")
    .filter((line) => !/^\s*#/.test(line))
    .join("\n")
    .replace(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const [, instruction, rest] = /^\s*(\S+)\s+(.*\S)\s*$/.exec(line) ?? [];
    if (!instruction) throw new Refusal(`dockerfile parse error: ${line}`);
    return { instruction: instruction.toUpperCase(), rest };
  });
}

function words(rest, instruction) {
  try {
    const command = JSON.parse(rest);
    if (Array.isArray(command) && command.every((word) => typeof word === "string")) return command;
  } catch {
    // Not JSON: the shell form.
  }
  throw new Refusal(`${instruction} has to be a JSON array: in the shell form the program gets no SIGTERM`);
}

function copy(rest, context, root, workingDirectory) {
  const all = rest.split(/\s+/).filter((word) => !/^--(chown|chmod)=/.test(word));
  const option = all.find((word) => word.startsWith("--"));
  if (option) throw new Refusal(`COPY ${option}: this stand-in knows one stage, and no such option`);
  const [to = "", ...sources] = all.reverse();
  const target = join(root, resolve(workingDirectory, to));
  const intoFolder = to.endsWith("/") || to === "." || sources.length > 1;
  for (const source of sources) {
    const from = join(context, source);
    if (!existsSync(from)) throw new Refusal(`COPY failed: "/${source}": not found`);
    const isFolder = statSync(from).isDirectory();
    const destination = intoFolder && !isFolder ? join(target, basename(source)) : target;
    mkdirSync(dirname(destination), { recursive: true });
    cpSync(from, destination, { recursive: true });
  }
}

function build(given, { local, platform }) {
  const { options, operands } = readWords(given, ["--pull", "--no-cache", "--quiet", "--provenance", "--sbom"]);
  const [context, ...more] = operands;
  const tags = options["--tag"] ?? [];
  if (!context || more.length > 0) throw new Refusal('"docker build" requires exactly 1 argument');
  if (tags.length === 0) throw new Refusal("an image without a tag cannot be pushed");
  const dockerfile = options["--file"]?.[0] ?? join(context, "Dockerfile");
  if (!existsSync(dockerfile)) throw new Refusal(`failed to read dockerfile: open ${dockerfile}: no such file`);

  mkdirSync(local, { recursive: true });
  const image = {
    root: mkdtempSync(join(local, "image-")),
    entrypoint: [],
    command: [],
    workingDirectory: "/",
    environment: {},
    platform: options["--platform"]?.[0] ?? platform,
  };
  let bases = 0;
  for (const { instruction, rest } of instructionsOf(dockerfile)) {
    if (instruction === "FROM" && ++bases > 1) throw new Refusal("this stand-in knows one stage");
    if (instruction !== "FROM" && instruction !== "ARG" && bases === 0)
      throw new Refusal("no build stage: FROM is missing");
    if (instruction === "WORKDIR") image.workingDirectory = resolve(image.workingDirectory, rest);
    else if (instruction === "COPY") copy(rest, context, image.root, image.workingDirectory);
    else if (instruction === "ENTRYPOINT") image.entrypoint = words(rest, instruction);
    else if (instruction === "CMD") image.command = words(rest, instruction);
    else if (instruction === "ENV") {
      for (const [, name, value] of rest.matchAll(/(\w+)=("[^"]*"|\S*)/g))
        image.environment[name] = value.replace(/^"|"$/g, "");
    } else if (instruction === "RUN") console.log(`(This stand-in does not run: ${rest})`);
    else if (instruction !== "FROM" && !NOTED.includes(instruction))
      throw new Refusal(`unknown instruction: ${instruction}`);
  }
  if (image.entrypoint.length + image.command.length === 0) throw new Refusal("the image has no ENTRYPOINT");
  mkdirSync(join(image.root, image.workingDirectory), { recursive: true });
  for (const tag of tags) write(join(local, "built"), tag, image);
  console.log(`Successfully tagged ${tags.join(", ")}`);
}

/** The same for the same image, as a digest is. */
function manifestOf({ root, ...settings }) {
  const hash = createHash("sha256").update(JSON.stringify(settings));
  for (const file of readdirSync(root, { recursive: true, encoding: "utf8" }).sort()) {
    if (statSync(join(root, file)).isFile()) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  }
  const digest = `sha256:${hash.digest("hex")}`;
  const config = { mediaType: "application/vnd.docker.container.image.v1+json", size: 1, digest };
  return JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers: [] });
}

async function push(given, { endpoint, region, local, pushed }) {
  const { operands } = readWords(given, ["--quiet"]);
  const [uri = ""] = operands;
  const built = fileOf(join(local, "built"), uri);
  const [, host, repositoryName, imageTag] = /^([^/]+)\/(.+):([^:/]+)$/.exec(uri) ?? [];
  if (!imageTag)
    throw new Refusal(`invalid reference format: this stand-in pushes <registry>/<repository>:<tag>, got ${uri}`);
  if (!existsSync(built)) throw new Refusal(`An image does not exist locally with the tag: ${host}/${repositoryName}`);
  if (!existsSync(fileOf(join(local, "logins"), registryOf(uri))))
    throw new Refusal("denied: no basic auth credentials");
  const image = JSON.parse(readFileSync(built, "utf8"));
  const { ECRClient, PutImageCommand } = require("@aws-sdk/client-ecr");
  const answer = await new ECRClient({ endpoint, region }).send(
    new PutImageCommand({
      repositoryName,
      imageTag,
      imageManifest: manifestOf(image),
      imageManifestMediaType: MANIFEST,
    }),
  );
  const digest = answer.image?.imageId?.imageDigest;
  // The build's own folder goes with the build.
  const root = join(pushed, digest.replace(":", "-"));
  cpSync(image.root, root, { recursive: true });
  for (const reference of [uri, `${host}/${repositoryName}@${digest}`]) write(pushed, reference, { ...image, root });
  console.log(`${imageTag}: digest: ${digest} size: 1`);
}

module.exports = async (options) => {
  const [command = "", ...given] = process.argv.slice(2);
  const run = { login, build, push }[command];
  try {
    if (!run) throw new Refusal(`this stand-in has no docker ${command}`);
    await run(given, options);
  } catch (error) {
    process.stderr.write(`${error instanceof Refusal ? "ERROR" : error.name}: ${error.message}\n`);
    process.exit(1);
  }
};
