import ts from "typescript-5";

/** A blueprint's old and new name, and the project's other blueprints, whose names may begin with the old one. */
export interface Renaming {
  readonly from: string;
  readonly to: string;
  readonly others: readonly string[];
}

/** A text, and how often the name was replaced in it. */
export interface Renamed {
  readonly text: string;
  readonly count: number;
}

/**
 * Replaces the blueprint's name where it stands for the folder, a stack or a resource, whose names begin with it. What
 * only ends in it, or is the name of another blueprint, stays.
 */
export function renameWords(text: string, { from, to, others }: Renaming): Renamed {
  const longer = others.filter((name) => name.startsWith(`${from}-`)).sort((a, b) => b.length - a.length);
  let count = 0;
  const renamed = text.replace(new RegExp(`(?<![\\w-])(?:${[...longer, from].join("|")})(?!\\w)`, "g"), (name) => {
    if (name !== from) return name;
    count++;
    return to;
  });
  return { text: renamed, count };
}

/**
 * Replaces it in the titles of tests only: elsewhere in code a name that looks the same may be that of a program or a
 * folder on a machine.
 */
export function renameTitles(code: string, renaming: Renaming): Renamed {
  const source = ts.createSourceFile("a.test.ts", code, ts.ScriptTarget.Latest);
  const titles: ts.StringLiteralLike[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(describe|test|it)\b/.test(node.expression.getText(source))) {
      const [title] = node.arguments;
      if (title && ts.isStringLiteralLike(title)) titles.push(title);
    }
    node.forEachChild(visit);
  };
  visit(source);
  let text = code;
  let count = 0;
  for (const title of titles.reverse()) {
    const renamed = renameWords(code.slice(title.getStart(source), title.end), renaming);
    text = text.slice(0, title.getStart(source)) + renamed.text + text.slice(title.end);
    count += renamed.count;
  }
  return { text, count };
}

/** Replaces it in the titles by which a snapshot file knows its tests. */
export function renameSnapshotTitles(snapshots: string, renaming: Renaming): Renamed {
  let count = 0;
  const text = snapshots.replace(/^exports\[`.*`\] = /gm, (line) => {
    const renamed = renameWords(line, renaming);
    count += renamed.count;
    return renamed.text;
  });
  return { text, count };
}

/** How the name is replaced in a file, by its path in the blueprint's folder; undefined where it never stands for the stack. */
export function renamingOf(file: string): ((text: string, renaming: Renaming) => Renamed) | undefined {
  if (file.endsWith(".test.ts")) return renameTitles;
  if (file.endsWith(".test.ts.snap")) return renameSnapshotTitles;
  if (/^(README\.md|(proof\/)?parameters\.((?!schema\.)[^/]+\.)?json)$/.test(file)) return renameWords;
  return undefined;
}
