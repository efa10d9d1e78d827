/** A file of this folder, and where it belongs on Jenkins' machine. */
export interface MachineFile {
  readonly name: string;
  readonly path: string;
  readonly mode: string;
}

const script = (name: string): MachineFile => ({ name, path: `/opt/ha-jenkins/${name}`, mode: "0755" });
const unit = (name: string): MachineFile => ({ name, path: `/etc/systemd/system/${name}`, mode: "0644" });

/** All that cloud-init writes besides `/etc/ha-jenkins/settings`, before it runs `/opt/ha-jenkins/install.sh`. */
export const machineFiles: readonly MachineFile[] = [
  script("lib.sh"),
  script("install.sh"),
  script("prepare.sh"),
  script("start.sh"),
  script("ready.sh"),
  script("watchdog.sh"),
  unit("ha-jenkins-prepare.service"),
  unit("ha-jenkins-ready.service"),
  unit("ha-jenkins-watchdog.service"),
  unit("ha-jenkins-watchdog.timer"),
  { name: "jenkins.service.conf", path: "/etc/systemd/system/jenkins.service.d/ha-jenkins.conf", mode: "0644" },
  { name: "jenkins.repo", path: "/etc/yum.repos.d/jenkins.repo", mode: "0644" },
  { name: "logrotate.conf", path: "/etc/logrotate.d/ha-jenkins", mode: "0644" },
];
