import { arn, texts } from "./arns";
import { requestTagConditions } from "./request-tags";
import type { Environment, IamRequest, Parameters, Service } from "./services";

/** Whose a mount target is, the environment knows by its id. */
export const elasticFileSystem: Service = {
  prefix: "elasticfilesystem",
  resources: (_, { FileSystemId, AccessPointId, MountTargetId }, environment) => [
    ...texts(FileSystemId).map((id) => arn(environment, "elasticfilesystem", `file-system/${id}`)),
    ...texts(AccessPointId).map((id) => arn(environment, "elasticfilesystem", `access-point/${id}`)),
    ...texts(MountTargetId).map((id) => fileSystemOf(id, environment)),
  ],
  split: {
    CreateFileSystem: (parameters, environment) =>
      creation("CreateFileSystem", "*", "file-system", parameters, environment),
    CreateAccessPoint: (parameters, environment) =>
      creation(
        "CreateAccessPoint",
        arn(environment, "elasticfilesystem", `file-system/${parameters.FileSystemId}`),
        "access-point",
        parameters,
        environment,
      ),
  },
};

function creation(
  operation: string,
  resource: string,
  made: string,
  parameters: Parameters,
  environment: Environment,
): IamRequest[] {
  const conditions = requestTagConditions(parameters);
  const asked = { action: `elasticfilesystem:${operation}`, resource, conditions };
  if (Object.keys(conditions).length === 0) return [asked];
  return [
    asked,
    {
      action: "elasticfilesystem:TagResource",
      resource: arn(environment, "elasticfilesystem", `${made}/*`),
      conditions: { ...conditions, "elasticfilesystem:createaction": operation },
    },
  ];
}

function fileSystemOf(mountTarget: string, { resources = [] }: Environment): string {
  const known = resources.find(({ name }) => name === mountTarget);
  if (!known) throw new Error(`no file system of ${mountTarget} is known; give it among the environment's resources`);
  return known.arn;
}
