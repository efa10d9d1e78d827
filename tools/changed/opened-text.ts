import { gunzipSync } from "node:zlib";
import { parseJsonText } from "../proof/baseline/json-text";

const CLOUD_CONFIG = "#cloud-config\n";

/** What a value holds that is only packed: JSON in a text, cloud-init's user data, and a compressed file in it. */
export function opened(value: unknown): unknown {
  if (typeof value === "string") return openedText(value);
  if (typeof value !== "object" || value === null) return value;
  const { encoding, content } = value as Record<string, unknown>;
  if (encoding !== "gz+b64" || typeof content !== "string") return value;
  try {
    return { ...value, content: gunzipSync(Buffer.from(content, "base64")).toString() };
  } catch {
    return value; // Terraform compresses it, or it is not what it says.
  }
}

function openedText(text: string): unknown {
  if (text.startsWith(CLOUD_CONFIG)) {
    const configuration = jsonIn(text.slice(CLOUD_CONFIG.length));
    return configuration ? { "cloud-config": configuration } : text;
  }
  return jsonIn(text) ?? text;
}

function jsonIn(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const parsed = parseJsonText(text);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined; // An expression without an end: not JSON with references, whatever it is.
  }
}
