/** Something the user has to mend. Its message is all that is printed: what, where, and how to mend it. */
export class ToolchainError extends Error {
  override readonly name = "ToolchainError";
}

/** Receives one line of progress from a step that takes long (a download, pip, npm). */
export type Report = (line: string) => void;
