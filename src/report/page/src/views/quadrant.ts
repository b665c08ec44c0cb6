// How often something is said against what a mention goes with: four corners with names.
import { chart, key, onPaper, placed, Plot, tick } from "../chart";
import type { Context } from "../context";
import { h, table, type Child } from "../dom";
import { figure, number, share } from "../format";
import { say, word } from "../words";

interface Point {
  name: string;
  x: number;
  y: number;
  low: number;
  high: number;
  supported: boolean;
  color: string;
}

export function quadrant(c: Context): HTMLElement | null {
  const fit = c.chosenFit;
  if (!fit?.fitted) return null;
  const drivers = fit.drivers.filter((d) => c.shows(d.touchpoint) && d.prevalence > 0);
  if (drivers.length < 3) return null;
  const points = drivers.map(
    (d): Point => ({
      name: c.driverName(d),
      x: 100 * d.prevalence,
      y: d.effect,
      low: d.ci?.[0] ?? NaN,
      high: d.ci?.[1] ?? NaN,
      supported: d.supported,
      color: d.polarity === "negative" ? "var(--neg)" : d.polarity === "positive" ? "var(--pos)" : "var(--seg)",
    }),
  );
  const middle = [...points].sort((a, b) => a.x - b.x)[Math.floor(points.length / 2)]!.x;
  const unit = c.isMoney(fit) ? c.report.currency! : fit.unit ? word(fit.unit) : "";
  const draw = (width: number): SVGSVGElement => {
    const height = onPaper() ? 330 : Math.max(380, Math.min(520, width * 0.5));
    const highest = Math.max(...points.map((p) => p.x)),
      ends = points.flatMap((p) => [p.low, p.high]).filter(Number.isFinite);
    const up = Math.max(0, ...ends),
      down = Math.min(0, ...ends),
      room = (up - down) * 0.12;
    const x = {
      domain: [0, highest * 1.08],
      label: say("said_by_percent"),
      labelArrow: "none" as const,
      tickFormat: tick,
      ticks: Math.floor(width / 90),
    };
    const y = {
      domain: [down - room, up + room],
      label: `${say("effect")} (${unit})`,
      labelArrow: "none" as const,
      tickFormat: tick,
      ticks: 7,
      grid: true,
    };
    const frame = { width, height, marginLeft: 48, marginRight: 12, marginTop: 30, marginBottom: 42 };
    const scales = Plot.plot({ ...frame, x, y, marks: [Plot.dot(points, { x: "x", y: "y" })] });
    const sx = scales.scale("x")!,
      sy = scales.scale("y")!;
    const order = [...points].filter((p) => p.supported);
    const named = placed(order, (p) => [sx.apply(p.x) as number, sy.apply(p.y) as number], width, height);
    const corner = (text: string, anchor: "top-left" | "top-right" | "bottom-left" | "bottom-right") =>
      Plot.text([text], {
        frameAnchor: anchor,
        dx: anchor.endsWith("left") ? 6 : -6,
        dy: anchor.startsWith("top") ? 6 : -6,
        fontSize: 13,
        fontWeight: 700,
        fill: "var(--muted)",
      });
    return Plot.plot({
      ...frame,
      x,
      y,
      symbol: { type: "identity" },
      marks: [
        Plot.ruleY([0], { stroke: "var(--line-strong)" }),
        Plot.ruleX([middle], { stroke: "var(--line-strong)", strokeDasharray: "4 4" }),
        corner(say("quad_leave"), "top-left"),
        corner(say("quad_keep"), "top-right"),
        corner(say("quad_watch"), "bottom-left"),
        corner(say("quad_fix"), "bottom-right"),
        Plot.ruleX(points, {
          x: "x",
          y1: "low",
          y2: "high",
          stroke: "color",
          strokeOpacity: (d: Point) => (d.supported ? 0.55 : 0.2),
        }),
        Plot.dot(points, {
          x: "x",
          y: "y",
          r: 5,
          symbol: (d: Point) => (d.color === "var(--neg)" ? "square" : "circle"),
          fill: (d: Point) => (d.supported ? d.color : "var(--card)"),
          stroke: "color",
          strokeWidth: 1.5,
        }),
        Plot.text(named, {
          x: (d: { px: number }) => sx.invert!(d.px),
          y: (d: { py: number }) => sy.invert!(d.py),
          text: "name",
          textAnchor: "start",
          lineAnchor: "bottom",
          fontSize: 12,
          fill: "var(--ink)",
          stroke: "var(--card)",
          strokeWidth: 4,
        }),
      ],
    }) as SVGSVGElement;
  };
  const columns = [
    { head: say("theme") },
    { head: say("polarity") },
    { head: say("said_by"), num: true },
    { head: say("effect"), num: true },
    { head: say("corner") },
  ];
  const rows = drivers.map((d): Child[] => [
    c.driverName(d),
    say(d.polarity),
    share(d.prevalence),
    figure(d.effect, d.ci, (v) => c.amount(fit, v, true)),
    say(
      d.effect < 0
        ? 100 * d.prevalence >= middle
          ? "quad_fix"
          : "quad_watch"
        : 100 * d.prevalence >= middle
          ? "quad_keep"
          : "quad_leave",
    ),
  ]);
  const legend = [key("neg", say("negative")), key("pos round", say("positive")), key("faint", say("not_supported"))];
  return h(
    "section",
    { id: "quadrant" },
    h("h2", null, say("quadrant")),
    h("p", { class: "small" }, say("quadrant_read", number(fit.n))),
    c.notBy("wave", "language"),
    chart({
      id: "quadrant-chart",
      describe: say("quadrant_describe", number(points.length)),
      legend,
      draw,
      table: table(say("quadrant"), columns, rows),
    }),
  );
}
