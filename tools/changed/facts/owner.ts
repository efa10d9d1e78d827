import { refersTo } from "../../../shared/testing/references";
import type { Template } from "../../../shared/testing/template";

/** The address of the resource that a value refers to, or the value itself: something that the stack did not make. */
export function ownerOf(template: Template, value: unknown, ...types: readonly string[]): string {
  const own = types
    .flatMap((type) => template.resources(type))
    .find(
      ({ address, attributes }) =>
        refersTo(value, address) ||
        (value !== undefined && [attributes.name, attributes.bucket, attributes.function_name].includes(value)),
    );
  return own?.address ?? String(value);
}
