// The page in a browser: every view, filters, drill-down, hostile text, keyboard, accessibility, widths, paper, size.
// usage: node run.mjs --modules <node_modules> --program <drivkraft> --sample <test_report> --page <report.html> --chromium <path>
// Each check says what would be wrong. Nothing is fetched: a request of the page beyond its own file fails the test.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { axe, check, chromium, count, given, same, test } from "./harness.mjs";
import { large } from "./large.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "drivkraft-browser-"));
const sections = JSON.parse(readFileSync(join(here, "sections.json"), "utf8"));

/** A report of the sample (tests/unit/test_report_result.h) with all sections, changed by edit, as a page. */
function pageOf(name, edit = () => {}) {
  const at = join(folder, name);
  execFileSync(given.sample, ["--write", at, "sv", given.page]);
  const file = join(at, "report.json");
  const report = { ...JSON.parse(readFileSync(file, "utf8")), ...structuredClone(sections) };
  edit(report);
  writeFileSync(file, JSON.stringify(report, null, 1)); // with < as it is: the program must make it safe
  execFileSync(given.program, ["report", at, "--format", "html", "--quiet"]);
  return { url: pathToFileURL(join(at, "report.html")).href, report, html: join(at, "report.html") };
}

const browser = await chromium.launch({ executablePath: given.chromium, args: ["--no-sandbox"] });

/** Opens a page; what it says on the console, throws, asks for or pops up is collected. */
async function open(url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const noise = [];
  page.on("console", (m) => noise.push(`${m.type()}: ${m.text()}`));
  page.on("pageerror", (e) => noise.push(`error: ${e.message}`));
  page.on("dialog", (d) => (noise.push(`dialog: ${d.message()}`), d.dismiss()));
  page.on("request", (r) => r.url().split("#")[0] !== url.split("#")[0] && noise.push(`request: ${r.url()}`));
  await page.goto(url);
  await page.waitForSelector("main section");
  return { page, noise, close: () => context.close() };
}

const sample = pageOf("sample");
const texts = (page, selector) => page.locator(selector).allInnerTexts();
const drawn = (page) => page.waitForFunction(() => [...document.querySelectorAll(".plot")].every((p) => p.querySelector("svg")));

const VIEWS = [
  "segments",
  "drivers",
  "quadrant",
  "movement",
  "worth",
  "journey",
  "time",
  "themes",
  "comments",
  "profiles",
  "followup",
  "answering",
  "kpis",
  "data",
  "methods",
];

for (const language of ["sv", "da", "en"])
  await test(`every view in ${language}`, async () => {
    const { page, noise, close } = await open(`${sample.url}#page=${language}`);
    await drawn(page);
    same(await page.locator("main > section").evaluateAll((all) => all.map((s) => s.id)), VIEWS, "views");
    check((await page.locator(".plot svg").count()) >= 9, "charts are missing");
    same(await page.evaluate(() => document.documentElement.lang), language, "language");
    const text = await page.locator("body").innerText();
    for (const hole of ["undefined", "NaN", "[object", "{1}", "null"]) check(!text.includes(hole), `the page says ${hole}`);
    for (const figure of ["99991", "99 991", "99.991", "−77", "-77"])
      check(!text.includes(figure), `a figure of the hidden segment shows: ${figure}`);
    same(noise, [], "console, requests, errors");
    await close();
  });

await test("an analysis from beginning to end leaves no sentence in English", async () => {
  execFileSync("python3", [join(here, "../cli/make_survey.py"), "400"], { cwd: folder });
  for (const language of ["sv", "da"]) {
    execFileSync(
      given.program,
      ["analyze", "in.csv", "-o", language, "--report-language", language, "--bootstrap", "20", "--quiet"],
      { cwd: folder },
    );
    const { page, noise, close } = await open(pathToFileURL(join(folder, language, "report.html")).href);
    same(await page.evaluate(() => document.documentElement.lang), language, "language");
    same(await texts(page, "main span[lang=en]"), [], "left in English");
    same(noise, [], "console");
    await close();
  }
});

await test("numbers, dates and money in the writing of each language", async () => {
  for (const [language, wanted] of [
    ["sv", ["12\u00a0377 betyg", "118\u00a0SEK", "1,9\u00a0mn\u00a0SEK"]],
    ["da", ["12.377 karakterer", "118\u00a0SEK", "2. jan. 2025"]],
    ["en", ["12,377 scores", "SEK\u00a0118", "2 Jan 2025"]],
  ]) {
    const { page, close } = await open(`${sample.url}#page=${language}`);
    const text = await page.locator("body").evaluate((b) => b.textContent);
    for (const part of wanted) check(text.includes(part), `${language}: ${part} is not written`);
    await close();
  }
});

await test("what customers wrote stays text", async () => {
  const { page, noise, close } = await open(sample.url);
  same(await page.locator("img, #page script, #page iframe").count(), 0, "elements made of comments");
  check(
    (await page.locator("body").innerText()).includes("</script><script>alert(1)</script><img src=x onerror=alert(2)>"),
    "the hostile comment is not shown as it is",
  );
  same(await page.evaluate(() => document.querySelectorAll("script").length), 2, "scripts");
  // even a script that got in would not run
  const ran = await page.evaluate(() => {
    const s = document.createElement("script");
    s.textContent = "window.ran = true";
    document.body.append(s);
    return window.ran === true;
  });
  check(!ran, "the policy lets a foreign script run");
  check(
    noise.some((n) => n.includes("Content Security Policy")),
    "the policy is not in force",
  );
  check(!noise.some((n) => n.startsWith("dialog") || n.startsWith("request")), noise.join());
  await close();
});

await test("choosing a segment changes what it should and stays in the address", async () => {
  const { page, close } = await open(`${sample.url}#page=en`);
  const before = await page.locator("#drivers").innerText();
  await page.selectOption("#filter-segment", "silver");
  check(page.url().includes("segment=silver"), "the address does not keep the segment");
  check((await page.locator("#drivers").innerText()) !== before, "the drivers do not follow the segment");
  check((await page.locator("#themes").innerText()).includes("silver"), "the themes do not name the segment");
  check((await page.locator("#time").innerText()).includes("silver"), "the time line does not name the segment");
  for (const about of await texts(page, "#comments blockquote footer"))
    check(about.includes("silver"), `a comment of another segment: ${about}`);
  const reloaded = await open(page.url());
  same(await reloaded.page.inputValue("#filter-segment"), "silver", "the segment after opening the address");
  await reloaded.close();
  await page.click("#reset");
  same(await page.inputValue("#filter-segment"), "", "the segment after showing everything");
  await close();
});

await test("a click on a segment in the chart chooses it", async () => {
  const { page, close } = await open(sample.url);
  await drawn(page);
  await page.locator("#segment-map circle").first().click({ force: true });
  same(await page.inputValue("#filter-segment"), "blå <b>", "the segment");
  await close();
});

await test("many segments, sizes in any order, and none with a profit", async () => {
  const grow = pageOf("grow", (r) => r.segments.forEach((s, i) => (s.customers = 100 * (i + 1))));
  let { page, close } = await open(grow.url);
  await drawn(page);
  await page.locator("#segment-map circle").first().click({ force: true });
  same(await page.inputValue("#filter-segment"), "blå <b>", "the segment of the smallest circle");
  await close();
  const many = pageOf("many", (r) => {
    const [all, one] = r.segments;
    const names = Array.from({ length: 20 }, (_, i) => `a segment with a name that is long, number ${i}`);
    r.segments = [all, ...names.map((name, i) => ({ ...one, name, profit: { ...one.profit, mean: 900 + 40 * (i % 7) } }))];
  });
  ({ page, close } = await open(many.url));
  await drawn(page);
  const over = await page.locator("#segment-map g[text-anchor] text, #segment-map g text").evaluateAll((all) => {
    const boxes = all.filter((t) => t.textContent.startsWith("a segment")).map((t) => t.getBoundingClientRect());
    return boxes.filter((a, i) => boxes.some((b, k) => k < i && a.left < b.right && b.left < a.right && a.top < b.bottom - 2 && b.top < a.bottom - 2)).length;
  });
  same(over, 0, "names that cover each other");
  await close();
  const plain = pageOf("plain", (r) => r.segments.forEach((s) => (s.profit = null)));
  ({ page, close } = await open(plain.url));
  await drawn(page);
  check((await page.locator("#segment-map .plot").innerText()).includes("silver"), "segments without profit are not named");
  await close();
});

await test("touchpoint, language, period, outcome and measure", async () => {
  const { page, close } = await open(`${sample.url}#page=en`);
  await page.selectOption("#filter-touchpoint", "support");
  const rows = await texts(page, "#drivers > table tbody tr");
  check(rows.length > 0 && rows.every((r) => r.includes("Support")), `drivers of other touchpoints: ${rows}`);
  await page.click("#reset");
  const all = await page.locator("#comments blockquote").count();
  await page.selectOption("#filter-language", "en");
  const english = await texts(page, "#comments blockquote footer");
  check(
    english.length < all && english.length > 0 && english.every((t) => t.includes("English")),
    "comments do not follow the language",
  );
  await page.click("#reset");
  await page.selectOption("#filter-wave", "2025 Q3");
  check(
    (await texts(page, "#comments blockquote footer")).every((t) => t.includes("2025 Q3")),
    "comments do not follow the period",
  );
  await page.click("#reset");
  await page.click("#measure-effect");
  check((await page.locator("#drivers-negative .plot").innerText()).includes("−41"), "the chart does not show effects");
  await page.click("#measure-importance");
  check(await page.locator("#importance svg").isVisible(), "the chart does not show importance");
  await close();
});

await test("themes, journey and feelings follow segment, period and language together, or say why not", async () => {
  const { page, noise, close } = await open(`${sample.url}#page=en`);
  const share = () => page.locator("#themes-chart").evaluate((f) => f.querySelector("svg").getAttribute("aria-label"));
  const everybody = await share();
  await page.selectOption("#filter-wave", "2025 Q1");
  const first = sample.report.theme_groups.groups.find((g) => g.wave === "2025 Q1" && !g.segment && !g.language);
  check((await share()) !== everybody, "the themes do not follow the period");
  await page.locator("#themes-all summary").click();
  const row = await page.locator("#themes-all tbody tr", { hasText: "Delivery speed" }).innerText();
  const speed = first.themes.find((t) => t[0] === "delivery.speed");
  check(row.includes(String(speed[1])) && row.includes(String(speed[2])), `${row} is not ${speed}`);
  check((await page.locator("#themes").innerText()).includes("All, 2025 Q1. 2,000 comments."), "who is shown is not said");
  check((await page.locator("#journey").innerText()).includes("All, 2025 Q1. 2,000 comments."), "the journey does not follow");
  check((await page.locator("#drivers").innerText()).includes("Not by period: these figures are of all."), "the drivers seem to follow");
  await page.selectOption("#filter-segment", "silver");
  await page.selectOption("#filter-language", "sv");
  check((await page.locator("#themes").innerText()).includes("silver, 2025 Q1, Swedish. 300 comments."), "three choices together");
  await page.selectOption("#filter-wave", "2025 Q3");
  for (const view of ["#themes", "#journey"])
    check((await page.locator(view).innerText()).includes("Fewer than 10 comments"), `${view} of four comments`);
  await page.selectOption("#filter-language", "other");
  check((await page.locator("#themes").innerText()).includes("Themes are read in Swedish, Danish and English"), "other languages");
  same(noise, [], "console");
  await close();
  const shallow = pageOf("shallow", (r) => {
    r.theme_groups.depth = 1;
    r.theme_groups.groups = r.theme_groups.groups.filter((g) => !g.segment);
  });
  const other = await open(`${shallow.url}#page=en&segment=silver&wave=2025+Q1`);
  check((await other.page.locator("#themes").innerText()).includes("take one away"), "that there are no such figures is not said");
  await other.close();
});

await test("feelings by touchpoint", async () => {
  const { page, close } = await open(`${sample.url}#page=en`);
  await drawn(page);
  const use = sample.report.themes.find((t) => t.id === "billing.invoice").segments[0];
  const told = await page.locator("#feelings-chart svg").getAttribute("aria-label");
  const percent = Math.round((100 * use.feelings.frustration) / use.mentions);
  check(told.includes(`Billing: joy`) && told.includes(`frustration ${percent}%`), told);
  check(!told.includes("Overall"), "what restates the score has feelings of its own");
  await close();
});

await test("who answers, the contact rule, and journeys of the study", async () => {
  const { page, close } = await open(`${sample.url}#page=en&segment=silver`);
  const text = await page.locator("#answering").innerText();
  for (const part of ["At most 3 surveys in 365 days: 308 of 5,274", "10,841 invitations".replace(",", ""), "Not by segment"])
    check(text.includes(part), `${part} is not in ${text}`);
  await page.locator("#answering-table summary").click();
  const rows = await texts(page, "#answering-table tbody tr");
  check(rows.some((r) => r.startsWith("guld") && r.includes("too few")), `a hidden group: ${rows}`);
  check((await page.locator("#journey h3", { hasText: "Journey: en order <b>" }).count()) === 1, "the name of a journey is not text");
  await page.locator("#journey-0-table summary").click();
  const steps = await texts(page, "#journey-0-table tbody tr");
  check(steps[0].includes("too few") && steps[1].includes("27%") && steps[2].includes("−22"), `the steps: ${steps}`);
  await close();
});

await test("an interval without zero beside no link is explained", async () => {
  const marked = pageOf("chance", (r) => {
    for (const d of r.fits[0].drivers) if (!d.supported) Object.assign(d, { effect: -9, ci: [-17, -1] });
    Object.assign(r.fits[0].drivers.find((d) => d.supported), { worth_supported: false, worth_ci: [1000, 90000] });
  });
  const { page, close } = await open(`${marked.url}#page=en`);
  check((await page.locator("#drivers > .by-chance").innerText()).includes("by chance"), "the money is not explained");
  check((await texts(page, "#drivers td")).some((t) => t.includes("no link shown\u00a0†")), "the money is not marked");
  await page.locator("#drivers-others summary").click();
  check((await texts(page, "#drivers-others td")).some((t) => t.startsWith("†")), "the effect is not marked");
  await close();
  const sure = pageOf("sure", (r) => r.fits.forEach((f) => f.drivers?.forEach((d) => (d.worth_supported = d.supported))));
  const plain = await open(`${sure.url}#page=en`);
  same(await plain.page.locator("#drivers > .by-chance").count(), 0, "an explanation of nothing");
  await plain.close();
});

await test("a driver leads to its comments, and the words that decided are marked", async () => {
  const { page, close } = await open(`${sample.url}#page=en`);
  await page.locator("#drivers button.plain", { hasText: "Waiting" }).first().click();
  same(await page.inputValue("#comment-theme"), "support.waiting", "the theme");
  same(await page.inputValue("#comment-polarity"), "negative", "the polarity");
  same(await page.evaluate(() => document.activeElement?.closest("section")?.id), "comments", "where the reader is");
  const quote = sample.report.quotes.find((q) => q.id === "88213");
  const marked = await page.locator("#comments blockquote", { hasText: "88213" }).locator("mark").allTextContents();
  const bytes = Buffer.from(quote.text);
  for (const m of quote.mentions) {
    const text = bytes.subarray(m.start, m.end).toString();
    check(
      marked.some((x) => x.includes(text)),
      `${text} is not marked: ${marked}`,
    );
  }
  const rule = await page.locator("#comments mark.neg").first().getAttribute("title");
  check(/Waiting time, negative −0\.81: lexicons\/sv\/themes\.tsv:611/.test(rule), `the rule: ${rule}`);
  await page.locator("#comments .why summary").first().click();
  check((await page.locator("#comments .why li").first().innerText()).includes("themes.tsv"), "why is not told");
  await close();
});

await test("bytes of Swedish letters and emoji do not shift the marks", async () => {
  const text = "Åh 😡 så långsam leverans, usch";
  const start = Buffer.byteLength("Åh 😡 så "),
    end = start + Buffer.byteLength("långsam leverans");
  const shifted = pageOf("bytes", (r) => {
    r.quotes = [
      {
        id: "b",
        theme: "delivery.speed",
        polarity: "negative",
        language: "sv",
        segment: null,
        wave: null,
        score: 2,
        sentiment: -0.7,
        text,
        mentions: [{ start, end, theme: "delivery.speed", polarity: "negative", value: -0.7, entry: null, rules: "" }],
      },
    ];
  });
  const { page, close } = await open(shifted.url);
  same(await page.locator("#comments mark").allTextContents(), ["långsam leverans"], "what is marked");
  same(await page.locator("#comments blockquote p").first().textContent(), text, "the comment");
  await close();
});

await test("what cannot be said is not said", async () => {
  const poor = pageOf("poor", (r) => {
    for (const key of Object.keys(sections)) r[key] = null;
    r.fits = r.fits.slice(0, 1);
    r.fits[0].drivers.forEach((d) => (d.supported = false));
    r.fits[0].verdict = "no_link";
    r.profit_link.verdict = "no_link";
    r.waves = [];
    r.quotes = [];
  });
  let { page, noise, close } = await open(`${poor.url}#page=en`);
  let text = await page.locator("body").innerText();
  check(
    text.includes("No driver found. With 12,377 responses an effect under 8 NPS points would not show."),
    "no driver is not said",
  );
  check(
    text.includes("No link between score and profit was found; one larger than SEK\u00a0210 per customer"),
    "no link is not said",
  );
  same(await page.locator("#movement, #worth, #kpis, #comments, #time").count(), 0, "views without figures");
  same(noise, [], "console");
  await close();
  const bare = pageOf("bare", (r) => {
    for (const key of Object.keys(sections)) r[key] = null;
    Object.assign(r, {
      fits: [],
      quotes: [],
      themes: [],
      waves: [],
      segments: [{ ...r.segments[0], nps: null, score: null, profit: null }],
      profit_link: null,
      join: null,
      scored: 0,
    });
  });
  ({ page, noise, close } = await open(`${bare.url}#page=en`));
  text = await page.locator("body").innerText();
  check(text.includes("There is no score, and drivers need one."), "that there is no score is not said");
  same(noise, [], "console");
  await close();
  const small = pageOf("small", (r) => {
    r.segments = [{ name: "all", hidden: true }];
    Object.assign(
      r,
      { fits: [], quotes: [], themes: [], waves: [] },
      Object.fromEntries(Object.keys(sections).map((k) => [k, null])),
    );
  });
  ({ page, noise, close } = await open(`${small.url}#page=en`));
  check(
    (await page.locator("body").innerText()).includes("Under 10 responses: not shown."),
    "that there are too few is not said",
  );
  same(noise, [], "console");
  await close();
  const few = pageOf("few", (r) => {
    for (const s of r.segments) Object.assign(s, { nps: null, score: null });
    for (const key of Object.keys(sections)) r[key] = null;
    Object.assign(r, { fits: [], waves: [], scored: 2 });
  });
  ({ page, noise, close } = await open(`${few.url}#page=en`));
  check(
    (await page.locator("#headline").innerText()).includes("Fewer than 10 gave a score: no figure of the score is shown."),
    "a score of two is not withheld in words",
  );
  same(noise, [], "console");
  await close();
});

await test("by keyboard alone", async () => {
  const { page, close } = await open(sample.url);
  const reached = new Set();
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName));
  }
  for (const id of ["filter-segment", "filter-touchpoint", "page-language", "A", "measure-effect", "SUMMARY"])
    check(reached.has(id), `Tab does not reach ${id}`);
  await page.locator("#measure-effect").focus();
  await page.keyboard.press("Enter");
  same(await page.getAttribute("#measure-effect", "aria-pressed"), "true", "Enter on a choice");
  same(await page.evaluate(() => document.activeElement.id), "measure-effect", "the focus after the page is drawn anew");
  await page.locator("#themes-all summary").focus();
  await page.keyboard.press("Enter");
  check(await page.locator("#themes-all table").isVisible(), "Enter does not open the table");
  await close();
});

const narrow = new Set([1280, 390]); // the widths that are looked at in every language
for (const [width, scheme] of [
  [1280, "light"],
  [1280, "dark"],
  [390, "light"],
  [390, "dark"],
  [820, "light"],
  [1030, "light"],
  [1050, "light"],
])
  await test(`${width} wide, ${scheme}: nothing runs over, axe-core finds nothing serious`, async () => {
    for (const language of narrow.has(width) && scheme === "light" ? ["sv", "da", "en"] : ["sv"]) {
      const { page, noise, close } = await open(`${sample.url}#page=${language}`, {
        viewport: { width, height: 900 },
        colorScheme: scheme,
      });
      await drawn(page);
      await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
      const wide = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        ...[...document.querySelectorAll("main *")]
          .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest("thead, svg, .hide"))
          .slice(0, 3)
          .map((e) => e.outerHTML.slice(0, 150)),
      ]);
      same(wide, [width], `${language}: scrollWidth and what runs over`);
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll(".plot svg text")]
          .filter((t) => {
            const box = t.getBoundingClientRect(),
              plot = t.closest(".plot").getBoundingClientRect();
            return (
              box.width > 0 &&
              (box.left < plot.left - 2 || box.right > plot.right + 2 || box.top < plot.top - 2 || box.bottom > plot.bottom + 2)
            );
          })
          .map((t) => `${t.closest("figure").id}: ${t.textContent}`),
      );
      same(cut, [], `${language}: words of charts that are cut off`);
      if (language === "sv" && narrow.has(width)) {
        await page.context().route("**", (r) => r.abort());
        // the policy keeps foreign scripts out of the page; the debugger may put one in
        const session = await page.context().newCDPSession(page);
        await session.send("Runtime.evaluate", { expression: axe });
        const found = (
          await session.send("Runtime.evaluate", {
            expression:
              "axe.run(document, {resultTypes: ['violations']}).then((r) => JSON.stringify(r.violations.map((v) => [v.impact, v.id, v.nodes.length, v.nodes[0].html.slice(0, 160)])))",
            awaitPromise: true,
            returnByValue: true,
          })
        ).result.value;
        same(
          JSON.parse(found).filter(([impact]) => impact === "serious" || impact === "critical"),
          [],
          "accessibility",
        );
      }
      same(noise, [], "console");
      await close();
    }
  });

await test("on paper", async () => {
  const { page, close } = await open(sample.url);
  await drawn(page);
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
  check(pages >= 4 && pages <= 12, `${pages} pages`);
  await page.emulateMedia({ media: "print" });
  check(!(await page.locator(".bar").isVisible()) && !(await page.locator("nav").isVisible()), "the filters print");
  await close();
});

await test("a report of 200,000 comments opens within 3 seconds and is under 15 MB", async () => {
  const big = pageOf("big", large);
  const size = statSync(big.html).size;
  check(size < 15e6, `${size} bytes`);
  const begun = performance.now();
  const { page, noise, close } = await open(big.url);
  await drawn(page);
  const spent = performance.now() - begun;
  console.log(
    `  ${big.report.quotes.length} comments in the page, ${(size / 1e6).toFixed(1)} MB, open in ${Math.round(spent)} ms`,
  );
  check(spent < 3000 * (Number(process.env.DK_SLOW) || 1), `${Math.round(spent)} ms`);
  same(noise, [], "console");
  await close();
});

await browser.close();
rmSync(folder, { recursive: true, force: true });
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exit(count.failed > 0 ? 1 : 0);
