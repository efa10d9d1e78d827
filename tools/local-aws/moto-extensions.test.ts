import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describeWithToolchain } from "../proof/prepared-toolchain";

describeWithToolchain("the extensions of moto", (toolchain) => {
  test("pass the tests that are written beside them, in Python", () => {
    const { status, stderr } = spawnSync(toolchain.python.binary, [join(__dirname, "test_moto_extensions.py")], {
      encoding: "utf8",
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    });
    // All that was said where it fails: which of the tests it was stands far above.
    expect(status === 0 ? stderr.trim().split("\n").at(-1) : stderr).toBe("OK");
  });
});
