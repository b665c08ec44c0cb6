// What the browser tests share: their arguments, Chromium, axe, and checks that say what would be wrong.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** --name value of the command line. */
export const given = Object.fromEntries(
  process.argv
    .slice(2)
    .join("\n")
    .split(/^--/m)
    .filter(Boolean)
    .map((a) => a.trim().split("\n")),
);

const module = (name) => import(pathToFileURL(join(given.modules, name)).href);
export const { chromium } = await module("playwright-core/index.mjs");
export const axe = readFileSync(join(given.modules, "axe-core/axe.min.js"), "utf8");

export const count = { passed: 0, failed: 0 };

export async function test(name, run) {
  try {
    await run();
    count.passed++;
  } catch (error) {
    count.failed++;
    console.log(`FAILED ${name}\n  ${error.message?.split("\n").slice(0, 12).join("\n  ")}`);
  }
}

export function check(right, message) {
  if (!right) throw new Error(message);
}

export const same = (got, wanted, what) =>
  check(JSON.stringify(got) === JSON.stringify(wanted), `${what}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`);
