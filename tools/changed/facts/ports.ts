import type { Attributes } from "../../../shared/testing/template";

export const WORLD = "the whole internet";

/** `tcp 443`, `udp 1024-65535`, `every protocol and port`. */
export function portsOf({ from_port: from, to_port: to, ip_protocol, protocol: ownProtocol }: Attributes): string {
  const protocol = String(ip_protocol ?? ownProtocol ?? "-1");
  if (protocol === "-1" || protocol === "all") return "every protocol and port";
  const ports =
    from === undefined || from === null ? "all ports" : String(from) === String(to) ? from : `${from}-${to}`;
  return `${protocol === "6" ? "tcp" : protocol === "17" ? "udp" : protocol} ${ports}`;
}
