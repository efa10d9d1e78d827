import * as z from "zod";

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

/** A variable that is a number within a range, both ends included. */
export const numberVariable = (least: number, most: number) =>
  ranged(/^\d+(\.\d+)?(e-\d+)?$/, least, most, `must be a number, ${least}..${most}`);

/** A variable that is a whole number within a range, both ends included. */
export const wholeVariable = (least: number, most: number) =>
  ranged(/^\d+$/, least, most, `must be a whole number, ${least}..${most}`);

function ranged(form: RegExp, least: number, most: number, error: string) {
  return z
    .string("is missing")
    .regex(form, error)
    .transform(Number)
    .pipe(z.number().min(least, error).max(most, error));
}
