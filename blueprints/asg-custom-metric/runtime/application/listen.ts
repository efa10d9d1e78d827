import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";

/** Connections that wait to be accepted, as far as net.core.somaxconn allows: clients of a server that ended come at once. */
const BACKLOG = 4096;

/**
 * @param port 0: any that is free.
 * @param setting The setting's name, for the message.
 * @throws Error when the port is taken or not allowed.
 */
export async function listen(server: Server, port: number, setting: string): Promise<void> {
  server.listen({ port, backlog: BACKLOG });
  try {
    await once(server, "listening");
  } catch (error) {
    throw new Error(`${setting}: port ${port} cannot be listened on: ${(error as Error).message}`);
  }
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
