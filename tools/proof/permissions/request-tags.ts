import type { Parameters } from "./services";

/** What services call the tags that a call gives. */
const TAGS = ["tags", "Tags", "BackupPlanTags", "BackupVaultTags"];
const IN_A_QUERY = /^(?:Tags\.member|Tag|TagSpecification\.\d+\.Tag)\.\d+\.Key$/;

/**
 * The tags that a call gives, in whichever of AWS's ways: a map, a list of keys and values, or the parameters of a query.
 * Those of a call that tags several things are taken together.
 */
export function requestTags(parameters: Parameters): Record<string, string> {
  const given = TAGS.map((name) => parameters[name]).find((tags) => typeof tags === "object" && tags !== null);
  if (Array.isArray(given)) return Object.fromEntries(given.map(pair));
  if (given) return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, String(value)]));
  const keys = Object.keys(parameters).filter((name) => IN_A_QUERY.test(name));
  return Object.fromEntries(
    keys.map((name) => [String(parameters[name]), String(parameters[name.replace(/Key$/, "Value")] ?? "")]),
  );
}

/** As conditions of IAM. */
export function requestTagConditions(parameters: Parameters): Record<string, string> {
  return Object.fromEntries(
    Object.entries(requestTags(parameters)).map(([key, value]) => [`aws:requesttag/${key.toLowerCase()}`, value]),
  );
}

/** In capitals, in small letters, or as KMS has it. */
function pair(tag: Readonly<Record<string, unknown>>): [string, string] {
  const of = (...names: string[]) => String(names.map((name) => tag[name]).find((value) => value !== undefined) ?? "");
  return [of("Key", "key", "TagKey"), of("Value", "value", "TagValue")];
}
