// Numbers, money and dates as the readers of the page's language write them.
import type { Interval, Maybe } from "./report";
import { language, say } from "./words";

const locales = { en: "en-GB", sv: "sv-SE", da: "da-DK" };
const formats = new Map<string, Intl.NumberFormat>();

function format(key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const name = `${language()} ${key}`;
  let made = formats.get(name);
  if (!made) formats.set(name, (made = new Intl.NumberFormat(locales[language()], options)));
  return made;
}

const none = "–";
const proper = (text: string): string => text.replace(/^-/, "−").replace(/^(\D{0,4})-(?=\d)/, "$1−");

export function number(value: Maybe<number>, decimals = 0): string {
  if (value == null || !Number.isFinite(value)) return none;
  const rounded = Number(value.toFixed(decimals)); // no minus before a zero
  return proper(
    format(`n${decimals}`, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(
      rounded === 0 ? 0 : rounded,
    ),
  );
}

export function signed(value: Maybe<number>, decimals = 0): string {
  if (value == null || !Number.isFinite(value)) return none;
  return (Number(value.toFixed(decimals)) > 0 ? "+" : "") + number(value, decimals);
}

export function share(value: Maybe<number>): string {
  if (value == null || !Number.isFinite(value)) return none;
  const percent = 100 * value,
    small = Math.abs(percent) < 9.95 && Math.abs(percent - Math.round(percent)) > 1e-9;
  return proper(format(`p${small}`, { style: "percent", maximumFractionDigits: small ? 1 : 0 }).format(value));
}

/** Three figures that count; from a million on in millions. */
export function money(value: Maybe<number>, currency: string | null, plus = false): string {
  if (value == null || !Number.isFinite(value)) return none;
  const known = currency !== null && /^[A-Z]{3}$/.test(currency);
  const size = Math.abs(value),
    large = size >= 999500;
  const options: Intl.NumberFormatOptions = {
    ...(known ? { style: "currency", currency: currency!, currencyDisplay: "code" } : {}),
    ...(large ? { notation: "compact", compactDisplay: "short" } : {}),
    maximumSignificantDigits: 3,
    signDisplay: plus ? "exceptZero" : "auto",
  };
  const text = proper(format(`m${currency}${large}${plus}`, options).format(value));
  return known || currency === null ? text : `${text} ${currency}`;
}

/** For the ticks of large amounts: 1.2M. */
export const compact = (value: number): string =>
  proper(format("c", { notation: "compact", maximumSignificantDigits: 3 }).format(value));

export function date(text: string | null): string {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text ?? "");
  if (!parts) return text ?? "";
  const day = new Date(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])));
  if (Number.isNaN(day.getTime())) return text ?? "";
  return new Intl.DateTimeFormat(locales[language()], { dateStyle: "medium", timeZone: "UTC" }).format(day);
}

/** "28 to 34", each end written by how. */
export const range = (ci: Maybe<Interval>, how: (value: number) => string): string =>
  ci == null ? none : say("range", how(ci[0] ?? NaN), how(ci[1] ?? NaN));

/** "31 (28 to 34)" */
export const figure = (value: Maybe<number>, ci: Maybe<Interval>, how: (value: number) => string): string =>
  value == null ? none : ci == null ? how(value) : say("figure", how(value), how(ci[0] ?? NaN), how(ci[1] ?? NaN));
