import { run } from "./command";

/**
 * Counts the established TCP connections whose local port it is, over IPv4 and IPv6. Not counted are sockets that listen
 * or are being closed, and the client's end of a connection from this machine to itself.
 * @throws Error when `ss` gives no answer.
 */
export async function countConnections(port: number): Promise<number> {
  const established = ["state", "established", "sport", "=", `:${port}`];
  // No header, TCP only, and numbers for addresses: no name is looked up.
  const { stdout, stderr } = await run("ss", ["-H", "-t", "-n", ...established], 10_000);
  // It ends with status 0 even when it cannot ask the kernel.
  if (!stdout && stderr) throw new Error(stderr.trim());
  return stdout.match(/\n/g)?.length ?? 0;
}
