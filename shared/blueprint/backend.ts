import type { TerraformStack } from "cdktf";
import type * as z from "zod";
import { cloudSettings, useCloudBackend } from "./backends/cloud";
import { localSettings, useLocalBackend } from "./backends/local";
import { s3Settings, useS3Backend } from "./backends/s3";
import { BlueprintMistakes } from "./mistakes";
import { describeIssues } from "./parameters";

/** The places that state can live in; each has a file of its own in backends/. */
const schemas = { local: localSettings, s3: s3Settings, cloud: cloudSettings };

type BackendType = keyof typeof schemas;
export type BackendSettings = z.output<(typeof schemas)[BackendType]>;

/** Environment variable that replaces the context `backend` of cdktf.json, as JSON. */
export const BACKEND_VARIABLE = "BLUEPRINT_BACKEND";

/**
 * Where state lives: the context `backend` of cdktf.json, or the environment variable BLUEPRINT_BACKEND (the same
 * object as JSON), which wins.
 * @throws BlueprintMistakes when it is not one of the known kinds, or with every setting that is wrong.
 */
export function backendSettings(context: unknown, environment: NodeJS.ProcessEnv = process.env): BackendSettings {
  const variable = environment[BACKEND_VARIABLE];
  const where = variable ? `environment variable ${BACKEND_VARIABLE}` : 'cdktf.json, context "backend"';
  const given = variable ? parse(variable, where) : context;
  const type = typeof given === "object" && given !== null && "type" in given ? given.type : undefined;
  if (!isKnown(type)) {
    const got = given === undefined ? "nothing" : JSON.stringify(given);
    throw new BlueprintMistakes([
      `${where}: must be an object whose type is one of ${Object.keys(schemas).join(", ")}, got ${got}`,
    ]);
  }
  const schema = schemas[type];
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new BlueprintMistakes(
    describeIssues(result.error, given, schema, "setting").map((mistake) => `${where} of type ${type}: ${mistake}`),
  );
}

/** Gives the stack the backend that the settings name, with a state of its own. */
export function useBackend(stack: TerraformStack, settings: BackendSettings, root: string): void {
  switch (settings.type) {
    case "local":
      useLocalBackend(stack, settings, root);
      break;
    case "s3":
      useS3Backend(stack, settings);
      break;
    case "cloud":
      useCloudBackend(stack, settings);
      break;
  }
}

function isKnown(type: unknown): type is BackendType {
  return typeof type === "string" && Object.hasOwn(schemas, type);
}

function parse(variable: string, where: string): unknown {
  try {
    return JSON.parse(variable);
  } catch {
    throw new BlueprintMistakes([
      `${where}: must be JSON such as {"type":"local","directory":".terraform-state"}, got ${variable}`,
    ]);
  }
}
