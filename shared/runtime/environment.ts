import type * as z from "zod";

/**
 * Reads the variables that a function was deployed with.
 * @throws Error that names every variable that is missing or wrong: the function fails at once, at its first start.
 */
export function readEnvironment<S extends z.ZodType>(
  schema: S,
  environment: NodeJS.ProcessEnv = process.env,
): z.output<S> {
  const result = schema.safeParse(environment);
  if (result.success) return result.data;
  const wrong = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`Environment variables are missing or wrong: ${wrong.join("; ")}. Deploy the stack again.`);
}
