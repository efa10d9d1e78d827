import { impliedMirrors } from "./mirrors";

test("on Linux the implied mirrors are the user's and those of the XDG data folders", () => {
  const linux = { os: "linux", arch: "amd64" };
  expect(impliedMirrors({}, "/home/ada", linux)).toEqual([
    "/home/ada/.terraform.d/plugins",
    "/home/ada/.local/share/terraform/plugins",
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
  ]);
  expect(impliedMirrors({ XDG_DATA_HOME: "/data", XDG_DATA_DIRS: "/a:/b" }, "/home/ada", linux)).toEqual([
    "/home/ada/.terraform.d/plugins",
    "/data/terraform/plugins",
    "/a/terraform/plugins",
    "/b/terraform/plugins",
  ]);
});

test("on macOS the implied mirrors are in the Library folders", () => {
  expect(impliedMirrors({}, "/Users/ada", { os: "darwin", arch: "arm64" })).toEqual([
    "/Users/ada/.terraform.d/plugins",
    "/Users/ada/Library/Application Support/io.terraform/plugins",
    "/Library/Application Support/io.terraform/plugins",
  ]);
});
