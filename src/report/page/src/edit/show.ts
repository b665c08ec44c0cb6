// Comments, places and effects as elements. What customers wrote and what stands in a lexicon only ever becomes text.
import { h, table, type Child } from "../dom";
import type { Comment, Effect, Pair, Places, Side } from "./api";

export const count = (n: number): string => n.toLocaleString("en-GB");
const plural = (n: number, one: string, more: string): string => `${count(n)} ${n === 1 ? one : more}`;
const tone = (label: string): string => ({ negative: "neg", positive: "pos" })[label] ?? "";

/** The text with what matters in it marked. */
export const text = (c: Comment, label = ""): Child =>
  c.parts.map((part, i) => (i % 2 === 0 ? part : h("mark", { class: tone(label) }, part)));

function side(name: string, s: Side): HTMLElement {
  return h(
    "p",
    { class: "side" },
    h("span", { class: "over" }, name),
    " ",
    h("b", { class: `label ${tone(s.label)}` }, s.label),
    s.themes.map((t) => [" ", h("span", { class: `theme ${tone(t.label)}` }, `${t.theme} ${t.label}`)]),
  );
}

const share = (n: number, all: number): string => (all > 0 ? `${((100 * n) / all).toFixed(2)} %` : "–");

function moved(pair: Pair): string {
  const d = pair[1] - pair[0];
  return `${count(pair[0])} → ${count(pair[1])} (${d > 0 ? "+" : d < 0 ? "−" : "±"}${count(Math.abs(d))})`;
}

export function effect(e: Effect, seconds?: number): HTMLElement {
  if (e.comments === 0) return h("p", { class: "small" }, "Without a corpus there is nothing to see here: drivkraft lexicon edit survey.csv --text comment");
  const time = seconds === undefined ? "" : `, ${plural(e.read, "comment", "comments")} read anew in ${seconds.toFixed(2)} s`;
  if (e.changed === 0) return h("p", { class: "nothing" }, `None of ${plural(e.comments, "comment", "comments")} would come out otherwise${time}.`);
  return h(
    "div",
    null,
    h(
      "p",
      { class: "changed" },
      h("b", null, plural(e.changed, "comment", "comments")),
      ` of ${count(e.comments)} come out otherwise, ${count(e.labels_changed)} with another polarity${time}.`,
    ),
    table(
      "Comments by polarity",
      [{ head: "Polarity" }, { head: "Comments", num: true }, { head: "Share", num: true }],
      Object.entries(e.labels)
        .filter(([, p]) => p[0] !== p[1])
        .map(([label, p]) => [label, moved(p), `${share(p[0], e.comments)} → ${share(p[1], e.comments)}`]),
    ),
    e.themes.length > 0 &&
      table(
        "Comments by theme",
        [{ head: "Theme" }, { head: "Comments", num: true }, { head: "Share", num: true }, { head: "Negative", num: true }, { head: "Positive", num: true }],
        e.themes.map((t) => [t.theme, moved(t.comments), `${share(t.comments[0], e.comments)} → ${share(t.comments[1], e.comments)}`, moved(t.negative), moved(t.positive)]),
      ),
    h("h3", null, e.examples.length < e.changed ? `${e.examples.length} of them, drawn at random` : "All of them"),
    e.examples.map((c) =>
      h(
        "blockquote",
        { class: tone(c.after.label) },
        text(c, c.after.label),
        side("before", c.before),
        side("after", c.after),
        h("footer", null, `${c.id} · ${c.language} · `, c.why.map((w) => [w.cause, w.term ?? "", w.place ?? ""].filter(Boolean).join(" ")).join("; ")),
      ),
    ),
  );
}

export function places(p: Places): HTMLElement {
  if (p.places === 0) return h("p", { class: "small" }, "It stands nowhere in the corpus.");
  return h(
    "div",
    null,
    h(
      "p",
      null,
      `${plural(p.places, "place", "places")} in ${plural(p.comments, "comment", "comments")}`,
      p.decided < p.places && `; in ${count(p.places - p.decided)} another entry won`,
      p.lines.length < p.places && `. ${p.lines.length} of them, drawn at random:`,
    ),
    h(
      "ul",
      { class: "lines" },
      p.lines.map((l) => h("li", { class: !l.decided && "lost" }, text(l, l.label), " ", h("small", null, `${l.id} · ${l.label}${l.decided ? "" : " · another entry won"}`))),
    ),
  );
}
