/** The operating system and processor, in Terraform's words (`linux`, `darwin`, `windows`; `amd64`, `arm64`). */
export interface Platform {
  readonly os: string;
  readonly arch: string;
}

/** The platform this process runs on. */
export function hostPlatform(): Platform {
  return {
    os: process.platform === "win32" ? "windows" : process.platform,
    arch: process.arch === "x64" ? "amd64" : process.arch,
  };
}

/** `linux_amd64`: how releases and provider packages are named. */
export const platformName = ({ os, arch }: Platform): string => `${os}_${arch}`;

type Tool = "terraform" | "tofu" | "python" | "venv" | "node";

const LINUX: Record<Tool, string> = {
  terraform: "apt or dnf, see https://developer.hashicorp.com/terraform/install",
  tofu: "see https://opentofu.org/docs/intro/install/",
  python: "apt install python3 python3-venv, or dnf install python3",
  venv: "apt install python3-venv",
  node: "see https://nodejs.org/en/download",
};

const COMMANDS: Readonly<Record<string, Record<Tool, string>>> = {
  linux: LINUX,
  darwin: {
    terraform: "brew install hashicorp/tap/terraform",
    tofu: "brew install opentofu",
    python: "brew install python",
    venv: "brew install python",
    node: "brew install node@22",
  },
  windows: {
    terraform: "winget install HashiCorp.Terraform",
    tofu: "winget install OpenTofu.Tofu",
    python: "winget install Python.Python.3.12",
    venv: "winget install Python.Python.3.12",
    node: "see https://nodejs.org/en/download",
  },
};

/** How a user of that platform installs a tool: a command, or the page that has it. */
export const howToInstall = (tool: Tool, { os }: Platform): string => (COMMANDS[os] ?? LINUX)[tool];
