// What improvement is worth a year, with its interval and its assumptions, and what initiatives return.
import { chart, intervals, type Row } from "../chart";
import type { Context } from "../context";
import { details, h, interval, table, type Child } from "../dom";
import { number, share, signed } from "../format";
import type { Lever } from "../report";
import { label, ownerWord, say, sentence, word } from "../words";

const MOST = 10;
const name = (c: Context, l: { theme: string | null; touchpoint: string }): string =>
  l.theme === null ? say("pooled_name", word(l.touchpoint)) : c.themeName(l.theme);

function rox(c: Context): Child {
  const all = c.report.rox ?? [];
  if (all.length === 0) return null;
  const columns = [
    { head: say("initiative") },
    { head: say("owner") },
    { head: say("cost"), num: true },
    { head: say("gain"), num: true },
    { head: say("rox"), num: true },
    { head: say("pays"), num: true },
  ];
  const rows = all.map((r): Child[] =>
    r.fitted
      ? [
          [
            r.name,
            h(
              "small",
              null,
              `${r.theme ? c.themeName(r.theme) : ""} · ${c.segmentName(r.segment)} · ${say("months", number(r.months))}`,
            ),
          ],
          r.owner ? ownerWord(r.owner) : "–",
          c.money(r.pv_cost),
          interval(r.pv_gain?.value, r.pv_gain?.ci, c.money),
          interval(r.rox?.value, r.rox?.ci, (v) => signed(v, 2)),
          share(r.probability_pays),
        ]
      : [
          r.name,
          r.owner ? ownerWord(r.owner) : "–",
          c.money(r.pv_cost),
          r.reason ? (sentence(r.reason) ?? h("span", { lang: "en" }, r.reason)) : "–",
          "",
          "",
        ],
  );
  return [h("h3", null, say("rox")), table(say("rox"), columns, rows), h("p", { class: "small" }, say("rox_read"))];
}

export function worth(c: Context): HTMLElement | null {
  const w = c.report.worth;
  if (!w || w.levers.length === 0) return null;
  const mine = w.levers.filter(
    (l) => !l.hidden && l.segment === c.segment.name && c.shows(l.touchpoint) && l.all_customers.money?.value != null,
  );
  const shown = mine.filter((l) => l.supported).slice(0, MOST);
  const rows: Row[] = shown.map((l) => ({
    name: name(c, l),
    note: l.owner ? ownerWord(l.owner) : undefined,
    value: l.all_customers.money!.value!,
    low: l.all_customers.money?.ci?.[0] ?? NaN,
    high: l.all_customers.money?.ci?.[1] ?? NaN,
    text: c.money(l.all_customers.money!.value),
    color: l.polarity === "negative" ? "var(--neg)" : "var(--pos)",
    pick: l.theme
      ? () => c.change({ theme: l.theme!, polarity: l.polarity === "neutral" ? "" : l.polarity, view: "comments" })
      : undefined,
  }));
  const columns = [
    { head: say("theme") },
    { head: say("owner") },
    { head: say("target") },
    { head: say("nps"), num: true },
    { head: say("moving_up"), num: true },
    { head: say("kept"), num: true },
    { head: say("worth_all"), num: true },
    { head: say("worth_respondents"), num: true },
  ];
  const cells = (l: Lever): Child[] => [
    [
      name(c, l),
      h("small", null, `${say(l.polarity)} · ${share(l.prevalence)}`),
      l.action && h("small", null, label(l.action, "")),
    ],
    l.owner ? ownerWord(l.owner) : "–",
    [word(l.target), l.level !== null && h("small", null, share(l.level))],
    interval(l.nps?.value, l.nps?.ci, (v) => signed(v, 1)),
    number(l.all_customers.moving_up?.value, 0),
    number(l.all_customers.kept?.value, 0),
    interval(l.all_customers.money?.value, l.all_customers.money?.ci, c.money),
    c.money(l.respondents.money?.value ?? null),
  ];
  const customers = mine[0]?.all_customers.customers;
  return h(
    "section",
    { id: "worth" },
    h("h2", null, say("worth_head")),
    h(
      "p",
      null,
      h("b", null, c.segmentName(c.segment.name)),
      ". ",
      shown.length > 0 ? say("worth_read", number(customers), number(w.months)) : say("worth_none"),
    ),
    c.notBy("wave", "language"),
    rows.length > 0 &&
      chart({
        id: "worth-chart",
        describe: rows.map((r) => `${r.name} ${r.text}`).join("; "),
        draw: (width) => intervals(rows, width, { label: `${say("worth_all")} (${w.currency ?? ""})` }),
        table: table(say("worth_head"), columns, shown.map(cells)),
      }),
    mine.length > shown.length &&
      details(
        "worth-others",
        say("others", number(mine.length - shown.length)),
        table(say("worth_head"), columns, mine.filter((l) => !shown.includes(l)).map(cells)),
      ),
    w.assumptions.length > 0 &&
      details(
        "assumptions",
        say("assumptions"),
        h(
          "ul",
          null,
          w.assumptions.map((a) => h("li", null, sentence(a) ?? h("span", { lang: "en" }, a))),
        ),
      ),
    rox(c),
  );
}
