import { compareVersions } from "./version";

test.each([
  ["1.9.8", "1.10.0"],
  ["5.99.1", "5.100.0"],
  ["3.9.19", "3.10"],
  ["3.10", "3.10.1"],
])("%s is older than %s, number by number", (older, newer) => {
  expect(compareVersions(older, newer)).toBeLessThan(0);
  expect(compareVersions(newer, older)).toBeGreaterThan(0);
});

test("missing numbers count as zero and a pre-release as its release", () => {
  expect(compareVersions("7.0", "7.0.0")).toBe(0);
  expect(compareVersions("1.12.0-beta1", "1.12.0")).toBe(0);
});
