// Building elements. Text is always a text node: what customers wrote can never become markup.
import { range } from "./format";
import type { Interval, Maybe } from "./report";

export type Child = Node | string | number | null | undefined | false | Child[];
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

function append(parent: Node, child: Child): void {
  if (child === null || child === undefined || child === false) return;
  if (Array.isArray(child)) child.forEach((c) => append(parent, c));
  else parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
}

/** An element; a function as attribute listens to the event of that name, true is an attribute without value. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes?: Attributes | null,
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

/** A column of a table; num: figures, at the right. */
export interface Column {
  head: string;
  num?: boolean;
}

/** A table; the first cell of each row names it. Where the page is narrow each cell shows its head (style.css). */
export function table(caption: string, columns: Column[], rows: Child[][], hidden = true): HTMLElement {
  const head = h(
    "thead",
    null,
    h(
      "tr",
      null,
      columns.map((c) => h("th", { scope: "col", class: c.num && "num" }, c.head)),
    ),
  );
  const free = (cell: Child): string | false => typeof cell === "string" && /\S{24}/.test(cell) && "free"; // a long word may break anywhere
  const body = h(
    "tbody",
    null,
    rows.map((row) =>
      h(
        "tr",
        null,
        row.map((cell, i) =>
          i === 0
            ? h("th", { scope: "row", class: free(cell) }, cell)
            : h("td", { class: columns[i]?.num ? "num" : free(cell), "data-label": columns[i]?.head }, cell),
        ),
      ),
    ),
  );
  return h("table", { class: columns.length > 3 && "many" }, h("caption", { class: hidden && "hide" }, caption), head, body);
}

/** A figure with its interval on a line of its own. */
export const interval = (value: Maybe<number>, ci: Maybe<Interval>, write: (value: number) => string): Child =>
  value == null ? "–" : [write(value), ci != null && h("small", null, range(ci, write))];

/** Something to open. id keeps it open when the page is drawn anew. */
export const details = (id: string, summary: Child, ...children: Child[]): HTMLElement =>
  h("details", { id }, h("summary", null, summary), ...children);
