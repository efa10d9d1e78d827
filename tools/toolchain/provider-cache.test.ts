import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fillProviderCache } from "./provider-cache";
import { cleanUp, program, temporaryFolder } from "./test-support";

afterEach(cleanUp);

describe("the cache of the provider", () => {
  test("is filled by an init of its own, with the release that the stacks will ask for", async () => {
    const folder = temporaryFolder();
    const seen = join(folder, "seen");
    const terraform = program(
      join(folder, "terraform"),
      `/bin/cat main.tf.json >${seen}`,
      `echo " $* $TF_PLUGIN_CACHE_DIR" >>${seen}`,
    );
    await fillProviderCache(terraform, { TF_PLUGIN_CACHE_DIR: "/cache" });
    expect(readFileSync(seen, "utf8")).toMatch(
      /"hashicorp\/aws","version":"5\.100\.0".* init .*-backend=false.* \/cache/s,
    );
  });

  test("is left alone where there is none: with a mirror, or the user's own", async () => {
    await expect(fillProviderCache("/no/terraform", {})).resolves.toBeUndefined();
  });

  test("says what Terraform says when it cannot be filled", async () => {
    const terraform = program(join(temporaryFolder(), "terraform"), "echo no registry >&2; exit 1");
    await expect(fillProviderCache(terraform, { TF_PLUGIN_CACHE_DIR: "/cache" })).rejects.toThrow("no registry");
  });
});
