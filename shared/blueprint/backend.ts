import type { TerraformStack } from "cdktf";
import * as z from "zod";
import { localSettings, useLocalBackend } from "./backends/local";
import { BlueprintMistakes } from "./mistakes";

// One line for each place that state can live in; each has a file of its own in backends/.
const settingsSchema = z.discriminatedUnion("type", [localSettings]);
const backends = { local: useLocalBackend };

export type BackendSettings = z.output<typeof settingsSchema>;

/** Environment variable that replaces the context `backend` of cdktf.json, as JSON. */
export const BACKEND_VARIABLE = "BLUEPRINT_BACKEND";

/**
 * Where state lives: the context `backend` of cdktf.json, or the environment variable BLUEPRINT_BACKEND (the same
 * object as JSON), which wins.
 * @throws BlueprintMistakes when it is not one of the known kinds, or a setting is wrong.
 */
export function backendSettings(context: unknown, environment: NodeJS.ProcessEnv = process.env): BackendSettings {
  const variable = environment[BACKEND_VARIABLE];
  const where = variable ? `environment variable ${BACKEND_VARIABLE}` : 'cdktf.json, context "backend"';
  let given = context;
  if (variable) {
    try {
      given = JSON.parse(variable);
    } catch {
      throw new BlueprintMistakes([
        `${where}: must be JSON such as {"type":"local","directory":".terraform-state"}, got ${variable}`,
      ]);
    }
  }
  const result = settingsSchema.safeParse(given);
  if (result.success) return result.data;
  throw new BlueprintMistakes(
    result.error.issues.map((issue) => {
      const key = issue.path.length > 0 ? `${issue.path.join(".")}: ` : "";
      const message = issue.path[0] === "type" ? `must be one of ${Object.keys(backends).join(", ")}` : issue.message;
      return `${where}: ${key}${message}, got ${JSON.stringify(given)}`;
    }),
  );
}

/** Gives the stack the backend that the settings name, with a state of its own. */
export function useBackend(stack: TerraformStack, settings: BackendSettings, root: string): void {
  backends[settings.type](stack, settings, root);
}
