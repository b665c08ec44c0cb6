// Over time: a smoothed line with its band, raw points faint with their intervals, control limits, real changes marked.
import { chart, key, onPaper, Plot, tick } from "../chart";
import type { Context } from "../context";
import { h, table, type Child } from "../dom";
import { figure, number, signed } from "../format";
import { say, sentence } from "../words";

interface Point {
  wave: string;
  n: number;
  hidden: boolean;
  value: number | null;
  low: number | null;
  high: number | null;
  smoothed: number | null;
  bandLow: number | null;
  bandHigh: number | null;
  limitLow: number | null;
  limitHigh: number | null;
  change: number | null;
  significant: boolean;
}

function points(c: Context): { points: Point[]; text: string | null; nps: boolean } {
  const trend = c.report.trend?.find((t) => t.segment === c.segment.name);
  if (trend)
    return {
      nps: trend.measure === "nps",
      text: trend.text,
      points: trend.points.map((p) => ({
        wave: p.wave,
        n: p.n,
        hidden: p.hidden,
        value: p.hidden ? null : p.value,
        low: p.ci?.[0] ?? null,
        high: p.ci?.[1] ?? null,
        smoothed: p.smoothed,
        bandLow: p.band?.[0] ?? null,
        bandHigh: p.band?.[1] ?? null,
        limitLow: p.limits?.[0] ?? null,
        limitHigh: p.limits?.[1] ?? null,
        change: p.change,
        significant: p.significant,
      })),
    };
  const of = c.report.waves.map((w) => ({ w, s: w.segments.find((s) => s.segment === c.segment.name) }));
  return {
    nps: true,
    text: null,
    points: of.map(({ w, s }) => ({
      wave: w.name,
      n: s && !s.hidden ? s.responses : 0,
      hidden: !s || s.hidden,
      value: s?.nps?.nps ?? null,
      low: s?.nps?.ci?.[0] ?? null,
      high: s?.nps?.ci?.[1] ?? null,
      smoothed: s?.smoothed ?? null,
      bandLow: s?.band?.[0] ?? null,
      bandHigh: s?.band?.[1] ?? null,
      limitLow: null,
      limitHigh: null,
      change: null,
      significant: false,
    })),
  };
}

export function time(c: Context): HTMLElement | null {
  const series = points(c),
    all = series.points,
    decimals = series.nps ? 0 : 2;
  const shown = all.filter((p) => p.value !== null);
  if (shown.length < 2) return null;
  const smooth = all.filter((p) => p.smoothed !== null),
    limited = all.filter((p) => p.limitLow !== null),
    name = series.nps ? "NPS" : say("score");
  const draw = (width: number): SVGSVGElement =>
    Plot.plot({
      width,
      height: onPaper() ? 230 : 300,
      marginLeft: 46,
      marginRight: 18,
      marginBottom: 44,
      marginTop: 28,
      x: {
        type: "point",
        domain: all.map((p) => p.wave),
        label: null,
        tickRotate: width / all.length < 68 ? -35 : 0,
        padding: 0.3,
      },
      y: { label: name, labelArrow: "none", nice: true, grid: true, tickFormat: tick, ticks: 6 },
      marks: [
        Plot.areaY(smooth, { x: "wave", y1: "bandLow", y2: "bandHigh", fill: "var(--seg)", fillOpacity: 0.16 }),
        Plot.line(limited, { x: "wave", y: "limitLow", stroke: "var(--muted)", strokeDasharray: "5 4" }),
        Plot.line(limited, { x: "wave", y: "limitHigh", stroke: "var(--muted)", strokeDasharray: "5 4" }),
        Plot.ruleX(shown, { x: "wave", y1: "low", y2: "high", stroke: "var(--seg)", strokeOpacity: 0.45, strokeWidth: 2 }),
        Plot.line(smooth.length > 1 ? smooth : [], {
          x: "wave",
          y: "smoothed",
          stroke: "var(--seg)",
          strokeWidth: 3,
          curve: "monotone-x",
        }),
        Plot.dot(shown, {
          x: "wave",
          y: "value",
          r: 4.5,
          fill: "var(--card)",
          stroke: "var(--seg)",
          strokeWidth: 2,
          strokeOpacity: smooth.length > 1 ? 0.6 : 1,
        }),
        Plot.text(shown, {
          x: "wave",
          y: "value",
          text: (p: Point) => number(p.value, decimals),
          dx: 10,
          textAnchor: "start",
          fontSize: 12,
          fill: "var(--ink)",
          stroke: "var(--card)",
          strokeWidth: 4,
        }),
        Plot.text(
          shown.filter((p) => p.significant),
          {
            x: "wave",
            y: "high",
            dy: -12,
            text: (p: Point) => `${p.change !== null && p.change > 0 ? "▲" : "▼"} ${signed(p.change, decimals)}`,
            fontWeight: 700,
            fill: (p: Point) => (p.change !== null && p.change > 0 ? "var(--pos)" : "var(--neg)"),
            fontSize: 12,
          },
        ),
        c.state.wave !== "" ? Plot.ruleX([c.state.wave], { stroke: "var(--line-strong)", strokeDasharray: "2 3" }) : null,
      ],
    }) as SVGSVGElement;
  const change = all.some((p) => p.change !== null);
  const columns = [
    { head: say("wave") },
    { head: say("responses"), num: true },
    { head: name, num: true },
    ...(smooth.length > 1 ? [{ head: say("smoothed"), num: true }] : []),
    ...(change ? [{ head: say("change"), num: true }] : []),
  ];
  const rows = all.map((p): Child[] => [
    p.wave,
    p.hidden ? say("hidden") : number(p.n),
    p.hidden ? say("hidden") : figure(p.value, p.low === null ? null : [p.low, p.high], (v) => number(v, decimals)),
    ...(smooth.length > 1 ? [figure(p.smoothed, p.bandLow === null ? null : [p.bandLow, p.bandHigh], (v) => number(v, 1))] : []),
    ...(change ? [[signed(p.change, 1), p.significant && h("small", null, say("real_change"))]] : []),
  ]);
  const legend = [
    key("seg", say("raw_points")),
    smooth.length > 1 && key("band", say("smoothed_band")),
    limited.length > 0 && key("dash", say("control_limits")),
  ];
  return h(
    "section",
    { id: "time" },
    h("h2", null, say("over_time")),
    h(
      "p",
      null,
      h("b", null, c.segmentName(c.segment.name)),
      ". ",
      series.text ? (sentence(series.text) ?? h("span", { lang: "en" }, series.text)) : "",
    ),
    c.notBy("language", "touchpoint"),
    chart({
      id: "time-chart",
      describe: `${say("over_time")}: ${shown.map((p) => `${p.wave} ${number(p.value, decimals)}`).join("; ")}`,
      legend,
      draw,
      table: table(say("over_time"), columns, rows),
    }),
  );
}
