// Who answers and who writes, what weighting by it would change, and how many are asked too often.
import { chart, intervals, onPaper, type Row } from "../chart";
import type { Context } from "../context";
import { h, table, type Child } from "../dom";
import { figure, number, share } from "../format";
import type { Answering } from "../report";
import { say, sentence, upper } from "../words";

type Rate = Answering["rates"][number];

const told = (text: string | null): Child =>
  text === null || text === "" ? null : (sentence(text) ?? h("span", { lang: "en" }, text));
const nameOf = (c: Context, r: Rate): string =>
  r.by === "all" ? say("everybody") : r.by === "score" ? `${say("score")} ${r.group}` : c.segmentName(r.group);

function rates(c: Context, all: Rate[], invited: boolean): HTMLElement {
  const shown = all.filter((r) => !r.hidden);
  const rows = (id: "response" | "comment", few = false): Row[] =>
    shown
      .filter((r) => (id === "response" ? r.response_rate !== null && r.by !== "score" : r.by !== "wave"))
      .filter((r) => !few || r.by !== "score" || ["0", "5", "10"].includes(r.group))
      .map((r) => {
        const value = id === "response" ? r.response_rate! : r.comment_rate!,
          ci = id === "response" ? r.response_ci : r.comment_ci;
        return {
          name: nameOf(c, r),
          note: `n ${number(id === "response" ? r.invited : r.responses)}`,
          value: 100 * value,
          low: 100 * (ci?.[0] ?? NaN),
          high: 100 * (ci?.[1] ?? NaN),
          text: share(value),
          color: "var(--seg)",
        };
      })
      .filter((r) => Number.isFinite(r.value));
  const picture = (id: "response" | "comment"): Child => {
    const list = rows(id);
    return (
      list.length > 1 &&
      h(
        "div",
        null,
        chart({
          id: `answering-${id}`,
          title: say(id === "response" ? "response_rates" : "comment_rates"),
          describe: list.map((r) => `${r.name} ${r.text}`).join("; "),
          draw: (width) => intervals(rows(id, onPaper()), width, { label: say(id === "response" ? "response_rates" : "comment_rates"), gap: 30 }),
        }),
      )
    );
  };
  const columns = [
    { head: say("group") },
    ...(invited
      ? [
          { head: say("invited"), num: true },
          { head: say("response_rate"), num: true },
        ]
      : []),
    { head: say("responses"), num: true },
    { head: say("comment_rate_head"), num: true },
  ];
  const cells = all.map((r): Child[] =>
    r.hidden
      ? [nameOf(c, r), say("hidden"), ...columns.slice(2).map(() => "")]
      : [
          nameOf(c, r),
          ...(invited ? [number(r.invited), figure(r.response_rate, r.response_ci, share)] : []),
          number(r.responses),
          figure(r.comment_rate, r.comment_ci, share),
        ],
  );
  return h(
    "div",
    null,
    h("div", { class: "two" }, invited && picture("response"), picture("comment")),
    h("details", { id: "answering-table" }, h("summary", null, say("as_table")), table(say("answering"), columns, cells)),
  );
}

function weighting(c: Context, w: NonNullable<Answering["weighting"]>): Child {
  if (w.results.length === 0) return null;
  const columns = [{ head: say("segment") }, { head: say("unweighted"), num: true }, { head: say("weighted"), num: true }];
  const rows = w.results.map((x): Child[] => [
    c.segmentName(x.segment),
    figure(x.nps, x.ci, (v) => number(v)),
    figure(x.weighted, x.weighted_ci, (v) => number(v)),
  ]);
  return [
    h("h3", null, say("weighted_nps")),
    table(say("weighted_nps"), columns, rows),
    h("p", { class: "small" }, say(w.used ? "weighted_used" : "weighted_unused"), " ", told(upper(w.method))),
  ];
}

export function answering(c: Context): HTMLElement | null {
  const a = c.report.answering,
    rule = c.report.contact_rule;
  if (!a || (!a.rates.some((r) => !r.hidden) && !rule)) return null;
  const invited = a.basis === "invitations";
  return h(
    "section",
    { id: "answering" },
    h("h2", null, say("answering")),
    a.note && h("p", null, told(a.note)),
    h("p", { class: "small" }, say("answering_read", share(c.report.confidence))),
    c.notBy("segment", "wave", "language", "touchpoint"),
    a.rates.length > 0 && rates(c, a.rates, invited),
    a.weighting && weighting(c, a.weighting),
    rule &&
      h("p", null, say("contact_rule", number(rule.most), number(rule.days), number(rule.over), number(rule.customers), rule.file)),
  );
}
