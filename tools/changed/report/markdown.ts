import { MOST_CHARACTERS } from "../../pipeline/text";
import type { ProjectChange } from "../project-change";
import type { Alike } from "./alike";
import { fitted, type Part } from "./fitted";
import { asDiff, type Line } from "./line";
import { outlineOf } from "./outline";

/** The report for a comment on a pull request. What does not fit is left out, the details first, and the end says so. */
export function markdownReport(change: ProjectChange): string {
  const { compared, mistakes, summary, touched, untouched, callOuts, details, removed, howToDestroy } =
    outlineOf(change);
  const parts: Part[] = [
    text("what was compared", ["### What this change touches", "", plain(compared), "", `**${summary}**`]),
    ...(mistakes === undefined ? [] : [fenced("why the base does not synthesize", mistakes.split("\n"))]),
    ...(touched.length === 0
      ? []
      : [
          text("the table of stacks", [
            "| Stack | | |",
            "| --- | --- | --- |",
            ...touched.map(({ stack, kind, counts }) => `| ${code(stack)} | ${kind} | ${counts} |`),
          ]),
        ]),
    ...(touched.length > 0 && untouched.length > 0
      ? [text("the untouched stacks", [`Untouched: ${untouched.map(code).join(", ")}`])]
      : []),
    ...(removed.length === 0
      ? []
      : [fenced("how to destroy the removed stacks", howToDestroy, `#### Removed: ${removed.map(code).join(", ")}`)]),
    ...callOuts.map((group, index) => {
      const title = "#### Permissions and openings\n\n`!` deserves a second look, `+` opens, `-` closes.\n\n";
      return diff("permissions and openings", group, `${index === 0 ? title : ""}**${names(group)}**`);
    }),
    ...details.map((group) => {
      const summaryLine = `<details><summary>${names(group)} in detail</summary>`;
      return { ...diff("details", group, summaryLine), end: ["```", "", "</details>"] };
    }),
  ];
  return fitted(parts, MOST_CHARACTERS, `npm run --silent changed -- --base ${change.base.commit}`);
}

function text(name: string, lines: readonly string[]): Part {
  return { name, begin: [], lines, end: [] };
}

function fenced(name: string, lines: readonly string[], title?: string): Part {
  return { name, begin: [...(title ? [title, ""] : []), "```text"], lines: lines.map(unfenced), end: ["```"] };
}

function diff(name: string, { stacks, lines }: Alike, title: string): Part {
  return {
    name: stacks.length > 0 ? `${name} of ${stacks.join(", ")}` : name,
    begin: [title, "", "```diff"],
    lines: lines.map((one: Line) => unfenced(asDiff(one))),
    end: ["```"],
  };
}

/** A line that does not end the block of code it stands in. */
function unfenced(one: string): string {
  return one.replaceAll("\n", " ").replace(/`{3,}/g, (ticks) => ticks.replaceAll("`", "'"));
}

function names({ stacks }: Alike): string {
  return stacks.map((stack) => `<code>${stack}</code>`).join(", ");
}

function code(word: string): string {
  return `\`${word}\``;
}

/** Text of others, such as a commit's subject, without a meaning in Markdown or to GitHub. */
function plain(words: string): string {
  return words
    .replace(/[\\`*_{}[\]<>#|~&]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll("@", "@&#8203;");
}
