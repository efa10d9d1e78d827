import { BlueprintMistakes } from "../shared/blueprint/mistakes";
import { ToolchainError } from "./toolchain/error";

/** Runs a command. What the user can mend is printed as its message alone, with exit code 1; a defect of ours with its stack. */
export function runMain(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    const users = error instanceof ToolchainError || error instanceof BlueprintMistakes;
    console.error(users ? (error as Error).message : error);
    process.exitCode = 1;
  });
}
