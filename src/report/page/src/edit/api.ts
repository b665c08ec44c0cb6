// Questions to the program and the shapes of its answers (src/workbench/edit.h). The token stands in the address of the page.

export interface File {
  name: string;
  kind: Kind;
  language: string;
  closed: string | null;
  dirty: boolean;
  columns: string[];
}
export type Kind = "theme" | "valence" | "modifier";
export type Cells = Record<string, string>;

export interface Entry {
  file: number;
  line: number;
  was: string;
  cells: Cells;
}
export interface State {
  files: File[];
  possible: string[]; // lists that are not there and may be made
  themes: string[];
  kinds: string[];
  emotions: string[];
  entries: number;
  corpus: string | null;
  comments: number;
  scored: boolean;
}
export interface Comment {
  id: string;
  line: number;
  language: string;
  parts: string[]; // plain, marked, plain, ... by turns
}
export interface Side {
  label: string;
  sentiment: number;
  themes: { theme: string; label: string }[];
}
export interface Change extends Comment {
  before: Side;
  after: Side;
  why: { cause: string; place?: string; term?: string }[];
}
export type Pair = [number, number];
export interface Effect {
  comments: number;
  read: number;
  changed: number;
  labels_changed: number;
  labels: Record<string, Pair>;
  themes: { theme: string; comments: Pair; negative: Pair; positive: Pair }[];
  examples: Change[];
}
export interface Places {
  places: number;
  decided: number;
  comments: number;
  lines: (Comment & { decided: boolean; label: string })[];
}
export interface Finding {
  kind: string;
  level: "note" | "warning" | "error";
  cell: number;
  message: string;
  other: string;
}
export interface Suggestion {
  term: string;
  forms: string;
  language: string;
  probability: number;
  valence: number;
  support: number;
  z: number | null;
  variant_of: string;
  near: string;
  examples: Comment[];
}
/** While they are looked for: how far that is; else what was found. */
export type Suggested = { running: true; done: number } | { running: false; suggestions: Suggestion[] };
export interface Asked {
  file: number;
  line?: number;
  was?: string;
  cells?: Cells;
  remove?: boolean;
}

/** What the program refused, and at which cell of the entry (from 1, 0 for none). */
export class Refused extends Error {
  constructor(
    message: string,
    readonly remedy: string,
    readonly cell: number,
  ) {
    super(message);
  }
}

const token = new URLSearchParams(location.search).get("token") ?? "";
let heard: (unsaved: number, steps: number) => void = () => {};

/** Tells who is called with the number of unsaved changes and of steps after every answer. */
export const onCounts = (listener: typeof heard): void => void (heard = listener);

export async function ask<T>(question: string, body: object = {}, signal?: AbortSignal): Promise<T> {
  let reply: Response;
  try {
    reply = await fetch(`/api/${question}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Drivkraft-Token": token },
      body: JSON.stringify(body),
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refused("the program does not answer any more", "start drivkraft lexicon edit again", 0);
  }
  const text = await reply.text();
  if (!reply.headers.get("Content-Type")?.startsWith("application/json")) throw new Refused(text, "", 0);
  const answer = JSON.parse(text) as T & { unsaved: number; steps: number; error?: { message: string; remedy: string | null; cell: number } };
  heard(answer.unsaved, answer.steps);
  if (answer.error) throw new Refused(answer.error.message, answer.error.remedy ?? "", answer.error.cell);
  return answer;
}
