import { createHash, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";

/** @throws Error when there is none. */
export async function readToken(path: string): Promise<string> {
  const token = await readFile(path, "utf8").catch((error: Error) => {
    throw new Error(`TOKEN_FILE: ${error.message}`);
  });
  if (token.trim() === "") throw new Error(`TOKEN_FILE: ${path} is empty`);
  return token.trim();
}

/** In a time that tells nothing about where two tokens differ. */
export function isSameToken(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
