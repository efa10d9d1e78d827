import { splitTemplate } from "./references";

/** A statement of an IAM policy in IAM's own words, where whatever may be one value or a list is always a list. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string[];
  readonly NotAction?: string[];
  readonly Resource?: string[];
  readonly NotResource?: string[];
  /** By type (`AWS`, `Service`, `Federated`, ...); the principal `"*"` becomes `{ AWS: ["*"] }`, its meaning in IAM. */
  readonly Principal?: Record<string, string[]>;
  readonly NotPrincipal?: Record<string, string[]>;
  /** Operator -> key -> values. */
  readonly Condition?: Record<string, Record<string, string[]>>;
}

/** Attributes of `data.aws_iam_policy_document.<name>`, or nothing when the configuration has none of that name. */
export type PolicyDocumentSource = (name: string) => Record<string, unknown> | undefined;

/**
 * The statements of a policy attribute of synthesized Terraform JSON: a JSON text that may hold `${...}` references, or
 * a reference to an `aws_iam_policy_document` data source. Also takes a policy that has been parsed already.
 *
 * @throws Error on any other form, and on a key or a value that IAM does not know: nothing is passed over.
 */
export function parsePolicy(policy: unknown, documents: PolicyDocumentSource = () => undefined): PolicyStatement[] {
  if (typeof policy !== "string") return statementsOf(policy);
  const reference = /^\$\{data\.aws_iam_policy_document\.([\w-]+)\.(?:json|minified_json)\}$/.exec(policy.trim());
  if (reference) return statementsOfDocument(reference[1]!, documents);
  return statementsOf(parseJson(policy));
}

/** A private-use character, which no policy contains: it stands around the number of a reference taken out. */
const MARK = "\uE000";

/** Parses JSON text whose `${...}` references may hold quotes, which would end the JSON string around them. */
function parseJson(text: string): unknown {
  const references: string[] = [];
  const plain = splitTemplate(text)
    .map((part) => (part.isExpression ? `${MARK}${references.push(part.text) - 1}${MARK}` : part.text))
    .join("");
  const restore = (value: string) => value.replaceAll(/\uE000(\d+)\uE000/g, (_, index) => references[Number(index)]!);
  try {
    return JSON.parse(plain, (_, value) => (typeof value === "string" ? restore(value) : value));
  } catch {
    const start = text.length > 80 ? `${text.slice(0, 80)}...` : text;
    throw new Error(
      `the policy ${start} is neither JSON text nor a reference to an aws_iam_policy_document; ` +
        "write it with JSON.stringify or DataAwsIamPolicyDocument",
    );
  }
}

const DOCUMENT_KEYS = ["Version", "Id", "Statement"];
const STATEMENT_KEYS = [
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Principal",
  "NotPrincipal",
  "Condition",
];

function statementsOf(document: unknown): PolicyStatement[] {
  const { Statement } = record(document, "the policy", DOCUMENT_KEYS);
  if (Statement === undefined) throw new Error("the policy has no Statement");
  return (Array.isArray(Statement) ? Statement : [Statement]).map((raw, index) =>
    statement(raw, `Statement[${index}]`),
  );
}

function statement(raw: unknown, where: string): PolicyStatement {
  const { Sid, Effect, Condition, ...lists } = record(raw, where, STATEMENT_KEYS);
  if (Effect !== "Allow" && Effect !== "Deny") throw new Error(`${where}.Effect must be Allow or Deny`);
  if (lists.Action === undefined && lists.NotAction === undefined) throw new Error(`${where} has no Action`);
  const parsed: Record<string, unknown> = { Effect };
  if (Sid !== undefined) parsed.Sid = Sid;
  for (const [key, value] of Object.entries(lists)) {
    parsed[key] = key.endsWith("Principal") ? principals(value, `${where}.${key}`) : strings(value, `${where}.${key}`);
  }
  if (Condition !== undefined) {
    parsed.Condition = mapValues(record(Condition, `${where}.Condition`), (keys, operator) =>
      mapValues(record(keys, `${where}.Condition.${operator}`), (values, key) =>
        strings(values, `${where}.Condition.${operator}.${key}`),
      ),
    );
  }
  return parsed as unknown as PolicyStatement;
}

function principals(value: unknown, where: string): Record<string, string[]> {
  if (value === "*") return { AWS: ["*"] };
  return mapValues(record(value, where), (identifiers, type) => strings(identifiers, `${where}.${type}`));
}

/** A data source's own spelling of the same: lists in snake_case, conditions as blocks, `&{...}` for IAM's variables. */
function statementsOfDocument(name: string, documents: PolicyDocumentSource): PolicyStatement[] {
  const where = `data.aws_iam_policy_document.${name}`;
  const attributes = documents(name);
  if (!attributes) throw new Error(`${where} is not in this configuration`);
  const { statement: own, source_policy_documents: sources, policy_id: _, version: __, ...unknown } = attributes;
  const unread = Object.keys(unknown);
  if (unread.length > 0)
    throw new Error(`${where} uses ${unread.join(", ")}, which is not evaluated here; use statement`);
  const inherited = blocks(sources).flatMap((source) => parsePolicy(source, documents));
  return [...inherited, ...blocks(own).map((block, index) => documentStatement(block, `${where}.statement[${index}]`))];
}

const DOCUMENT_STATEMENT_KEYS: Record<string, string> = {
  sid: "Sid",
  effect: "Effect",
  actions: "Action",
  not_actions: "NotAction",
  resources: "Resource",
  not_resources: "NotResource",
  principals: "Principal",
  not_principals: "NotPrincipal",
  condition: "Condition",
};

function documentStatement(block: unknown, where: string): PolicyStatement {
  const raw: Record<string, unknown> = { Effect: "Allow" };
  for (const [key, value] of Object.entries(record(block, where, Object.keys(DOCUMENT_STATEMENT_KEYS)))) {
    if (value === null || value === undefined) continue;
    const name = DOCUMENT_STATEMENT_KEYS[key]!;
    if (key.endsWith("principals")) raw[name] = principalBlocks(value, `${where}.${key}`);
    else if (key === "condition") raw[name] = conditionBlocks(value, `${where}.condition`);
    else raw[name] = JSON.parse(JSON.stringify(value).replaceAll("&{", "$$${"));
  }
  return statement(raw, where);
}

function principalBlocks(value: unknown, where: string): Record<string, string[]> {
  const byType: Record<string, string[]> = {};
  for (const block of blocks(value)) {
    const { type, identifiers } = record(block, where, ["type", "identifiers"]);
    const key = type === "*" ? "AWS" : String(type);
    byType[key] = [...(byType[key] ?? []), ...strings(identifiers, where)];
  }
  return byType;
}

function conditionBlocks(value: unknown, where: string): Record<string, Record<string, string[]>> {
  const conditions: Record<string, Record<string, string[]>> = {};
  for (const block of blocks(value)) {
    const { test, variable, values } = record(block, where, ["test", "variable", "values"]);
    const keys = conditions[String(test)] ?? {};
    conditions[String(test)] = {
      ...keys,
      [String(variable)]: [...(keys[String(variable)] ?? []), ...strings(values, where)],
    };
  }
  return conditions;
}

/** Blocks of Terraform JSON, which may be absent, one object, or a list. */
export function blocks<T = unknown>(value: T | readonly T[] | null | undefined): T[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? [...value] : [value as T];
}

function record(value: unknown, where: string, known?: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${where} is not an object`);
  const unknown = known ? Object.keys(value).filter((key) => !known.includes(key)) : [];
  if (unknown.length > 0) throw new Error(`${where} has ${unknown.join(", ")}, which is none of ${known!.join(", ")}`);
  return value as Record<string, unknown>;
}

function strings(value: unknown, where: string): string[] {
  return (Array.isArray(value) ? value : [value]).map((element) => {
    // IAM takes true and 5 where it means "true" and "5".
    if (typeof element === "boolean" || typeof element === "number") return String(element);
    if (typeof element !== "string") throw new Error(`${where} must be text or a list of text`);
    return element;
  });
}

function mapValues<V, W>(object: Record<string, V>, map: (value: V, key: string) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));
}
