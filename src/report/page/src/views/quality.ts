// What was read and how good it is; how the figures came about and what they cannot say.
import type { Context } from "../context";
import { details, h, table, type Child } from "../dom";
import { number, share } from "../format";
import type { DataFile } from "../report";
import { say, sentence, word } from "../words";

const MOST_PROBLEMS = 50;
const PROBLEMS: [string, string][] = [
  ["unreadable row", "row"],
  ["duplicate id", "duplicate"],
  ["score", "score"],
  ["date", "date"],
  ["weight", "weight"],
  ["number", "number"],
  ["segment", "segment"],
  ["record", "record"],
  ["customer", "customer"],
];

/** A sentence of the analysis; marked as English where it has no translation. */
export const told = (english: string): Child => sentence(english) ?? h("span", { lang: "en" }, english);

function file(f: DataFile, index: number): Child {
  const columns = [
    { head: say("column") },
    { head: say("taken_for") },
    { head: say("holds") },
    { head: say("missing"), num: true },
    { head: say("unusable"), num: true },
  ];
  const rows = f.columns.map((u): Child[] => {
    const used = u.role !== "left out";
    return [
      u.name,
      [word(u.role), used && u.guessed && h("small", null, say("guessed"))],
      u.detail === null ? "" : u.role === "segment" ? u.detail : told(u.detail),
      used ? number(u.missing) : "",
      used ? number(u.bad) : "",
    ];
  });
  return [
    h("h3", null, f.name, f.content && h("small", null, ` ${word(f.content)}`)),
    h("p", null, told(f.description)),
    rows.length > 0 && details(`file-${index}`, say("columns_of", number(rows.length)), table(f.name, columns, rows)),
  ];
}

function languages(c: Context): Child {
  const r = c.report,
    all = c.everybody;
  if (r.comments === 0) return null;
  const parts = ["sv", "da", "en", "other"]
    .filter((l) => (r.languages[l]?.responses ?? 0) > 0)
    .map((l) => `${word(l)} ${share(r.languages[l]!.share)}`);
  return [
    h("h3", null, say("comments")),
    h(
      "p",
      null,
      parts.length > 0 && `${say("languages")} ${parts.join(", ")}. `,
      say("language_limits", number(r.languages["other"]?.responses ?? 0), number(r.uncertain_language), number(r.without_theme)),
    ),
    !all.hidden &&
      all.nps &&
      all.commented_promoters !== null &&
      h(
        "p",
        null,
        say(
          "comment_rate",
          share(all.commented),
          share(all.commented_promoters),
          share(all.commented_passives),
          share(all.commented_detractors),
        ),
      ),
  ];
}

function problems(c: Context): Child {
  const counts = c.report.problem_counts,
    total = Object.values(counts).reduce((a, b) => a + b, 0);
  if (total === 0) return [h("h3", null, say("problems")), h("p", null, say("no_problems"))];
  const listed = c.report.problems.slice(0, MOST_PROBLEMS);
  const rows = listed.map((p): Child[] => [
    `${p.file ?? ""}${p.line ? `:${p.line}` : ""}`,
    p.column ?? "",
    p.value ?? "",
    told(p.message ?? p.problem),
  ]);
  return [
    h("h3", null, say("problems")),
    h(
      "ul",
      null,
      Object.entries(counts)
        .filter(([, n]) => n > 0)
        .map(([kind, n]) => {
          const known = PROBLEMS.find(([name]) => name === kind);
          return h("li", null, known ? say(`problem_${known[1]}`, number(n)) : `${kind}: ${number(n)}`);
        }),
    ),
    details(
      "problem-list",
      say("problem_list", number(listed.length), number(total)),
      table(
        say("problems"),
        [{ head: say("place") }, { head: say("column") }, { head: say("value") }, { head: say("what") }],
        rows,
      ),
    ),
  ];
}

function notes(c: Context, kind: string, heading: string): Child {
  const found = c.report.notes.filter((n) => n.kind === kind);
  return (
    found.length > 0 && [
      h("h3", null, heading),
      h(
        "ul",
        null,
        found.map((n) => h("li", null, told(n.text))),
      ),
    ]
  );
}

export function quality(c: Context): HTMLElement {
  const j = c.report.join;
  return h(
    "section",
    { id: "data" },
    h("h2", null, say("data")),
    c.report.files.map((f, i) => file(f, i)),
    j &&
      h(
        "p",
        null,
        say(
          "joined",
          number(j.matched),
          number(j.responses),
          number(j.unmatched),
          number(j.out_of_window),
          number(j.customers_without_response),
          number(j.duplicate_records),
        ),
      ),
    languages(c),
    problems(c),
    notes(c, "data", say("peculiar")),
  );
}

export function methods(c: Context): HTMLElement {
  const r = c.report;
  const how = [
    r.segments[0]?.nps && "how_nps",
    ...(r.fits.length > 0 ? ["how_effect", "how_moves", "how_association"] : []),
  ].filter((x): x is string => Boolean(x));
  return h(
    "section",
    { id: "methods" },
    h("h2", null, say("methods")),
    notes(c, "limit", say("limits")),
    h("h3", null, say("how")),
    h(
      "ul",
      null,
      how.map((id) => h("li", null, say(id))),
      h("li", null, say("how_privacy", number(r.min_privacy), number(r.min_mentions))),
      h("li", null, say("how_quotes")),
    ),
    details("choices", say("choices"), notes(c, "method", say("choices"))),
    h(
      "p",
      { class: "small" },
      `drivkraft ${r.version} · ${r.stamp ?? ""} · seed ${r.seed} · `,
      say("replicates", number(r.replicates)),
    ),
  );
}
