// What the reader has chosen, kept in the address so that a view can be sent to somebody.
export interface State {
  segment: string;
  wave: string;
  language: string;
  touchpoint: string;
  theme: string;
  polarity: string;
  outcome: string;
  measure: string;
  page: string;
  view: string;
}

export const empty: State = {
  segment: "",
  wave: "",
  language: "",
  touchpoint: "",
  theme: "",
  polarity: "",
  outcome: "",
  measure: "",
  page: "",
  view: "",
};

export function fromAddress(): State {
  const given = new URLSearchParams(location.hash.slice(1)),
    state = { ...empty };
  for (const key of Object.keys(empty) as (keyof State)[]) state[key] = given.get(key) ?? "";
  return state;
}

export function toAddress(state: State): string {
  const kept = new URLSearchParams();
  for (const [key, value] of Object.entries(state)) if (value !== "") kept.set(key, value as string);
  return `#${kept}`;
}
