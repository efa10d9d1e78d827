import { type MachineFile, machineFilesOf } from "../../../shared/runtime/machine-files";

const { file, script, unit, shared } = machineFilesOf(__dirname, "ha-jenkins");

/** All that cloud-init writes besides `/etc/ha-jenkins/settings`, before it runs `/opt/ha-jenkins/install.sh`. */
export const machineFiles: readonly MachineFile[] = [
  shared,
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
  file("jenkins.service.conf", "/etc/systemd/system/jenkins.service.d/ha-jenkins.conf"),
  file("jenkins.repo", "/etc/yum.repos.d/jenkins.repo"),
  file("logrotate.conf", "/etc/logrotate.d/ha-jenkins"),
];
