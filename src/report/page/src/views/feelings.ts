// Feelings that customers name, by touchpoint: a grid of shares of its mentions, its stages one below the other.
import { chart, onPaper, Plot } from "../chart";
import type { Context } from "../context";
import { h, table, type Child } from "../dom";
import { number, share } from "../format";
import { say, word } from "../words";

const GOOD = ["joy", "gratitude", "trust", "relief"];
const ALL = [...GOOD, "surprise", "frustration", "anger", "worry", "disappointment", "sadness"];

interface Row {
  touchpoint: string;
  name: string;
  mentions: number;
  any: number;
  of: Record<string, number>;
}

/** What the chosen group's mentions come to, by touchpoint in the order of the report. */
function rowsOf(c: Context): Row[] {
  const found = new Map<string, Row>();
  for (const theme of c.report.themes) {
    const use = c.use(theme);
    if (!use?.feelings || theme.role === "outcome" || !c.shows(theme.touchpoint)) continue;
    const row = found.get(theme.touchpoint) ?? { touchpoint: theme.touchpoint, name: word(theme.touchpoint), mentions: 0, any: 0, of: {} };
    row.mentions += use.mentions;
    row.any += use.feelings["any"] ?? 0;
    for (const name of ALL) row.of[name] = (row.of[name] ?? 0) + (use.feelings[name] ?? 0);
    found.set(theme.touchpoint, row);
  }
  return [...found.values()];
}

export function feelings(c: Context): Child {
  const all = rowsOf(c),
    least = c.report.min_privacy;
  const shown = all.filter((r) => r.any >= least).sort((a, b) => b.any - a.any);
  const names = ALL.filter((name) => shown.some((r) => r.of[name]! > 0));
  if (shown.length === 0) return null;
  const cells = shown.flatMap((r) =>
    names.flatMap((name) => (r.of[name]! > 0 ? [{ row: r.touchpoint, feeling: name, part: r.of[name]! / r.mentions }] : [])),
  );
  const most = Math.max(...cells.map((x) => x.part));
  const draw = (width: number): SVGSVGElement => {
    const left = width < 500 ? 92 : 150,
      band = (width - left - 4) / names.length,
      turned = band < 96;
    return Plot.plot({
      width: Math.min(width, left + names.length * 110),
      height: (onPaper() ? 22 : 30) * shown.length + (turned ? 84 : 34),
      marginLeft: left,
      marginTop: turned ? 80 : 28,
      marginBottom: 4,
      marginRight: turned ? 40 : 4,
      x: {
        type: "band",
        domain: names,
        axis: "top",
        label: null,
        tickSize: 0,
        tickFormat: (name: string) => word(name),
        tickRotate: turned ? -50 : 0,
        padding: 0.06,
      },
      y: {
        type: "band",
        domain: shown.map((r) => r.touchpoint),
        label: null,
        tickSize: 0,
        tickFormat: (name: string) => word(name).slice(0, width < 500 ? 13 : 22),
        padding: 0.08,
      },
      marks: [
        Plot.cell(cells, {
          x: "feeling",
          y: "row",
          fill: (d: { feeling: string }) => (GOOD.includes(d.feeling) ? "var(--pos-fill)" : d.feeling === "surprise" ? "var(--mix)" : "var(--neg-fill)"),
          fillOpacity: (d: { part: number }) => 0.12 + (0.5 * d.part) / most,
        }),
        Plot.text(cells, {
          x: "feeling",
          y: "row",
          text: (d: { part: number }) => number(100 * d.part, 100 * d.part < 9.95 ? 1 : 0),
          fontSize: 12,
          fill: "var(--ink)",
        }),
      ],
    }) as SVGSVGElement;
  };
  const columns = [
    { head: say("touchpoint") },
    { head: say("mentions"), num: true },
    { head: say("any_feeling"), num: true },
    ...names.map((name) => ({ head: word(name), num: true })),
  ];
  const mentions = all.reduce((a, r) => a + r.mentions, 0),
    any = all.reduce((a, r) => a + r.any, 0);
  return h(
    "div",
    null,
    h("h3", null, say("feelings")),
    h("p", { class: "small" }, say("feelings_read", number(any), number(mentions), number(least))),
    chart({
      id: "feelings-chart",
      describe: shown
        .map((r) => `${r.name}: ${names.filter((n) => r.of[n]! > 0).map((n) => `${word(n)} ${share(r.of[n]! / r.mentions)}`).join(", ")}`)
        .join("; "),
      draw,
      table: table(
        say("feelings"),
        columns,
        shown.map((r): Child[] => [r.name, number(r.mentions), number(r.any), ...names.map((name) => number(r.of[name]))]),
      ),
    }),
  );
}
