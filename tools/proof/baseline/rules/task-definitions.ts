import type { Attributes, Resource } from "../../../../shared/testing/template";
import { parseJsonText } from "../json-text";

/** The containers of a task definition, by the API's names of their attributes; undefined when they cannot be read. */
export function containersOf({ attributes }: Resource): Attributes[] | undefined {
  const containers = parseJsonText(attributes.container_definitions);
  return Array.isArray(containers) ? containers : undefined;
}
