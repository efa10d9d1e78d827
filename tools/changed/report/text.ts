import type { ProjectChange } from "../project-change";
import type { Alike } from "./alike";
import { indented } from "./line";
import { outlineOf } from "./outline";

/** The report for a terminal. */
export function textReport(change: ProjectChange): string {
  const { compared, mistakes, summary, touched, untouched, callOuts, details, removed, howToDestroy } =
    outlineOf(change);
  const width = Math.max(0, ...touched.map(({ stack }) => stack.length));
  const paragraphs = [
    compared,
    mistakes === undefined ? "" : `${mistakes.trimEnd()}\n`,
    summary,
    touched.map(({ stack, kind, counts }) => `  ${stack.padEnd(width)}  ${[kind, counts].filter(Boolean).join(": ")}`),
    untouched.length > 0 && touched.length > 0 ? `Untouched: ${untouched.join(", ")}` : "",
    removed.length > 0 ? [`REMOVED: ${removed.join(", ")}`, ...howToDestroy.map((one) => `  ${one}`)] : "",
    section("PERMISSIONS AND OPENINGS (! deserves a second look, + opens, - closes)", callOuts),
    section("IN DETAIL", details),
  ];
  return paragraphs
    .map((paragraph) => (typeof paragraph === "string" ? paragraph : paragraph.join("\n")))
    .filter((paragraph) => paragraph !== "")
    .join("\n\n");
}

function section(title: string, groups: readonly Alike[]): string[] {
  return groups.length === 0
    ? []
    : [
        title,
        ...groups.flatMap((group) => [group.stacks.join(", "), ...group.lines.map((one) => `  ${indented(one)}`)]),
      ];
}
