import { synthesize } from "./shared/blueprint/app";
import { BlueprintMistakes } from "./shared/blueprint/mistakes";

try {
  synthesize(__dirname);
} catch (error) {
  if (!(error instanceof BlueprintMistakes)) throw error;
  for (const mistake of error.mistakes) console.error(mistake);
  process.exitCode = 1;
}
