import { type MachineFile, machineFilesOf } from "../../../../shared/runtime/machine-files";

const { file, script, unit, shared } = machineFilesOf(__dirname, "tcp-server");

/**
 * What cloud-init writes before it runs `/opt/tcp-server/install.sh`, besides `/etc/tcp-server/settings`, `publisher.json` and
 * `agent.json` there, and `/opt/tcp-server/publisher.js`.
 */
export const serverFiles: readonly MachineFile[] = [
  shared,
  script("install.sh"),
  script("prepare.sh"),
  file("environment.mjs", "/opt/tcp-server/environment.mjs"),
  script("ready.sh"),
  unit("tcp-server-prepare.service"),
  unit("tcp-server.service"),
  unit("tcp-server-ready.service"),
  unit("tcp-server-metric.service"),
  file("sysctl.conf", "/etc/sysctl.d/90-tcp-server.conf"),
  file("logrotate.timer.conf", "/etc/systemd/system/logrotate.timer.d/tcp-server.conf"),
];
