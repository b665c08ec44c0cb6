// KPIs with their formulas and sources, what goes with what, what sets segments apart, and whom to call back.
import type { Context } from "../context";
import { details, h, interval, table, type Child } from "../dom";
import { figure, number, share, signed } from "../format";
import type { Correlation, Cut, Kpi } from "../report";
import { label, ownerWord, say, sentence, upper, word } from "../words";

const told = (text: string | null): Child =>
  text === null || text === "" ? null : (sentence(text) ?? h("span", { lang: "en" }, text));

/** A value of a KPI in its unit. */
function write(c: Context, k: Kpi): (value: number) => string {
  if (k.unit === "share") return share;
  if (k.unit !== null && k.unit === c.report.currency) return c.money;
  return (value) =>
    number(value, Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : k.id === "nps" ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}

/** KPIs are cut by one choice at a time: the first of these that is made. */
const chosenCut = (c: Context): "segment" | "wave" | "touchpoint" | "language" | null =>
  (["segment", "wave", "touchpoint", "language"] as const).find((name) => c.state[name] !== "") ?? null;

function cut(c: Context, k: Kpi): Cut | null {
  const by = chosenCut(c);
  return by === null ? null : (k.cuts.find((x) => x.by === by && x.group === c.state[by]) ?? null);
}

function cuts(c: Context, k: Kpi): Child {
  if (k.cuts.length === 0) return null;
  const how = write(c, k);
  const rows = k.cuts.map((x): Child[] => [
    `${upper(word(x.by))}: ${x.by === "touchpoint" || x.by === "language" ? word(x.group) : x.group}`,
    x.hidden ? say("hidden") : figure(x.value, x.ci, how),
    x.hidden ? "" : number(x.n),
  ]);
  return details(
    `kpi-${k.id}`,
    say("by_group"),
    table(
      label(k.label, k.id),
      [{ head: say("group") }, { head: say("value"), num: true }, { head: say("n_behind"), num: true }],
      rows,
    ),
  );
}

function kind(c: Context, all: Kpi[], name: string): Child {
  const mine = all.filter((k) => k.kind === name);
  if (mine.length === 0) return null;
  const compared = mine.some((k) => k.benchmark !== null || k.target !== null);
  const columns = [
    { head: say("kpi") },
    { head: say("value"), num: true },
    { head: say("n_behind"), num: true },
    ...(compared
      ? [
          { head: say("benchmark"), num: true },
          { head: say("target"), num: true },
        ]
      : []),
    { head: say("formula_source") },
  ];
  const rows = mine.map((k): Child[] => {
    const how = write(c, k),
      chosen = cut(c, k),
      unit = k.unit !== null && k.unit !== "share" && k.unit !== c.report.currency ? word(k.unit) : "";
    const value: Child = chosen
      ? chosen.hidden
        ? say("hidden")
        : interval(chosen.value, chosen.ci, how)
      : k.hidden
        ? say("hidden")
        : interval(k.value, k.ci, how);
    return [
      [label(k.label, k.id), unit !== "" && h("small", null, unit), k.note && h("small", null, told(k.note)), cuts(c, k)],
      value,
      number(chosen && !chosen.hidden ? chosen.n : k.n),
      ...(compared ? [k.benchmark === null ? "–" : how(k.benchmark), k.target === null ? "–" : how(k.target)] : []),
      h("small", null, told(k.formula), " · ", told(k.source), k.interval && [" · ", told(k.interval)]),
    ];
  });
  return [h("h3", null, upper(word(name))), table(upper(word(name)), columns, rows)];
}

function correlations(all: Correlation[]): Child {
  if (all.length === 0) return null;
  const linked = (x: Correlation): number => (x.verdict === "link" ? 1 : 0);
  const sorted = [...all].sort((a, b) => linked(b) - linked(a) || Math.abs(b.r) - Math.abs(a.r));
  const rows = sorted.map((x): Child[] => [told(x.text), figure(x.r, x.ci, (v) => signed(v, 2)), number(x.n)]);
  return [
    h("h3", null, say("correlations")),
    h(
      "div",
      { class: "first-on-paper" },
      table(
        say("correlations"),
        [{ head: say("finding") }, { head: say("correlation_head"), num: true }, { head: say("customers_head"), num: true }],
        rows,
      ),
    ),
  ];
}

export function kpis(c: Context): HTMLElement | null {
  const all = c.report.kpis ?? [];
  if (all.length === 0) return null;
  return h(
    "section",
    { id: "kpis" },
    h("h2", null, say("kpis")),
    chosenCut(c) !== null && h("p", { class: "small" }, say("kpis_by", say(`not_by_${chosenCut(c)!}`))),
    (["experience", "outcome", "descriptive"] as const).map((name) => kind(c, all, name)),
    correlations(c.report.kpi_correlations ?? []),
  );
}

/** What the segment says more or less often than the others. */
export function profile(c: Context): HTMLElement | null {
  const mine =
    c.report.profiles?.filter(
      (p) => !p.hidden && p.themes.length > 0 && (c.state.segment === "" || p.segment === c.state.segment),
    ) ?? [];
  if (mine.length === 0) return null;
  const columns = [
    { head: say("theme") },
    { head: say("said_by"), num: true },
    { head: say("elsewhere"), num: true },
    { head: say("difference"), num: true },
  ];
  const points = (v: number): string => signed(100 * v, 1);
  return h(
    "section",
    { id: "profiles" },
    h("h2", null, say("profiles")),
    h("p", { class: "small" }, say("profiles_read")),
    c.notBy("wave", "language"),
    mine.map((p) => [
      h("h3", null, p.segment),
      table(
        p.segment,
        columns,
        p.themes
          .filter((t) => c.shows(t.theme.split(".")[0]!))
          .slice(0, 8)
          .map((t): Child[] => [
            [c.themeName(t.theme), h("small", null, say(t.polarity))],
            share(t.share),
            share(t.elsewhere),
            interval(t.difference, t.ci, points),
          ]),
      ),
    ]),
  );
}

export function followup(c: Context): HTMLElement | null {
  const f = c.report.followup;
  if (!f || f.items.length === 0) return null;
  const wave = c.report.waves.find((w) => w.name === c.state.wave);
  const mine = f.items
    .filter(
      (x) =>
        (c.state.segment === "" || x.segment === c.state.segment) &&
        (!wave || (x.date != null && x.date >= wave.first && x.date <= wave.last)) &&
        (c.state.touchpoint === "" || x.themes.split("|").some((t) => t.split(".")[0] === c.state.touchpoint)),
    )
    .slice(0, 20);
  const rows = mine.map((x): Child[] => [
    x.id,
    x.segment ?? "–",
    number(x.score),
    number(x.urgency),
    x.owner ? x.owner.split("|").map(ownerWord).join(", ") : "–",
    [
      x.themes
        .split("|")
        .filter((t) => t !== "")
        .map((t) => c.themeName(t))
        .join(", "),
      h("small", null, told(x.reason.replace(/(; )?can be mended: .*$/, ""))),
    ],
  ]);
  const columns = [
    { head: say("response_id") },
    { head: say("segment") },
    { head: say("score"), num: true },
    { head: say("urgency"), num: true },
    { head: say("owner") },
    { head: say("reason") },
  ];
  return h(
    "section",
    { id: "followup" },
    h("h2", null, say("followup")),
    h("p", { class: "small" }, say("followup_read", number(f.listed), number(f.considered), f.file)),
    c.notBy("language"),
    rows.length > 0 ? table(say("followup"), columns, rows) : h("p", null, say("no_comments")),
  );
}
