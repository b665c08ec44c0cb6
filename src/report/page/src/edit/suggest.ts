// Suggestions for the valence lists, to be accepted.
import { h } from "../dom";
import { ask, Refused, type State, type Suggested, type Suggestion } from "./api";
import { count, text } from "./show";

const POLL = 200; // milliseconds between two questions whether they are there

export class Suggestions {
  private serial = 0;
  private box = h("section", { id: "suggestions", "aria-label": "suggestions" });

  constructor(
    private state: () => State,
    private accepted: () => void,
  ) {
    this.begin();
  }

  get element(): HTMLElement {
    return this.box;
  }

  private begin(): void {
    if (this.state().comments === 0) return void this.box.replaceChildren(h("h2", null, "Suggestions"), h("p", { class: "small" }, "They are made from comments: give a corpus."));
    this.box.replaceChildren(
      h("h2", null, "Suggestions"),
      h("p", { class: "small" }, "Words that a valence list lacks", this.state().scored ? ", by the scores of the comments that hold them" : "", ", by words they vary, and by words they stand beside."),
      h("p", { class: "buttons" }, ["sv", "da", "en"].map((l) => h("button", { type: "button", click: () => void this.find(l) }, l))),
    );
  }

  /** Asks until they are there; the page goes on meanwhile. */
  private async find(language: string): Promise<void> {
    this.begin();
    const mine = ++this.serial,
      bar = h("progress", { max: 1, value: 0, "aria-label": "looking through the comments" }),
      stop = h("button", { type: "button", id: "stop", click: () => void this.stop() }, "Stop"),
      wait = h("p", { role: "status", class: "buttons" }, "Looking through the comments", bar, stop);
    this.box.append(wait);
    try {
      for (let fresh = true; ; fresh = false) {
        const answer = await ask<Suggested>("suggest", { language, fresh });
        if (mine !== this.serial) return; // stopped, or another language is asked for
        if (!answer.running) {
          wait.remove();
          this.box.append(this.list(language, answer.suggestions));
          return;
        }
        bar.value = answer.done;
        await new Promise((done) => setTimeout(done, POLL));
        if (mine !== this.serial) return;
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      wait.textContent = [error.message, error.remedy].filter(Boolean).join(": ");
    }
  }

  private async stop(): Promise<void> {
    this.serial++;
    this.begin();
    await ask("stop");
  }

  private list(language: string, all: Suggestion[]): HTMLElement {
    const lists = this.state()
      .files.map((f, i) => ({ f, i }))
      .filter(({ f }) => f.kind === "valence" && f.language === language && !f.closed);
    if (all.length === 0) return h("p", null, `None in ${language}.`);
    const refused = h("p", { role: "alert" });
    const form = h(
      "form",
      {
        submit: (event) => {
          event.preventDefault();
          void this.accept(form, refused);
        },
      },
      h(
        "ul",
        { class: "suggested" },
        all.map((s, i) =>
          h(
            "li",
            null,
            h(
              "label",
              null,
              h("input", { type: "checkbox", name: "term", value: s.term }),
              " ",
              h("b", null, s.term),
            ),
            " ",
            h("input", { name: "valence", "aria-label": `valence of ${s.term}`, type: "number", min: -5, max: 5, value: s.valence }),
            h(
              "small",
              null,
              ` ${count(s.support)} comments · ${Math.round(100 * s.probability)} %`,
              s.z != null && ` · z ${s.z.toFixed(1)}`,
              s.variant_of !== "" && ` · ${s.variant_of}`,
              s.near !== "" && ` · beside ${s.near}`,
            ),
            h("details", { id: `examples-${i}` }, h("summary", null, "comments"), s.examples.map((c) => h("blockquote", null, text(c), h("footer", null, c.id)))),
          ),
        ),
      ),
      lists.length > 0
        ? h(
            "p",
            { class: "buttons" },
            h("select", { name: "file", "aria-label": "file" }, lists.map(({ f, i }) => h("option", { value: i }, f.name))),
            h("button", { type: "submit", id: "accept" }, "Accept those marked"),
          )
        : h("p", { class: "small" }, `No valence list of ${language} can be edited here: give one with --lexicon.`),
      refused,
    );
    return form;
  }

  private async accept(form: HTMLFormElement, refused: HTMLElement): Promise<void> {
    const items = [...form.querySelectorAll("li")]
      .filter((li) => li.querySelector<HTMLInputElement>("[name=term]")!.checked)
      .map((li) => ({ term: li.querySelector<HTMLInputElement>("[name=term]")!.value, valence: Number(li.querySelector<HTMLInputElement>("[name=valence]")!.value), li }));
    try {
      await ask("accept", { file: Number(form.querySelector<HTMLSelectElement>("[name=file]")!.value), items: items.map(({ term, valence }) => ({ term, valence })) });
      refused.textContent = "";
      for (const { li } of items) li.remove();
      this.accepted();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused.textContent = [error.message, error.remedy].filter(Boolean).join(": ");
    }
  }
}
