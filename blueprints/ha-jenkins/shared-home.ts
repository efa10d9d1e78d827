import type { Construct } from "constructs";
import { FileSystem, type FileSystemProps } from "../../shared/storage/file-system";
import type { JenkinsMachine } from "./jenkins-machine";

/** User and group of Jenkins on every machine; runtime/install.sh makes them. */
const JENKINS_UID = 1500;

export interface SharedHomeProps extends Pick<FileSystemProps, "network" | "subnetIds" | "key"> {
  readonly jenkins: JenkinsMachine;
}

/** Jenkins' home on a file system that its machine mounts in whatever zone it is, as Jenkins' own user. */
export class SharedHome extends FileSystem {
  constructor(scope: Construct, id: string, { jenkins, ...props }: SharedHomeProps) {
    super(scope, id, {
      ...props,
      uid: JENKINS_UID,
      gid: JENKINS_UID,
      path: "/jenkins",
      // The stack's own backup plan covers it.
      automaticBackups: false,
    });
    this.allowFrom(jenkins.securityGroup);
    this.grantMount(jenkins.role.role);
  }
}
