// The customer's journey: stages, in them touchpoints by how much is said of them and how.
import { chart, key, Plot, tick } from "../chart";
import type { Context } from "../context";
import { h, table, type Child } from "../dom";
import { number, share, signed } from "../format";
import { say, word } from "../words";

const ORDER = ["discover", "choose", "buy", "receive", "use", "pay", "support", "stay"];

interface Cell {
  stage: string;
  touchpoint: string;
  name: string;
  mentions: number;
  share: number;
  polarity: number;
}

function cells(c: Context): Cell[] {
  const found = new Map<string, Cell>();
  let total = 0;
  for (const theme of c.report.themes) {
    const use = c.use(theme);
    if (!use || theme.role === "outcome") continue;
    total += use.mentions;
    const at = `${theme.stage ?? ""} ${theme.touchpoint}`;
    const cell = found.get(at) ?? {
      stage: theme.stage ?? "",
      touchpoint: theme.touchpoint,
      name: word(theme.touchpoint),
      mentions: 0,
      share: 0,
      polarity: 0,
    };
    cell.mentions += use.mentions;
    cell.polarity += use.mentions * (use.polarity ?? 0);
    found.set(at, cell);
  }
  const place = (s: string): number => (ORDER.includes(s) ? ORDER.indexOf(s) : ORDER.length);
  return [...found.values()]
    .map((x) => ({ ...x, share: x.mentions / total, polarity: x.polarity / x.mentions }))
    .sort((a, b) => place(a.stage) - place(b.stage) || b.mentions - a.mentions);
}

export function journey(c: Context): HTMLElement | null {
  const all = cells(c).filter((x) => c.shows(x.touchpoint));
  if (all.length < 2) return null;
  const stages = [...new Set(all.map((x) => x.stage))];
  const data = all.map((x) => ({ ...x, percent: 100 * x.share, stageName: word(`stage:${x.stage}`).replace("stage:", "") }));
  const names = data.map((d) => `${d.stageName}\u0001${d.name}`);
  const color = {
    type: "diverging" as const,
    domain: [-0.8, 0.8] as [number, number],
    clamp: true,
    range: ["#a3292c", "#e08f83", "#d9d9d6", "#7fb7a6", "#1f7a63"],
    interpolate: "rgb" as const,
  };
  const stageNames = [...new Set(data.map((d) => d.stageName))];
  const wide = (width: number): SVGSVGElement => {
    const band = (width - 52) / names.length;
    const heads = stageNames.map((stage) => {
      const of = data.flatMap((d, i) => (d.stageName === stage ? [i] : []));
      const first = of[0]!,
        last = of[of.length - 1]!;
      return { stage, first: names[first]!, last: names[last]!, dx: ((last - first) * band) / 2, room: of.length * band };
    });
    return Plot.plot({
      width,
      height: 370,
      marginLeft: 44,
      marginRight: 8,
      marginBottom: 96,
      marginTop: 62,
      color,
      x: { axis: null, type: "band", domain: names, padding: 0.14 },
      y: { label: say("share_of_mentions"), labelArrow: "none", labelOffset: 40, tickFormat: tick, grid: true, ticks: 5 },
      marks: [
        Plot.barY(data, {
          x: (_, i) => names[i]!,
          y: "percent",
          fill: "polarity",
          stroke: "var(--line-strong)",
          strokeWidth: 0.5,
        }),
        Plot.text(data, {
          x: (_, i) => names[i]!,
          y: "percent",
          text: (d) => signed(d.polarity, 1),
          dy: -8,
          fontSize: 11.5,
          fill: "var(--ink)",
        }),
        Plot.text(data, {
          x: (_, i) => names[i]!,
          frameAnchor: "bottom",
          text: "name",
          rotate: -38,
          textAnchor: "end",
          dy: 12,
          dx: 4,
          fontSize: 12,
          fill: "var(--ink)",
        }),
        ...heads.map((d) =>
          Plot.text([d.stage], {
            x: () => d.first,
            frameAnchor: "top",
            dx: d.dx,
            dy: -34,
            text: (t: string) =>
              t.length * 7.4 > d.room + 14 && d.room < 60 ? `${t.slice(0, Math.max(3, Math.floor(d.room / 7)))}…` : t,
            fontWeight: 700,
            fontSize: 12.5,
            fill: "var(--ink)",
          }),
        ),
        ...heads
          .slice(1)
          .map((d) =>
            Plot.ruleX([d.first], { dx: -band / 2, stroke: "var(--line-strong)", strokeDasharray: "2 4", insetTop: -30 }),
          ),
      ],
    }) as SVGSVGElement;
  };
  const narrow = (width: number): SVGSVGElement =>
    Plot.plot({
      width,
      height: 30 * data.length + 24 * stages.length + 50,
      marginLeft: 118,
      marginRight: 34,
      marginBottom: 36,
      y: {
        domain: names.flatMap((n, i) =>
          i === 0 || data[i]!.stage !== data[i - 1]!.stage ? [`\u0002${data[i]!.stageName}`, n] : [n],
        ),
        label: null,
        tickSize: 0,
        tickFormat: (n: string) => (n.startsWith("\u0002") ? "" : n.split("\u0001")[1]!),
        padding: 0.25,
      },
      x: { label: say("share_of_mentions"), labelArrow: "none", tickFormat: tick, ticks: 4, grid: true },
      color,
      marks: [
        Plot.text(stageNames, {
          y: (s: string) => `\u0002${s}`,
          frameAnchor: "left",
          dx: -112,
          text: (s: string) => s,
          fontWeight: 700,
          textAnchor: "start",
          fontSize: 13,
          fill: "var(--ink)",
          dy: 3,
        }),
        Plot.barX(data, {
          y: (_, i) => names[i]!,
          x: "percent",
          fill: "polarity",
          stroke: "var(--line-strong)",
          strokeWidth: 0.5,
        }),
        Plot.text(data, {
          y: (_, i) => names[i]!,
          x: "percent",
          text: (d) => signed(d.polarity, 1),
          textAnchor: "start",
          dx: 4,
          fontSize: 11.5,
          fill: "var(--ink)",
        }),
      ],
    }) as SVGSVGElement;
  const columns = [
    { head: say("stage") },
    { head: say("touchpoint") },
    { head: say("mentions"), num: true },
    { head: say("share_of_mentions_plain"), num: true },
    { head: say("polarity"), num: true },
  ];
  const rows = data.map((d): Child[] => [d.stageName, d.name, number(d.mentions), share(d.share), signed(d.polarity, 2)]);
  const legend = [key("neg", say("negative")), key("neu", say("neutral")), key("pos", say("positive"))];
  return h(
    "section",
    { id: "journey" },
    h("h2", null, say("journey")),
    h("p", { class: "small" }, say("journey_read")),
    chart({
      id: "journey-chart",
      describe: data.map((d) => `${d.stageName}, ${d.name}: ${share(d.share)}, ${signed(d.polarity, 1)}`).join("; "),
      legend,
      draw: (width) => (width >= 640 ? wide(width) : narrow(width)),
      table: table(say("journey"), columns, rows),
    }),
  );
}
