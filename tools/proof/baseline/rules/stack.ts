import { blocks } from "../../../../shared/testing/policy-document";
import type { Attributes } from "../../../../shared/testing/template";
import type { Rule } from "../rule";
import { isSecretName } from "../secrets";
import { textsIn } from "../texts";

const ACCOUNT_ID = /(?<![0-9A-Za-z.])\d{12}(?![0-9A-Za-z.])/;
const REGION =
  /(?<![a-z0-9])(?:af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov|us-isob?|eusc-de)-(?:central|(?:north|south)?(?:east|west)|north|south)-\d(?!\d)/;

/** Digests, in which a run of digits means nothing. */
const DIGEST_ATTRIBUTES = ["source_code_hash", "etag", "content_base64sha256", "source_hash"];

export const stackRules: readonly Rule[] = [
  {
    id: "60.account",
    title: "no account id is written down",
    source: "practice: a blueprint is for any account",
    // Where the provider and the state live is the deploying person's business, not the blueprint's.
    check: ({ json: { terraform: _, provider: __, ...rest } }, given) =>
      occurrences(rest, ACCOUNT_ID, given).map(({ address, found }) => ({
        address,
        what: `holds the account id ${found}`,
        mend: "use data.aws_caller_identity's account_id",
      })),
  },
  {
    id: "60.region",
    title: "no region is written down",
    source: "practice: a blueprint is for any region",
    check: ({ json: { terraform: _, provider, output: ___, variable: ____, ...rest } }, given) =>
      occurrences(withoutGlobalNames(rest, provider), REGION, given).map(({ address, found }) => ({
        address,
        what: `holds the region ${found}`,
        mend: "use data.aws_region, or the ARN of the resource meant",
      })),
  },
  {
    id: "60.tags",
    title: "every provider tags what it creates",
    source: "practice: cost and ownership",
    check: (template) =>
      blocks<Attributes>(template.json.provider?.aws)
        .filter(({ default_tags }) => Object.keys(blocks<Attributes>(default_tags)[0]?.tags ?? {}).length === 0)
        .map(() => ({ address: "provider.aws", what: "has no default tags", mend: "set default_tags" })),
  },
  {
    id: "60.versions",
    title: "Terraform and every provider have a version with a lower and an upper bound",
    source: "practice: tomorrow's release must not change what a plan does",
    check: ({ json }) => [
      ...Object.entries<Attributes>(json.terraform?.required_providers ?? {})
        .filter(([, { version }]) => !isBounded(version))
        .map(([name, { version }]) => ({
          address: `terraform.required_providers.${name}`,
          what: version ? `version ${version} has no upper or no lower bound` : "has no version",
          mend: 'set a version such as ">= 5.100, < 7.0"',
        })),
      ...(json.terraform?.required_version
        ? []
        : [{ address: "terraform", what: "has no required_version", mend: 'set required_version, such as ">= 1.10"' }]),
    ],
  },
  {
    id: "60.backend",
    title: "state in S3 is encrypted",
    source: "practice: state holds secrets in clear text",
    check: ({ json }) =>
      blocks<Attributes>(json.terraform?.backend?.s3)
        .filter(({ encrypt }) => encrypt !== true)
        .map(() => ({ address: "terraform.backend.s3", what: "is not encrypted", mend: "set encrypt to true" })),
  },
  {
    id: "60.outputs",
    title: "every output says what it is, and hides it when it is a secret",
    source: "practice",
    check: (template) =>
      Object.entries(template.outputs()).flatMap(([name, { description, sensitive }]) => [
        ...(description ? [] : [{ address: `output.${name}`, what: "has no description", mend: "set description" }]),
        ...(isSecretName(name) && sensitive !== true
          ? [{ address: `output.${name}`, what: "shows a secret", mend: "set sensitive to true" }]
          : []),
      ]),
  },
];

/**
 * Names of roles, buckets and dashboards are the same in all regions, so the provider's region in them is what lets one
 * account hold the same stack in two regions.
 */
function withoutGlobalNames(json: Attributes, provider?: Attributes): Attributes {
  const own = blocks<Attributes>(provider?.aws).map(({ region }) => region);
  const resource = Object.entries<Attributes>(json.resource ?? {}).map(([type, byName]) => {
    if (!/^aws_(?:iam_|s3_bucket$|cloudwatch_dashboard$)/.test(type)) return [type, byName];
    const kept = Object.entries<Attributes>(byName).map(([name, { ...attributes }]) => {
      for (const key of ["name", "name_prefix", "bucket", "bucket_prefix", "role", "dashboard_name"]) {
        if (own.includes(REGION.exec(String(attributes[key]))?.[0])) delete attributes[key];
      }
      return [name, attributes];
    });
    return [type, Object.fromEntries(kept)];
  });
  return { ...json, resource: Object.fromEntries(resource) };
}

/** The addresses at which a text matches that was not given, with what was found there. */
function occurrences(
  json: Attributes,
  pattern: RegExp,
  given: readonly string[],
): { address: string; found: string }[] {
  const chosen = given.filter((text) => pattern.test(text));
  const firstMatch = (address: string, value: unknown) => {
    const found = textsIn(value, DIGEST_ATTRIBUTES)
      .map((text) => pattern.exec(chosen.reduce((rest, one) => rest.replaceAll(one, ""), text))?.[0])
      .find((match) => match !== undefined);
    return found === undefined ? [] : [{ address, found }];
  };
  return Object.entries(json).flatMap(([section, content]) => {
    // resource.<type>.<name> and data.<type>.<name> have two levels of names, output.<name> and locals.<name> have one.
    const parts = Object.entries<Attributes>(content ?? {});
    if (section !== "resource" && section !== "data") {
      return parts.flatMap(([name, value]) => firstMatch(`${section}.${name}`, value));
    }
    const prefix = section === "data" ? "data." : "";
    return parts.flatMap(([type, byName]) =>
      Object.entries(byName).flatMap(([name, value]) => firstMatch(`${prefix}${type}.${name}`, value)),
    );
  });
}

function isBounded(version: unknown): boolean {
  if (typeof version !== "string") return false;
  const constraints = version.split(",").map((constraint) => constraint.trim());
  const is = (operator: RegExp) => constraints.some((constraint) => operator.test(constraint));
  return is(/^(?:=|~>)?\s*\d/) || (is(/^>=?\s*\d/) && is(/^<=?\s*\d/));
}
