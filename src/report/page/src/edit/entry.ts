// One entry: its fields, what is wrong with them, what the change would do, and where it stands.
import { h } from "../dom";
import { ask, Refused, type Asked, type Cells, type Effect, type Entry, type Finding, type Places, type State } from "./api";
import { effect, places } from "./show";

const HINTS: Record<string, string> = {
  term: 'word and its inflections · "exact" · begin* · two words · a ... b · +part · /regex/ · //comment regex//',
  valence: "−5 to 5",
  strength: "of the effect; empty for what is usual",
  reach: "+n, -n or -m+n tokens",
};
const WAIT = 250; // milliseconds without a key before the program is asked

export interface Open {
  entry: Entry | null; // null for a new one
  file: number;
  cells: Cells;
}

export class Editor {
  private box = h("section", { id: "entry", "aria-label": "entry" });
  private timer = 0;
  private asked: AbortController | null = null;
  private open: Open | null = null;

  constructor(
    private state: () => State,
    private taken: (entry: Entry | null) => void,
  ) {
    this.close();
  }

  get element(): HTMLElement {
    return this.box;
  }

  close(): void {
    this.cancel();
    this.open = null;
    this.box.replaceChildren(h("p", { class: "small" }, "Choose an entry, or add one."));
  }

  show(entry: Entry): void {
    this.begin({ entry, file: entry.file, cells: { ...entry.cells } });
    void this.stand(entry);
  }

  add(file: number, cells: Cells): void {
    this.begin({ entry: null, file, cells });
    this.box.querySelector<HTMLElement>("[name=term]")?.focus();
  }

  private cancel(): void {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.asked = null;
  }

  private begin(open: Open): void {
    this.cancel();
    this.open = open;
    const file = this.state().files[open.file]!,
      closed = file.closed;
    this.box.replaceChildren(
      h("h2", { tabindex: -1 }, open.entry ? open.entry.cells.term : "New entry"),
      h("p", { class: "over" }, `${file.name}${open.entry ? `:${open.entry.line}` : ""}${closed ? ` · ${closed}` : ""}`),
      h(
        "form",
        { class: "entry", autocomplete: "off", submit: (event) => (event.preventDefault(), void this.take(false)) },
        !open.entry && this.files(open),
        file.columns.map((column) => this.field(column, open, closed !== null)),
        !closed &&
          h(
            "p",
            { class: "buttons" },
            h("button", { type: "submit", id: "take" }, open.entry ? "Change" : "Add"),
            open.entry && h("button", { type: "button", id: "remove", click: () => void this.take(true) }, "Remove"),
            h("button", { type: "button", id: "close", click: () => this.close() }, "Close"),
          ),
        h("p", { id: "refused", role: "alert" }),
      ),
      h("div", { id: "effect", "aria-live": "polite" }),
      h("div", { id: "places" }),
    );
  }

  private files(open: Open): HTMLElement {
    const all = this.state().files.map((f, i) => ({ f, i }));
    return h(
      "label",
      null,
      h("span", null, "file"),
      h(
        "select",
        { name: "file", change: (event) => this.add(Number((event.target as HTMLSelectElement).value), open.cells) },
        all.filter(({ f }) => !f.closed).map(({ f, i }) => h("option", { value: i, selected: i === open.file }, f.name)),
      ),
    );
  }

  private field(column: string, open: Open, closed: boolean): HTMLElement {
    const state = this.state(),
      value = open.cells[column] ?? "",
      choices = { theme: state.themes, kind: state.kinds, emotion: state.emotions }[column];
    const input = choices
      ? h(
          "select",
          { name: column, disabled: closed, change: () => this.changed() },
          h("option", { value: "" }, ""),
          !choices.includes(value) && value !== "" && h("option", { value, selected: true }, value),
          choices.map((c) => h("option", { value: c, selected: c === value }, c)),
        )
      : h("input", {
          name: column,
          value,
          readonly: closed,
          spellcheck: "false",
          inputmode: column === "valence" || column === "strength" ? "text" : null,
          "aria-describedby": `wrong-${column}`,
          input: () => this.changed(),
        });
    return h("label", null, h("span", null, column, HINTS[column] && h("small", null, HINTS[column]!)), input, h("span", { class: "wrong", id: `wrong-${column}` }));
  }

  /** The entry as the fields have it now. */
  private asking(): Asked {
    const open = this.open!,
      cells: Cells = {};
    for (const input of this.box.querySelectorAll<HTMLInputElement | HTMLSelectElement>("form [name]"))
      if (input.name !== "file") cells[input.name] = input.value;
    open.cells = cells;
    const place = open.entry ? { line: open.entry.line, was: open.entry.was } : {};
    return { file: open.file, ...place, cells };
  }

  private changed(): void {
    this.cancel();
    this.timer = window.setTimeout(() => void this.look(), WAIT);
  }

  private say(wrong: Map<string, { text: string; level: string }[]>): void {
    for (const place of this.box.querySelectorAll<HTMLElement>(".wrong")) {
      const said = wrong.get(place.id.slice("wrong-".length)) ?? [];
      place.replaceChildren(...said.map((s) => h("span", { class: s.level }, s.text)));
      const input = place.parentElement?.querySelector("input, select");
      input?.setAttribute("aria-invalid", String(said.some((s) => s.level === "error")));
    }
  }

  private column(cell: number): string {
    const names = { theme: ["theme", "term", "valence", "note"], valence: ["term", "valence", "emotion", "note"], modifier: ["term", "kind", "strength", "reach", "note"] };
    return names[this.state().files[this.open!.file]!.kind][cell - 1] ?? "";
  }

  private refuse(error: unknown): void {
    if (!(error instanceof Refused)) throw error;
    const column = error.cell > 0 ? this.column(error.cell) : "",
      said = [error.message, error.remedy].filter(Boolean).join(": ");
    this.say(new Map(column === "" ? [] : [[column, [{ text: said, level: "error" }]]]));
    this.part("refused").textContent = column === "" ? said : "";
  }

  private part(id: string): HTMLElement {
    return this.box.querySelector<HTMLElement>(`#${id}`)!;
  }

  /** Asks what is wrong with the entry, then what it would change. A later key cancels this. */
  private async look(): Promise<void> {
    const asked = (this.asked = new AbortController()),
      what = this.asking();
    try {
      if ((what.cells?.term ?? "").trim() === "") {
        this.say(new Map());
        return;
      }
      const { findings } = await ask<{ findings: Finding[] }>("check", what, asked.signal);
      const wrong = new Map<string, { text: string; level: string }[]>();
      for (const f of findings) {
        const column = this.column(f.cell),
          said = wrong.get(column) ?? [];
        said.push({ text: `${f.kind}: ${f.message}${f.other ? ` (${f.other})` : ""}`, level: f.level });
        wrong.set(column, said);
      }
      this.say(wrong);
      this.part("refused").textContent = "";
      const begun = performance.now(),
        would = await ask<Effect>("try", what, asked.signal);
      this.part("effect").replaceChildren(h("h3", null, "What it would change"), effect(would, (performance.now() - begun) / 1000));
    } catch (error) {
      if (asked.signal.aborted) return;
      this.part("effect").replaceChildren();
      this.refuse(error);
    }
  }

  private async stand(entry: Entry): Promise<void> {
    if (this.state().comments === 0) return;
    try {
      const found = await ask<Places>("places", { file: entry.file, line: entry.line });
      if (this.open?.entry !== entry) return;
      this.part("places").replaceChildren(h("h3", null, "Where it stands"), places(found));
    } catch (error) {
      this.refuse(error);
    }
  }

  private async take(remove: boolean): Promise<void> {
    if (!this.open || this.state().files[this.open.file]!.closed) return;
    this.cancel();
    const { cells, ...place } = this.asking();
    try {
      const answer = await ask<{ entry?: Entry }>("take", remove ? { ...place, remove } : { ...place, cells });
      this.taken(answer.entry ?? null);
    } catch (error) {
      this.refuse(error);
    }
  }
}
