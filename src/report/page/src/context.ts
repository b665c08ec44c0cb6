// What every view is given: the report, the choices of the reader, and what follows from both.
import { money, number, signed } from "./format";
import { h, type Child } from "./dom";
import type { Driver, Fit, Report, Segment, Theme, ThemeGroup, ThemeUse } from "./report";
import type { State } from "./state";
import { label, say, word } from "./words";

/** The choices that not every view can follow. */
export type Choice = "segment" | "wave" | "language" | "touchpoint";

const key = (segment: string | null, wave: string | null, language: string | null): string =>
  [segment ?? "", wave ?? "", language ?? ""].join("\n");

interface Group {
  group: ThemeGroup;
  uses: Map<string, ThemeUse>;
}

let known: { of: Report; groups: Map<string, ThemeGroup>; read: Map<string, Group> } | null = null;

/** The group of these choices with its themes, read when it is first asked for. */
function findGroup(report: Report, at: string): Group | null {
  if (known?.of !== report)
    known = {
      of: report,
      groups: new Map(report.theme_groups?.groups.map((g) => [key(g.segment, g.wave, g.language), g])),
      read: new Map(),
    };
  const group = known.groups.get(at);
  if (!group || !report.theme_groups) return null;
  const read = known.read.get(at);
  if (read) return read;
  const columns = report.theme_groups.columns,
    uses = new Map<string, ThemeUse>();
  const first = columns.indexOf("any");
  for (const row of group.themes ?? []) {
    const number = (name: string): number => Number(row[columns.indexOf(name)]),
      maybe = (name: string): number | null => (row[columns.indexOf(name)] ?? null) as number | null;
    uses.set(String(row[0]), {
      segment: group.segment ?? "",
      hidden: false,
      mentions: number("mentions"),
      responses: number("responses"),
      negative: number("negative"),
      neutral: number("neutral"),
      positive: number("positive"),
      mixed: number("mixed"),
      share: number("responses") / group.comments,
      polarity: maybe("polarity"),
      nps: maybe("nps"),
      impact: null,
      feelings: Object.fromEntries(columns.slice(first).map((name, i) => [name, Number(row[first + i] ?? 0)])),
    });
  }
  const made = { group, uses };
  known.read.set(at, made);
  return made;
}

export class Context {
  readonly themes: Map<string, Theme>;
  constructor(
    readonly report: Report,
    readonly state: State,
    readonly change: (next: Partial<State>) => void,
  ) {
    this.themes = new Map(report.themes.map((t) => [t.id, t]));
  }

  /** The first segment is everybody. */
  get everybody(): Segment {
    return this.report.segments[0]!;
  }
  get segment(): Segment {
    return this.report.segments.find((s) => s.name === this.state.segment) ?? this.everybody;
  }
  segmentName(name: string): string {
    return name === this.everybody.name ? say("everybody") : name;
  }
  themeName(id: string | null): string {
    const theme = id === null ? undefined : this.themes.get(id);
    return theme ? label(theme.label, theme.id) : (id ?? say("no_theme"));
  }
  /** Whether a wave or language is chosen that themes have figures for. */
  get grouped(): boolean {
    return (this.state.wave !== "" || this.state.language !== "") && Boolean(this.report.theme_groups);
  }
  private get group(): Group | null {
    const segment = this.segment === this.everybody ? null : this.segment.name;
    return findGroup(this.report, key(segment, this.state.wave, this.state.language));
  }
  /** What the chosen group says of a theme, or null when that may not be shown or is nothing. */
  use(theme: Theme): ThemeUse | null {
    if (this.grouped) return this.group?.uses.get(theme.id) ?? null;
    const use = theme.segments.find((u) => u.segment === this.segment.name);
    return use && !use.hidden && use.responses > 0 ? use : null;
  }
  /** Whose themes are shown, and how many comments that is; or why there are none. */
  get who(): string {
    const names = [this.state.wave, this.state.language === "" ? "" : word(this.state.language)].filter((x) => x !== "");
    return [this.segmentName(this.segment.name), ...(this.report.theme_groups ? names : [])].join(", ");
  }
  get groupNote(): string {
    if (!this.grouped) return "";
    if (this.state.language === "other") return say("group_unread");
    const found = this.group,
      chosen = [this.state.segment, this.state.wave, this.state.language].filter((x) => x !== "").length;
    if (found && !found.group.hidden) return say("group_comments", number(found.group.comments));
    if (!found && chosen > (this.report.theme_groups?.depth ?? 0)) return say("group_deep");
    return say("group_small", number(this.report.min_privacy));
  }
  /** A line that names the choices which this view has no figures for; nothing where it follows all. */
  notBy(...choices: Choice[]): Child {
    const chosen = choices.filter((name) => this.state[name] !== "");
    return (
      chosen.length > 0 &&
      h("p", { class: "small not-by" }, say("not_by", chosen.map((name) => say(`not_by_${name}`)).join(", ")))
    );
  }
  driverName(driver: Driver): string {
    return driver.theme === null ? say("pooled_name", word(driver.touchpoint)) : this.themeName(driver.theme);
  }
  owner(driver: Driver): string | null {
    return driver.theme === null ? null : (this.themes.get(driver.theme)?.owner ?? null);
  }

  /** The outcomes that have a fit, in the order of the study. */
  get outcomes(): string[] {
    return [...new Set(this.report.fits.map((f) => f.outcome))];
  }
  get outcome(): string {
    if (this.outcomes.includes(this.state.outcome)) return this.state.outcome;
    return this.report.fits.find((f) => f.fitted)?.outcome ?? this.outcomes[0] ?? "";
  }
  fit(outcome: string, segment: string): Fit | undefined {
    return this.report.fits.find((f) => f.outcome === outcome && f.segment === segment);
  }
  /** The fit of the chosen outcome and segment. */
  get chosenFit(): Fit | undefined {
    return this.fit(this.outcome, this.segment.name);
  }

  isMoney(fit: Fit): boolean {
    return this.report.currency !== null && fit.unit === this.report.currency;
  }
  /** An amount of an outcome in its unit. */
  amount(fit: Fit, value: number, effect: boolean, plus = true): string {
    if (this.isMoney(fit)) return money(value, this.report.currency, plus);
    const decimals = fit.outcome === "nps" ? (effect ? 0 : 1) : Math.abs(value) < 0.095 ? 3 : 2;
    return plus ? signed(value, decimals) : number(value, decimals);
  }
  /** How large an effect is, without sign and with its unit. */
  size(fit: Fit, value: number): string {
    const text = this.amount(fit, Math.abs(value), true, false);
    return this.isMoney(fit) || fit.unit === null ? text : say("size_in", text, word(fit.unit));
  }
  money = (value: number | null): string => money(value, this.report.currency);
  /** Whether money is known to be that of a year: a single file need not say which time its profit is of. */
  get yearly(): boolean {
    return this.report.join !== null || (this.report.profit_link !== null && this.report.profit_link.periods_a_year !== 1);
  }
  /** Whether the chosen touchpoint lets this one through. */
  shows(touchpoint: string): boolean {
    return this.state.touchpoint === "" || this.state.touchpoint === touchpoint;
  }
}
