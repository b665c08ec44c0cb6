// In their words: comments with the words that decided marked, and the rule behind each.
import type { Context } from "../context";
import { h, type Child } from "../dom";
import { number, signed } from "../format";
import type { Mention, Quote } from "../report";
import { label, say, word } from "../words";

const PAGE = 20;
let shown = PAGE;
let asked = "";

const rule = (c: Context, m: Mention): string =>
  `${c.themeName(m.theme)}, ${say(m.polarity)} ${signed(m.value, 2)}${m.entry ? `: ${m.entry}` : ""}${m.rules ? ` (${m.rules.split("|").join(", ")})` : ""}`;

/** The text in pieces; mentions are spans of its UTF-8 bytes, and those that overlap share a mark. */
function marked(c: Context, q: Quote): Child[] {
  const bytes = new TextEncoder().encode(q.text),
    decoder = new TextDecoder(),
    out: Child[] = [];
  const piece = (from: number, to: number): string => decoder.decode(bytes.subarray(from, to));
  const mentions = [...q.mentions].sort((a, b) => a.start - b.start || a.end - b.end);
  let at = 0;
  for (let i = 0; i < mentions.length; ) {
    const { start } = mentions[i]!;
    let end = mentions[i]!.end,
      next = i + 1;
    if (start < at || start >= end || end > bytes.length) {
      i++;
      continue;
    }
    while (next < mentions.length && mentions[next]!.start < end) {
      if (mentions[next]!.end <= bytes.length) end = Math.max(end, mentions[next]!.end);
      next++;
    }
    const together = mentions.slice(i, next);
    const shownFor = together.find((m) => m.theme === (c.state.theme || q.theme)) ?? together[0]!;
    const css = shownFor.polarity === "negative" ? "neg" : shownFor.polarity === "positive" ? "pos" : "neu";
    out.push(piece(at, start), h("mark", { class: css, title: together.map((m) => rule(c, m)).join("\n") }, piece(start, end)));
    at = end;
    i = next;
  }
  out.push(piece(at, bytes.length));
  return out;
}

function quote(c: Context, q: Quote): HTMLElement {
  const about = [q.id, q.score === null ? null : say("scored", number(q.score)), q.segment, q.wave, word(q.language)].filter(
    (x) => x !== null && x !== "",
  );
  return h(
    "blockquote",
    { class: q.polarity === "negative" ? "neg" : q.polarity === "positive" ? "pos" : "neu" },
    h("p", { dir: "auto", lang: q.language === "other" ? null : q.language }, marked(c, q)),
    h(
      "footer",
      null,
      about.join(" · "),
      q.mentions.length > 0 &&
        h(
          "details",
          { class: "why" },
          h("summary", null, say("why")),
          h(
            "ul",
            null,
            q.mentions.map((m) => h("li", null, rule(c, m))),
          ),
        ),
    ),
  );
}

/** A comment counts for each theme that it mentions, not only for the one it was chosen for. */
function fits(c: Context, q: Quote): boolean {
  const s = c.state;
  if (s.segment !== "" && q.segment !== s.segment) return false;
  if (s.wave !== "" && q.wave !== s.wave) return false;
  if (s.language !== "" && q.language !== s.language) return false;
  if (s.theme === "" && s.touchpoint === "" && s.polarity === "") return true;
  return q.mentions.some(
    (m) =>
      (s.theme === "" || m.theme === s.theme) &&
      (s.polarity === "" || m.polarity === s.polarity) &&
      (s.touchpoint === "" || (m.theme !== null && c.themes.get(m.theme)?.touchpoint === s.touchpoint)),
  );
}

export function comments(c: Context): HTMLElement | null {
  if (c.report.quotes.length === 0) return null;
  const s = c.state,
    question = [s.segment, s.wave, s.language, s.touchpoint, s.theme, s.polarity].join("\n");
  if (question !== asked) shown = PAGE;
  asked = question;
  const seen = new Set<string>();
  const all = c.report.quotes.filter((q) => {
    if (!fits(c, q) || seen.has(`${q.id}\n${q.text}`)) return false; // one comment may stand for several themes
    seen.add(`${q.id}\n${q.text}`);
    return true;
  });
  const option = (value: string, text: string, chosen: string): HTMLElement =>
    h("option", { value, selected: value === chosen }, text);
  const mentioned = new Set(c.report.quotes.flatMap((q) => q.mentions.map((m) => m.theme)));
  const themes = c.report.themes.filter((t) => mentioned.has(t.id) && c.shows(t.touchpoint));
  const picked =
    (key: "theme" | "polarity") =>
    (event: Event): void =>
      c.change({ [key]: (event.target as HTMLSelectElement).value });
  return h(
    "section",
    { id: "comments" },
    h("h2", null, say("quotes")),
    h("p", { class: "small" }, say("quotes_read")),
    h(
      "div",
      { class: "filters" },
      h(
        "label",
        null,
        say("theme"),
        h(
          "select",
          { id: "comment-theme", change: picked("theme") },
          option("", say("all_themes"), s.theme),
          themes.map((t) => option(t.id, label(t.label, t.id), s.theme)),
        ),
      ),
      h(
        "label",
        null,
        say("polarity"),
        h(
          "select",
          { id: "comment-polarity", change: picked("polarity") },
          option("", say("all_polarities"), s.polarity),
          (["negative", "neutral", "positive"] as const).map((p) => option(p, say(p), s.polarity)),
        ),
      ),
    ),
    h(
      "p",
      { class: "count", role: "status" },
      all.length === 0 ? say("no_comments") : say("comments_shown", number(Math.min(shown, all.length)), number(all.length)),
    ),
    h(
      "div",
      { id: "comment-list" },
      all.slice(0, shown).map((q) => quote(c, q)),
    ),
    all.length > shown &&
      h("button", { id: "more-comments", type: "button", click: () => ((shown += PAGE), c.change({})) }, say("more_comments")),
  );
}
