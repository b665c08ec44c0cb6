// Segments: profit per customer across, NPS up, each with its intervals; size by customers. A click filters all.
import { chart, intervals, placed, Plot, tick } from "../chart";
import type { Context } from "../context";
import { details, h, table, type Child } from "../dom";
import { figure, money, number, range, share } from "../format";
import type { Segment } from "../report";
import { say, sentence } from "../words";

const score = (s: Segment): { value: number; ci: Segment["score"] } | null =>
  s.nps
    ? { value: s.nps.nps, ci: { n: s.nps.n, mean: s.nps.nps, ci: s.nps.ci } }
    : s.score
      ? { value: s.score.mean, ci: s.score }
      : null;

export const profitLabel = (c: Context): string =>
  c.report.profit_link && c.report.profit_link.periods_a_year !== 1 ? say("profit_period") : say("profit");

function map(c: Context): HTMLElement | null {
  const shown = c.report.segments.filter((s, i) => (i > 0 || c.report.segments.length === 1) && !s.hidden && score(s));
  if (shown.length === 0) return null;
  const profit = shown.every((s) => s.profit),
    nps = c.report.score_is_nps;
  const rows = shown.map((s) => ({
    name: c.segmentName(s.name),
    key: s.name,
    y: score(s)!.value,
    lowY: score(s)!.ci!.ci?.[0] ?? NaN,
    highY: score(s)!.ci!.ci?.[1] ?? NaN,
    x: s.profit?.mean ?? NaN,
    lowX: s.profit?.ci?.[0] ?? NaN,
    highX: s.profit?.ci?.[1] ?? NaN,
    size: s.customers || s.responses,
    chosen: s.name === c.state.segment,
  }));
  const describe = rows
    .map(
      (r) =>
        `${r.name}: ${nps ? "NPS" : say("score")} ${number(r.y, nps ? 0 : 2)}${profit ? `, ${money(r.x, c.report.currency)}` : ""}`,
    )
    .join("; ");
  const pick = (r: { key: string }): void => c.change({ segment: c.state.segment === r.key ? "" : r.key });
  const list = (width: number): SVGSVGElement =>
    intervals(
      rows.map((r) => ({
        name: r.name,
        note: `n ${number(r.size)}`,
        value: r.y,
        low: r.lowY,
        high: r.highY,
        text: number(r.y, nps ? 0 : 2),
        color: r.chosen ? "var(--accent)" : "var(--seg)",
        pick: () => pick(r),
      })),
      width,
      { label: nps ? "NPS" : say("score") },
    );
  /** Where there are many, each name stands where there is room, and the table has them all. */
  const names = (svg: SVGSVGElement & Plot.Plot, width: number, height: number): (typeof rows[number] & { px: number; py: number })[] => {
    const x = svg.scale("x")!,
      y = svg.scale("y")!;
    const short = rows.map((r) => ({ ...r, name: `${r.name.length > 18 ? `${r.name.slice(0, 9)}…${r.name.slice(-8)}` : r.name} ${number(r.y, nps ? 0 : 1)}` }));
    return placed(short, (r) => [x.apply(r.x) as number, y.apply(r.y) as number], width, height + 30, 8.2);
  };
  const draw = (width: number): SVGSVGElement => {
    if (!profit) return list(width);
    const many = rows.length > 5,
      height = Math.min(many ? 520 : 380, Math.max(260, width * (many ? 0.5 : 0.4)));
    const options: Plot.PlotOptions = {
      width,
      height,
      marginLeft: 46,
      marginBottom: 44,
      marginTop: 26,
      marginRight: 24,
      x: {
        label: profitLabel(c),
        labelArrow: "none",
        labelAnchor: "right",
        nice: true,
        tickFormat: tick,
        ticks: Math.floor(width / 110),
        grid: true,
        insetLeft: width < 500 ? 28 : 40,
        insetRight: width < 500 ? 34 : 60,
      },
      y: {
        label: nps ? "NPS" : say("score"),
        labelArrow: "none",
        nice: true,
        tickFormat: tick,
        ticks: 6,
        grid: true,
        insetTop: 34,
        insetBottom: 14,
      },
      r: { range: [5, 22], domain: [0, Math.max(...rows.map((r) => r.size))] },
    };
    const marks = [
      Plot.ruleX(rows, { x: "x", y1: "lowY", y2: "highY", stroke: "var(--seg)", strokeWidth: 2.5 }),
      Plot.ruleY(rows, { y: "y", x1: "lowX", x2: "highX", stroke: "var(--seg)", strokeWidth: 2.5 }),
      Plot.dot(rows, {
        x: "x",
        y: "y",
        r: "size",
        sort: null, // a click counts them
        fill: "var(--seg)",
        fillOpacity: (d) => (d.chosen ? 0.8 : 0.35),
        stroke: "var(--seg)",
        strokeWidth: 2,
      }),
    ];
    const text = { fontSize: many ? 12 : 14, fontWeight: 600, fill: "var(--ink)", stroke: "var(--card)", strokeWidth: 5 };
    const empty = many ? (Plot.plot({ ...options, marks }) as SVGSVGElement & Plot.Plot) : null;
    const x = empty?.scale("x"),
      y = empty?.scale("y");
    const label = empty
      ? Plot.text(names(empty, width, height), {
          x: (d: { px: number }) => x!.invert!(d.px),
          y: (d: { py: number }) => y!.invert!(d.py),
          text: "name",
          textAnchor: "start",
          lineAnchor: "bottom",
          ...text,
        })
      : Plot.text(rows, {
          x: "x",
          y: "y",
          text: (d) => `${d.name} ${number(d.y, nps ? 0 : 1)}`,
          dx: width >= 500 ? 28 : 0,
          dy: width >= 500 ? -16 : -30,
          textAnchor: width >= 500 ? "start" : "middle",
          ...text,
        });
    const svg = Plot.plot({ ...options, marks: [...marks, label] }) as SVGSVGElement;
    svg
      .querySelectorAll("[aria-label=dot] circle")
      .forEach((dot, i) =>
        dot.addEventListener("click", () => pick(rows[i]!)),
      );
    svg.classList.add("pick");
    return svg;
  };
  return chart({ id: "segment-map", title: profit ? say("segments_chart") : say("segments_chart_plain"), describe, draw });
}

function rows(c: Context): Child[][] {
  const money_ = c.report.segments.some((s) => s.profit),
    customers = c.report.customers > 0;
  return c.report.segments.map((s, i) => {
    const name =
      i === 0
        ? say("everybody")
        : s.hidden
          ? s.name
          : h(
              "button",
              {
                class: "plain",
                id: `segment-${i}`,
                "aria-pressed": String(c.state.segment === s.name),
                click: () => c.change({ segment: c.state.segment === s.name ? "" : s.name }),
              },
              s.name,
            );
    if (s.hidden) return [name, say("too_few_to_show", number(c.report.min_privacy)), "", "", ...(customers ? [""] : []), ...(money_ ? [""] : [])];
    const decimals = s.nps ? 0 : 2,
      mine = score(s);
    return [
      name,
      mine ? figure(mine.value, mine.ci?.ci, (v) => number(v, decimals)) : "–",
      number(s.responses),
      ...(customers ? [number(s.customers)] : []),
      share(s.commented),
      ...(money_ ? [s.profit ? money(s.profit.mean, c.report.currency) : "–"] : []),
    ];
  });
}

export function segments(c: Context): HTMLElement | null {
  if (c.everybody.hidden || !score(c.everybody)) return null;
  const link = c.report.profit_link,
    about = link?.about ? sentence(link.about) : null;
  const columns = [
    { head: say("segment") },
    { head: c.report.score_is_nps ? say("nps_ci") : say("score_ci"), num: true },
    { head: say("responses"), num: true },
    ...(c.report.customers > 0 ? [{ head: say("customers_head"), num: true }] : []),
    { head: say("with_comment"), num: true },
    ...(c.report.segments.some((s) => s.profit) ? [{ head: profitLabel(c), num: true }] : []),
  ];
  const source = c.report.segment_source
    ? `${say("segment")}: ${sentence(c.report.segment_source) ?? c.report.segment_source}. `
    : "";
  return h(
    "section",
    { id: "segments" },
    h("h2", null, say("where_we_stand")),
    c.notBy("wave", "language", "touchpoint"),
    map(c),
    table(say("where_we_stand"), columns, rows(c)),
    source && h("p", { class: "small" }, source, say("segments_read")),
    link &&
      details(
        "link-more",
        say("score_and_profit"),
        h(
          "p",
          null,
          say("correlation", number(link.correlation, 2), number(link.n), number(link.customers)),
          " ",
          link.ci ? `${say("effect")}: ${c.money(link.effect)} (${range(link.ci, c.money)}). ` : "",
          about ?? h("span", { lang: "en" }, link.about),
        ),
      ),
  );
}
