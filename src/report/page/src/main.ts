// The page: reads the report that stands in it, draws its views from top to bottom, and again when the reader chooses.
import { forget, forPaper } from "./chart";
import { Context } from "./context";
import { h, type Child } from "./dom";
import { readReport } from "./report";
import { empty, fromAddress, toAddress, type State } from "./state";
import { answering } from "./views/answering";
import { comments } from "./views/comments";
import { drivers } from "./views/drivers";
import { headline } from "./views/headline";
import { journey } from "./views/journey";
import { followup, kpis, profile } from "./views/kpis";
import { movement } from "./views/movement";
import { methods, quality } from "./views/quality";
import { quadrant } from "./views/quadrant";
import { segments } from "./views/segments";
import { themes } from "./views/themes";
import { time } from "./views/time";
import { worth } from "./views/worth";
import { language, languages, say, setLanguage, word, type Language } from "./words";

const report = readReport();
const page = document.getElementById("page")!;
const written = document.documentElement.lang;
let state = fromAddress();

/** The views below the headline, in the order of the page: id of its section, name in the list of contents. */
const views: { id: string; name: string; view: (c: Context) => HTMLElement | null }[] = [
  { id: "segments", name: "where_we_stand", view: segments },
  { id: "drivers", name: "drivers", view: drivers },
  { id: "quadrant", name: "quadrant", view: quadrant },
  { id: "movement", name: "movement", view: movement },
  { id: "worth", name: "worth_head", view: worth },
  { id: "journey", name: "journey", view: journey },
  { id: "time", name: "over_time", view: time },
  { id: "themes", name: "themes", view: themes },
  { id: "comments", name: "quotes", view: comments },
  { id: "profiles", name: "profiles", view: profile },
  { id: "followup", name: "followup", view: followup },
  { id: "answering", name: "answering", view: answering },
  { id: "kpis", name: "kpis", view: kpis },
  { id: "data", name: "data", view: quality },
  { id: "methods", name: "methods", view: methods },
];

function change(next: Partial<State>): void {
  const view = next.view ?? "";
  state = { ...state, ...next, view: "" };
  history.replaceState(null, "", toAddress(state));
  draw();
  if (view !== "") goTo(view);
}

function goTo(id: string): void {
  const section = document.getElementById(id);
  const heading = section?.querySelector("h2");
  if (!section || !heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  section.scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

function select(
  id: string,
  name: string,
  key: keyof State,
  first: string | null,
  options: [string, string][],
): HTMLElement | null {
  if (options.length < 2) return null;
  const chosen = key === "page" ? language() : state[key];
  const option = ([value, text]: [string, string]): HTMLElement => h("option", { value, selected: value === chosen }, text);
  return h(
    "label",
    null,
    name,
    h(
      "select",
      { id, change: (event) => change({ [key]: (event.target as HTMLSelectElement).value }) },
      first !== null && option(["", first]),
      options.map(option),
    ),
  );
}

function filters(c: Context): HTMLElement {
  const touchpoints = [...new Set(report.themes.map((t) => t.touchpoint))];
  const spoken = ["sv", "da", "en", "other"].filter((l) => (report.languages[l]?.responses ?? 0) > 0);
  const cut = [state.segment, state.wave, state.language, state.touchpoint].filter((x) => x !== "");
  return h(
    "div",
    { class: "bar" },
    h(
      "form",
      { class: "filters", "aria-label": say("filters"), submit: (event) => event.preventDefault() },
      select(
        "filter-segment",
        say("segment"),
        "segment",
        say("everybody"),
        report.segments
          .slice(1)
          .filter((s) => !s.hidden)
          .map((s) => [s.name, s.name]),
      ),
      select(
        "filter-touchpoint",
        say("touchpoint"),
        "touchpoint",
        say("all_touchpoints"),
        touchpoints.map((t) => [t, word(t)]),
      ),
      select(
        "filter-wave",
        say("wave"),
        "wave",
        say("all_periods"),
        report.waves.map((w) => [w.name, w.name]),
      ),
      select(
        "filter-language",
        say("comment_language"),
        "language",
        say("all_languages"),
        spoken.map((l) => [l, word(l)]),
      ),
      select(
        "page-language",
        say("page_language"),
        "page",
        null,
        languages.map((l) => [l, { sv: "Svenska", da: "Dansk", en: "English" }[l]]),
      ),
      cut.length > 0 &&
        h("button", { id: "reset", type: "button", click: () => change({ ...empty, page: state.page }) }, say("reset")),
    ),
    h(
      "p",
      { class: "hide", role: "status" },
      cut.length > 0 ? say("showing", cut.map((x) => word(c.segmentName(x))).join(", ")) : "",
    ),
  );
}

/** What the reader had open and where they were stays so when the page is drawn anew. */
function remember(): () => void {
  const focus = document.activeElement?.id,
    open = [...page.querySelectorAll<HTMLDetailsElement>("details[id]")].filter((d) => d.open).map((d) => d.id);
  return () => {
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
  };
}

/** A view that fails, by figures of another version of the program, must not take the others with it. */
function whole(id: string, view: () => HTMLElement | null): HTMLElement | null {
  try {
    return view();
  } catch (error) {
    console.error(id, error);
    return h("section", { id }, h("h2", null, id), h("p", null, say("not_drawn")));
  }
}

function draw(): void {
  const spoken = (languages as string[]).includes(state.page)
    ? state.page
    : (languages as string[]).includes(written)
      ? written
      : "en";
  setLanguage(spoken as Language);
  document.documentElement.lang = spoken;
  const again = remember(),
    c = new Context(report, state, change),
    height = page.offsetHeight;
  const made = views.map((v) => ({ ...v, section: whole(v.id, () => v.view(c)) })).filter((v) => v.section !== null);
  const contents = h(
    "nav",
    { "aria-label": say("contents") },
    made.map((v): Child => h("a", { href: `#${v.id}`, click: (event) => (event.preventDefault(), goTo(v.id)) }, say(v.name))),
  );
  page.style.minHeight = `${height}px`; // so that the reader's place is kept while sections are replaced
  page.replaceChildren(
    headline(c),
    filters(c),
    contents,
    h(
      "main",
      null,
      made.map((v) => v.section),
    ),
  );
  page.style.minHeight = "";
  forget();
  again();
}

addEventListener("hashchange", () => {
  state = fromAddress();
  draw();
  if (state.view !== "") goTo(state.view);
});
addEventListener("beforeprint", () => forPaper(true));
addEventListener("afterprint", () => forPaper(false));
draw();
if (state.view !== "") goTo(state.view);
