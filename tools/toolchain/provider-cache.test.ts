import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fillProviderCache } from "./provider-cache";
import { cleanUp, program, temporaryFolder } from "./test-support";

afterEach(cleanUp);

/** A terraform that writes down what it is called with. */
function recording() {
  const seen = join(temporaryFolder(), "seen");
  const binary = program(
    join(temporaryFolder(), "terraform"),
    `/bin/cat main.tf.json >${seen}`,
    `echo " $* $TF_PLUGIN_CACHE_DIR" >>${seen}`,
  );
  return { terraform: { binary }, providerCached: true, seen: () => readFileSync(seen, "utf8") };
}

describe("the cache of the provider", () => {
  test("is filled by an init of its own, with the release that the stacks will ask for", async () => {
    const environment = { TF_PLUGIN_CACHE_DIR: "/cache", BLUEPRINT_AWS_PROVIDER: "5.100.0" };
    const { seen, ...toolchain } = recording();
    await fillProviderCache({ ...toolchain, environment });
    expect(seen()).toMatch(/"hashicorp\/aws","version":"5\.100\.0".* init .*-backend=false.* \/cache/s);
  });

  test("is filled with any release in the blueprints' range where a mirror or the user decides which there is", async () => {
    const { seen, ...toolchain } = recording();
    await fillProviderCache({ ...toolchain, environment: {} });
    expect(seen()).toContain('"version":">= 5.100.0, < 7.0.0"');
  });

  test("is left alone where there is none", async () => {
    const toolchain = { terraform: { binary: "/no/terraform" }, environment: {}, providerCached: false };
    await expect(fillProviderCache(toolchain)).resolves.toBeUndefined();
  });

  test("says what Terraform says when it cannot be filled", async () => {
    const binary = program(join(temporaryFolder(), "terraform"), "echo no registry >&2; exit 1");
    const toolchain = { terraform: { binary }, environment: {}, providerCached: true };
    await expect(fillProviderCache(toolchain)).rejects.toThrow("no registry");
  });
});
