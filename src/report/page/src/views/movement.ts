// Movement: where customers of each segment are a period later, what noise alone would show, and what goes with moving.
import { chart, intervals, key, Plot, type Row } from "../chart";
import type { Context } from "../context";
import { details, h, interval, table, type Child } from "../dom";
import { figure, number, range, share, signed } from "../format";
import type { Hazard, Matrix, MoveDriver, Movement } from "../report";
import { ownerWord, say, sentence, upper, word } from "../words";

const told = (text: string | null): Child => (text === null ? null : (sentence(text) ?? h("span", { lang: "en" }, text)));
const driverName = (c: Context, d: MoveDriver): string =>
  d.theme === null ? say("pooled_name", word(d.touchpoint)) : c.themeName(d.theme);

/** Flows from a segment at the left to where its customers are later at the right; as thick as they are many. */
function flows(m: Matrix, states: string[]): HTMLElement {
  const rows = m.rows.filter((r) => !r.hidden);
  const most = Math.max(1, ...rows.flatMap((r) => r.to.map((t) => t.n)));
  const links = rows.flatMap((r) =>
    r.to
      .filter((t) => t.n > 0)
      .map((t) => ({
        from: r.from,
        to: t.to,
        n: t.n,
        text: share(t.share),
        stays: r.from === t.to,
        color:
          t.to === "lost" || states.indexOf(t.to) < states.indexOf(r.from)
            ? "var(--neg)"
            : r.from === t.to
              ? "var(--neu)"
              : "var(--pos)",
      })),
  );
  const name = (s: string): string => upper(word(s));
  const draw = (width: number): SVGSVGElement =>
    Plot.plot({
      width,
      height: 60 + 74 * states.length,
      marginLeft: Math.min(110, width * 0.24),
      marginRight: Math.min(120, width * 0.27),
      marginTop: 30,
      marginBottom: 12,
      x: { domain: [0, 1], axis: null },
      y: {
        type: "point",
        domain: [...states.filter((s) => s !== "lost").reverse(), ...states.filter((s) => s === "lost")],
        axis: null,
        padding: 0.5,
      },
      marks: [
        Plot.link(
          [...links].sort((a, b) => Number(b.stays) - Number(a.stays)),
          {
            x1: 0,
            x2: 1,
            y1: "from",
            y2: "to",
            curve: "bump-x",
            stroke: "color",
            strokeOpacity: (d) => (d.stays ? 0.75 : 0.55),
            strokeWidth: (d: { n: number }) => 1 + (34 * d.n) / most,
          },
        ),
        Plot.text(rows, {
          x: 0,
          y: "from",
          text: (r: (typeof rows)[number]) => `${name(r.from)}\n${number(r.n)}`,
          textAnchor: "end",
          dx: -10,
          fontSize: 12.5,
          fontWeight: 600,
          fill: "var(--ink)",
        }),
        Plot.text(states, {
          x: 1,
          y: (s: string) => s,
          text: (s: string) => `${name(s)}\n${number(links.filter((l) => l.to === s).reduce((a, l) => a + l.n, 0))}`,
          textAnchor: "start",
          dx: 10,
          fontSize: 12.5,
          fontWeight: 600,
          fill: "var(--ink)",
        }),
        Plot.text([say("before"), say("after")], {
          x: (_, i) => i,
          frameAnchor: "top",
          dy: -20,
          textAnchor: "middle",
          text: (t: string) => t,
          fontSize: 12,
          fill: "var(--muted)",
        }),
      ],
    }) as SVGSVGElement;
  const legend = [key("pos", say("flow_up")), key("neu", say("flow_stay")), key("neg", say("flow_down"))];
  return chart({
    id: "flows",
    title: say("flows"),
    describe: links.map((l) => `${name(l.from)} → ${name(l.to)}: ${l.text}`).join("; "),
    legend,
    draw,
  });
}

function matrix(m: Matrix, states: string[]): HTMLElement {
  const noise = m.rows.some((r) => !r.hidden && r.to.some((t) => t.noise !== null));
  const columns = [
    { head: say("from") },
    { head: say("customers_head"), num: true },
    ...states.map((s) => ({ head: upper(word(s)), num: true })),
  ];
  const rows = m.rows.map((r): Child[] => {
    if (r.hidden) return [upper(word(r.from)), say("hidden"), ...states.map(() => "")];
    return [
      upper(word(r.from)),
      number(r.n),
      ...states.map((s): Child => {
        const cell = r.to.find((t) => t.to === s);
        return !cell
          ? "–"
          : [
              share(cell.share),
              cell.ci && h("small", null, range(cell.ci, share)),
              cell.noise !== null && h("small", null, `${say("noise_short")} ${share(cell.noise)}`),
            ];
      }),
    ];
  });
  return h(
    "div",
    null,
    h("h3", null, `${upper(word(m.who))}, ${word(m.step)}`),
    table(say("movement"), columns, rows),
    h(
      "p",
      { class: "small" },
      say("matrix_read", number(m.n), number(m.customers), number(m.censored)),
      noise && ` ${say("noise_read")}`,
    ),
  );
}

function driverRows(c: Context, drivers: MoveDriver[]): Child[][] {
  return drivers.map((d): Child[] => [
    [
      driverName(c, d),
      h("small", null, `${say(d.polarity)} · ${word(d.touchpoint)}${d.owner ? ` · ${ownerWord(d.owner)}` : ""}`),
    ],
    number(d.mentions),
    figure(d.odds_ratio, d.odds_ci, (v) => number(v, 2)),
    figure(100 * d.effect, d.ci && [100 * d.ci[0]!, 100 * d.ci[1]!], (v) => signed(v, 1)),
    number(d.q, 3),
  ]);
}

/** All events with their rates and what goes with them, in words. */
function rates(c: Context, all: Hazard[]): HTMLElement {
  const columns = [
    { head: say("from") },
    { head: say("event") },
    { head: say("responses"), num: true },
    { head: say("events"), num: true },
    { head: say("rate"), num: true },
    { head: say("goes_with") },
  ];
  const found = (x: Hazard): Child => {
    if (!x.fitted) return [say("not_fitted"), x.reason && [" (", told(x.reason), ")"]];
    const names = x.drivers.filter((d) => d.supported).map((d) => `${driverName(c, d)} ${signed(100 * d.effect, 1)}`);
    if (names.length > 0) return names.join(", ");
    return x.detectable !== null ? say("hazard_none", number(100 * x.detectable, 1)) : say("hazard_none_plain");
  };
  return table(
    say("what_moves"),
    columns,
    all.map((x): Child[] => [
      upper(word(x.from)),
      word(x.event),
      number(x.n),
      number(x.events),
      interval(x.rate, x.rate_ci, share),
      found(x),
    ]),
  );
}

/** What goes with an event, where something does. */
function hazard(c: Context, x: Hazard): HTMLElement | null {
  const heading = say("hazard", upper(word(x.from)), word(x.event));
  const supported = x.fitted ? x.drivers.filter((d) => d.supported && c.shows(d.touchpoint)) : [];
  if (supported.length === 0) return null;
  const others = x.drivers.filter((d) => !d.supported && c.shows(d.touchpoint)),
    good = x.event === "up";
  const rows: Row[] = supported
    .slice(0, 8)
    .map((d) => ({
      name: driverName(c, d),
      note: say(d.polarity),
      value: 100 * d.effect,
      low: 100 * (d.ci?.[0] ?? NaN),
      high: 100 * (d.ci?.[1] ?? NaN),
      text: signed(100 * d.effect, 1),
      color: d.effect > 0 === good ? "var(--pos)" : "var(--neg)",
    }));
  const columns = [
    { head: say("theme") },
    { head: say("mentions"), num: true },
    { head: say("odds_ratio"), num: true },
    { head: say("effect_points"), num: true },
    { head: say("q_value"), num: true },
  ];
  return h(
    "div",
    null,
    h("h3", null, heading),
    chart({
      id: `hazard-${x.event}-${x.from}`,
      describe: `${heading}: ${rows.map((r) => `${r.name} ${r.text}`).join("; ")}`,
      draw: (width) => intervals(rows, width, { label: say("effect_points") }),
      table: table(heading, columns, driverRows(c, supported)),
    }),
    others.length > 0 &&
      details(
        `hazard-others-${x.event}-${x.from}`,
        say("others", number(others.length)),
        table(heading, columns, driverRows(c, others)),
      ),
  );
}

function gap(c: Context, m: Movement): Child {
  if (!m.gap) return null;
  const found = m.gap.fitted ? m.gap.drivers.filter((d) => d.supported) : [];
  const rows = found.map((d): Child[] => [
    driverName(c, d),
    say(d.polarity),
    number(d.mentions),
    figure(d.effect, d.ci, (v) => signed(v, 2)),
  ]);
  return [
    h("h3", null, say("gap")),
    m.gap.fitted
      ? h("p", null, say("gap_read", number(m.gap.n)))
      : h("p", null, say("not_fitted"), m.gap.reason && [" (", told(m.gap.reason), ")"]),
    rows.length > 0 &&
      table(
        say("gap"),
        [
          { head: say("theme") },
          { head: say("polarity") },
          { head: say("mentions"), num: true },
          { head: say("gap_effect"), num: true },
        ],
        rows,
      ),
  ];
}

export function movement(c: Context): HTMLElement | null {
  const m = c.report.movement;
  if (!m) return null;
  const all = m.matrices.find((x) => x.who === "all customers") ?? m.matrices[0];
  const hazards = m.hazards.filter((x) => !x.hidden).filter((x) => c.state.segment === "" || x.from === c.state.segment);
  const life = c.report.lifetime,
    lives = life?.segments.filter((s) => !s.hidden) ?? [];
  return h(
    "section",
    { id: "movement" },
    h("h2", null, say("movement")),
    m.about && h("p", { class: "small" }, told(m.about)),
    c.notBy("wave", "language"),
    all && flows(all, m.states),
    all && matrix(all, m.states),
    m.matrices
      .filter((x) => x !== all)
      .map((x, i) => details(`matrix-${i}`, `${upper(word(x.who))}, ${word(x.step)}`, matrix(x, m.states))),
    m.noise && m.noise.known && m.noise.share_of_spread !== null
      ? h("p", { class: "small" }, say("noise_share", share(m.noise.share_of_spread)), " ", told(m.noise.about))
      : m.noise?.reason && !m.gap && h("p", { class: "small" }, told(m.noise.reason)),
    hazards.length > 0 && [
      h("h3", null, say("what_moves")),
      rates(c, hazards),
      h(
        "div",
        { class: "two" },
        hazards.map((x) => hazard(c, x)),
      ),
    ],
    gap(c, m),
    life &&
      lives.length > 0 && [
        h("h3", null, say("lifetime_value")),
        table(
          say("lifetime_value"),
          [
            { head: say("segment") },
            { head: say("margin_period"), num: true },
            { head: say("lifetime_value"), num: true },
            { head: say("expected_periods"), num: true },
          ],
          lives.map((s): Child[] => [
            c.segmentName(s.segment),
            interval(s.margin?.value, s.margin?.ci, c.money),
            interval(s.value?.value, s.value?.ci, c.money),
            number(s.expected_periods, 1),
          ]),
        ),
        h("p", { class: "small" }, say("lifetime_read", share(life.discount_a_year)), ` ${life.formula}`),
      ],
  );
}
