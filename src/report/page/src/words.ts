// The words of the page in its language: messages with places, words of the taxonomy, sentences of the analysis.
import texts from "virtual:texts";
import { date, number } from "./format";
import type { Labels } from "./report";

export type Language = "en" | "sv" | "da";
export const languages: Language[] = ["sv", "da", "en"];
const column: Record<Language, number> = { en: 0, sv: 1, da: 2 };
let current: Language = "en";

export const language = (): Language => current;
export function setLanguage(next: Language): void {
  current = next;
}

/** The message with {1}, {2}, ... replaced. An unknown message is a mistake of the page's own. */
export function say(id: string, ...args: (string | number)[]): string {
  const text = texts.messages[id]?.[column[current]];
  if (text === undefined) throw new Error(`no message ${id}`);
  return text.replace(/\{([1-9])\}/g, (whole, n: string) =>
    args[Number(n) - 1] === undefined ? whole : String(args[Number(n) - 1]),
  );
}

/** A word of the taxonomy or the analysis; the word itself when it is a user's own. */
export const word = (name: string): string => texts.words[name]?.[column[current]] ?? name;
export const hasWord = (name: string): boolean => texts.words[name] !== undefined;

/** An owner may have the name of a touchpoint. */
export const ownerWord = (name: string): string => texts.words[`owner:${name}`]?.[column[current]] ?? word(name);

export const label = (labels: Labels, otherwise: string): string => labels[current] ?? labels.en ?? otherwise;

/** A first letter in upper case, for a word that begins a line. */
export const upper = (text: string): string => text.charAt(0).toLocaleUpperCase(current) + text.slice(1);

// ---- Sentences of the analysis, which report.json keeps in English ----

interface Pattern {
  expression: RegExp;
  slots: number[];
  texts: string[];
  join: boolean;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const patterns: Pattern[] = texts.sentences.map((sentence) => {
  const english = sentence[0]!,
    slots: number[] = [];
  const source = english.split(/(\{[1-9]\})/).map((part) => {
    const slot = /^\{([1-9])\}$/.exec(part);
    if (!slot) return escaped(part);
    slots.push(Number(slot[1]));
    return "([^]+?)";
  });
  // of slots joined by marks or "to" each must be known: by itself such a pattern says nothing
  const join = /^\{[1-9]\}.{1,4}(\{|$)/.test(english);
  return { expression: new RegExp(`^${source.join("")}$`), slots, texts: sentence, join };
});

function slotText(text: string, depth: number): string | null {
  if (/^-?\d[\d,]*(\.\d+)?$/.test(text)) {
    const plain = text.replaceAll(",", "");
    return number(Number(plain), plain.split(".")[1]?.length ?? 0);
  }
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return date(text);
  return translated(text, depth + 1);
}

function translated(english: string, depth: number): string | null {
  if (depth > 4) return null;
  for (const pattern of patterns) {
    const match = pattern.expression.exec(english);
    if (!match) continue;
    let known = true;
    const filled: Record<string, string> = {};
    pattern.slots.forEach((slot, i) => {
      const text = slotText(match[i + 1]!, depth);
      known = known && text !== null;
      filled[slot] = text ?? match[i + 1]!;
    });
    if (known || !pattern.join) return pattern.texts[column[current]]!.replace(/\{([1-9])\}/g, (_, n: string) => filled[n] ?? "");
  }
  return null;
}

/** A sentence of the analysis in the page's language; null when it has no translation. */
export function sentence(english: string): string | null {
  if (current === "en") return english;
  const named = /^([^:]{1,40}): ([^]+)$/.exec(english); // notes of a fit begin with its outcome
  const rest = named ? translated(named[2]!, 0) : null;
  const whole = rest !== null && hasWord(named![1]!) ? null : translated(english, 0);
  return whole ?? (rest === null ? null : `${word(named![1]!)}: ${rest}`);
}
