import { join } from "node:path";

/** A file on disk, and where it belongs on a machine. */
export interface MachineFile {
  /** Absolute path on disk. */
  readonly source: string;
  readonly path: string;
  readonly mode: string;
}

/** Says where files of a folder belong on a machine whose programs are in `/opt/<name>`: see machine.sh. */
export function machineFilesOf(folder: string, name: string) {
  const file = (source: string, path: string, mode = "0644"): MachineFile => ({
    source: join(folder, source),
    path,
    mode,
  });
  return {
    file,
    script: (source: string) => file(source, `/opt/${name}/${source}`, "0755"),
    unit: (source: string) => file(source, `/etc/systemd/system/${source}`),
    /** What the scripts of all machines share. */
    shared: { source: join(__dirname, "machine.sh"), path: `/opt/${name}/machine.sh`, mode: "0755" } as MachineFile,
  };
}
