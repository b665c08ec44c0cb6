// The page of `drivkraft lexicon edit` in a browser: search, live effect, errors beside the field, take, undo, save, suggestions, hostile
// text, keyboard, accessibility, dark, 390 pixels, no request but to the program itself.
// usage: node edit.mjs --modules <node_modules> --program <drivkraft> --chromium <path> [--shot <folder>]
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { axe, check, chromium, count, given, same, test } from "./harness.mjs";

const folder = mkdtempSync(join(tmpdir(), "drivkraft-edit-"));

// A corpus of made-up comments, some of which attack the page, and a list of the user's own with remarks, blank lines and odd spacing.
const HOSTILE = '<img src=x onerror=alert(1)><script>alert(2)</script> the gizmo broke "&amp; {{report}}';
const LIST = `# kept: a remark\nterm\tvalence\temotion\tnote\n\ngizmo\t-2\t\ta note\n# <script>alert(3)</script>\n"<b onclick=alert(4)>"\t3\n\n`;

function files() {
  const my = join(folder, "my");
  rmSync(my, { recursive: true, force: true });
  mkdirSync(join(my, "en"), { recursive: true });
  writeFileSync(join(my, "en", "valence.tsv"), LIST);
  writeFileSync(join(my, "en", "themes.tsv"), "theme\tterm\tvalence\tnote\ndelivery.speed\twombat express\t2\tours\n");
  const rows = ["id,comment"];
  for (let i = 1; i <= 400; i++) {
    const text = i % 9 === 0 ? HOSTILE : i % 5 === 0 ? "The staff were very flurbish and helpful to me today" : i % 3 === 0 ? "I waited a long time for the delivery and nobody called me" : "Good service and fast delivery, thank you very much";
    rows.push(`c${i},"${text.replaceAll('"', '""')}"`);
  }
  writeFileSync(join(folder, "survey.csv"), rows.join("\n") + "\n");
  return my;
}

/** Starts the program and gives the address that it prints. */
async function start(my) {
  const program = spawn(given.program, ["lexicon", "edit", join(folder, "survey.csv"), "--text", "comment", "--id", "id", "--lexicon", my, "--language", "en"], { stdio: ["ignore", "pipe", "pipe"] });
  let err = "";
  program.stderr.on("data", (d) => (err += d));
  const url = await new Promise((done, fail) => {
    let out = "";
    program.stdout.on("data", (d) => (out += d).includes("\n") && done(out.trim()));
    program.on("exit", (code) => fail(new Error(`it ended with ${code}: ${err}`)));
  });
  const ended = new Promise((done) => program.on("exit", (code, signal) => done({ code, signal, err })));
  const stop = async () => {
    program.kill("SIGINT");
    return { ...(await ended), err };
  };
  return { url, stop };
}

const browser = await chromium.launch({ executablePath: given.chromium, args: ["--no-sandbox"] });

/** Opens the page; what it says on the console, throws, asks of others or pops up is collected. */
async function open(url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const noise = [],
    origin = new URL(url).origin;
  page.on("console", (m) => !m.text().includes("status of 422") && noise.push(`${m.type()}: ${m.text()}`));
  page.on("pageerror", (e) => noise.push(`error: ${e.message}`));
  page.on("dialog", (d) => (d.type() === "beforeunload" ? d.accept() : (noise.push(`dialog: ${d.message()}`), d.dismiss())));
  page.on("request", (r) => !r.url().startsWith(`${origin}/`) && noise.push(`request: ${r.url()}`));
  await page.goto(url);
  await page.waitForSelector("#list .entries li");
  return { page, noise, close: () => context.close() };
}

const shot = (page, name) => given.shot && page.screenshot({ path: join(given.shot, `${name}.png`), fullPage: true });
const accessible = async (page, what) => {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa"] }));
  same(
    found.violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 120)}`),
    [],
    `accessibility ${what}`,
  );
};
const wide = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const saved = (my, name = "valence.tsv") => readFileSync(join(my, "en", name), "utf8");

await test("from a search to a saved file", async () => {
  const my = files(),
    { url, stop } = await start(my),
    { page, noise, close } = await open(url);
  await page.fill("#search", "gizmo");
  await page.waitForFunction(() => document.querySelectorAll("#list .entries li").length === 1);
  await page.click("#list .entries button");
  await page.waitForSelector("#places .lines li");
  check((await page.innerText("#places")).includes("44 places in 44 comments"), "the concordance does not count 44 places");
  same(await page.locator("#places mark").first().innerText(), "gizmo", "what is marked");
  await shot(page, "edit-entry");
  // the effect while typing
  await page.fill("[name=valence]", "4");
  await page.waitForSelector("#effect blockquote");
  check((await page.innerText("#effect")).includes("44 comments of 400 come out otherwise"), `the effect: ${await page.innerText("#effect")}`);
  check((await page.innerText("#effect blockquote footer >> nth=0")).includes("changed gizmo"), "the reason is missing");
  same(saved(my), LIST, "typing must not write");
  // errors beside the field
  await page.fill("[name=valence]", "9");
  await page.waitForSelector("#wrong-valence .error");
  same(await page.innerText("#wrong-valence"), "9 is no valence; a number from -5 to 5 was expected", "error of the valence");
  same(await page.getAttribute("[name=valence]", "aria-invalid"), "true", "aria-invalid");
  await page.fill("[name=valence]", "4");
  await page.fill("[name=term]", "/gizmo[/");
  await page.waitForSelector("#wrong-term .error");
  check((await page.innerText("#wrong-term")).includes("missing"), "the pattern that does not compile is not refused");
  await page.fill("[name=term]", "gizmo");
  await page.waitForSelector("#effect blockquote");
  // take, undo, take, save
  await page.click("#take");
  await page.waitForFunction(() => document.querySelector("#save").textContent === "Save 1 change");
  await page.click("#undo");
  await page.waitForFunction(() => document.querySelector("#save").disabled);
  await page.click("#list .entries button");
  await page.fill("[name=valence]", "4");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#save").textContent === "Save 1 change");
  await page.click("#all");
  await page.waitForSelector("#entry blockquote");
  check((await page.innerText("#entry")).includes("44 comments of 400"), "all unsaved changes are not shown");
  await page.keyboard.press("Control+s");
  await page.waitForFunction(() => document.querySelector("#save").disabled);
  same(saved(my), LIST.replace("gizmo\t-2", "gizmo\t4"), "the saved file: all but the line that changed as it was");
  same(noise, [], "console, requests, errors");
  await close();
  const end = await stop();
  same([end.code, end.err.includes("unsaved")], [0, false], "how it ends");
});

await test("add, doubled, remove, by keyboard alone", async () => {
  const my = files(),
    { url, stop } = await start(my),
    { page, noise, close } = await open(url);
  await page.selectOption("[name=language]", "en");
  await page.selectOption("[name=kind]", "valence");
  await page.click("h1");
  await page.keyboard.press("n");
  await page.waitForFunction(() => document.activeElement?.getAttribute("name") === "term");
  await page.keyboard.type("gizmo");
  await page.keyboard.press("Tab");
  await page.keyboard.type("-4");
  await page.waitForSelector("#wrong-term .error");
  check((await page.innerText("#wrong-term")).startsWith("conflict: valence -4, but -2 before"), `the conflict: ${await page.innerText("#wrong-term")}`);
  await page.fill("[name=term]", "flurbish");
  await page.waitForSelector("#effect blockquote");
  check((await page.innerText("#wrong-term")).includes("no dictionary knows flurbish"), "an unknown word is not remarked upon");
  check((await page.innerText("#effect blockquote footer >> nth=0")).includes("added flurbish"), "the reason is missing");
  await page.focus("[name=valence]");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#save").textContent === "Save 1 change");
  await page.fill("#search", "gizmo");
  await page.waitForFunction(() => document.querySelectorAll("#list .entries li").length === 1);
  await page.click("#list .entries button");
  await page.click("#remove");
  await page.waitForFunction(() => document.querySelector("#save").textContent === "Save 2 changes");
  await shot(page, "edit-removed");
  await page.click("#save");
  await page.waitForFunction(() => document.querySelector("#save").disabled);
  same(saved(my), `${LIST.replace("gizmo\t-2\t\ta note\n", "")}flurbish\t-4\n`, "the saved file");
  // somebody else writes the file meanwhile: nothing of theirs may be lost
  await page.fill("#search", "flurbish");
  await page.waitForFunction(() => document.querySelectorAll("#list .entries li").length === 1);
  await page.click("#list .entries button");
  await page.fill("[name=valence]", "3");
  await page.click("#take");
  await page.waitForFunction(() => document.querySelector("#save").textContent === "Save 1 change");
  writeFileSync(join(my, "en", "valence.tsv"), "term\tvalence\nnew\t1\n");
  await page.click("#save");
  await page.waitForSelector("#said.error");
  check((await page.innerText("#said")).includes("was changed by somebody else since it was read; nothing was written"), "the conflict with the disk");
  same(saved(my), "term\tvalence\nnew\t1\n", "the file of somebody else");
  same(noise, [], "console, requests, errors");
  await close();
  const end = await stop();
  same([end.code, end.err.includes("1 unsaved change is lost")], [0, true], `how it ends: ${end.err}`);
});

await test("suggestions are accepted into a list", async () => {
  const my = files(),
    { url, stop } = await start(my),
    { page, noise, close } = await open(url);
  await page.click("#suggestions button:text-is('en')");
  await page.waitForSelector("#suggestions .suggested li, #suggestions p:has-text('None in')");
  const any = await page.locator("#suggestions .suggested li").count();
  check(any > 0, "nothing is suggested");
  const term = await page.getAttribute("#suggestions [name=term] >> nth=0", "value");
  await page.check("#suggestions [name=term] >> nth=0");
  await shot(page, "edit-suggestions");
  await page.click("#accept");
  await page.waitForFunction(() => document.querySelector("#save").textContent === "Save 1 change");
  await page.click("#save");
  await page.waitForFunction(() => document.querySelector("#save").disabled);
  check(new RegExp(`^${term}\t-?[1-5]\t\tsuggested: [0-9]+ comments`, "m").test(saved(my)), `${term} is not in the file: ${saved(my)}`);
  check(saved(my).startsWith(LIST), "what the file held before is not as it was");
  same(noise, [], "console, requests, errors");
  await close();
  await stop();
});

await test("a search leaves the page usable and can be stopped", async () => {
  const my = files(),
    { url, stop } = await start(my),
    { page, noise, close } = await open(url);
  let asked = 0, // a search without end, as a million comments would be
    stopped = 0;
  await page.route("**/api/suggest", (route) => route.fulfill({ json: { running: true, done: Math.min(++asked / 10, 0.5), unsaved: 0, steps: 0 } }));
  page.on("request", (r) => (stopped += r.url().endsWith("/api/stop")));
  await page.click("#suggestions button:text-is('en')");
  await page.waitForFunction(() => document.querySelector("#suggestions progress")?.value >= 0.5);
  await page.fill("#search", "gizmo");
  await page.waitForFunction(() => document.querySelectorAll("#list .entries li").length === 1);
  await accessible(page, "while it is searched");
  await page.click("#stop");
  await page.waitForFunction(() => document.querySelector("#suggestions progress") === null);
  check(stopped === 1, "the program goes on searching");
  await page.unroute("**/api/suggest");
  await page.click("#suggestions button:text-is('en')");
  await page.waitForSelector("#suggestions .suggested li");
  same(noise, [], "console, requests, errors");
  await close();
  await stop();
});

await test("a list that is not there yet is made", async () => {
  const my = files(),
    { url, stop } = await start(my),
    { page, noise, close } = await open(url);
  const name = join(my, "en", "modifiers.tsv");
  check(!(await page.innerText("#create select")).includes(join(my, "en", "valence.tsv")), "a list that is there is offered");
  await page.selectOption("#create select", name);
  await page.click("#create button");
  await page.waitForFunction((n) => document.querySelector("#entry .over")?.textContent === n, name);
  await page.fill("[name=term]", "scarcely");
  await page.selectOption("#entry [name=kind]", "negator");
  await page.click("#take");
  await page.waitForFunction(() => document.querySelector("#save").textContent === "Save 1 change");
  await page.click("#save");
  await page.waitForFunction(() => document.querySelector("#save").disabled);
  same(saved(my, "modifiers.tsv").split("\n").slice(1), ["term\tkind\tstrength\treach\tnote", "scarcely\tnegator", ""], "the new list");
  same([saved(my), saved(my, "themes.tsv").includes("wombat express")], [LIST, true], "the others");
  await page.fill("#search", "gizmo"); /* files have other numbers now */
  await page.waitForFunction(() => document.querySelectorAll("#list .entries li").length === 1);
  check((await page.innerText("#list .entries small")).includes(join(my, "en", "valence.tsv")), "an entry is shown in another file than it stands in");
  same(noise, [], "console, requests, errors");
  await close();
  await stop();
});

await test("hostile text stays text", async () => {
  const my = files(),
    { url, stop } = await start(my),
    { page, noise, close } = await open(url);
  await page.fill("#search", "<b");
  await page.waitForFunction(() => document.querySelectorAll("#list .entries li").length === 1);
  same(await page.innerText("#list .entries button"), '"<b onclick=alert(4)>"', "the hostile term");
  await page.fill("#search", "gizmo");
  await page.waitForFunction(() => document.querySelector("#list .entries button")?.textContent === "gizmo");
  await page.click("#list .entries button");
  await page.waitForSelector("#places .lines li");
  check((await page.innerText("#places .lines li >> nth=0")).includes("<script>alert(2)</script>"), "the hostile comment is not shown as it is");
  same(await page.locator("#page img, #page script, #page b[onclick]").count(), 0, "elements made of text");
  const ran = await page.evaluate(() => {
    const s = document.createElement("script");
    s.textContent = "window.ran = true";
    document.body.append(s);
    return window.ran === true;
  });
  check(!ran, "the policy lets a foreign script run");
  same(
    noise.filter((n) => !n.includes("Content Security Policy")),
    [],
    "console, requests, errors",
  );
  await close();
  await stop();
});

await test("accessible, dark, 390 pixels", async () => {
  const my = files(),
    { url, stop } = await start(my);
  for (const options of [{}, { colorScheme: "dark" }, { viewport: { width: 390, height: 844 } }]) {
    const { page, noise, close } = await open(url, options),
      what = JSON.stringify(options);
    await page.fill("#search", "gizmo");
    await page.waitForFunction(() => document.querySelectorAll("#list .entries li").length === 1);
    await page.click("#list .entries button");
    await page.fill("[name=valence]", "4");
    await page.waitForSelector("#effect blockquote");
    await accessible(page, what);
    check((await wide(page)) <= 0, `the page is ${await wide(page)} pixels too wide: ${what}`);
    await shot(page, `edit-${options.colorScheme ?? options.viewport?.width ?? "light"}`);
    same(noise, [], `console ${what}`);
    await close();
  }
  await stop();
});

await test("without the token the page says so", async () => {
  const my = files(),
    { url, stop } = await start(my),
    context = await browser.newContext(),
    page = await context.newPage();
  const reply = await page.goto(url.replace(/token=./, "token=x"));
  same(reply.status(), 403, "status");
  check((await page.innerText("body")).includes("open the address that the program printed"), "what to do is not said");
  await context.close();
  await stop();
});

await browser.close();
rmSync(folder, { recursive: true, force: true });
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exit(count.failed > 0 ? 1 : 0);
