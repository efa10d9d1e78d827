import * as z from "zod";

/** Text of a variable that is a number within a range, both ends included; small ones as JavaScript writes them, too. */
export const numberText = (least: number, most: number) =>
  rangedText(/^\d+(\.\d+)?(e-\d+)?$/, least, most, `must be a number, ${least}..${most}`);

/** Text of a variable or an option that is a whole number within a range, both ends included. */
export const wholeNumberText = (least: number, most: number) =>
  rangedText(/^\d+$/, least, most, `must be a whole number, ${least}..${most}`);

/**
 * Text that is a number of some form, within a range, both ends included.
 * @param error what it must be
 */
export function rangedText(form: RegExp, least: number, most: number, error: string) {
  return z
    .string("is missing")
    .regex(form, error)
    .transform(Number)
    .pipe(z.number().min(least, error).max(most, error));
}
