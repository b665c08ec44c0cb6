// The customer's journey: stages, in them touchpoints by how much is said of them and how; the feelings that are named there; and the
// journeys that the study names, step by step.
import { chart, key, onPaper, Plot, tick } from "../chart";
import type { Context } from "../context";
import { h, table, type Child } from "../dom";
import { number, share, signed } from "../format";
import type { Journey } from "../report";
import { say, word } from "../words";
import { feelings } from "./feelings";

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

/** A bar: how high in per cent, and how it is said. Bars of one stage stand together; without stages they are steps. */
interface Bar {
  name: string;
  stageName: string;
  percent: number;
  polarity: number;
}

const color = {
  type: "diverging" as const,
  domain: [-0.8, 0.8] as [number, number],
  clamp: true,
  range: ["#a3292c", "#e08f83", "#d9d9d6", "#7fb7a6", "#1f7a63"],
  interpolate: "rgb" as const,
};
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, Math.max(3, most - 1))}…` : text);

function wide(data: Bar[], label: string, width: number): SVGSVGElement {
  const names = data.map((d, i) => `${i}\u0001${d.name}`);
  const stageNames = [...new Set(data.map((d) => d.stageName))].filter((s) => s !== "");
  const band = (width - 52) / names.length;
  const heads = stageNames.map((stage) => {
    const of = data.flatMap((d, i) => (d.stageName === stage ? [i] : []));
    const first = of[0]!,
      last = of[of.length - 1]!;
    return { stage, first: names[first]!, last: names[last]!, dx: ((last - first) * band) / 2, room: of.length * band };
  });
  const staged = heads.length > 0,
    straight = band > 120; // room for names that lie flat
  return Plot.plot({
    width: staged ? width : Math.min(width, 52 + names.length * 170),
    height: (staged ? 370 : 250) - (straight ? 60 : 0) - (onPaper() ? 70 : 0),
    marginLeft: 44,
    marginRight: 8,
    marginBottom: straight ? 36 : 96,
    marginTop: staged ? 62 : 30,
    color,
    x: { axis: null, type: "band", domain: names, padding: 0.14 },
    y: { label: label, labelArrow: "none", labelOffset: 40, tickFormat: tick, grid: true, ticks: 5 },
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
        text: (d: Bar) => cut(d.name, 18),
        rotate: straight ? 0 : -38,
        textAnchor: straight ? "middle" : "end",
        dy: straight ? 16 : 12,
        dx: straight ? 0 : 4,
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
}

function narrow(data: Bar[], label: string, width: number): SVGSVGElement {
  const names = data.map((d, i) => `${i}\u0001${d.name}`);
  const stageNames = [...new Set(data.map((d) => d.stageName))].filter((s) => s !== "");
  return   Plot.plot({
    width,
    height: 30 * data.length + 24 * stageNames.length + 50,
    marginLeft: 118,
    marginRight: 34,
    marginBottom: 36,
    y: {
      domain: names.flatMap((n, i) =>
        data[i]!.stageName !== "" && data[i]!.stageName !== data[i - 1]?.stageName ? [`\u0002${data[i]!.stageName}`, n] : [n],
      ),
      label: null,
      tickSize: 0,
      tickFormat: (n: string) => (n.startsWith("\u0002") ? "" : cut(n.split("\u0001")[1]!, 17)),
      padding: 0.25,
    },
    x: { label: label, labelArrow: "none", tickFormat: tick, ticks: 4, grid: true },
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
}

const stageOf = (stage: string): string => word(`stage:${stage}`).replace("stage:", "");

/** The study's own journeys; "stages" is what the program makes where it names none. */
function named(c: Context, j: Journey, index: number, own: number): HTMLElement {
  const steps = j.steps.filter((x) => !x.hidden && x.responses > 0);
  const data = steps.map((x, i): Bar => ({
    name: `${i + 1} ${word(x.touchpoint)}`,
    stageName: "",
    percent: 100 * x.share,
    polarity: x.polarity ?? 0,
  }));
  const columns = [
    { head: say("touchpoint") },
    { head: say("said_by"), num: true },
    { head: say("negative"), num: true },
    { head: say("positive"), num: true },
    { head: say("polarity"), num: true },
    ...(c.report.score_is_nps ? [{ head: say("nps"), num: true }] : []),
    { head: say("share_explained"), num: true },
  ];
  const rows = j.steps.map((x, i): Child[] =>
    x.hidden
      ? [`${i + 1} ${word(x.touchpoint)}`, say("hidden"), ...columns.slice(2).map(() => "")]
      : [
          [`${i + 1} ${word(x.touchpoint)}`, x.stage && h("small", null, stageOf(x.stage))],
          [share(x.share), h("small", null, `n ${number(x.responses)}`)],
          number(x.negative),
          number(x.positive),
          signed(x.polarity, 2),
          ...(c.report.score_is_nps ? [number(x.nps)] : []),
          share(x.importance_share),
        ],
  );
  const heading = say("journey_named", j.name);
  return h(
    "div",
    null,
    h("h3", null, heading),
    chart({
      id: `journey-${index}`,
      describe: `${heading}: ${data.map((d) => `${d.name} ${number(d.percent, 1)} %, ${signed(d.polarity, 1)}`).join("; ")}`,
      draw: (width) => (width >= 640 && own === 1 ? wide : narrow)(data, say("said_by_percent"), width),
      table: table(heading, columns, rows),
    }),
  );
}

export function journey(c: Context): HTMLElement | null {
  const all = cells(c).filter((x) => c.shows(x.touchpoint));
  const own = (c.report.journeys ?? []).filter((j) => j.name !== "stages" && j.steps.some((x) => !x.hidden && x.responses > 0));
  if (all.length < 2 && own.length === 0) return null;
  const data = all.map((x) => ({ ...x, percent: 100 * x.share, stageName: stageOf(x.stage) }));
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
    h("p", null, h("b", null, c.who), ". ", c.groupNote),
    data.length > 1 && [
      h("p", { class: "small" }, say("journey_read")),
      chart({
        id: "journey-chart",
        describe: data.map((d) => `${d.stageName}, ${d.name}: ${share(d.share)}, ${signed(d.polarity, 1)}`).join("; "),
        legend,
        draw: (width) => (width >= 640 ? wide : narrow)(data, say("share_of_mentions"), width),
        table: table(say("journey"), columns, rows),
      }),
    ],
    feelings(c),
    own.length > 0 && [
      h("p", { class: "small" }, say("journey_named_read")),
      c.notBy("segment", "wave", "language", "touchpoint"),
      h(
        "div",
        { class: own.length > 1 ? "two" : null },
        own.map((j, i) => named(c, j, i, own.length)),
      ),
    ],
  );
}
