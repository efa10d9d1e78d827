import { arn, texts } from "./arns";
import { requiredResourceTypes, resourceTypesOf } from "./iam-actions";
import { requestTagConditions } from "./request-tags";
import type { Environment, IamRequest, Parameters, Service } from "./services";

/** What ids begin with, and what ARNs call it. */
const TYPES: Readonly<Record<string, string>> = {
  acl: "network-acl",
  eipalloc: "elastic-ip",
  eni: "network-interface",
  fl: "vpc-flow-log",
  i: "instance",
  igw: "internet-gateway",
  lt: "launch-template",
  nat: "natgateway",
  rtb: "route-table",
  sg: "security-group",
  sgr: "security-group-rule",
  subnet: "subnet",
  vol: "volume",
  vpc: "vpc",
  vpce: "vpc-endpoint",
};

/** Operations that make something, of which no id is known yet. */
const MAKING = /^(?:Allocate|Authorize|Create|Run)/;

export const ec2: Service = {
  prefix: "ec2",
  conditions: (operation, parameters) => (operation === "ModifyInstanceAttribute" ? modifiedAttribute(parameters) : {}),
  passes: (_, { DeliverLogsPermissionArn }) =>
    texts(DeliverLogsPermissionArn).map((role) => ({ role, to: "vpc-flow-logs" })),
  understand: understood,
};

/**
 * The resources that a call names by their ids, as far as the reference knows the action to take such, and those that it
 * makes: what the reference asks for and no id names, and what it gives tags. Who makes something with tags is asked for
 * CreateTags, too.
 */
async function understood(
  operation: string,
  parameters: Parameters,
  environment: Environment,
): Promise<IamRequest[] | undefined> {
  const action = `ec2:${operation}`;
  const taken = await resourceTypesOf(action);
  if (taken.length === 0) return [{ action, resource: "*", conditions: {} }];
  const named = namedResources(parameters, environment).filter(({ type }) => taken.includes(type));
  const tagged = operation === "CreateTags" ? [] : taggedTypes(parameters);
  const required = MAKING.test(operation) ? await requiredResourceTypes(action) : [];
  const made = [...new Set([...required.filter((type) => named.every((one) => one.type !== type)), ...tagged])];
  const conditions = { ...requestTagConditions(parameters), ...ec2.conditions?.(operation, parameters, environment) };
  const resources = [...named.map((one) => one.arn), ...made.map((type) => arn(environment, "ec2", `${type}/*`))];
  if (resources.length === 0) return undefined;
  return [
    ...resources.map((resource) => ({ action, resource, conditions })),
    ...tagged.map((type) => ({
      action: "ec2:CreateTags",
      resource: arn(environment, "ec2", `${type}/*`),
      conditions: { ...conditions, "ec2:createaction": operation },
    })),
  ];
}

/** An association names its route table or its address by a detour; the environment knows which. */
function namedResources(parameters: Parameters, environment: Environment): { type: string; arn: string }[] {
  const values = Object.entries(parameters)
    .filter(([name]) => !/^(?:Tag|Filter|ClientToken|UserData)/.test(name))
    .map(([, value]) => String(value));
  return values.flatMap((value) => {
    const known = environment.resources?.find(({ name }) => name === value);
    const [, prefix = ""] = /^([a-z]+)-[0-9a-f]+$/.exec(value) ?? [];
    const type = TYPES[prefix];
    if (known) return [{ type: known.arn.split(":").at(-1)?.split("/")[0] ?? "", arn: known.arn }];
    if (prefix === "ami")
      return [{ type: "image", arn: arn({ ...environment, account: "" }, "ec2", `image/${value}`) }];
    return type ? [{ type, arn: arn(environment, "ec2", `${type}/${value}`) }] : [];
  });
}

function taggedTypes(parameters: Parameters): string[] {
  return Object.entries(parameters)
    .filter(([name]) => /^TagSpecification\.\d+\.ResourceType$/.test(name))
    .map(([, type]) => String(type));
}

/**
 * `DisableApiTermination.Value=false`, or the older form `Attribute=disableApiTermination&Value=false`. In the conditions
 * an attribute is called as the API calls the parameter.
 *
 * @throws Error on what asks IAM about other resources, too
 */
function modifiedAttribute(parameters: Parameters): IamRequest["conditions"] {
  const others = Object.keys(parameters).filter((key) => /^(GroupId|BlockDeviceMapping)\b/.test(key));
  if (others.length > 0) {
    throw new Error(
      `ec2 ModifyInstanceAttribute: ${others.join(", ")} is about more than the instance. Add it to ec2.ts`,
    );
  }
  const [key, value] = Object.entries(parameters).find(([name]) => name.endsWith(".Value")) ?? [];
  const name = key?.slice(0, -".Value".length) ?? capitalized(String(parameters.Attribute));
  return { "ec2:attribute": name, [`ec2:attribute/${name.toLowerCase()}`]: String(value ?? parameters.Value) };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
