// Drivers of the chosen outcome and segment: intervals by what each moves, effect, importance or worth; who owns them and
// what to do.
import { chart, intervals, type Row } from "../chart";
import type { Context } from "../context";
import { details, h, interval, table, type Child } from "../dom";
import { figure, number, range, share } from "../format";
import type { Driver, Fit, Polarity } from "../report";
import { hasWord, ownerWord, say, sentence, upper, word } from "../words";

const MOST = 12;
const color = (polarity: Polarity): string =>
  polarity === "negative" ? "var(--neg)" : polarity === "positive" ? "var(--pos)" : "var(--seg)";

interface Measure {
  id: string;
  label: string;
  value: (d: Driver) => number | null;
  ci: (d: Driver) => Driver["ci"];
  write: (fit: Fit, value: number) => string;
}

function measures(c: Context, fit: Fit): Measure[] {
  const unit = c.isMoney(fit) ? c.report.currency! : fit.unit ? word(fit.unit) : "";
  const all: Measure[] = [
    {
      id: "moves",
      label: `${say("moves")} (${unit})`,
      value: (d) => d.moves,
      ci: (d) => d.moves_ci,
      write: (f, v) => c.amount(f, v, false),
    },
    {
      id: "effect",
      label: `${say("effect")} (${unit})`,
      value: (d) => d.effect,
      ci: (d) => d.ci,
      write: (f, v) => c.amount(f, v, true),
    },
  ];
  if (fit.drivers.some((d) => d.worth !== null))
    all.push({
      id: "worth",
      label: `${c.yearly ? say("worth") : say("worth_plain")} (${c.report.currency ?? ""})`,
      value: (d) => d.worth,
      ci: (d) => d.worth_ci,
      write: (_, v) => c.money(v),
    });
  return all;
}

/** Buttons of which one is chosen. */
export function choice(
  id: string,
  name: string,
  options: { id: string; label: string }[],
  chosen: string,
  pick: (id: string) => void,
): HTMLElement {
  return h(
    "div",
    { class: "choice", role: "group", "aria-label": name },
    options.map((o) =>
      h(
        "button",
        { id: `${id}-${o.id}`, type: "button", "aria-pressed": String(o.id === chosen), click: () => pick(o.id) },
        o.label,
      ),
    ),
  );
}

function verdict(c: Context, fit: Fit): string {
  if (fit.verdict === "link") return say("verdict_link", number(fit.n), share(fit.r2));
  if (fit.detectable == null) return say("no_driver_plain", number(fit.n));
  return say(fit.verdict === "no_link" ? "verdict_no_link" : "verdict_unclear", number(fit.n), c.size(fit, fit.detectable));
}

const pickDriver = (c: Context, d: Driver): void =>
  c.change({
    touchpoint: c.state.touchpoint,
    theme: d.theme ?? "",
    polarity: d.polarity === "neutral" ? "" : d.polarity,
    view: "comments",
  });

function group(c: Context, fit: Fit, measure: Measure, polarity: Polarity, heading: string): HTMLElement | null {
  const chosen = fit.drivers
    .filter((d) => d.supported && d.polarity === polarity && c.shows(d.touchpoint) && measure.value(d) !== null)
    .sort((a, b) => Math.abs(measure.value(b)!) - Math.abs(measure.value(a)!))
    .slice(0, MOST);
  if (chosen.length === 0) return null;
  const rows: Row[] = chosen.map((d) => {
    const owner = c.owner(d);
    return {
      name: c.driverName(d),
      note: owner ? ownerWord(owner) : undefined,
      value: measure.value(d)!,
      low: measure.ci(d)?.[0] ?? NaN,
      high: measure.ci(d)?.[1] ?? NaN,
      text: measure.write(fit, measure.value(d)!),
      color: color(polarity),
      faint: measure.id === "worth" && d.worth_supported === false,
      pick: d.theme ? () => pickDriver(c, d) : undefined,
    };
  });
  return h(
    "div",
    null,
    h("h3", null, heading),
    chart({
      id: `drivers-${polarity}`,
      describe: `${heading}: ${rows.map((r) => `${r.name} ${r.text}`).join("; ")}`,
      draw: (width) => intervals(rows, width, { label: measure.label }),
    }),
  );
}

/** Where customers who gave no answer have a worth too (in a view of its own), whose money this is must be said. */
const worthHead = (c: Context): string => say(c.report.worth ? "worth_respondents" : c.yearly ? "worth" : "worth_plain");

/** Money that could as well be none is not named as if it were known; its interval says what could be. */
const worthOf = (c: Context, d: Driver): Child =>
  d.worth === null || d.worth_supported !== false || d.worth_ci == null
    ? interval(d.worth, d.worth_ci, c.money)
    : [say("worth_no_link"), byChance(false, d.worth_ci) && "\u00a0†", h("small", null, range(d.worth_ci, c.money))];

/** Whether an interval leaves out zero though, with all that is tested counted, no link could be shown. */
const byChance = (supported: boolean | undefined, ci: Driver["ci"]): boolean =>
  supported === false && ci?.[0] != null && ci[1] != null && ci[0] * ci[1] > 0;

function driverTable(c: Context, fit: Fit, drivers: Driver[], actions: boolean): Child {
  const worth = fit.drivers.some((d) => d.worth !== null);
  const certain = new Map(fit.touchpoints.map((t) => [t.name, t.prob_top3]));
  const columns = [
    { head: say("theme") },
    { head: say("owner") },
    { head: say("said_by"), num: true },
    { head: say("effect"), num: true },
    { head: say("moves"), num: true },
    ...(worth ? [{ head: worthHead(c), num: true }] : []),
    { head: say("among_first"), num: true },
    ...(actions ? [{ head: say("action") }] : []),
  ];
  const rows = drivers.map((d): Child[] => {
    const owner = c.owner(d),
      name = c.driverName(d);
    const act = `action:${d.touchpoint}`;
    return [
      [
        d.theme
          ? h(
              "button",
              { class: "plain", id: `driver-${fit.segment}-${d.theme}-${d.polarity}`, click: () => pickDriver(c, d) },
              name,
            )
          : name,
        h("small", null, `${say(d.polarity)} · ${word(d.touchpoint)}`, d.pooled > 0 && ` · ${say("pooled", number(d.pooled))}`),
      ],
      owner ? ownerWord(owner) : "–",
      [share(d.prevalence), h("small", null, `n ${number(d.mentions)}`)],
      [byChance(d.supported, d.ci) && "†\u00a0", interval(d.effect, d.ci, (v) => c.amount(fit, v, true))],
      interval(d.moves, d.moves_ci, (v) => c.amount(fit, v, false)),
      ...(worth ? [worthOf(c, d)] : []),
      share(certain.get(d.touchpoint)),
      ...(actions ? [d.polarity === "positive" ? say("action_keep") : hasWord(act) ? word(act) : say("action_ask")] : []),
    ];
  });
  const marked = drivers.some((d) => byChance(d.supported, d.ci) || (worth && byChance(d.worth_supported, d.worth_ci)));
  return [
    table(say("drivers_of", word(fit.outcome)), columns, rows),
    marked && h("p", { class: "small by-chance" }, say("by_chance")),
    worth && !c.report.worth && c.report.segments.length > 1 && h("p", { class: "small" }, say("worth_separate")),
  ];
}

function importance(c: Context, fit: Fit): HTMLElement | null {
  const explained = fit.r2 - fit.r2_controls;
  if (fit.touchpoints.length === 0 || !(explained > 0)) return null;
  const rows: Row[] = fit.touchpoints
    .filter((t) => c.shows(t.name))
    .slice(0, 2 * MOST)
    .map((t) => ({
      name: word(t.name),
      value: 100 * t.share,
      low: (100 * (t.importance_ci?.[0] ?? NaN)) / explained,
      high: (100 * (t.importance_ci?.[1] ?? NaN)) / explained,
      text: share(t.share),
      note: t.prob_top3 == null ? undefined : `${say("among_first")}: ${share(t.prob_top3)}`,
      color: "var(--seg)",
      faint: !(t.q !== null && t.q <= c.report.alpha),
      tie: t.tie,
    }));
  const columns = [
    { head: say("touchpoint") },
    { head: say("share_explained"), num: true },
    { head: say("among_first"), num: true },
    { head: say("tied"), num: true },
    { head: say("q_value"), num: true },
  ];
  const figures = fit.touchpoints.map((t): Child[] => [
    word(t.name),
    figure(t.share, t.importance_ci && [t.importance_ci[0]! / explained, t.importance_ci[1]! / explained], share),
    share(t.prob_top3),
    number(t.tie),
    number(t.q, 3),
  ]);
  return h(
    "div",
    null,
    h("p", { class: "small" }, say("importance", share(explained)), ". ", say("tied_read")),
    chart({
      id: "importance",
      describe: rows.map((r) => `${r.name} ${r.text}`).join("; "),
      draw: (width) => intervals(rows, width, { label: say("share_percent") }),
      table: table(say("share_explained"), columns, figures),
    }),
  );
}

export function drivers(c: Context): HTMLElement | null {
  if (c.outcomes.length === 0) return null;
  const fit = c.chosenFit,
    outcome = c.outcome;
  const outcomes = c.outcomes.map((id) => ({ id, label: upper(word(id)) }));
  const head = [
    h("h2", null, say("drivers_of", word(outcome))),
    outcomes.length > 1 && choice("outcome", say("outcome"), outcomes, outcome, (id) => c.change({ outcome: id })),
  ];
  if (!fit || !fit.fitted) {
    const reason = fit?.reason ? (sentence(fit.reason) ?? fit.reason) : null;
    return h("section", { id: "drivers" }, head, h("p", null, say("not_fitted"), reason && ` (${reason})`));
  }
  const all = [
    ...measures(c, fit).map((m) => ({ id: m.id, label: m.label.replace(/ \(.*\)$/, "") })),
    { id: "importance", label: say("importance_switch") },
  ];
  const chosen = all.find((m) => m.id === c.state.measure)?.id ?? "moves",
    measure = measures(c, fit).find((m) => m.id === chosen);
  const supported = fit.drivers.filter((d) => d.supported && c.shows(d.touchpoint)),
    others = fit.drivers.filter((d) => !d.supported && c.shows(d.touchpoint));
  return h(
    "section",
    { id: "drivers" },
    head,
    h("p", null, h("b", null, c.segmentName(fit.segment)), ". ", verdict(c, fit)),
    c.notBy("wave", "language"),
    h("p", { class: "small" }, say("drivers_read", share(c.report.confidence), share(c.report.alpha))),
    choice("measure", say("measure"), all, chosen, (id) => c.change({ measure: id })),
    measure
      ? h(
          "div",
          { class: "two" },
          group(c, fit, measure, "negative", say("to_mend")),
          group(c, fit, measure, "positive", say("to_keep")),
        )
      : importance(c, fit),
    supported.length > 0 && [h("h3", null, say("who_acts")), driverTable(c, fit, supported, true)],
    others.length > 0 && details("drivers-others", say("others", number(others.length)), driverTable(c, fit, others, false)),
    fit.notes.length > 0 &&
      details(
        "drivers-notes",
        say("how"),
        h(
          "ul",
          { class: "small" },
          fit.notes.map((n) => h("li", null, sentence(n) ?? h("span", { lang: "en" }, n))),
        ),
      ),
  );
}
