import { blocks, type PolicyStatement, parsePolicy } from "./policy-document";
import { refersTo } from "./references";
import type { Resource, Template } from "./template";

/** See {@link Template.policyStatements}. */
export function rolePolicyStatements(
  template: Template,
  roleOrFunction: string,
  awsManaged: readonly string[],
): PolicyStatement[] {
  const role = findRole(template, roleOrFunction);
  const read = (policy: unknown, where: string) => {
    try {
      return parsePolicy(policy, (name) => template.at(`data.aws_iam_policy_document.${name}`)?.attributes);
    } catch (error) {
      throw new Error(`${where}: ${(error as Error).message}`);
    }
  };
  const inline = [
    ...blocks<{ policy?: string }>(role.attributes.inline_policy).map(({ policy }) => read(policy, role.address)),
    ...template
      .resources("aws_iam_role_policy")
      .filter((policy) => isRole(policy.attributes.role, role))
      .map(({ address, attributes }) => read(attributes.policy, address)),
  ];
  const attached = attachedPolicyArns(template, role).flatMap((arn) => {
    const policy = template.resources("aws_iam_policy").find(({ address }) => refersTo(arn, address));
    if (policy) return [read(policy.attributes.policy, policy.address)];
    if (awsManaged.some((name) => arn.endsWith(`/${name}`))) return [];
    throw new Error(
      `${role.address} has ${arn} attached, whose statements are not in this configuration; name it if that is meant`,
    );
  });
  return [...inline, ...attached].flat();
}

/** ARNs, or references to them, of the managed policies of a role. */
export function attachedPolicyArns(template: Template, role: Resource): string[] {
  return [
    ...blocks<string>(role.attributes.managed_policy_arns),
    ...template
      .resources("aws_iam_role_policy_attachment")
      .filter(({ attributes }) => isRole(attributes.role, role))
      .map(({ attributes }) => attributes.policy_arn),
    ...template
      .resources("aws_iam_policy_attachment")
      .filter(({ attributes }) => blocks(attributes.roles).some((name) => isRole(name, role)))
      .map(({ attributes }) => attributes.policy_arn),
  ];
}

function isRole(reference: unknown, role: Resource): boolean {
  const { name } = role.attributes;
  return refersTo(reference, role.address) || (name !== undefined && reference === name);
}

function findRole(template: Template, roleOrFunction: string): Resource {
  const roles = template.resources("aws_iam_role");
  const role = roles.find(({ address }) => address === roleOrFunction);
  if (role) return role;
  const functions = template.resources("aws_lambda_function");
  const lambda = functions.find(
    ({ address, name, attributes }) =>
      address === roleOrFunction || name === roleOrFunction || attributes.function_name === roleOrFunction,
  );
  const known = [...roles, ...functions].map(({ address }) => address).join(", ") || "neither roles nor functions";
  if (!lambda) throw new Error(`no role or function ${roleOrFunction} in this stack. It has ${known}`);
  const itsRole = roles.find(({ address }) => refersTo(lambda.attributes.role, address));
  if (!itsRole) throw new Error(`the role of ${lambda.address}, ${lambda.attributes.role}, is not in this stack`);
  return itsRole;
}
