// What they talk about: themes by how many mention them and how; each leads to its comments.
import { chart, key, onPaper, Plot, tick } from "../chart";
import type { Context } from "../context";
import { details, h, table, type Child } from "../dom";
import { number, share, signed } from "../format";
import type { Theme, ThemeUse } from "../report";
import { ownerWord, say, word } from "../words";

const MOST = 15,
  ON_PAPER = 10;
const PARTS = ["negative", "mixed", "neutral", "positive"] as const;
const FILL = { negative: "var(--neg-fill)", mixed: "var(--mix)", neutral: "var(--neu)", positive: "var(--pos-fill)" };

function themeTable(c: Context, all: { theme: Theme; use: ThemeUse }[]): HTMLElement {
  const nps = c.report.score_is_nps;
  const columns = [
    { head: say("theme") },
    { head: say("said_by"), num: true },
    { head: say("responses"), num: true },
    { head: say("negative"), num: true },
    { head: say("mixed"), num: true },
    { head: say("positive"), num: true },
    ...(nps
      ? [
          { head: say("nps"), num: true },
          { head: say("impact"), num: true },
        ]
      : []),
  ];
  const rows = all.map(({ theme, use }): Child[] => [
    [
      h(
        "button",
        { class: "plain", id: `theme-${theme.id}`, click: () => c.change({ theme: theme.id, polarity: "", view: "comments" }) },
        c.themeName(theme.id),
      ),
      h(
        "small",
        null,
        word(theme.touchpoint),
        theme.owner && ` · ${ownerWord(theme.owner)}`,
        theme.role === "outcome" && ` · ${say("restates")}`,
      ),
    ],
    share(use.share),
    number(use.responses),
    number(use.negative),
    number(use.mixed),
    number(use.positive),
    ...(nps ? [number(use.nps), signed(use.impact, 1)] : []),
  ]);
  return table(say("themes"), columns, rows);
}

export function themes(c: Context): HTMLElement | null {
  const all = c.report.themes
    .filter((t) => c.shows(t.touchpoint))
    .flatMap((theme) => {
      const use = c.use(theme);
      return use ? [{ theme, use }] : [];
    });
  all.sort((a, b) => b.use.responses - a.use.responses);
  if (all.length === 0)
    return c.grouped
      ? h("section", { id: "themes" }, h("h2", null, say("themes")), h("p", null, h("b", null, c.who), ". ", c.groupNote))
      : null;
  const most = all.slice(0, MOST).map((x) => ({ ...x, name: c.themeName(x.theme.id) }));
  const draw = (width: number): SVGSVGElement => {
    const first = onPaper() ? most.slice(0, ON_PAPER) : most,
      pitch = onPaper() ? 34 : 44;
    const stacked = first.flatMap(({ name, theme, use }) =>
    PARTS.map((part) => ({ id: theme.id, name, part, percent: (100 * use.share * use[part]) / use.responses })),
  );
    const svg = Plot.plot({
      width,
      height: first.length * pitch + 46,
      marginLeft: 6,
      marginRight: 42,
      marginTop: 18,
      marginBottom: 38,
      x: { label: say("said_by_percent"), labelArrow: "none", tickFormat: tick, ticks: Math.floor(width / 100), grid: true },
      y: { domain: first.map((x) => x.theme.id), axis: null, paddingInner: 0.64, paddingOuter: 0.45 },
      marks: [
        Plot.barX(stacked, {
          y: "id",
          x: "percent",
          fill: (d: { part: (typeof PARTS)[number] }) => FILL[d.part],
          order: null,
          insetLeft: 0.5,
        }),
        Plot.text(first, {
          y: (d) => d.theme.id,
          frameAnchor: "left",
          dy: -17,
          textAnchor: "start",
          text: "name",
          fontWeight: 600,
          fontSize: 13,
          fill: "var(--ink)",
          stroke: "var(--card)",
          strokeWidth: 4,
        }),
        Plot.text(first, {
          y: (d) => d.theme.id,
          x: (d) => 100 * d.use.share,
          dx: 6,
          textAnchor: "start",
          text: (d) => share(d.use.share),
          fontSize: 12,
          fill: "var(--ink)",
        }),
      ],
    }) as SVGSVGElement;
    svg.classList.add("pick");
    svg.addEventListener("click", (event) => {
      const box = svg.getBoundingClientRect(),
        row = Math.floor((((event.clientY - box.top) / box.height) * (first.length * pitch + 46) - 12) / pitch);
      const hit = first[Math.max(0, Math.min(first.length - 1, row))];
      if (hit) c.change({ theme: hit.theme.id, polarity: "", view: "comments" });
    });
    return svg;
  };
  const hidden = c.report.themes.filter((t) => c.shows(t.touchpoint)).length - all.length;
  return h(
    "section",
    { id: "themes" },
    h("h2", null, say("themes")),
    h(
      "p",
      { class: "small" },
      h("b", null, c.who),
      ". ",
      c.groupNote,
      c.grouped && " ",
      say("themes_read", number(hidden), number(c.report.min_privacy)),
    ),
    chart({
      id: "themes-chart",
      describe: most.map((x) => `${x.name} ${share(x.use.share)}`).join("; "),
      legend: PARTS.map((p) => key(p === "negative" ? "neg" : p === "positive" ? "pos" : p === "mixed" ? "mix" : "neu", say(p))),
      draw,
    }),
    details(
      "themes-all",
      say("themes_all", number(all.length)),
      themeTable(c, all),
      c.report.score_is_nps && h("p", { class: "small" }, say("impact_read")),
    ),
  );
}
