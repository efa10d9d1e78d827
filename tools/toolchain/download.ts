import { type Report, ToolchainError } from "./error";

const MEGABYTE = 1_000_000;
/** A server that sends nothing for that long is given up. */
const STALL_MILLISECONDS = 30_000;

/**
 * Downloads a file into memory, reporting megabytes and percent.
 * @throws ToolchainError naming the address and the reason when the server cannot be reached, answers with an error,
 * stops sending, or sends less than it announced.
 */
export async function download(url: string, what: string, report: Report): Promise<Uint8Array> {
  const abort = new AbortController();
  const stalled = () => abort.abort(new Error(`nothing received for ${STALL_MILLISECONDS / 1000} s`));
  const timer = setTimeout(stalled, STALL_MILLISECONDS);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || !response.body) {
      throw new Error(`the server answered ${response.status} ${response.statusText}`.trim());
    }
    const total = Number(response.headers.get("content-length") ?? 0);
    const progress = reporter(what, total, report);
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      timer.refresh();
      chunks.push(chunk);
      received += chunk.length;
      progress(received);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw new ToolchainError(`${what} could not be downloaded from ${url}: ${reason(error)}.${proxyNote()}`);
  } finally {
    clearTimeout(timer);
  }
}

/** A line at the start, then one every ten percent. */
function reporter(what: string, total: number, report: Report): (received: number) => void {
  const size = total > 0 ? ` of ${(total / MEGABYTE).toFixed(1)} MB` : "";
  let reported = -1;
  return (received) => {
    const tenths = total > 0 ? Math.floor((received / total) * 10) : 0;
    if (tenths === reported) return;
    reported = tenths;
    const percent = total > 0 ? ` (${tenths * 10}%)` : "";
    report(`downloading ${what}: ${(received / MEGABYTE).toFixed(1)} MB${size}${percent}`);
  };
}

/** What went wrong, from the innermost cause: fetch itself only says "fetch failed". */
export function reason(error: unknown): string {
  const cause = (error as { cause?: unknown }).cause;
  if (cause !== undefined) return reason(cause);
  const { message, code } = error as NodeJS.ErrnoException;
  return message || code || String(error);
}

/** Node's fetch ignores a proxy; pip, npm and Terraform honour it. */
function proxyNote(): string {
  const proxy = process.env.HTTPS_PROXY ?? process.env.https_proxy;
  return proxy ? " HTTPS_PROXY is set, but this download does not go through a proxy." : "";
}
