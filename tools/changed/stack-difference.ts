import { isDeepStrictEqual } from "node:util";
import type { Template } from "../../shared/testing/template";
import { CodeHashes } from "./code-hashes";
import { differencesOf, type ValueChange } from "./value-difference";

/** Something of a stack that a change adds, removes or alters. */
export interface ElementChange {
  /** `aws_sqs_queue.jobs`, `data.aws_region.region`, `output.queue_url`, `local.settings`, `provider.aws`, `terraform`. */
  readonly address: string;
  readonly change: "added" | "changed" | "removed";
  /** Where it differs; empty for what is added or removed as a whole. */
  readonly values: readonly ValueChange[];
}

/** What differs between two synthesized stacks, in the order of the JSON, without cdktf's metadata. Undefined is no stack. */
export function stackDifference(before: Template | undefined, after: Template | undefined): ElementChange[] {
  const hashes = new CodeHashes(before?.json, after?.json);
  const [old, current] = [elementsOf(before), elementsOf(after)];
  const addresses = [...new Set([...current.keys(), ...old.keys()])];
  return addresses.flatMap((address): ElementChange[] => {
    if (!old.has(address)) return [{ address, change: "added", values: [] }];
    if (!current.has(address)) return [{ address, change: "removed", values: [] }];
    if (isDeepStrictEqual(old.get(address), current.get(address))) return [];
    return [{ address, change: "changed", values: differencesOf(old.get(address), current.get(address), hashes) }];
  });
}

/** Sections of Terraform JSON that hold elements by name, and what their addresses begin with. */
const NAMED_SECTIONS: Record<string, string> = { output: "output", locals: "local", provider: "provider" };

/** All that a stack's JSON holds, by address. A section that is not known is one element. */
function elementsOf(template: Template | undefined): Map<string, unknown> {
  if (!template) return new Map();
  const { resource: _, data: __, ...sections } = template.json;
  const resources = [...template.resources(), ...template.dataSources()];
  const others = Object.entries(sections).flatMap(([section, content]): [string, unknown][] => {
    const prefix = NAMED_SECTIONS[section];
    if (prefix === undefined) return [[section, content]];
    return Object.entries(content as object).map(([name, value]) => [`${prefix}.${name}`, value]);
  });
  return new Map([
    ...resources.map(({ address, attributes }) => [address, attributes] as [string, unknown]),
    ...others,
  ]);
}
