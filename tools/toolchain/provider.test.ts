import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ProviderOptions, providerInstallation } from "./provider";
import { cleanUp, file, installedIn, LINUX, nobody, serve, temporaryFolder } from "./test-support";

afterEach(cleanUp);

const REGISTRY = "registry.terraform.io";

/** A machine with nothing on it: no mirror, no CLI configuration, no network. */
async function bare() {
  const root = temporaryFolder();
  const home = join(root, "home");
  return {
    root,
    home,
    env: {} as NodeJS.ProcessEnv,
    platform: LINUX,
    discoveryUrl: await nobody(),
    mirrorFolders: [join(home, ".terraform.d", "plugins")],
    mirrorRoots: [join(root, "opt")],
  } satisfies ProviderOptions;
}

const reachable = () => serve((_, response) => response.end("{}"));

const unpacked = (mirror: string, version: string, platform = "linux_amd64", host = REGISTRY) =>
  file(join(mirror, host, "hashicorp", "aws", version, platform, `terraform-provider-aws_v${version}_x5`));

const packed = (mirror: string, version: string, platform = "linux_amd64") =>
  file(join(mirror, REGISTRY, "hashicorp", "aws", `terraform-provider-aws_${version}_${platform}.zip`));

describe("where the registry can be reached", () => {
  test("the provider comes from there, into a cache that all stacks share", async () => {
    const machine = { ...(await bare()), discoveryUrl: await reachable() };
    const { source, environment, cached, note } = await providerInstallation(machine);
    const cache = join(machine.root, ".local", "toolchain", "plugin-cache");
    expect(source).toBe("registry");
    expect(environment).toEqual({
      TF_PLUGIN_CACHE_DIR: cache,
      TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "1",
      BLUEPRINT_AWS_PROVIDER: "5.100.0",
    });
    expect(cached).toBe(true);
    expect(existsSync(cache)).toBe(true);
    expect(note).toBeUndefined();
  });

  test("the registry is preferred to a mirror", async () => {
    const machine = { ...(await bare()), discoveryUrl: await reachable() };
    unpacked(join(machine.root, "opt", "plugins"), "5.100.0");
    expect((await providerInstallation(machine)).source).toBe("registry");
  });

  test.each([
    ["variable", {}],
    // cdktf would put a cache of its own before the file's.
    ["file", { CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1" }],
  ])("a plugin cache that the user set by %s is kept", async (how, expected) => {
    const machine = { ...(await bare()), discoveryUrl: await reachable() };
    if (how === "variable") machine.env.TF_PLUGIN_CACHE_DIR = "/cache";
    else file(join(machine.home, ".terraformrc"), 'plugin_cache_dir = "/cache"\n');
    const { environment, cached } = await providerInstallation(machine);
    expect(environment).toEqual({
      BLUEPRINT_AWS_PROVIDER: "5.100.0",
      TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "1",
      ...expected,
    });
    expect(cached).toBe(true);
  });

  test("a TF_CLI_CONFIG_FILE that names no file is replaced by an empty one", async () => {
    const machine = { ...(await bare()), discoveryUrl: await reachable() };
    machine.env.TF_CLI_CONFIG_FILE = join(machine.root, "nowhere.rc");
    const { environment } = await providerInstallation(machine);
    expect(readFileSync(environment.TF_CLI_CONFIG_FILE!, "utf8")).toBe("# Terraform's defaults.\n");
  });
});

describe("the user's own provider_installation is left alone", () => {
  const BLOCK = "provider_installation {\n  direct {}\n}\n";

  test.each([
    ["~/.terraformrc", ".terraformrc", BLOCK],
    ["~/.terraform.d/*.tfrc", ".terraform.d/mirror.tfrc", BLOCK],
    [
      "~/.terraform.d/*.tfrc.json",
      ".terraform.d/mirror.tfrc.json",
      '{\n  "provider_installation": {"direct": {}}\n}\n',
    ],
  ])("in %s", async (_, path, text) => {
    const machine = await bare();
    file(join(machine.home, path), text);
    const { source, environment, cached } = await providerInstallation(machine);
    expect([source, cached]).toEqual(["user configuration", true]);
    expect(environment).toEqual({
      TF_PLUGIN_CACHE_DIR: join(machine.root, ".local", "toolchain", "plugin-cache"),
      TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "1",
    });
    expect(installedIn(machine.root)).toEqual(["plugin-cache"]);
  });

  test("in the file that TF_CLI_CONFIG_FILE names", async () => {
    const machine = await bare();
    machine.env.TF_CLI_CONFIG_FILE = file(join(machine.root, "ci.rc"), BLOCK);
    expect((await providerInstallation(machine)).source).toBe("user configuration");
  });

  test("but not one that is commented out, or that TF_CLI_CONFIG_FILE keeps Terraform from reading", async () => {
    const machine = await bare();
    file(join(machine.home, ".terraformrc"), BLOCK.replace(/^/gm, "# "));
    await expect(providerInstallation(machine)).rejects.toThrow("cannot be had");
    file(join(machine.home, ".terraformrc"), BLOCK);
    machine.env.TF_CLI_CONFIG_FILE = file(join(machine.root, "ci.rc"), "disable_checkpoint = true\n");
    await expect(providerInstallation(machine)).rejects.toThrow("cannot be had");
  });
});

describe("where the registry cannot be reached", () => {
  test("a mirror is used through a configuration of our own, and the user is told", async () => {
    const machine = await bare();
    const mirror = join(machine.root, "opt", "plugins");
    unpacked(mirror, "5.100.0");
    const { source, environment, cached, note } = await providerInstallation(machine);

    const config = join(machine.root, ".local", "toolchain", "terraform.rc");
    expect(source).toBe("mirror");
    // cdktf's own cache, which first inits at once may break, would only hold links to the mirror.
    expect(environment).toEqual({ TF_CLI_CONFIG_FILE: config, CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1" });
    expect(cached).toBe(false);
    expect(readFileSync(config, "utf8")).toBe(
      `# Written because ${REGISTRY} could not be reached.
provider_installation {
  filesystem_mirror {
    path    = "${mirror}"
    include = ["${REGISTRY}/*/*"]
  }
  direct {
    exclude = ["${REGISTRY}/*/*"]
  }
}
`,
    );
    expect(note).toMatch(/could not be reached \(.*ECONNREFUSED.*\): hashicorp\/aws 5\.100\.0 comes from the mirror/);
    expect(note).toContain(mirror);
  });

  test("a mirror of archives gets a cache, so that they are unpacked once", async () => {
    const machine = await bare();
    // Its cache does not apply either: this file is replaced.
    file(join(machine.home, ".terraformrc"), 'plugin_cache_dir = "/cache"\n');
    packed(join(machine.root, "opt", "plugins"), "6.25.0");
    const { environment, cached } = await providerInstallation(machine);
    expect(cached).toBe(true);
    expect(Object.keys(environment).sort()).toEqual([
      "TF_CLI_CONFIG_FILE",
      "TF_PLUGIN_CACHE_DIR",
      "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE",
    ]);
  });

  test("a cache that a variable names is used with a mirror of unpacked providers too, as Terraform does", async () => {
    const machine = await bare();
    machine.env.TF_PLUGIN_CACHE_DIR = "/cache";
    unpacked(join(machine.root, "opt", "plugins"), "5.100.0");
    const { environment, cached } = await providerInstallation(machine);
    expect(Object.keys(environment).sort()).toEqual([
      "TF_CLI_CONFIG_FILE",
      "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE",
    ]);
    expect(cached).toBe(true);
  });

  test("the note says which CLI configuration does not apply", async () => {
    const machine = await bare();
    const own = file(join(machine.home, ".terraformrc"), "disable_checkpoint = true\n");
    unpacked(join(machine.root, "opt", "plugins"), "5.100.0");
    expect((await providerInstallation(machine)).note).toContain(`in place of ${own}`);
  });

  test("a folder that Terraform takes for a mirror comes before shared software, the newest version in range first", async () => {
    const machine = await bare();
    const plugins = join(machine.home, ".terraform.d", "plugins");
    for (const version of ["5.99.1", "5.100.0", "6.3.0", "7.0.0"]) unpacked(plugins, version);
    packed(plugins, "6.25.0");
    unpacked(join(machine.root, "opt", "plugins"), "6.30.0");
    expect((await providerInstallation(machine)).note).toContain(
      `hashicorp/aws 6.25.0 comes from the mirror ${plugins}`,
    );
  });

  test.each([
    ["an older version", (mirror: string) => unpacked(mirror, "5.99.1")],
    ["a newer major version", (mirror: string) => unpacked(mirror, "7.0.0")],
    ["another platform, unpacked", (mirror: string) => unpacked(mirror, "5.100.0", "darwin_arm64")],
    ["another platform, packed", (mirror: string) => packed(mirror, "5.100.0", "darwin_arm64")],
    ["another registry", (mirror: string) => unpacked(mirror, "5.100.0", "linux_amd64", "registry.opentofu.org")],
    ["something deeper than two levels", (mirror: string) => unpacked(join(mirror, "deep", "deeper"), "5.100.0")],
  ])("a mirror with nothing but %s is not used", async (_, make) => {
    const machine = await bare();
    make(join(machine.root, "opt", "plugins"));
    await expect(providerInstallation(machine)).rejects.toThrow("cannot be had");
  });

  test("a mirror two levels deep is found", async () => {
    const machine = await bare();
    unpacked(join(machine.root, "opt", "company", "plugins"), "5.100.0");
    expect((await providerInstallation(machine)).source).toBe("mirror");
  });

  test("OpenTofu gets a mirror of its own registry", async () => {
    const machine = await bare();
    const mirror = join(machine.root, "opt", "plugins");
    unpacked(mirror, "5.100.0", "linux_amd64", "registry.opentofu.org");
    const { environment } = await providerInstallation({ ...machine, product: "tofu" });
    expect(readFileSync(environment.TF_CLI_CONFIG_FILE!, "utf8")).toContain('include = ["registry.opentofu.org/*/*"]');
  });

  test("without a mirror one error says what was tried and the ways out", async () => {
    const machine = await bare();
    await expect(providerInstallation(machine)).rejects.toThrow(
      /hashicorp\/aws \(>= 5\.100\.0, < 7\.0\.0\) cannot be had: registry\.terraform\.io could not be reached \(.*ECONNREFUSED.*\), and no folder here holds it for linux_amd64 \(looked in .*plugins, and below .*opt\).*"terraform providers mirror -platform=linux_amd64 plugins"/,
    );
    expect(installedIn(machine.root)).toEqual([]);
  });

  test("a registry that does not answer is given up after the timeout", async () => {
    const machine = { ...(await bare()), discoveryUrl: await serve(() => {}), timeoutMilliseconds: 50 };
    await expect(providerInstallation(machine)).rejects.toThrow("no answer within 0.05 s");
  });

  test("behind a proxy, which only Terraform honours, the registry is left to Terraform", async () => {
    const machine = await bare();
    machine.env.HTTPS_PROXY = "http://proxy:3128";
    expect((await providerInstallation(machine)).source).toBe("registry");
  });

  test("an error from the registry leads to a mirror where there is one, and is left to Terraform where not", async () => {
    const discoveryUrl = await serve((_, response) => response.writeHead(503).end());
    const machine = { ...(await bare()), discoveryUrl };
    expect((await providerInstallation(machine)).source).toBe("registry");
    unpacked(join(machine.root, "opt", "plugins"), "5.100.0");
    expect((await providerInstallation(machine)).note).toContain("it answered 503");
  });
});
