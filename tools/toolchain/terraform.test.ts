import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { TERRAFORM, type TerraformRelease } from "./pins";
import { findTerraform, prepareTerraform, type TerraformOptions } from "./terraform";
import { cleanUp, installedIn, LINUX, nobody, program, serve, temporaryFolder } from "./test-support";

afterEach(cleanUp);

const says = (text: string) => `echo "${text}"`;

/** An archive as HashiCorp publishes it, whose `terraform` is a script that says its version. */
const archive = (content: Record<string, string>) =>
  zipSync(Object.fromEntries(Object.entries(content).map(([name, text]) => [name, strToU8(text)])));

const GOOD = archive({ "LICENSE.txt": "...", terraform: '#!/bin/sh\necho "Terraform v1.11.4"\n' });

const releaseOf = (bytes: Uint8Array): TerraformRelease => ({
  version: "1.11.4",
  sha256: { linux_amd64: createHash("sha256").update(bytes).digest("hex") },
});

function empty(): TerraformOptions & { root: string; env: NodeJS.ProcessEnv } {
  const root = temporaryFolder();
  return { root, env: { PATH: join(root, "bin") }, platform: LINUX, release: releaseOf(GOOD) };
}

const siteThatServes = (bytes: Uint8Array) =>
  serve((request, response) => {
    const known = request.url === "/terraform/1.11.4/terraform_1.11.4_linux_amd64.zip";
    if (known) response.writeHead(200, { "content-length": bytes.length }).end(bytes);
    else response.writeHead(404).end();
  });

test("a recent Terraform on PATH is used", async () => {
  const options = empty();
  const binary = program(join(options.root, "bin", "terraform"), says("Terraform v1.14.0"));
  await expect(prepareTerraform(options)).resolves.toEqual({ binary, version: "1.14.0", product: "terraform" });
});

test("a Terraform is recognized behind the warnings that a bad CLI configuration makes it print first", async () => {
  const options = empty();
  program(join(options.root, "bin", "terraform"), says("Warning: v1.0.0 of something"), says("Terraform v1.11.4"));
  await expect(findTerraform(options)).resolves.toMatchObject({ version: "1.11.4" });
});

test("a Terraform on PATH that is too old, or no Terraform, is passed over", async () => {
  const options = empty();
  program(join(options.root, "bin", "terraform"), says("Terraform v1.9.8"));
  await expect(findTerraform(options)).resolves.toBeUndefined();
  program(join(options.root, "bin", "terraform"), says("Terraforming Mars v4.0.0"));
  await expect(findTerraform(options)).resolves.toBeUndefined();
});

test("a missing Terraform is downloaded once, verified, made executable, with progress", async () => {
  const options = empty();
  const site = await siteThatServes(GOOD);
  const lines: string[] = [];
  const installed = await prepareTerraform({ ...options, site, report: (line) => lines.push(line) });

  const binary = join(options.root, ".local", "toolchain", "terraform-1.11.4");
  expect(installed).toEqual({ binary, version: "1.11.4", product: "terraform" });
  expect(statSync(binary).mode & 0o777).toBe(0o755);
  expect(installedIn(options.root)).toEqual(["terraform-1.11.4"]);
  expect(lines.join("\n")).toMatch(/downloading Terraform 1\.11\.4: \d+\.\d MB of \d+\.\d MB \(100%\)/);

  await expect(prepareTerraform({ ...options, site: await nobody() })).resolves.toEqual(installed);
});

test("an archive with another checksum is refused before it is unpacked, and nothing is left", async () => {
  const options = empty();
  const site = await siteThatServes(archive({ terraform: '#!/bin/sh\necho "Terraform v1.11.4" # tampered\n' }));
  await expect(prepareTerraform({ ...options, site })).rejects.toThrow(
    /is not what HashiCorp published \(its SHA-256 is [0-9a-f]{64}, expected [0-9a-f]{64}\).*Install Terraform 1\.10/,
  );
  expect(installedIn(options.root)).toEqual([]);
});

test.each([
  ["is no zip", new Uint8Array([1, 2, 3])],
  ["holds no terraform", archive({ "README.md": "hello" })],
])("an archive that %s is refused, and nothing is left", async (_, bytes) => {
  const options = { ...empty(), release: releaseOf(bytes) };
  const site = await siteThatServes(bytes);
  await expect(prepareTerraform({ ...options, site })).rejects.toThrow(/linux_amd64\.zip cannot be unpacked: /);
  expect(installedIn(options.root)).toEqual([]);
});

test("a release that the site does not have names the address and the answer", async () => {
  const site = await serve((_, response) => response.writeHead(404).end());
  const address = `${site}/terraform/1.11.4/terraform_1.11.4_linux_amd64.zip`;
  await expect(prepareTerraform({ ...empty(), site })).rejects.toThrow(
    `Terraform 1.11.4 could not be downloaded from ${address}: the server answered 404 Not Found.`,
  );
});

test("a site that cannot be reached names the reason and the way to install by hand", async () => {
  const refused = prepareTerraform({ ...empty(), site: await nobody() });
  await expect(refused).rejects.toThrow(/ECONNREFUSED.*apt or dnf, see https:\/\/developer\.hashicorp\.com/);
});

test("a download that breaks off is an error, and nothing is left", async () => {
  const options = empty();
  const site = await serve((_, response) => {
    response.writeHead(200, { "content-length": GOOD.length });
    response.write(GOOD.slice(0, 20), () => response.destroy());
  });
  await expect(prepareTerraform({ ...options, site })).rejects.toThrow(/could not be downloaded from/);
  expect(installedIn(options.root)).toEqual([]);
});

test("elsewhere than on Linux and macOS the user is told the command", async () => {
  const windows = { ...empty(), platform: { os: "windows", arch: "amd64" } };
  await expect(prepareTerraform(windows)).rejects.toThrow(
    "There is no Terraform on PATH, and none is pinned for windows_amd64. " +
      "Install Terraform 1.10.0 or later yourself: winget install HashiCorp.Terraform.",
  );
});

test("every supported platform has a pinned checksum", () => {
  expect(Object.keys(TERRAFORM.sha256).sort()).toEqual(["darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64"]);
});

describe("with TERRAFORM_BINARY_NAME", () => {
  const named = (name: string) => {
    const options = empty();
    options.env.TERRAFORM_BINARY_NAME = name;
    return options;
  };

  test("the OpenTofu on PATH is used though there is a Terraform", async () => {
    const options = named("tofu");
    program(join(options.root, "bin", "terraform"), says("Terraform v1.11.4"));
    const binary = program(join(options.root, "bin", "tofu"), says("OpenTofu v1.8.0"));
    await expect(prepareTerraform(options)).resolves.toEqual({ binary, version: "1.8.0", product: "tofu" });
  });

  test("an absolute path is used whatever its name", async () => {
    const options = empty();
    const binary = program(join(options.root, "elsewhere", "tf-pinned"), says("OpenTofu v1.11.1"));
    options.env.TERRAFORM_BINARY_NAME = binary;
    await expect(prepareTerraform(options)).resolves.toEqual({ binary, version: "1.11.1", product: "tofu" });
  });

  test("a missing program is an error, not a download", async () => {
    const options = named("tofu");
    const site = await siteThatServes(GOOD);
    await expect(prepareTerraform({ ...options, site })).rejects.toThrow(
      "TERRAFORM_BINARY_NAME=tofu: there is no such program. Install it (see https://opentofu.org/docs/intro/install/)",
    );
    expect(existsSync(join(options.root, ".local"))).toBe(false);
  });

  test("one that is too old is an error that says which version is needed", async () => {
    const options = named("tofu");
    program(join(options.root, "bin", "tofu"), says("OpenTofu v1.7.3"));
    await expect(prepareTerraform(options)).rejects.toThrow(/is version 1\.7\.3; OpenTofu 1\.8\.0 or later is needed/);
  });

  test("another program is an error", async () => {
    const options = named("pulumi");
    program(join(options.root, "bin", "pulumi"), says("v3.1.0"));
    await expect(prepareTerraform(options)).rejects.toThrow(/is neither Terraform nor OpenTofu/);
  });
});
