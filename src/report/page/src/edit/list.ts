// Searching entries.
import { h } from "../dom";
import { ask, type Entry, type State } from "./api";
import { count } from "./show";

const PAGE = 100;

export class List {
  private form: HTMLFormElement;
  private rows = h("ul", { class: "entries" });
  private found = h("p", { class: "small", role: "status" });
  private serial = 0;
  private shown: Entry[] = [];
  private file: HTMLSelectElement;

  constructor(
    private state: () => State,
    private choose: (entry: Entry) => void,
  ) {
    this.file = h("select", { name: "file", change: () => void this.search() });
    this.files();
    const touchpoints = [...new Set(state().themes.map((t) => t.split(".")[0]!))];
    const options = (all: [string, string][]): HTMLElement[] => all.map(([value, name]) => h("option", { value }, name));
    const select = (name: string, all: [string, string][]): HTMLElement =>
      h("label", null, name, h("select", { name, change: () => void this.search() }, options([["", "all"], ...all])));
    this.form = h(
      "form",
      { class: "filters", role: "search", submit: (event) => (event.preventDefault(), void this.search()) },
      h("label", { class: "wide" }, "term", h("input", { name: "text", type: "search", id: "search", spellcheck: "false", input: () => void this.search() })),
      select("language", ["sv", "da", "en", "shared"].map((l) => [l, l])),
      select("kind", ["theme", "valence", "modifier"].map((k) => [k, k])),
      select("theme", [...touchpoints.map((t): [string, string] => [`${t}.`, `${t} (all)`]), ...state().themes.map((t): [string, string] => [t, t])]),
      h("label", null, "file", this.file),
    );
  }

  get element(): HTMLElement {
    return h("section", { id: "list", "aria-label": "entries" }, this.form, this.found, this.rows);
  }

  /** The files as they are now, all of them shown. */
  files(): void {
    this.file.replaceChildren(h("option", { value: "" }, "all"), ...this.state().files.map((f, i) => h("option", { value: i }, f.name)));
  }

  /** What new entries are most likely to be: file and theme that are being looked at. */
  chosen(): Record<string, string> {
    return Object.fromEntries([...new FormData(this.form)].map(([k, v]) => [k, String(v)]));
  }

  async search(more = false): Promise<void> {
    const mine = ++this.serial,
      { file, ...others } = this.chosen(),
      from = more ? this.shown.length : 0;
    const answer = await ask<{ entries: Entry[]; found: number }>("entries", { ...others, ...(file ? { file: Number(file) } : {}), from, count: PAGE });
    if (mine !== this.serial) return; // a later search was faster
    this.shown = more ? [...this.shown, ...answer.entries] : answer.entries;
    this.found.textContent = `${count(answer.found)} ${answer.found === 1 ? "entry" : "entries"}`;
    const files = this.state().files;
    this.rows.replaceChildren(
      ...this.shown.map((e) =>
        h(
          "li",
          null,
          h("button", { type: "button", class: "plain", click: () => this.choose(e) }, e.cells.term),
          " ",
          h("small", null, [e.cells.theme, e.cells.kind, e.cells.valence || e.cells.strength, e.cells.emotion, `${files[e.file]!.name}:${e.line}`].filter(Boolean).join(" · ")),
        ),
      ),
      ...(this.shown.length < answer.found ? [h("li", null, h("button", { type: "button", id: "more", click: () => void this.search(true) }, "More"))] : []),
    );
  }
}
