import { builtinModules } from "node:module";
import { dirname, join } from "node:path";
import ts from "typescript-5";

/** What a file of code needs beside itself. */
export interface References {
  /** Absolute paths that it imports from, as written: without an extension where the code has none. */
  readonly imports: readonly string[];
  /** Absolute paths that it puts together from its own folder, to read or run what is there. */
  readonly paths: readonly string[];
  /** Folders below which it puts paths together that are known only when it runs. */
  readonly openFolders: readonly string[];
  /** Names of packages. */
  readonly packages: readonly string[];
}

/** Reads them from the syntax tree: `import`, `export from`, `require`, and `join` or `resolve` from `__dirname` on. */
export function referencesOf(file: string, code: string): References {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const modules = new Set<string>();
  const paths = new Set<string>();
  const openFolders = new Set<string>();
  const constants = topLevelConstants(source);
  const visit = (node: ts.Node): void => {
    const module = moduleOf(node);
    if (module !== undefined) modules.add(module);
    const path = ts.isCallExpression(node) ? pathOf(node, file, constants) : undefined;
    if (path?.whole) paths.add(path.text);
    else if (path) openFolders.add(path.text);
    node.forEachChild(visit);
  };
  visit(source);
  const imported = [...modules].filter((name) => !name.startsWith("node:") && !builtinModules.includes(name));
  return {
    imports: imported.filter((name) => name.startsWith(".")).map((name) => join(dirname(file), name)),
    paths: [...paths],
    openFolders: [...openFolders],
    packages: [...new Set(imported.filter((name) => !name.startsWith(".")).map(packageName))],
  };
}

/** What a node imports from, by any of the ways that there are. */
function moduleOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
  if (!ts.isCallExpression(node)) return undefined;
  const loads = node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === "require";
  return loads ? textOf(node.arguments[0]) : undefined;
}

/** `@aws-sdk/client-sqs/dist` is of `@aws-sdk/client-sqs`. */
function packageName(module: string): string {
  return module
    .split("/")
    .slice(0, module.startsWith("@") ? 2 : 1)
    .join("/");
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node && ts.isStringLiteralLike(node) ? node.text : undefined;
}

type Constants = ReadonlyMap<string, ts.Expression>;

function topLevelConstants(source: ts.SourceFile): Constants {
  const declared = source.statements
    .filter(ts.isVariableStatement)
    .flatMap((one) => [...one.declarationList.declarations]);
  return new Map(
    declared.flatMap(({ name, initializer }) =>
      ts.isIdentifier(name) && initializer ? [[name.text, initializer]] : [],
    ),
  );
}

/** A path from `__dirname` on; not `whole` where its end is known only when the code runs. */
interface StaticPath {
  readonly text: string;
  readonly whole: boolean;
}

function pathOf(node: ts.Expression, file: string, constants: Constants): StaticPath | undefined {
  if (ts.isIdentifier(node)) {
    if (node.text === "__dirname") return { text: dirname(file), whole: true };
    const value = constants.get(node.text);
    return value && pathOf(value, file, new Map([...constants].filter(([name]) => name !== node.text)));
  }
  if (!ts.isCallExpression(node) || !/^(path\.)?(join|resolve)$/.test(node.expression.getText())) return undefined;
  const [first, ...rest] = node.arguments;
  const start = first && pathOf(first, file, constants);
  if (!start?.whole) return start;
  let { text } = start;
  for (const argument of rest) {
    const part = textOf(argument);
    if (part === undefined) return { text, whole: false };
    text = join(text, part);
  }
  return { text, whole: true };
}
