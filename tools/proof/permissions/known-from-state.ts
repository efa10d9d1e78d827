import { blocks } from "../../../shared/testing/policy-document";
import type { DeployedResource } from "../../local-aws/cdktf";
import { arn, texts } from "./arns";
import type { Environment, KnownResource } from "./services";

/** Types of which the state has an id and no ARN, and what the ARN calls them. */
const WITHOUT_ARN: Readonly<Record<string, string>> = { aws_nat_gateway: "natgateway" };

/** What calls name a thing by that is another's in IAM: the attribute with that name, and the one that says whose it is. */
const NAMED_BY: Readonly<Record<string, readonly [string, string]>> = {
  aws_efs_mount_target: ["id", "file_system_arn"],
  aws_eip: ["association_id", "arn"],
  aws_eip_association: ["id", "allocation_id"],
  aws_nat_gateway: ["association_id", "allocation_id"],
  aws_kms_alias: ["name", "target_key_arn"],
  aws_route_table_association: ["id", "route_table_id"],
};

/**
 * The resources of a stack's state, with their tags: as they were when the state was read, not when a call was made. What
 * calls name by something else than its ARN has that as its name.
 */
export function knownFromState(deployed: readonly DeployedResource[], environment: Environment): KnownResource[] {
  const own = deployed.flatMap(({ type, values }): KnownResource[] => {
    const arns =
      type in WITHOUT_ARN ? [arn(environment, "ec2", `${WITHOUT_ARN[type]}/${values.id}`)] : texts(values.arn);
    return [
      ...arns.map((one) => ({ arn: one, tags: tagsOf(values) })),
      ...blocks<Values>(values.root_block_device as Values).map((volume) => ({
        arn: arn(environment, "ec2", `volume/${volume.volume_id}`),
        tags: tagsOf(volume),
      })),
    ];
  });
  const named = deployed.flatMap(({ type, values }): KnownResource[] => {
    if (type === "aws_appautoscaling_target") {
      const { service_namespace, resource_id, scalable_dimension } = values;
      return [{ arn: String(values.arn), name: [service_namespace, resource_id, scalable_dimension].join(" ") }];
    }
    const [name = "", whose = ""] = NAMED_BY[type] ?? [];
    return texts(values[name]).map((one) => ({ arn: arnOf(String(values[whose]), own), name: one }));
  });
  return [...own, ...named];
}

type Values = DeployedResource["values"];

function tagsOf({ tags_all }: Values): Record<string, string> {
  return { ...(tags_all as Record<string, string> | undefined) };
}

function arnOf(idOrArn: string, known: readonly KnownResource[]): string {
  return idOrArn.startsWith("arn:") ? idOrArn : (known.find(({ arn }) => arn.endsWith(`/${idOrArn}`))?.arn ?? idOrArn);
}
