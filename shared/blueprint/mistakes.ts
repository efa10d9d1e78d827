/**
 * What a user got wrong, in the user's words. Thrown with every mistake that was found, so that nobody mends one,
 * runs again and meets the next.
 */
export class BlueprintMistakes extends Error {
  constructor(readonly mistakes: readonly string[]) {
    super(mistakes.join("\n"));
    this.name = "BlueprintMistakes";
  }
}
