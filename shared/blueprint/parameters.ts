import { closest, distance } from "fastest-levenshtein";
import { getNodePath, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import * as z from "zod";

/** Where the values came from, for messages. */
export interface ParametersOrigin {
  readonly stackName: string;
  /** Path shown to the user, such as blueprints/kinesis-scaler/parameters.json. */
  readonly file: string;
}

export type ParametersResult<T> =
  | { readonly parameters: T; readonly mistakes?: undefined }
  | { readonly mistakes: readonly string[] };

/**
 * Reads the text of a parameters file against a blueprint's schema. Returns the parameters with defaults filled in, or
 * every mistake: each names the stack, the key, the value given and what is allowed.
 */
export function readParameters<S extends z.ZodType>(
  text: string,
  schema: S,
  origin: ParametersOrigin,
): ParametersResult<z.output<S>> {
  const { value, mistakes } = parseJson(text, origin);
  if (mistakes.length > 0) return { mistakes };

  const { $schema: _, ...given } = value as Record<string, unknown>;
  const result = schema.safeParse(given);
  if (result.success) return { parameters: result.data };

  return {
    mistakes: describeIssues(result.error, given, schema).map(
      (mistake) => `${origin.stackName}: ${mistake} (${origin.file})`,
    ),
  };
}

/**
 * What is wrong with a value, a sentence each: the key, what is allowed, what was given, and what the key means.
 * @param noun what a key is called
 */
export function describeIssues(error: z.ZodError, given: unknown, schema: z.ZodType, noun = "parameter"): string[] {
  const jsonSchema = toJsonSchema(schema);
  return error.issues.filter(isFirstOfItsPath).flatMap((issue) => describeIssue(issue, given, jsonSchema, noun));
}

/** The JSON Schema of a blueprint's parameters file, for editors. */
export function parametersFileSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema, properties, ...rest } = toJsonSchema(schema) as Record<string, unknown>;
  return {
    $schema,
    ...rest,
    properties: {
      $schema: { type: "string", description: "The schema that an editor checks this file with." },
      ...(properties as object),
    },
  };
}

/**
 * For a rule between values: it runs also when the rules of single values failed, so that all mistakes come at once. It
 * therefore meets values of any kind, but always within an object or a list.
 */
export const always = { when: ({ value }: { value: unknown }) => typeof value === "object" && value !== null };

/** What is wrong with a value by itself says enough; a rule between values about the same one adds nothing. */
function isFirstOfItsPath(issue: z.core.$ZodIssue, index: number, issues: readonly z.core.$ZodIssue[]): boolean {
  const path = JSON.stringify(issue.path);
  return issue.code !== "custom" || issues.findIndex((one) => JSON.stringify(one.path) === path) === index;
}

function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
}

function parseJson(text: string, origin: ParametersOrigin): { value: unknown; mistakes: string[] } {
  const at = (offset: number) => {
    const before = text.slice(0, offset).split("\n");
    return `${origin.file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  };
  if (text.trim() === "") {
    return {
      value: undefined,
      mistakes: [`${origin.stackName}: ${origin.file} is empty; write {} to take every default`],
    };
  }
  const errors: ParseError[] = [];
  const tree = parseTree(text.replace(/^\uFEFF/, " "), errors, { disallowComments: true });
  const [first] = errors;
  if (first || !tree) {
    const what = first
      ? printParseErrorCode(first.error)
          .replace(/([a-z])([A-Z])/g, "$1 $2")
          .toLowerCase()
      : "no value";
    return {
      value: undefined,
      mistakes: [`${origin.stackName}: not valid JSON: ${what} at ${at(first?.offset ?? 0)}`],
    };
  }
  if (tree.type !== "object") {
    return {
      value: undefined,
      mistakes: [`${origin.stackName}: ${origin.file} must hold an object { ... }, got ${tree.type}`],
    };
  }
  const mistakes: string[] = [];
  visitDuplicates(tree, (value) =>
    mistakes.push(
      `${origin.stackName}: ${pathText(getNodePath(value))} is given twice; keep one (second at ${at(value.offset)})`,
    ),
  );
  return { value: JSON.parse(text.replace(/^\uFEFF/, "")), mistakes };
}

function visitDuplicates(node: Node, report: (value: Node) => void): void {
  if (node.type === "object") {
    const seen = new Set<string>();
    for (const property of node.children ?? []) {
      const [key, value] = property.children ?? [];
      if (!key || !value) continue;
      if (seen.has(key.value)) report(value);
      seen.add(key.value);
    }
  }
  for (const child of node.children ?? []) visitDuplicates(child, report);
}

type Path = readonly (string | number)[];

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Record<string, JsonSchema>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly format?: string;
}

function describeIssue(issue: z.core.$ZodIssue, given: unknown, schema: JsonSchema, noun: string): string[] {
  const path = issue.path as Path;
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(schemaAt(schema, path)?.properties ?? {});
    return issue.keys.map((key) => {
      const near = known.length > 0 ? closest(key, known) : undefined;
      const hint =
        near !== undefined && distance(key, near) <= Math.max(2, Math.ceil(key.length / 2))
          ? `did you mean ${near}?`
          : `known: ${known.join(", ")}`;
      return `${pathText([...path, key])} is not a ${noun}; ${hint}`;
    });
  }
  const value = path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], given);
  const got = value === undefined ? "nothing" : shorten(JSON.stringify(value));
  if (issue.code === "custom" || issue.code === "invalid_key") {
    const inner = issue.code === "invalid_key" ? issue.issues.map((one) => one.message).join("; ") : issue.message;
    return [
      `${pathText(path)} must be ${inner}, got ${issue.code === "invalid_key" ? JSON.stringify(path.at(-1)) : got}`,
    ];
  }
  const node = schemaAt(schema, path);
  const allowed =
    issue.code === "invalid_format" && issue.format === "regex" && !issue.message.startsWith("Invalid")
      ? issue.message
      : allowedText(node);
  return [`${pathText(path)} must be ${allowed}, got ${got}${node?.description ? `. ${node.description}` : ""}`];
}

function schemaAt(schema: JsonSchema, path: Path): JsonSchema | undefined {
  return path.reduce<JsonSchema | undefined>((at, key) => {
    if (!at) return undefined;
    if (typeof key === "number") return at.items;
    return at.properties?.[key] ?? (typeof at.additionalProperties === "object" ? at.additionalProperties : undefined);
  }, schema);
}

function allowedText(node: JsonSchema | undefined): string {
  if (!node) return "a value that its description allows";
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum) return `one of ${node.enum.map((value) => JSON.stringify(value)).join(", ")}`;
  if (node.anyOf) return `one of ${node.anyOf.map((one) => allowedText(one)).join(", ")}`;
  switch (node.type) {
    case "integer":
    case "number": {
      const kind = node.type === "integer" ? "a whole number" : "a number";
      const low = node.minimum ?? node.exclusiveMinimum;
      return low === undefined ? kind : `${kind}, ${low}..${node.maximum ?? "any"}`;
    }
    case "string": {
      if (node.format === "email") return "an e-mail address";
      const length = node.maxLength === undefined ? "" : ` of ${node.minLength ?? 0}..${node.maxLength} characters`;
      return `a text${length}${node.pattern ? ` matching ${node.pattern}` : ""}`;
    }
    case "array":
      return node.maxItems === undefined ? "a list" : `a list of ${node.minItems ?? 0}..${node.maxItems} items`;
    case "boolean":
      return "true or false";
    case "object":
      return "an object { ... }";
    default:
      return "a value that its description allows";
  }
}

function pathText(path: Path): string {
  if (path.length === 0) return "the file";
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
