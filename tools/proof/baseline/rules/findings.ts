import { blocks } from "../../../../shared/testing/policy-document";
import { refersTo } from "../../../../shared/testing/references";
import type { Attributes, Resource } from "../../../../shared/testing/template";
import type { Finding } from "../rule";

/** The same finding for every resource of which something holds. */
export function findingsFor(
  resources: readonly Resource[],
  isWrong: (attributes: Attributes, resource: Resource) => boolean,
  what: string,
  mend: string,
): Finding[] {
  return resources
    .filter((resource) => isWrong(resource.attributes, resource))
    .map(({ address }) => ({ address, what, mend }));
}

/** Whether Terraform takes it for true: some attributes are texts ("true"). An expression is not known to be. */
export function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}

/** Whether it is said to be false: what is left out, and an expression, is not known to be. */
export function isFalse(value: unknown): boolean {
  return value === false || value === "false";
}

/** Whether a value is a resource: a reference to it, or the name that it has in an attribute. */
export function denotes(value: unknown, { address, attributes }: Resource, nameAttribute = "name"): boolean {
  const name = attributes[nameAttribute];
  return refersTo(value, address) || (name !== undefined && value === name);
}

/** Whether Terraform leaves an attribute alone that differs from what is configured. */
export function ignores(lifecycle: unknown, attribute: string): boolean {
  const ignored = blocks<Attributes>(lifecycle as Attributes).flatMap(({ ignore_changes }) =>
    blocks<string>(ignore_changes),
  );
  return ignored.includes(attribute) || ignored.includes("all");
}
