/** Markup that is safe to put into a page. Only {@link html} makes it. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What a template takes: text is escaped, markup goes in as it is, lists one after the other, null is nothing. */
export type Part = string | number | Markup | null | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Characters that a page cannot show: controls, halves of pairs, and those that turn the direction of text around. */
// eslint-disable-next-line no-control-regex -- controls are what is looked for
const UNSHOWN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text as markup; also between quotes of an attribute. What cannot be shown becomes U+FFFD. */
export function escaped(text: string): string {
  return text.replace(UNSHOWN, "\ufffd").replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

function textOf(part: Part): string {
  if (part === null) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "string") return escaped(part);
  if (typeof part === "number") return String(part);
  return part.map(textOf).join("");
}

/** Builds markup; whatever is put in between is escaped unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0] ?? "";
  parts.forEach((part, index) => {
    text += textOf(part) + (strings[index + 1] ?? "");
  });
  return new Markup(text);
}
