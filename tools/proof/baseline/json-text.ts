import { splitTemplate } from "../../../shared/testing/references";

/** A private-use character, which no configuration contains: it stands around the number of a reference taken out. */
const MARK = "\uE000";

/**
 * Parses a JSON text of Terraform's, in which references such as `${local.image}` may hold quotes, or stand where a number
 * or a whole value should. They stay texts.
 *
 * @returns undefined when the text is another expression, such as `${file("containers.json")}`, or no JSON
 */
export function parseJsonText(text: unknown): unknown {
  const references: string[] = [];
  let isInString = false;
  const plain = splitTemplate(String(text))
    .map((part) => {
      if (part.isExpression) {
        const mark = `${MARK}${references.push(part.text) - 1}${MARK}`;
        return isInString ? mark : `"${mark}"`;
      }
      const quotes = part.text.match(/(?<!\\)(?:\\\\)*"/g)?.length ?? 0;
      isInString = isInString !== (quotes % 2 === 1);
      return part.text;
    })
    .join("");
  const restore = (value: string) => value.replaceAll(/\uE000(\d+)\uE000/g, (_, index) => references[Number(index)]!);
  try {
    return JSON.parse(plain, (_, value) => (typeof value === "string" ? restore(value) : value));
  } catch {
    return undefined;
  }
}
