import { posix } from "node:path";

const LINK = /\[([^\]]*)\]\(([^)\s]+)\)/g;

/** Paths, relative to the project's root, that a Markdown file links to. */
export function linkedPaths(file: string, text: string): string[] {
  return [...text.matchAll(LINK)].flatMap(([, , target = ""]) => targetPath(file, target) ?? []);
}

/** Leaves only the text of links to what is not there. */
export function withoutDeadLinks(file: string, text: string, isThere: (path: string) => boolean): string {
  return text.replace(LINK, (link, words: string, target: string) => {
    const path = targetPath(file, target);
    return path === undefined || isThere(path) ? link : words;
  });
}

function targetPath(file: string, target: string): string | undefined {
  if (/^([a-z]+:|#)/.test(target)) return undefined;
  return posix.join(posix.dirname(file), target.replace(/#.*/, ""));
}
