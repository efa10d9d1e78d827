import type { CheckedChoice } from "./choice";

/** Where the blueprint's own name was replaced. */
export function renamedLine(renamed: Readonly<Record<string, number>>): string {
  const places = Object.entries(renamed).map(([file, count]) => `${file} (${count})`);
  return places.length === 0 ? "Its old name stands nowhere in it." : `Its name was replaced in ${places.join(", ")}.`;
}

/** What becomes of the variants: all of them come along, as they do with `cp -r`. */
export function stacksLine({ stackNames }: CheckedChoice): string {
  if (stackNames.length === 1) return `It makes the stack ${stackNames[0]}.`;
  return (
    `It makes the stacks ${stackNames.join(", ")}: one of each parameters file, as the original does. A file that you ` +
    "do not want can be deleted."
  );
}

/** @param commands each with what it does */
export function nextSteps(name: string, commands: readonly (readonly [command: string, what: string])[]): string[] {
  const width = Math.max(...commands.map(([command]) => command.length));
  return [
    "",
    `Next: change the values in the parameters files of blueprints/${name}, then the code; its README.md says what is what.`,
    ...commands.map(([command, what]) => `  ${command.padEnd(width)}   ${what}`),
  ];
}
