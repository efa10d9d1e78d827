import { join } from "node:path";
import { ToolchainError } from "./error";
import { cleanUp, file, installedIn, nobody, program, temporaryFolder } from "./test-support";
import { prepareToolchain, type ToolchainOptions } from "./toolchain";

afterEach(cleanUp);

/** A machine with nothing installed and no network. */
async function bare() {
  const root = temporaryFolder();
  const lines: string[] = [];
  const site = await nobody();
  return {
    root,
    lines,
    report: (line: string) => lines.push(line),
    env: { PATH: join(root, "bin"), HOME: join(root, "home") } as NodeJS.ProcessEnv,
    terraform: { site, platform: { os: "linux", arch: "amd64" } },
    provider: {
      platform: { os: "linux", arch: "amd64" },
      discoveryUrl: site,
      mirrorFolders: [],
      mirrorRoots: [join(root, "opt")],
    },
  } satisfies ToolchainOptions & { lines: string[] };
}

function install(root: string) {
  const python = join(root, "bin", "python3");
  const facts = { executable: python, version: "3.12.4", venv: true, moto: "5.2.1", server: true };
  program(python, `echo '${JSON.stringify(facts)}'`);
  program(join(root, "bin", "terraform"), 'echo "Terraform v1.11.4"');
}

const mirrorOf = (root: string, host: string) =>
  file(join(root, "opt", "plugins", host, "hashicorp", "aws", "5.100.0", "linux_amd64", "terraform-provider-aws_x5"));

test("what is there is used, and the environment says it to cdktf and Terraform", async () => {
  const machine = await bare();
  install(machine.root);
  mirrorOf(machine.root, "registry.terraform.io");
  const binary = join(machine.root, "bin", "terraform");
  await expect(prepareToolchain(machine)).resolves.toEqual({
    terraform: { binary, version: "1.11.4", product: "terraform" },
    python: { binary: join(machine.root, "bin", "python3") },
    environment: {
      TERRAFORM_BINARY_NAME: binary,
      CHECKPOINT_DISABLE: "1",
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
      TF_CLI_CONFIG_FILE: join(machine.root, ".local", "toolchain", "terraform.rc"),
    },
    providerCached: false,
  });
  expect(machine.lines).toEqual([expect.stringContaining("registry.terraform.io could not be reached")]);
});

test("OpenTofu is given a provider from its own registry", async () => {
  const machine = await bare();
  install(machine.root);
  mirrorOf(machine.root, "registry.terraform.io");
  program(join(machine.root, "bin", "tofu"), 'echo "OpenTofu v1.10.0"');
  machine.env.TERRAFORM_BINARY_NAME = "tofu";
  await expect(prepareToolchain(machine)).rejects.toThrow("registry.opentofu.org could not be reached");
  mirrorOf(machine.root, "registry.opentofu.org");
  await expect(prepareToolchain(machine)).resolves.toMatchObject({ terraform: { product: "tofu" } });
});

test("everything that is missing is told at once", async () => {
  const machine = await bare();
  const failure = await prepareToolchain(machine).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ToolchainError);
  const [title, ...things] = (failure as Error).message.split("\n");
  expect(title).toBe("3 things are missing:");
  expect(things).toEqual([
    expect.stringMatching(/^1\. Terraform 1\.11\.4 could not be downloaded/),
    expect.stringMatching(/^2\. The local AWS \(moto 5\.2\.1\) needs Python 3\.10 or later/),
    expect.stringMatching(/^3\. The Terraform provider hashicorp\/aws .* cannot be had/),
  ]);
  expect(installedIn(machine.root)).toEqual([]);
});

test("one missing thing is told without a list", async () => {
  const machine = await bare();
  install(machine.root);
  await expect(prepareToolchain(machine)).rejects.toThrow(/^The Terraform provider hashicorp\/aws/);
});

test("a folder that cannot be written is named", async () => {
  const machine = await bare();
  install(machine.root);
  const inTheWay = file(join(machine.root, ".local"), "a file where the folder should be");
  mirrorOf(machine.root, "registry.terraform.io");
  const failure = await prepareToolchain(machine).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ToolchainError);
  expect((failure as Error).message).toContain(`${inTheWay}/toolchain cannot be written: `);
});

test("a failure that is nothing the user can mend is not dressed up as one", async () => {
  const machine = await bare();
  install(machine.root);
  const bug = new TypeError("a mistake in the program");
  const env = new Proxy(machine.env, {
    get: (target, name) => {
      if (name === "TF_CLI_CONFIG_FILE") throw bug;
      return target[String(name)];
    },
  });
  await expect(prepareToolchain({ ...machine, env })).rejects.toBe(bug);
});
