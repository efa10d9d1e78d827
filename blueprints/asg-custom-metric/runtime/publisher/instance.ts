import { readFileSync } from "node:fs";

/**
 * Asks the instance metadata service, version 2, for the id of this instance. AWS_EC2_METADATA_SERVICE_ENDPOINT may say
 * where it is.
 * @throws Error when it gives none.
 */
export async function instanceId(): Promise<string> {
  const ask = async (path: string, method: string, headers: Record<string, string>) => {
    const url = new URL(path, process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT || "http://169.254.169.254");
    const response = await fetch(url, { method, headers, signal: AbortSignal.timeout(2_000) });
    if (!response.ok) throw new Error(`${path} answers ${response.status}`);
    return response.text();
  };
  const token = await ask("/latest/api/token", "PUT", { "X-aws-ec2-metadata-token-ttl-seconds": "60" });
  return ask("/latest/meta-data/instance-id", "GET", { "X-aws-ec2-metadata-token": token });
}

/** Another one at each boot. */
export const bootId = () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
