#!/usr/bin/env python3
"""Holds the documentation to the program without running the pages (run.py does that).

usage: check.py SOURCE_DIR DRIVKRAFT

- every relative link leads to a file, every anchor to a heading
- in `drivkraft ...` between backquotes and in the examples of --help: there is such a command, and it has these options
- every block of YAML is a study file, or a piece of one, that the program reads
- every value of an enumeration of the header has a comment
- docs/commands.md is what `drivkraft manual markdown` says
- docs/study.md names every key of the study file (study.schema.json)
- docs/report.md names every field of report.json (report.schema.json) and every column of the files that an analysis of the example
  writes; tables of the workbook and their columns stand there as they are

If it failed, a page would send its reader nowhere, name what does not exist, or leave out what does.
"""
import csv, difflib, json, os, re, subprocess, sys, tempfile

import pages

source, program = (os.path.abspath(p) for p in sys.argv[1:3])
wrong = []


def ask(*words, **more):
    return subprocess.run([program, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", check=True, **more).stdout


def check_links():
    """Links and anchors of all pages; how many there were."""
    count, known = 0, {}
    for page in pages.paths() + ["models/README.md", "src/report/page/README.md"]:
        for target in pages.links(pages.read(page)):
            count += 1
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            whole = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
            if not os.path.exists(os.path.join(source, whole)):
                if not whole.startswith("out/"):
                    wrong.append(f"{page}: the link to {target} leads nowhere")
            elif anchor:
                known.setdefault(whole, pages.anchors(pages.read(whole)))
                if anchor not in known[whole]:
                    near = difflib.get_close_matches(anchor, known[whole], 1)
                    wrong.append(f"{page}: {whole} has no heading #{anchor}" + (f"; did you mean #{near[0]}?" if near else ""))
    return count


class Help:
    """The commands and their options, from docs/commands.md as the program writes it."""

    def __init__(self, markdown):
        self.options, name = {"": set()}, ""
        for line in markdown.split("\n"):
            if line.startswith("## "):
                name = line[3:]
                self.options[name] = set(self.options[""])
            for option in re.findall(r"^\| `(?:-\w, )?(--[\w-]+)", line):
                self.options[name].add(option)
            for letter in re.findall(r"^\| `(-\w), ", line):
                self.options[name].add(letter)
        self.groups = {name.split()[0] for name in self.options if " " in name}

    def complain(self, command):
        """What is wrong with a command line, or None. Only its options are looked at, up to a pipe or a comment."""
        words = re.split(r"[|;#>]|  ", command)[0].split()
        if words[1:2] == ["help"] or len(words) < 2 or not re.fullmatch(r"[a-z]+", words[1]):
            return None
        name = words[1]
        if name in self.groups:
            if len(words) == 2 or not re.fullmatch(r"[a-z]+", words[2]):
                return None
            name += " " + words[2]
        if name not in self.options:
            return f"there is no command {name}"
        for word in words[1:]:
            option = re.match(r"(--[a-z][\w-]*|-[a-z]$)", word)
            if option and option[1] not in self.options[name]:
                return f"{name} has no option {option[1]}"
        return None


def check_commands(helped):
    """Commands between backquotes and the examples of --help; how many there were."""
    count = 0
    for page in pages.paths():
        if page == "docs/errors.md":
            continue  # its spans are messages
        for span in pages.bare_spans(pages.read(page)):
            if span.startswith("drivkraft "):
                count += 1
                if complaint := helped.complain(span):
                    wrong.append(f"{page}: `{span}`: {complaint}")
    for name in helped.options:
        for line in re.findall(r"^  .*?(drivkraft .*)", ask(*name.split(), "--help") if name else "", re.M):
            count += 1
            if complaint := helped.complain(line):
                wrong.append(f"{name} --help: {line}: {complaint}")
    return count


def check_studies():
    """Blocks of YAML are pieces of study files, or whole ones, that the program can read; how many."""
    count = 0
    with tempfile.TemporaryDirectory() as work:
        with open(os.path.join(work, "r.csv"), "w", encoding="utf-8") as f:
            f.write("id,score,comment\n")
        for page in pages.paths():
            for block in pages.blocks(page, pages.read(page)):
                text = "\n".join(block.lines)
                if block.language != "yaml":
                    continue
                count += 1
                with open(os.path.join(work, "study.yaml"), "w", encoding="utf-8") as f:
                    f.write(text + ("" if re.search(r"^responses:", text, re.M) else "\nresponses: {file: r.csv}\n"))
                done = subprocess.run([program, "check", "study.yaml", "--data-dir", source], cwd=work, capture_output=True, text=True)
                if re.search(r"no such key|expected|overlap|stands twice", done.stdout + done.stderr):
                    wrong.append(f"{block}: {done.stderr}")
    return count


def schema_names(node, names):
    """The names of all properties below a node of a JSON Schema; kinds of free names (maps of anything) have none."""
    for name, child in node.get("properties", {}).items():
        names.add(name)
        schema_names(child, names)
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            schema_names(node[key], names)
    for key in ("anyOf", "oneOf", "allOf"):
        for child in node.get(key, []):
            schema_names(child, names)
    for child in node.get("$defs", {}).values():
        schema_names(child, names)
    return names


def words_of(page):
    """What a page names: the words in its code, blocks and spans."""
    text = pages.read(page)
    return set(re.findall(r"[\w.]+", " ".join(re.findall(r"`([^`]+)`", pages.prose(text))))) | \
        set(re.findall(r"[\w.]+", " ".join("\n".join(b.lines) for b in pages.blocks(page, text))))


def named(what, names, page, known):
    missing = sorted(n for n in names if n not in known)
    if missing:
        wrong.append(f"{page} does not name these {what}: {', '.join(missing)}")
    return len(names)


def check_outputs(known):
    """Columns of the files of an analysis of the example; how many."""
    columns = set()
    with tempfile.TemporaryDirectory() as work:
        run = dict(cwd=work, env=dict(os.environ, DRIVKRAFT_DATA=source))
        ask("simulate", os.path.join(source, "examples/retailer/study.yaml"), "-o", "demo", **run)
        study = os.path.join(work, "demo", "study.yaml")
        with open(study, encoding="utf-8") as f:
            text = f.read()
        with open(study, "w", encoding="utf-8") as f:
            f.write(text.replace("bootstrap: 1000", "bootstrap: 20"))
        ask("analyze", "demo/study.yaml", "-o", "report", **run)
        ask("report", "report", "--format", "csv", **run)
        files = ["report/" + f for f in os.listdir(os.path.join(work, "report"))] + \
                ["report/tables/" + f for f in os.listdir(os.path.join(work, "report", "tables"))]
        page = pages.read("docs/report.md")
        for file in files:
            name = os.path.basename(file)
            if "/tables/" not in file and name not in page:
                wrong.append(f"docs/report.md does not name {name}, which an analysis writes")
            if "/tables/" in file and f"`{name[:-4]}`" not in page:
                wrong.append(f"docs/report.md does not name the table {name[:-4]}")
            if name.endswith(".csv"):
                with open(os.path.join(work, file), encoding="utf-8", newline="") as f:
                    header = next(csv.reader(f))
                columns |= {re.sub(r"_(low|high)$", "", c) if "/tables/" in file else c for c in header}
        for words, pages_of in ((["tokens", "demo/responses.csv", "--text", "comment"], ["docs/report.md"]),
                                (["kpi", "demo/study.yaml", "--format", "csv"], ["docs/kpis.md"]),
                                (["segments", "demo/study.yaml", "--format", "csv"], ["docs/report.md", "docs/kpis.md"]),
                                (["drivers", "demo/customers.csv", "--outcome", "margin", "--predictors", "orders,visits", "--bootstrap", "20", "--format", "csv"], ["docs/statistics.md"])):
            header = next(csv.reader(ask(*words, "-o", "-", **run).split("\n")))
            named(f"columns of drivkraft {words[0]}", {re.sub(r"_(low|high)$", "", c) for c in header}, " and ".join(pages_of), set().union(*map(words_of, pages_of)))
    return named("columns of its files", columns, "docs/report.md", known)


def check_enums():
    """Values of the header's enumerations without a comment: doxygen 1.9 lets them pass. How many values there are."""
    with open(os.path.join(source, "include/drivkraft.h"), encoding="utf-8") as f:
        bodies = re.findall(r"\benum\b[^;{]*\{(.*?)\n?\}", f.read(), re.S)
    values = [line for body in bodies for line in body.split("\n") if re.match(r"\s+DK_\w+", line)]
    wrong.extend(f"include/drivkraft.h: a value without a comment: {line.strip()}" for line in values if "/**<" not in line)
    return len(values)


def main():
    markdown = ask("manual", "markdown")
    page = pages.read("docs/commands.md")
    if markdown != page:
        wrong.append("docs/commands.md is not what the program says (./run bless writes it):\n" +
                     "".join(list(difflib.unified_diff(page.splitlines(True), markdown.splitlines(True), "docs/commands.md", "the program"))[:40]))
    links = check_links()
    commands = check_commands(Help(markdown))
    with open(os.path.join(source, "src/study/study.schema.json"), encoding="utf-8") as f:
        keys = named("keys of study files", schema_names(json.load(f), set()), "docs/study.md", words_of("docs/study.md") | words_of("docs/kpis.md"))
    known = words_of("docs/report.md")
    with open(os.path.join(source, "src/report/report.schema.json"), encoding="utf-8") as f:
        fields = named("fields of report.json", schema_names(json.load(f), set()), "docs/report.md", known)
    columns = check_outputs(known)
    values = check_enums()
    studies = check_studies()
    for what, count, least in (("links", links, 60), ("commands", commands, 60), ("keys", keys, 100), ("fields", fields, 150), ("columns", columns, 80), ("values of enumerations", values, 40), ("pieces of study files", studies, 6)):
        if count < least:
            wrong.append(f"only {count} {what} were found: this test has lost sight of them")
    print("\n".join(wrong) if wrong else f"{links} links, {commands} commands, {keys} keys, {fields} fields and {columns} columns: all there")
    sys.exit(1 if wrong else 0)


main()
