// Builds a page into one file: script and style stand in it, and its security policy names their hashes. The page is report.html, or with
// --mode edit edit.html, that of `drivkraft lexicon edit`, which may ask the program that it came from.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";

// The texts of the program, messages.def and sentences.def beside this folder (or where DK_TEXTS says), are its C macros: MACRO(key,
// "...", "...", "...") with strings that are JSON strings too; as in C a string may be written in pieces, on several lines.
function texts(): Plugin {
  const folder = process.env.DK_TEXTS ?? join(__dirname, "..");
  const string = /"(?:[^"\\]|\\.)*"/g;
  const joined = (pieces: string): string => (pieces.match(string) ?? []).map((s) => JSON.parse(s) as string).join("");
  /** The arguments of each call of a macro: strings, or a name. */
  const calls = (file: string, macro: string): string[][] => {
    const call = new RegExp(`^${macro}\\(((?:[^"()]|"(?:[^"\\\\]|\\\\.)*")*)\\)`, "gm");
    const source = readFileSync(join(folder, file), "utf8");
    const found = [...source.matchAll(call)],
      begun = source.match(new RegExp(`^${macro}\\(`, "gm"))?.length ?? 0;
    if (found.length !== begun) throw new Error(`${file}: ${begun - found.length} of ${macro} cannot be read`);
    return found.map((m) => {
      const args = m[1]!.match(/(?:[^",]|"(?:[^"\\]|\\.)*")+/g) ?? [];
      return args.map((arg) => (arg.includes('"') ? joined(arg) : arg.trim()));
    });
  };
  return {
    name: "texts",
    resolveId: (id) => (id === "virtual:texts" ? "\0texts" : undefined),
    load(id) {
      if (id !== "\0texts") return undefined;
      const messages: Record<string, string[]> = {},
        words: Record<string, string[]> = {};
      for (const [id, ...all] of calls("messages.def", "MESSAGE")) messages[id!] = all;
      for (const [word, ...all] of calls("messages.def", "WORD")) words[word!] = all;
      const sentences = calls("sentences.def", "SENTENCE");
      for (const texts of [...Object.values(messages), ...Object.values(words), ...sentences])
        if (texts.length !== 3) throw new Error(`a text lacks a language: ${texts[0]}`);
      return `export default ${JSON.stringify({ messages, words, sentences })};`;
    },
  };
}

const sha256 = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

// Observable Plot puts a small style element of its own into each chart; the policy must know it.
function styleOfPlot(): string {
  const root = join(__dirname, "node_modules/@observablehq/plot/src");
  const style = /append\("style"\)\.text\(\s*`([^`]*)`/.exec(readFileSync(join(root, "plot.js"), "utf8"));
  const name = /name === undefined\) return "([^"]+)"/.exec(readFileSync(join(root, "style.js"), "utf8"));
  if (!style || !name) throw new Error("Observable Plot has changed how it styles its charts");
  return style[1]!.replaceAll("${className}", name[1]!);
}

function oneFile(edit: boolean): Plugin {
  return {
    name: "one-file",
    enforce: "post",
    generateBundle(_, bundle) {
      let html = "",
        script = "",
        style = "";
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type === "chunk") script += file.code;
        else if (name.endsWith(".css")) style += file.source;
        else if (name.endsWith(".html")) html = String(file.source);
        delete bundle[name];
      }
      script = script.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
      const policy = `default-src 'none'; script-src ${sha256(script)}; style-src ${sha256(style)} ${sha256(styleOfPlot())}; base-uri 'none'; form-action 'none'${edit ? "; connect-src 'self'" : ""}`;
      html = html.replace(/<script type="module"[^>]*><\/script>\s*/, "").replace(/<link rel="stylesheet"[^>]*>\s*/, "");
      html = html.replace(
        /<meta charset="utf-8">/,
        (m) => `${m}\n<meta http-equiv="Content-Security-Policy" content="${policy}">`,
      );
      html = html.replace("</head>", () => `<style>${style}</style>\n</head>`);
      html = html.replace("</body>", () => `<script type="module">${script}</script>\n</body>`);
      for (const part of edit ? [] : ["{{language}}", "{{title}}", "{{report}}"])
        if (html.split(part).length !== 2) throw new Error(`the page must hold ${part} once`);
      this.emitFile({ type: "asset", fileName: edit ? "edit.html" : "report.html", source: html });
    },
  };
}

export default defineConfig(({ mode }) => ({
  plugins: [texts(), oneFile(mode === "edit")],
  logLevel: "warn",
  build: {
    target: "es2022",
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    emptyOutDir: mode !== "edit", // the report's page is built before
    rollupOptions: { input: mode === "edit" ? "edit.html" : "index.html" },
  },
}));
