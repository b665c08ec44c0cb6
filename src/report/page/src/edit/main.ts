// The page of drivkraft lexicon edit: search, edit, see what it does, save.
import { h } from "../dom";
import { ask, onCounts, Refused, type Effect, type State } from "./api";
import { Editor } from "./entry";
import { List } from "./list";
import { count, effect } from "./show";
import { Suggestions } from "./suggest";

const page = document.getElementById("page")!;
let state: State;
let unsaved = 0;

const said = h("p", { id: "said", role: "status" }),
  saving = h("button", { type: "button", id: "save", disabled: true, title: "Ctrl+S", click: () => void act("save") }, "Save"),
  undoing = h("button", { type: "button", id: "undo", disabled: true, title: "Ctrl+Z outside of a field", click: () => void act("undo") }, "Undo"),
  making = h(
    "form",
    { id: "create", class: "buttons", submit: (event) => (event.preventDefault(), void create()) },
    h("select", { name: "name", "aria-label": "list that is not there yet" }),
    h("button", { type: "submit" }, "New list"),
  ),
  all = h("button", { type: "button", id: "all", disabled: true, click: () => void showAll() }, "All changes");

onCounts((now, steps) => {
  unsaved = now;
  saving.disabled = all.disabled = now === 0;
  undoing.disabled = steps === 0;
  saving.textContent = now === 0 ? "Save" : `Save ${count(now)} ${now === 1 ? "change" : "changes"}`;
});

const list = (): List => made.list,
  editor = (): Editor => made.editor;
let made: { list: List; editor: Editor };

async function refresh(): Promise<void> {
  state = await ask<State>("state");
  await list().search();
}

function refused(error: unknown): void {
  if (!(error instanceof Refused)) throw error;
  said.className = "error";
  said.textContent = [error.message, error.remedy].filter(Boolean).join(": ");
}

async function act(what: "save" | "undo"): Promise<void> {
  try {
    const answer = await ask<{ saved?: string[] }>(what);
    said.className = "";
    said.textContent = what === "undo" ? "The last change is undone." : `Saved ${answer.saved?.join(", ")}.`;
    if (what === "undo") editor().close();
    await refresh();
  } catch (error) {
    refused(error);
  }
}

async function showAll(): Promise<void> {
  try {
    const would = await ask<Effect>("effect");
    editor().close();
    editor().element.replaceChildren(h("h2", null, "All unsaved changes"), effect(would));
  } catch (error) {
    refused(error);
  }
}

/** Offers the lists that are not there yet. */
function offer(): void {
  making.hidden = state.possible.length === 0;
  making.querySelector("select")!.replaceChildren(...state.possible.map((name) => h("option", { value: name }, name)));
}

async function create(): Promise<void> {
  try {
    const name = making.querySelector("select")!.value,
      { file } = await ask<{ file: number }>("create", { name });
    state = await ask<State>("state");
    offer();
    list().files(); // which are numbered anew
    await list().search();
    said.className = "";
    said.textContent = `${name} is made; it is empty.`;
    editor().add(file, {});
  } catch (error) {
    refused(error);
  }
}

/** A new entry where the search is, or in the first file that can be edited. */
function addEntry(): void {
  const { file, theme, language, kind } = list().chosen(),
    fits = (i: number): boolean => {
      const f = state.files[i]!;
      return !f.closed && (!language || f.language === language) && (!kind || f.kind === kind) && (!theme || f.kind === "theme");
    },
    open = state.files.map((_, i) => i).filter((i) => !state.files[i]!.closed),
    at = file && !state.files[Number(file)]!.closed ? Number(file) : (open.find(fits) ?? open[0]);
  if (at === undefined) {
    refused(new Refused("none of the files can be edited", "", 0));
    return;
  }
  editor().add(at, theme && !theme.endsWith(".") ? { theme } : {});
}

addEventListener("keydown", (event) => {
  const field = (event.target as HTMLElement).matches?.("input, select, textarea") ?? false;
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    if (unsaved > 0) void act("save");
  } else if ((event.ctrlKey || event.metaKey) && event.key === "z" && !field) {
    event.preventDefault();
    if (!undoing.disabled) void act("undo");
  } else if (event.key === "/" && !field) {
    event.preventDefault();
    document.getElementById("search")?.focus();
  } else if (event.key === "n" && !field && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    addEntry();
  } else if (event.key === "Escape") editor().close();
});
addEventListener("beforeunload", (event) => {
  if (unsaved > 0) event.preventDefault();
});

async function begin(): Promise<void> {
  state = await ask<State>("state");
  made = {
    editor: new Editor(
      () => state,
      (entry) => {
        said.className = "";
        said.textContent = entry ? "Taken; nothing is written before you save." : "Removed; nothing is written before you save.";
        if (entry) made.editor.show(entry);
        else made.editor.close();
        void refresh();
      },
    ),
    list: new List(
      () => state,
      (entry) => {
        said.textContent = "";
        made.editor.show(entry);
        made.editor.element.querySelector<HTMLElement>("h2")?.focus();
      },
    ),
  };
  const suggestions = new Suggestions(
    () => state,
    () => void refresh(),
  );
  page.replaceChildren(
    h(
      "header",
      null,
      h("h1", null, "Lexicon"),
      h("p", { class: "over" }, `${count(state.entries)} entries${state.corpus ? ` · ${state.corpus}: ${count(state.comments)} comments` : ""}`),
    ),
    h("div", { class: "bar buttons" }, h("button", { type: "button", id: "new", title: "n", click: addEntry }, "New entry"), saving, undoing, all, making, said),
    h("main", null, made.list.element, h("div", null, made.editor.element, suggestions.element)),
  );
  offer();
  await list().search();
}

begin().catch((error: unknown) => page.replaceChildren(h("h1", null, "Lexicon"), h("p", { role: "alert", class: "error" }, error instanceof Error ? error.message : String(error))));
