import type { Environment } from "./services";

/** The ARN of something in the Region and the account that calls are made in. */
export function arn({ partition, region, account }: Environment, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}

/** The ARN of a role that a call names by its name or its ARN. */
export function roleArn(role: string, { partition, account }: Environment): string {
  return role.startsWith("arn:") ? role : `arn:${partition}:iam::${account}:role/${role}`;
}

/** A parameter that may be missing, one value or a list. */
export function texts(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** The members of a list in a query: `AlarmNames.member.1`, or EC2's `ResourceId.1`; or a list as it is. */
export function members(parameters: Readonly<Record<string, unknown>>, name: string): string[] {
  const listed = Object.entries(parameters).filter(([key]) => new RegExp(`^${name}\\.(?:member\\.)?\\d+$`).test(key));
  return [...texts(parameters[name]), ...listed.map(([, value]) => String(value))];
}
