// Charts by Observable Plot: drawn to the width they get, drawn anew when it changes and for paper, each with a title, a
// description for who cannot see it, and the table of its figures. Colours are those of style.css.
import * as Plot from "@observablehq/plot";
import { details, h, type Child } from "./dom";
import { compact, number } from "./format";
import { say } from "./words";

export interface Chart {
  id: string;
  title?: string;
  /** What the chart shows, in a sentence: its name for screen readers. */
  describe: string;
  legend?: Child;
  draw: (width: number) => SVGSVGElement | HTMLElement;
  /** The figures behind it; shut until opened. */
  table?: HTMLElement;
}

const PAPER = 686; // pixels between the margins of a page of A4
let paper = false;
const drawn = new Map<HTMLElement, (width: number) => void>();
const watcher = new ResizeObserver((entries) => {
  if (paper) return;
  for (const entry of entries) drawn.get(entry.target as HTMLElement)?.(Math.round(entry.contentRect.width));
});

/** Draws all charts for paper, or for the screen again. */
export function forPaper(on: boolean): void {
  paper = on;
  for (const [host, draw] of drawn)
    if (host.isConnected) draw(on ? (host.closest(".two") ? PAPER / 2 - 7 : PAPER) : host.clientWidth);
}

/** Whether charts are drawn for paper now, where they should be lower. */
export const onPaper = (): boolean => paper;

/** Forgets charts that are no longer on the page. */
export function forget(): void {
  for (const host of drawn.keys())
    if (!host.isConnected) {
      watcher.unobserve(host);
      drawn.delete(host);
    }
}

export function chart(c: Chart): HTMLElement {
  const host = h("div", { class: "plot" });
  let last = 0;
  const draw = (width: number): void => {
    if (width <= 0 || width === last) return;
    last = width;
    const picture = c.draw(width);
    picture.querySelectorAll("[aria-label]").forEach((part) => part.removeAttribute("aria-label")); // the whole has one name
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", c.describe);
    host.replaceChildren(picture);
  };
  drawn.set(host, draw);
  watcher.observe(host);
  return h(
    "figure",
    { id: c.id },
    c.title !== undefined && h("figcaption", null, c.title),
    c.legend !== undefined && h("div", { class: "legend" }, c.legend),
    host,
    c.table && details(`${c.id}-table`, say("as_table"), c.table),
  );
}

/** A coloured square with its word. */
export const key = (css: string, text: string): HTMLElement => h("span", { class: "key" }, h("i", { class: css }), text);

/** Ticks of an axis in the writing of the page's language. */
export const tick = (value: number): string => {
  const size = Math.abs(value);
  if (size >= 1e5) return compact(value);
  return number(value, size === 0 || size >= 10 || Number.isInteger(value) ? 0 : size >= 0.1 ? 1 : 3);
};

/** One row of a chart of intervals. */
export interface Row {
  name: string;
  note?: string;
  value: number;
  low: number;
  high: number;
  text: string;
  color: string;
  faint?: boolean;
  tie?: number;
  pick?: () => void;
}

/** Values with their intervals, one row each: name and note above the line, the figure at its end. */
export function intervals(
  rows: Row[],
  width: number,
  options: { label: string; format?: (value: number) => string; from?: number; gap?: number },
): SVGSVGElement {
  const keyed = rows.map((row, i) => ({ ...row, y: i }));
  const values = keyed.flatMap((row) => [row.value, row.low, row.high]).filter(Number.isFinite);
  const low = Math.min(options.from ?? 0, ...values),
    high = Math.max(options.from ?? 0, ...values);
  const room = (high - low || 1) * 0.04;
  const gap = options.gap ?? 46,
    left = keyed.some((row) => row.tie !== undefined) ? 14 : 4;
  const letters = Math.max(16, Math.floor((width - 24) / 8.2));
  /** Names that begin alike often differ at their end. */
  const cut = (text: string, most: number): string =>
    text.length > most ? `${text.slice(0, Math.max(1, most - 7))}…${text.slice(-6)}` : text;
  const ties = keyed.filter(
    (row, i) => row.tie !== undefined && (row.tie === keyed[i - 1]?.tie || row.tie === keyed[i + 1]?.tie),
  );
  const brackets = [...new Set(ties.map((row) => row.tie))].map((tie) => {
    const of = ties.filter((row) => row.tie === tie).map((row) => row.y);
    return { from: Math.min(...of) - 0.4, to: Math.max(...of) + 0.35 };
  });
  const svg = Plot.plot({
    width,
    height: keyed.length * gap + 46,
    marginLeft: left,
    marginRight: 10,
    marginTop: 14,
    marginBottom: 36,
    x: {
      domain: [low - room, high + room],
      label: options.label,
      labelAnchor: "right",
      labelArrow: "none",
      tickFormat: options.format ?? tick,
      ticks: Math.max(3, Math.floor(width / 100)),
      grid: true,
    },
    y: { domain: [keyed.length - 0.4, -0.65], axis: null },
    marks: [
      Plot.ruleX([options.from ?? 0], { stroke: "var(--line-strong)" }),
      Plot.ruleX(brackets, { x: low - room, y1: "from", y2: "to", stroke: "var(--muted)", strokeWidth: 2, dx: -7 }),
      Plot.link(keyed, {
        x1: "low",
        x2: "high",
        y1: "y",
        y2: "y",
        stroke: "color",
        strokeWidth: 3,
        strokeLinecap: "round",
        strokeOpacity: (d: Row) => (d.faint ? 0.35 : 0.75),
      }),
      Plot.dot(keyed, {
        x: "value",
        y: "y",
        r: 5.5,
        fill: (d: Row) => (d.faint ? "var(--card)" : d.color),
        stroke: "color",
        strokeWidth: 2,
      }),
      Plot.text(keyed, {
        frameAnchor: "left",
        y: "y",
        dy: -18,
        dx: 2,
        textAnchor: "start",
        text: (d: Row) => {
          const room = letters - d.text.length - 2 - (d.note && width > 430 ? Math.min(d.note.length + 2, 24) : 0);
          return `${cut(d.name, Math.max(6, room))}  ${d.text}`;
        },
        fontWeight: 600,
        fill: "var(--ink)",
        fontSize: 13,
        stroke: "var(--card)",
        strokeWidth: 4,
      }),
      width > 430
        ? Plot.text(keyed, {
            frameAnchor: "right",
            y: "y",
            dy: -18,
            textAnchor: "end",
            text: (d: Row) => cut(d.note ?? "", 24),
            fill: "var(--muted)",
            fontSize: 12,
            stroke: "var(--card)",
            strokeWidth: 4,
          })
        : null,
    ],
  }) as SVGSVGElement;
  if (keyed.some((row) => row.pick)) pickable(svg, 14, keyed);
  return svg;
}

/** Clicking near a row chooses it; the tables hold buttons for who has no pointer. */
function pickable(svg: SVGSVGElement, top: number, rows: Row[]): void {
  svg.classList.add("pick");
  svg.addEventListener("click", (event) => {
    const box = svg.getBoundingClientRect(),
      scale = svg.viewBox.baseVal.height / box.height || 1;
    const inner = svg.viewBox.baseVal.height - top - 36;
    const y = (((event.clientY - box.top) * scale - top) / inner) * (rows.length - 0.4 + 0.65) - 0.65;
    rows[Math.max(0, Math.min(rows.length - 1, Math.floor(y + 0.65)))]?.pick?.();
  });
}

/** Places names beside their points so that none covers another; what finds no place stands in the table alone. */
export function placed<Point extends { name: string }>(
  points: Point[],
  at: (p: Point) => [number, number],
  width: number,
  height: number,
  letter = 6.6,
): (Point & { px: number; py: number })[] {
  const taken: [number, number, number, number][] = points.map((p) => [at(p)[0] - 6, at(p)[1] - 6, at(p)[0] + 6, at(p)[1] + 6]);
  const out: (Point & { px: number; py: number })[] = [];
  for (const p of points) {
    const [x, y] = at(p),
      wide = p.name.length * letter + 4;
    for (const [left, top] of [
      [x + 9, y - 7],
      [x - 9 - wide, y - 7],
      [x - wide / 2, y - 24],
      [x - wide / 2, y + 10],
      [x + 9, y - 20],
      [x + 9, y + 6],
      [x - 9 - wide, y - 20],
      [x - 9 - wide, y + 6],
    ] as [number, number][]) {
      const box: [number, number, number, number] = [left, top, left + wide, top + 14];
      if (box[0] < 44 || box[2] > width - 4 || box[1] < 22 || box[3] > height - 58) continue;
      if (taken.some((t) => t[0] < box[2] && t[2] > box[0] && t[1] < box[3] && t[3] > box[1])) continue;
      taken.push(box);
      out.push({ ...p, px: left, py: top + 11 });
      break;
    }
  }
  return out;
}

export { Plot };
