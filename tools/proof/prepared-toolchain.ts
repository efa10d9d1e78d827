import type { Toolchain } from "../toolchain/toolchain";

/** What the proofs on the local AWS need, as `npm test` prepares it. */
export interface PreparedToolchain extends Toolchain {
  /** Node.js of Lambda's version. */
  readonly node22: string;
}

const VARIABLE = "BLUEPRINT_TEST_TOOLCHAIN";

/** Hands the toolchain to the test processes. */
export function toolchainVariable(toolchain: PreparedToolchain): Record<string, string> {
  return { [VARIABLE]: JSON.stringify(toolchain) };
}

/** The toolchain that `npm test` prepared; undefined where it could not, or where a test is run by itself. */
export function preparedToolchain(): PreparedToolchain | undefined {
  const json = process.env[VARIABLE];
  return json === undefined ? undefined : JSON.parse(json);
}

/** `describe` where the toolchain is there, `describe.skip` otherwise: `npm test` says loudly why. */
export function describeWithToolchain(name: string, tests: (toolchain: PreparedToolchain) => void): void {
  const toolchain = preparedToolchain();
  if (toolchain) describe(name, () => tests(toolchain));
  else describe.skip(`${name} (needs npm test)`, () => tests({} as PreparedToolchain));
}
