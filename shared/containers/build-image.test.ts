import { join } from "node:path";
import * as fc from "fast-check";
import { argsOf } from "../testing/script-runs";
import { ScriptSandbox, type StubRule } from "../testing/script-sandbox";
import { lintScripts } from "../testing/shell-lint";

const SCRIPT = join(__dirname, "build-image.sh");
const REGISTRY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
const REPOSITORY_URL = `${REGISTRY}/test-images`;
const BUILD = "0b7f2f5c-8a51-4d7e-9f00-3d6b7a1f2c11";

const sandbox = new ScriptSandbox();
beforeAll(() => sandbox.write("/source/services/worker/Dockerfile", "FROM scratch\n"));
afterAll(() => sandbox.remove());

const LOGIN: StubRule = {
  command: "aws",
  with: ["ecr", "get-login-password"],
  answers: [{ stdout: "the password" }],
};
/** Keeps what it reads, so that a test sees it. */
const DOCKER: readonly StubRule[] = [
  { command: "docker", with: ["login"], answers: [{ run: 'cat >"$ROOT/password"' }] },
  { command: "docker" },
];

interface Variables {
  readonly FOLDER?: string;
  readonly CODEBUILD_BUILD_ID?: string;
  readonly CODEBUILD_RESOLVED_SOURCE_VERSION?: string;
}

/** Runs the script as the command of a build, after a command that changed the folder, and prints what it exported. */
function build(variables: Variables = {}, rules: readonly StubRule[] = []) {
  sandbox.write("/build.sh", `cd /\n. ${SCRIPT}\nenv\n`);
  return sandbox.run(sandbox.path("/build.sh"), [...rules, LOGIN, ...DOCKER], [], {
    REPOSITORY_URL,
    FOLDER: "services/worker",
    CODEBUILD_SRC_DIR: sandbox.path("/source"),
    CODEBUILD_BUILD_ID: `test-build:${BUILD}`,
    ...variables,
  });
}
const exported = (output: string) => /^IMAGE_URI=(.*)$/m.exec(output)?.[1] ?? "";

test("ShellCheck likes it", () => {
  expect(lintScripts([SCRIPT])).toEqual([]);
});

test("an image is built of the folder, labelled with its source, and pushed by the name that is exported", () => {
  const run = build({ CODEBUILD_RESOLVED_SOURCE_VERSION: "4f2a9c1" });

  const image = `${REPOSITORY_URL}:${BUILD}-4f2a9c1`;
  expect(run).toMatchObject({ status: 0, unanswered: [] });
  expect(exported(run.output)).toBe(image);
  expect(argsOf(run, "docker")).toEqual([
    ["login", "--username", "AWS", "--password-stdin", REGISTRY],
    [
      "build",
      "--pull",
      "--label",
      "org.opencontainers.image.revision=4f2a9c1",
      "--tag",
      image,
      sandbox.path("/source/services/worker"),
    ],
    ["push", image],
  ]);
  expect(sandbox.read("/password")).toBe("the password");
});

test("whatever the source's version looks like, the tag is one that ECR takes, and another for each build", () => {
  const buildId = fc.uuid();
  const version = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.stringMatching(/^[A-Za-z0-9._/+-]{0,300}$/),
  );
  fc.assert(
    fc.property(version, fc.uniqueArray(buildId, { minLength: 2, maxLength: 2 }), (found, ids) => {
      const CODEBUILD_RESOLVED_SOURCE_VERSION = found.replaceAll("\0", "");
      const images = ids.map((id) => {
        const run = build({ CODEBUILD_BUILD_ID: `test-build:${id}`, CODEBUILD_RESOLVED_SOURCE_VERSION });
        return argsOf(run, "docker").at(-1)?.[1] ?? "";
      });
      for (const image of images)
        expect(image.slice(REPOSITORY_URL.length)).toMatch(/^:[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/);
      expect(images[0]).not.toBe(images[1]);
    }),
    // S3's longest.
    { numRuns: 20, endOnFailure: true, examples: [["v".repeat(1024), [BUILD, BUILD.replace(/^0/, "1")]]] },
  );
});

test("a source whose version CodeBuild does not know is built all the same", () => {
  expect(exported(build().output)).toBe(`${REPOSITORY_URL}:${BUILD}-unknown`);
});

describe("an error says what is wrong, and nothing is exported", () => {
  const fails = (command: string, ...words: string[]): StubRule => ({ command, with: words, answers: [{ exit: 1 }] });

  test.each<[string, Variables, StubRule[]]>([
    ["no Dockerfile in the folder services/other", { FOLDER: "services/other" }, []],
    [`no login to the registry ${REGISTRY}`, {}, [fails("aws", "ecr")]],
    [`no login to the registry ${REGISTRY}`, {}, [fails("docker", "login")]],
    ["the image of unknown cannot be built", {}, [fails("docker", "build")]],
    ["was built, but cannot be pushed", {}, [fails("docker", "push")]],
  ])("%s", (message, variables, rules) => {
    const run = build(variables, rules);

    expect(run).toMatchObject({ status: 1, output: expect.stringContaining(message) });
    expect(exported(run.output)).toBe("");
  });
});
