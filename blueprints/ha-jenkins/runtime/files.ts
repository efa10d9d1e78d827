import { join } from "node:path";

/** A file on disk, and where it belongs on Jenkins' machine. */
export interface MachineFile {
  /** Absolute path on disk. */
  readonly source: string;
  readonly path: string;
  readonly mode: string;
}

const here = (name: string) => join(__dirname, name);
const script = (source: string, name: string): MachineFile => ({
  source,
  path: `/opt/ha-jenkins/${name}`,
  mode: "0755",
});
const own = (name: string) => script(here(name), name);
const unit = (name: string): MachineFile => ({ source: here(name), path: `/etc/systemd/system/${name}`, mode: "0644" });

/** All that cloud-init writes besides `/etc/ha-jenkins/settings`, before it runs `/opt/ha-jenkins/install.sh`. */
export const machineFiles: readonly MachineFile[] = [
  script(here("../../../shared/runtime/machine.sh"), "machine.sh"),
  own("lib.sh"),
  own("install.sh"),
  own("prepare.sh"),
  own("start.sh"),
  own("ready.sh"),
  own("watchdog.sh"),
  unit("ha-jenkins-prepare.service"),
  unit("ha-jenkins-ready.service"),
  unit("ha-jenkins-watchdog.service"),
  unit("ha-jenkins-watchdog.timer"),
  { source: here("jenkins.service.conf"), path: "/etc/systemd/system/jenkins.service.d/ha-jenkins.conf", mode: "0644" },
  { source: here("jenkins.repo"), path: "/etc/yum.repos.d/jenkins.repo", mode: "0644" },
  { source: here("logrotate.conf"), path: "/etc/logrotate.d/ha-jenkins", mode: "0644" },
];
