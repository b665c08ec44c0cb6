// The shapes of report.json that the page reads; docs/report.md says what each field means.
export type Maybe<T> = T | null | undefined;
export type Interval = [number | null, number | null];
export type Labels = { en?: string | null; sv?: string | null; da?: string | null };
export type Polarity = "negative" | "neutral" | "positive";
export type Verdict = "link" | "no_link" | "inconclusive";

export interface Nps {
  n: number;
  nps: number;
  ci: Maybe<Interval>;
  promoters: number;
  passives: number;
  detractors: number;
}

export interface Mean {
  n: number;
  mean: number;
  ci: Maybe<Interval>;
}

export interface Segment {
  name: string;
  from: number | null;
  below: number | null;
  hidden: boolean;
  responses: number;
  customers: number;
  comments: number;
  scored: number;
  nps: Nps | null;
  score: Mean | null;
  profit: Mean | null;
  profit_share: number | null;
  commented: number | null;
  commented_promoters: number | null;
  commented_passives: number | null;
  commented_detractors: number | null;
}

export interface WavePoint {
  segment: string;
  hidden: boolean;
  responses: number;
  nps: Nps | null;
  profit: Mean | null;
  smoothed: number | null;
  band: Maybe<Interval>;
}

export interface Wave {
  name: string;
  first: string;
  last: string;
  segments: WavePoint[];
}

export interface Link {
  verdict: Verdict;
  n: number;
  customers: number;
  effect: number;
  ci: Maybe<Interval>;
  periods_a_year: number;
  ruled_out: number;
  correlation: number;
  about: string | null;
}

export interface Driver {
  rank: number;
  touchpoint: string;
  theme: string | null;
  polarity: Polarity;
  pooled: number;
  supported: boolean;
  mentions: number;
  prevalence: number;
  effect: number;
  ci: Maybe<Interval>;
  importance: number | null;
  moves: number;
  moves_ci: Maybe<Interval>;
  worth: number | null;
  worth_ci: Maybe<Interval>;
  worth_supported?: boolean; // reports of an older program have none
}

export interface Touchpoint {
  name: string;
  rank: number;
  tie: number;
  q: number | null;
  importance: number;
  importance_ci: Maybe<Interval>;
  share: number;
  prob_top3: number | null;
}

export interface Fit {
  outcome: string;
  unit: string | null;
  model: string;
  segment: string;
  fitted: boolean;
  reason: string | null;
  n: number;
  verdict: Verdict;
  r2: number;
  r2_controls: number;
  detectable: number | null;
  controls: string[];
  notes: string[];
  touchpoints: Touchpoint[];
  drivers: Driver[];
}

export interface ThemeUse {
  segment: string;
  hidden: boolean;
  mentions: number;
  responses: number;
  negative: number;
  neutral: number;
  positive: number;
  mixed: number;
  share: number;
  polarity: number | null;
  nps: number | null;
  impact: number | null;
  feelings?: Record<string, number>;
}

/** Responses that share a segment, a wave, a language, or several; the rows of themes are named by ThemeGroups.columns. */
export interface ThemeGroup {
  segment: string | null;
  wave: string | null;
  language: string | null;
  hidden: boolean;
  comments: number;
  themes: (string | number | null)[][];
}

export interface ThemeGroups {
  depth: number;
  columns: string[];
  groups: ThemeGroup[];
}

export interface Theme {
  id: string;
  touchpoint: string;
  label: Labels;
  stage: string | null;
  owner: string | null;
  role: "driver" | "outcome";
  segments: ThemeUse[];
}

export interface Mention {
  start: number;
  end: number;
  theme: string | null;
  polarity: Polarity;
  value: number;
  entry: string | null;
  rules: string | null;
}

export interface Quote {
  id: string;
  theme: string | null;
  polarity: Polarity;
  language: string;
  segment: string | null;
  wave: string | null;
  score: number | null;
  sentiment: number;
  text: string;
  mentions: Mention[];
}

export interface Cut {
  by: string;
  group: string;
  hidden: boolean;
  n: number;
  value: number | null;
  ci: Maybe<Interval>;
}

export interface Kpi {
  id: string;
  label: Labels;
  hidden?: boolean;
  kind: "descriptive" | "experience" | "outcome";
  unit: string | null;
  formula: string;
  source: string;
  interval: string | null;
  better: string | null;
  benchmark: number | null;
  target: number | null;
  n: number;
  value: number | null;
  ci: Maybe<Interval>;
  note: string | null;
  cuts: Cut[];
}

export interface Correlation {
  experience: string;
  outcome: string;
  n: number;
  r: number;
  ci: Maybe<Interval>;
  q: number | null;
  verdict: Verdict;
  text: string;
}

export interface TrendPoint {
  wave: string;
  hidden: boolean;
  n: number;
  used: boolean;
  value: number | null;
  ci: Maybe<Interval>;
  smoothed: number | null;
  band: Maybe<Interval>;
  limits: Maybe<Interval>;
  outside: boolean;
  change: number | null;
  change_ci: Maybe<Interval>;
  significant: boolean;
}

export interface Trend {
  segment: string;
  measure: string;
  min_n: number;
  centre: number | null;
  verdict: string;
  text: string | null;
  points: TrendPoint[];
}

export interface Profile {
  segment: string;
  hidden: boolean;
  themes: {
    theme: string;
    polarity: Polarity;
    share: number;
    elsewhere: number;
    difference: number;
    ci: Maybe<Interval>;
    more: boolean;
  }[];
}

export interface FollowUp {
  listed: number;
  considered: number;
  file: string;
  items: {
    rank: number;
    id: string;
    segment: string | null;
    score: number | null;
    date?: string | null;
    urgency: number;
    themes: string;
    owner: string | null;
    reason: string;
  }[];
}

export interface Answering {
  basis: string;
  note: string | null;
  rates: {
    by: string;
    group: string;
    hidden: boolean;
    invited: number | null;
    answered: number | null;
    response_rate: number | null;
    response_ci: Maybe<Interval>;
    responses: number;
    commented: number;
    comment_rate: number | null;
    comment_ci: Maybe<Interval>;
  }[];
  weighting: null | {
    used: boolean;
    method: string;
    results: { segment: string; nps: number; ci: Maybe<Interval>; weighted: number; weighted_ci: Maybe<Interval> }[];
  };
}

export interface ContactRule {
  most: number;
  days: number;
  customers: number;
  over: number;
  file: string;
}

export interface Journey {
  name: string;
  steps: {
    touchpoint: string;
    stage: string | null;
    hidden: boolean;
    responses: number;
    share: number;
    negative: number;
    positive: number;
    polarity: number | null;
    nps: number | null;
    importance_share: number | null;
    supported: boolean;
  }[];
}

export interface DataFile {
  name: string;
  content: string | null;
  description: string;
  columns: { name: string; role: string; detail: string | null; guessed: boolean; missing: number; bad: number }[];
}

export interface Problem {
  problem: string;
  file: string | null;
  row: number;
  line: number | null;
  column: string | null;
  value: string | null;
  message: string | null;
}

export interface Report {
  format: number;
  title: string;
  version: string;
  stamp: string | null;
  seed: string;
  report_language: string;
  currency: string | null;
  confidence: number;
  alpha: number;
  min_privacy: number;
  min_mentions: number;
  replicates: number;
  responses: number;
  comments: number;
  scored: number;
  customers: number;
  score_is_nps: boolean;
  score_lowest: number | null;
  score_highest: number | null;
  first_date: string | null;
  last_date: string | null;
  segment_source: string | null;
  segments: Segment[];
  waves: Wave[];
  profit_link: Link | null;
  fits: Fit[];
  themes: Theme[];
  quotes: Quote[];
  languages: Record<string, { responses: number | null; share: number | null; nps: Nps | null }>;
  uncertain_language: number;
  without_theme: number;
  labels: Record<string, number>;
  files: DataFile[];
  join: null | {
    responses: number;
    matched: number;
    unmatched: number;
    out_of_window: number;
    customers_without_response: number;
    duplicate_records: number;
  };
  problem_counts: Record<string, number>;
  problems: Problem[];
  notes: { kind: "method" | "limit" | "data"; text: string }[];
  theme_groups?: ThemeGroups | null; // reports of an older program have none
  answering?: Answering | null;
  contact_rule?: ContactRule | null;
  journeys?: Journey[] | null;
  kpis?: Kpi[] | null;
  kpi_correlations?: Correlation[] | null;
  trend?: Trend[] | null;
  profiles?: Profile[] | null;
  followup?: FollowUp | null;
  movement?: Movement | null;
  lifetime?: Lifetime | null;
  worth?: Worth | null;
  rox?: Rox[] | null;
}

/** The report of this page: inert text within it. */
export const readReport = (): Report => JSON.parse(document.getElementById("report")!.textContent!) as Report;

// ---- Movement and worth ----

export interface Figure {
  value: number | null;
  ci: Maybe<Interval>;
}

export interface MoveDriver {
  touchpoint: string;
  theme: string | null;
  polarity: Polarity;
  pooled: number;
  owner?: string | null;
  mentions: number;
  prevalence: number;
  supported: boolean;
  odds_ratio?: number | null;
  odds_ci?: Maybe<Interval>;
  effect: number;
  ci: Maybe<Interval>;
  q: number | null;
}

export interface Matrix {
  who: string;
  step: string;
  n: number;
  customers: number;
  censored: number;
  rows: {
    from: string;
    n: number;
    hidden: boolean;
    to: { to: string; n: number; share: number; ci: Maybe<Interval>; noise: number | null }[];
  }[];
}

export interface Hazard {
  hidden?: boolean;
  event: string;
  from: string;
  n: number;
  events: number;
  rate: number | null;
  rate_ci: Maybe<Interval>;
  fitted: boolean;
  reason: string | null;
  verdict: Verdict;
  ruled_out: number | null;
  detectable: number | null;
  drivers: MoveDriver[];
}

export interface Movement {
  kind: string;
  period: string | null;
  about: string | null;
  states: string[];
  matrices: Matrix[];
  noise: { known: boolean; reason: string | null; share_of_spread: number | null; about: string | null } | null;
  hazards: Hazard[];
  gap: null | { n: number; fitted: boolean; reason: string | null; verdict: Verdict; drivers: MoveDriver[] };
}

export interface Lifetime {
  discount_a_year: number;
  formula: string;
  segments: { segment: string; hidden?: boolean; margin: Maybe<Figure>; value: Maybe<Figure>; expected_periods: number | null }[];
}

export interface Lever {
  hidden?: boolean;
  rank: number;
  segment: string;
  touchpoint: string;
  theme: string | null;
  polarity: Polarity;
  owner: string | null;
  action: Labels | null;
  prevalence: number;
  target: string;
  level: number | null;
  supported: boolean;
  nps: Maybe<Figure>;
  respondents: { customers: number; moving_up: Maybe<Figure>; kept: Maybe<Figure>; money: Maybe<Figure> };
  all_customers: { customers: number; moving_up: Maybe<Figure>; kept: Maybe<Figure>; money: Maybe<Figure> };
}

export interface Worth {
  currency: string | null;
  months: number;
  assumptions: string[];
  levers: Lever[];
}

export interface Rox {
  name: string;
  owner: string | null;
  theme: string | null;
  segment: string;
  cost: number | null;
  months: number;
  fitted: boolean;
  reason: string | null;
  pv_gain: Maybe<Figure>;
  pv_cost: number | null;
  rox: Maybe<Figure>;
  probability_pays: number | null;
}
