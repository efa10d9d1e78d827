import { join } from "node:path";

/** A file on disk, and where it belongs on a server. */
export interface ServerFile {
  /** Absolute path on disk. */
  readonly source: string;
  readonly path: string;
  readonly mode: string;
}

const here = (name: string) => join(__dirname, name);
const script = (source: string, name: string): ServerFile => ({
  source,
  path: `/opt/tcp-server/${name}`,
  mode: "0755",
});
const own = (name: string) => script(here(name), name);
const unit = (name: string): ServerFile => ({ source: here(name), path: `/etc/systemd/system/${name}`, mode: "0644" });

/**
 * What cloud-init writes before it runs `/opt/tcp-server/install.sh`, besides `/etc/tcp-server/settings`, `publisher.json` and
 * `agent.json` there, and `/opt/tcp-server/publisher.js`.
 */
export const serverFiles: readonly ServerFile[] = [
  script(here("../../../../shared/runtime/machine.sh"), "machine.sh"),
  own("install.sh"),
  own("prepare.sh"),
  { source: here("environment.mjs"), path: "/opt/tcp-server/environment.mjs", mode: "0644" },
  own("ready.sh"),
  unit("tcp-server-prepare.service"),
  unit("tcp-server.service"),
  unit("tcp-server-ready.service"),
  unit("tcp-server-metric.service"),
  { source: here("sysctl.conf"), path: "/etc/sysctl.d/90-tcp-server.conf", mode: "0644" },
  { source: here("logrotate.timer.conf"), path: "/etc/systemd/system/logrotate.timer.d/tcp-server.conf", mode: "0644" },
];
