// Where we stand in three sentences: the score, its link to profit, the first drivers.
import type { Context } from "../context";
import { h, type Child } from "../dom";
import { date, number, range } from "../format";
import type { Fit, Polarity } from "../report";
import { say } from "../words";

const whole = (value: number): string => number(value);

function standing(c: Context): string {
  const all = c.everybody;
  if (all.hidden) return say("too_few_to_show", number(c.report.min_privacy));
  if (all.nps) {
    const scored = c.report.segments
      .slice(1)
      .filter((s) => !s.hidden && s.nps)
      .sort((a, b) => a.nps!.nps - b.nps!.nps);
    const low = scored[0],
      high = scored[scored.length - 1];
    const first = say("nps_is", number(all.nps.nps), range(all.nps.ci, whole), number(all.nps.n));
    if (!low || !high || low === high) return first;
    return `${first} ${say("nps_segments", low.name, number(low.nps!.nps), high.name, number(high.nps!.nps))}`;
  }
  if (all.score)
    return say(
      "score_is",
      number(all.score.mean, 2),
      range(all.score.ci, (v) => number(v, 2)),
      number(all.score.n),
    );
  return c.report.scored > 0 ? say("too_few_scores", number(c.report.min_privacy)) : say("no_score", number(c.report.comments));
}

function link(c: Context): string | null {
  const l = c.report.profit_link;
  if (!l) return null;
  if (l.verdict === "link") return say(c.yearly ? "link_found" : "link_found_plain", c.money(l.effect), range(l.ci, c.money));
  if (l.verdict === "no_link") return say("link_none", c.money(l.ruled_out));
  return say("link_unclear", number(l.n));
}

function first(c: Context, fit: Fit, polarity: Polarity, opening: string): HTMLElement | null {
  const named = fit.drivers.filter((d) => d.supported && d.polarity === polarity && d.moves > 0).slice(0, 3);
  if (named.length === 0) return null;
  return h(
    "p",
    { class: "lead" },
    say(opening),
    named.map((d, i): Child => [i > 0 && ", ", h("b", null, c.driverName(d)), ` ${c.amount(fit, d.moves, false)}`]),
    ".",
  );
}

function drivers(c: Context): Child {
  const fit = c.fit(c.report.fits.find((f) => f.fitted)?.outcome ?? c.outcomes[0] ?? "", c.everybody.name);
  if (!fit || c.everybody.hidden) return null;
  if (!fit.fitted) return h("p", { class: "lead" }, say("not_fitted"));
  const lines = [first(c, fit, "negative", "first_drivers"), first(c, fit, "positive", "first_praise")];
  if (lines.some((line) => line !== null)) return lines;
  return h(
    "p",
    { class: "lead" },
    fit.detectable == null ? say("no_driver_plain", number(fit.n)) : say("no_driver", number(fit.n), c.size(fit, fit.detectable)),
  );
}

export function headline(c: Context): HTMLElement {
  const r = c.report,
    linked = link(c);
  const span = r.first_date && r.last_date ? `${say("dates", date(r.first_date), date(r.last_date))} · ` : "";
  return h(
    "header",
    { id: "headline" },
    h("p", { class: "over" }, say("report_kind")),
    h("h1", null, r.title),
    h("p", { class: "lead" }, standing(c)),
    linked && h("p", { class: "lead" }, linked),
    drivers(c),
    h(
      "p",
      { class: "small" },
      span,
      say("counts", number(r.responses), number(r.comments)),
      " · ",
      say("version", r.version, r.stamp ?? ""),
    ),
  );
}
