// What every view is given: the report, the choices of the reader, and what follows from both.
import { money, number, signed } from "./format";
import type { Driver, Fit, Report, Segment, Theme, ThemeUse } from "./report";
import type { State } from "./state";
import { label, say, word } from "./words";

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
  /** Mentions of a theme in the chosen segment, or null when they may not be shown or there are none. */
  use(theme: Theme): ThemeUse | null {
    const use = theme.segments.find((u) => u.segment === this.segment.name);
    return use && !use.hidden && use.responses > 0 ? use : null;
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
