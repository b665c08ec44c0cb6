// Makes the pictures of docs/ anew: the report of the example study in three languages, wide and narrow, light and dark.
// usage: ./run demo && node docs/make_screenshots.mjs        (needs Chromium; playwright-core comes with the page's build)
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const build = process.env.DK_BUILD ?? join(root, "build"),
  report = process.env.DK_REPORT ?? join(root, "out/retailer/report");
const modules = join(build, "page/work/node_modules/playwright-core/index.mjs");
for (const needed of [modules, join(report, "report.json")])
  if (!existsSync(needed)) {
    console.error(`make_screenshots: ${needed} is missing; ./run demo makes it`);
    process.exit(1);
  }
const { chromium } = await import(pathToFileURL(modules).href);
const executablePath =
  process.env.DRIVKRAFT_CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const work = mkdtempSync(join(tmpdir(), "drivkraft-shots-"));

/** The page in a language, from the top of a section on, as high as asked. */
async function shoot(name, language, { width = 1280, height = 1500, scheme = "light", section = "", hash = "" } = {}) {
  const folder = join(work, language);
  if (!existsSync(folder)) {
    cpSync(report, folder, { recursive: true });
    execFileSync(join(build, "drivkraft"), ["report", folder, "--format", "html", "--report-language", language, "--quiet"]);
  }
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.goto(pathToFileURL(join(folder, "report.html")).href + hash);
  await page.waitForFunction(() => [...document.querySelectorAll(".plot")].every((p) => p.querySelector("svg")));
  if (section !== "") {
    await page.evaluate(() => (document.querySelector(".bar").style.display = "none")); // which stays in sight while one scrolls
    await page.locator(`#${section}`).screenshot({ path: join(root, "docs", name) });
  } else await page.screenshot({ path: join(root, "docs", name) });
  await context.close();
  console.log(`docs/${name}`);
}

await shoot("report.png", "en");
await shoot("report-sv.png", "sv", { height: 1100 });
await shoot("report-da.png", "da", { height: 1100 });
await shoot("report-dark.png", "en", { scheme: "dark", height: 1100, hash: "#segment=blue" });
await shoot("report-narrow.png", "sv", { width: 390, height: 1400 });
await shoot("report-quadrant.png", "en", { section: "quadrant" });
await shoot("report-movement.png", "da", { section: "movement" });
await browser.close();
rmSync(work, { recursive: true, force: true });
