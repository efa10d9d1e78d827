interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Record<string, Schema>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly format?: string;
}

/** A Markdown table of the parameters that a JSON Schema describes, those of an object or a list's items beneath it. */
export function parametersTable(schema: object): string {
  const rows = rowsOf(schema as Schema, "");
  return ["| Parameter | Allowed | Default | Meaning |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function rowsOf({ properties = {}, required = [] }: Schema, prefix: string): string[] {
  return Object.entries(properties)
    .filter(([key]) => key !== "$schema")
    .flatMap(([key, schema]) => {
      const path = `${prefix}${key}`;
      const row = [`\`${path}\``, allowed(schema), defaultOf(schema, required.includes(key)), meaning(schema)];
      const below = [...rowsOf(schema.items ?? {}, `${path}[].`), ...rowsOf(schema, `${path}.`)];
      return [`| ${row.join(" | ")} |`, ...below];
    });
}

function allowed(schema: Schema): string {
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.anyOf) return schema.anyOf.map(allowed).join(", ");
  switch (schema.type) {
    case "integer":
    case "number":
      return `${schema.minimum}..${schema.maximum}`;
    case "boolean":
      return "`true`, `false`";
    case "array":
      return `list of ${schema.minItems ?? 0}..${schema.maxItems ?? "any number"}`;
    case "object":
      return schema.properties ? "object" : "object of texts";
    default:
      return schema.format === "email" ? "e-mail address" : "text";
  }
}

function defaultOf(schema: Schema, required: boolean): string {
  if (schema.default !== undefined) return `\`${JSON.stringify(schema.default)}\``;
  return required ? "**required**" : "";
}

function meaning({ description = "", default: value }: Schema): string {
  // A default that is a value has a column of its own; one that is empty is what the words say.
  const isSaid = value === undefined || ["{}", "[]", '""'].includes(JSON.stringify(value));
  const text = isSaid ? description : description.replace(/ Default: [^.]*\./, "");
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
