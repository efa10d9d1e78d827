import { describeCounts, hasFailed, OUTCOMES, type Result } from "./result";
import { codeBlock, cut, MOST_CHARACTERS } from "./text";

/** A result for people: a heading with the counts, what to know, and the plan to fold out. Fits into a comment. */
export function resultMarkdown(result: Result, where: { readonly marker?: string; readonly of: string }): string {
  const verb = result.verb === "plan" ? "Plan" : "Apply";
  const failed = hasFailed(result);
  const heading = `### \`${result.stack}\`: ${failed ? `the ${result.verb} ${OUTCOMES[result.outcome]}` : describeCounts(result)}`;
  const link = result.url ? `, [run in HCP Terraform](${result.url})` : "";
  const head = [where.marker, heading, `${verb} of ${where.of}${link}.`, result.detail].filter(Boolean).join("\n\n");
  if (result.text === "") return head;
  const fold = (text: string, note: string) =>
    `${head}\n\n<details${failed ? " open" : ""}><summary>${failed ? "What Terraform said" : "Plan"}</summary>\n\n${codeBlock(text)}\n\n</details>${note}`;
  const whole = fold(result.text, "");
  if (whole.length <= MOST_CHARACTERS) return whole;
  // Of a failure the end says why.
  const keep = failed ? "end" : "beginning";
  const note = (missing: number) =>
    `\n\n**This is not all of it:** the ${failed ? "first" : "last"} ${missing} characters are left out, because a comment ` +
    `holds ${MOST_CHARACTERS}. The whole text is in ${result.url ? "the run" : "the job's log and its artifact"}.`;
  const room = MOST_CHARACTERS - fold("", note(result.text.length)).length - longestFence(result.text);
  const { text, missing } = cut(result.text, room, keep);
  return fold(text, note(missing));
}

/** What the fences may add to those around no text. */
function longestFence(text: string): number {
  return 2 * Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
