import { stripVTControlCharacters } from "node:util";

/** HCP Terraform frames a log with these; the second one says that it is complete. */
const START = "\u0002";
const END = "\u0003";

/** Lines of Terraform's JSON that say how it goes on, not what comes of it. */
const PROGRESS = /^(version|log|refresh_|apply_start|apply_progress|provision_)/;
/** Where Terraform's plan begins, after what was read. */
const BEGINNING = /^(Terraform used the selected providers|No changes\.|Terraform will perform|Terraform planned)/m;

interface Message {
  readonly "@message"?: string;
  readonly type?: string;
  readonly diagnostic?: { readonly severity: string; readonly summary: string; readonly detail?: string };
}

export function isComplete(log: string): boolean {
  return log.includes(END);
}

/**
 * A log as a person reads it. With the workspace's structured output it is JSON, a message a line, which names each
 * resource but not what changes in it.
 * Source: https://developer.hashicorp.com/terraform/internals/machine-readable-ui
 */
export function logText(log: string): string {
  const plain = stripVTControlCharacters(log.replaceAll(START, "").replaceAll(END, "").replaceAll("\r", ""));
  const lines = plain.split("\n").flatMap(readable);
  const text = lines.join("\n").trim();
  const beginning = text.search(BEGINNING);
  return beginning > 0 && !/^(Error|╷)/m.test(text) ? text.slice(beginning) : text;
}

function readable(line: string): string[] {
  if (!line.startsWith("{")) return [line];
  try {
    const { "@message": message, type = "", diagnostic } = JSON.parse(line) as Message;
    if (diagnostic) {
      const severity = diagnostic.severity === "error" ? "Error" : "Warning";
      return ["", `${severity}: ${diagnostic.summary}`, ...(diagnostic.detail ? ["", diagnostic.detail] : []), ""];
    }
    return message === undefined || PROGRESS.test(type) ? [] : [message];
  } catch {
    return [line];
  }
}
