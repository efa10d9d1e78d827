import { existsSync } from "node:fs";
import { join } from "node:path";
import { machineFilesOf } from "./machine-files";

const { file, script, unit, shared } = machineFilesOf("/blueprint/runtime", "example");

test("scripts belong where they find machine.sh beside them, and run", () => {
  expect(script("install.sh")).toEqual({
    source: "/blueprint/runtime/install.sh",
    path: "/opt/example/install.sh",
    mode: "0755",
  });
  expect(shared).toEqual({ source: join(__dirname, "machine.sh"), path: "/opt/example/machine.sh", mode: "0755" });
  expect(existsSync(shared.source)).toBe(true);
});

test("units belong where systemd looks for those of the machine's owner, and nobody runs or changes them", () => {
  expect(unit("example.service")).toMatchObject({ path: "/etc/systemd/system/example.service", mode: "0644" });
});

test("other files belong where they are told", () => {
  expect(file("sysctl.conf", "/etc/sysctl.d/90.conf")).toEqual({
    source: "/blueprint/runtime/sysctl.conf",
    path: "/etc/sysctl.d/90.conf",
    mode: "0644",
  });
});
