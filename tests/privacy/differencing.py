#!/usr/bin/env python3
"""Attacks reports by subtraction: what of the groups that are hidden can be solved for from all that is shown?

usage: differencing.py --program DRIVKRAFT [--surveys N] [--show]

Makes surveys with groups of few at every place (segment, wave, language, theme and their crossings), analyses each, and takes every count in report.json,
drivers.csv, the workbook, the tables of `report --format csv`, and what `kpi` and `segments` print as an equation over the smallest cells (one segment, wave and
language; for themes also the set of themes of the same touchpoint, of which journeys and KPIs by touchpoint show the union). The attacker knows which cells are empty, since emptiness is
not hidden. (How many mention a theme of one polarity in a segment is part of every driver that is ranked, from 30 mentions on; docs/privacy.md says what that may tell.) A hidden group of 1 to min_privacy - 1 persons that is a linear combination of what is shown has a single solution: that fails. So does
a group under the minimum that is simply shown.
"""
import argparse, csv, glob, io, itertools, json, os, random, subprocess, sys, tempfile

import openpyxl

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PRIME = (1 << 61) - 1  # rank over this field is rank over the integers but for chance of about 1e-17
SAID = {"sv": {"delivery": "Leveransen var sen", "price": "Priset är för högt", "staff": "Personalen var trevlig", "skill": "Väldigt kunnig", "": "Jag köpte en bok i tisdags"},
        "da": {"delivery": "Leveringen var forsinket", "price": "Prisen er for høj", "staff": "Personalet var venligt", "skill": "Meget kompetent", "": "Jeg købte en bog i tirsdags"},
        "en": {"delivery": "The delivery was late", "price": "The price is too high", "staff": "The staff was friendly", "skill": "Very knowledgeable", "": "I bought a book on Tuesday"}}


def write_survey(r, path):
    """Shares so uneven that some cells hold a person or two."""
    segments, waves = ["blue", "silver", "gold", "black"][:r.randint(2, 4)], [1, 4, 7, 10][:r.randint(1, 4)]
    weights = {k: [r.choice([1, 2, 8, 30]) for _ in v] for k, v in (("s", segments), ("w", waves), ("l", list(SAID)), ("t", list(SAID["sv"])))}
    draw = lambda key, items: r.choices(items, weights[key])[0]
    with open(path, "w", encoding="utf-8") as f:
        f.write("id,customer,date,score,segment,comment\n")
        for i in range(r.randint(60, 500)):
            language = draw("l", list(SAID))
            themes = {draw("t", list(SAID["sv"])) for _ in range(r.randint(1, 2))}
            comment = ". ".join(SAID[language][t] for t in sorted(themes))
            f.write(f'{i + 1},c{i},2025-{draw("w", waves):02}-11,{r.randint(0, 10)},{draw("s", segments)},"{comment}"\n')


class Space:
    """What is spanned by equations, by elimination over a prime field."""

    def __init__(self, width):
        self.width, self.rows = width, {}

    def reduce(self, vector):
        v = list(vector)
        for pivot in range(self.width):
            if v[pivot] and pivot in self.rows:
                factor = v[pivot]
                v = [(a - factor * b) % PRIME for a, b in zip(v, self.rows[pivot])]
        return v

    def add(self, vector):
        v = self.reduce(vector)
        pivot = next((i for i, x in enumerate(v) if x), None)
        if pivot is not None:
            inverse = pow(v[pivot], PRIME - 2, PRIME)
            self.rows[pivot] = [x * inverse % PRIME for x in v]

    def holds(self, vector):
        return not any(self.reduce(vector))


def shown_counts(report, folder):
    """Every count that is shown: kind, segment, wave, language (None: all of them), count. Kind is responses, or a theme, or a theme and polarity."""
    out = []
    add = lambda kind, s, w, l, n: out.append((kind, None if s == "all" else s, w, l, int(n)))
    for s in report["segments"]:
        if not s["hidden"]:
            for key in ("responses", "customers", "comments", "scored"):
                add("responses", s["name"], None, None, s[key])
    for w in report["waves"]:
        for s in w["segments"]:
            if not s["hidden"]:
                add("responses", s["segment"], w["name"], None, s["responses"])
    for language, l in report["languages"].items():
        if l.get("responses") and not l.get("hidden"):
            add("responses", None, None, language, l["responses"])
    for rate in report["answering"]["rates"]:
        if not rate["hidden"] and rate["by"] in ("segment", "wave", "language"):
            where = {rate["by"]: rate["group"]}
            add("responses", where.get("segment"), where.get("wave"), where.get("language"), rate["responses"])
    for kpi in report["kpis"]:
        for cut in kpi.get("cuts", []):
            if kpi["base"] == "responses" and not cut["hidden"] and cut["by"] in ("segment", "wave", "language"):
                where = {cut["by"]: cut["group"]}
                add("responses", where.get("segment"), where.get("wave"), where.get("language"), cut["n"])
    for fit in report["fits"]:
        if fit.get("n"):
            add("responses", fit["segment"], None, None, fit["n"])
    for s in report["segments"] + report["profiles"]:
        if not s["hidden"] and s["nps"]:
            add("responses", s.get("name", s.get("segment")), None, None, s["nps"]["n"])
    for w in report["waves"]:
        for s in w["segments"]:
            if not s["hidden"] and s["nps"]:
                add("responses", s["segment"], w["name"], None, s["nps"]["n"])
    for line in report["trend"]:
        for point in line["points"]:
            if not point["hidden"]:
                add("responses", line["segment"], point["wave"], None, point["n"])
    for journey in report["journeys"]:
        for step in journey["steps"]:
            if not step["hidden"]:
                add("at " + step["touchpoint"], None, None, None, step["responses"])
    for kpi in report["kpis"]:
        for cut in kpi.get("cuts", []):
            if cut["by"] == "touchpoint" and not cut["hidden"]:
                add("at " + cut["group"], None, None, None, cut["n"])
    for theme in report["themes"]:
        for s in theme["segments"]:
            if not s["hidden"]:
                add(theme["id"], s["segment"], None, None, s["responses"])
                for polarity in ("negative", "positive"):
                    add((theme["id"], polarity), s["segment"], None, None, s[polarity])
    groups = report["theme_groups"]
    for g in groups["groups"]:
        if g["hidden"]:
            continue
        add("responses", g["segment"], g["wave"], g["language"], g["comments"])
        for row in g["themes"]:
            named = dict(zip(groups["columns"], row))
            add(named["theme"], g["segment"], g["wave"], g["language"], named["responses"])
            for polarity in ("negative", "positive"):
                add((named["theme"], polarity), g["segment"], g["wave"], g["language"], named[polarity])
    with open(os.path.join(folder, "drivers.csv"), encoding="utf-8-sig", newline="") as f:
        for row in csv.DictReader(f):
            if row["n"]:
                add("responses", row["segment"], None, None, row["n"])
    return out


COLUMNS = {"segment": "segment", "period": "wave", "wave": "wave", "language": "language", "theme": "theme", "touchpoint": "touchpoint", "by": "by", "group": "group",
           "n": "n", "responses": "n", "comments": "n", "customers": "n", "negative": "negative", "positive": "positive", "polarity": "polarity"}
LANGUAGES = {"swedish": "sv", "danish": "da", "english": "en", "other": "other"}


def table_counts(report, header, rows):
    """The same of a table as people see it: a sheet of the workbook, a CSV file. Columns of counts are known by their names."""
    names = [COLUMNS.get(str(h or "").lower()) for h in header]
    themes = {t["label"]["en"].lower(): t["id"] for t in report["themes"]} | {t["id"]: t["id"] for t in report["themes"]}
    out = []
    for row in rows:
        group = {n: str(v).lower() for n, v in zip(names, row) if n in ("segment", "wave", "language", "theme", "touchpoint", "by", "group", "polarity") and v not in (None, "")}
        if "by" in group and "group" in group:
            group[{"period": "wave"}.get(group["by"], group["by"])] = group["group"]
        s, w, l = group.get("segment"), group.get("wave"), LANGUAGES.get(group.get("language"), group.get("language"))
        s, w = None if s == "all" else s, w.upper() if w else None
        for n, value in zip(names, row):
            if n not in ("n", "negative", "positive") or value in (None, ""):
                continue
            theme = themes.get(group.get("theme"))
            if theme is None and group.get("touchpoint"):
                kind = "at " + group["touchpoint"]
            elif theme is None:
                kind = "responses"
            else:
                kind = theme if n == "n" else (theme, n)
            if isinstance(value, (int, float)) or str(value).replace(".", "", 1).isdigit():
                out.append((kind, s, w, l, int(float(value))))
    return out


def tables_of(program, folder, survey):
    """Every table that is written for people: name, header and rows."""
    book = openpyxl.load_workbook(os.path.join(folder, "report.xlsx"), read_only=True)
    for sheet in book:
        rows = list(sheet.iter_rows(values_only=True))
        if rows and sheet.title not in ("Summary", "Data quality", "Methods and limits"):
            yield sheet.title, rows[0], rows[1:]
    run = lambda *words: subprocess.run([program, *words, "--quiet", "--data-dir", ROOT], check=True, capture_output=True, text=True).stdout
    run("report", folder, "--format", "csv")
    for path in sorted(glob.glob(os.path.join(folder, "tables", "*.csv"))):
        with open(path, encoding="utf-8-sig", newline="") as f:
            rows = list(csv.reader(f))
        if os.path.basename(path) not in ("quality.csv", "methods.csv"):
            yield os.path.basename(path), rows[0], rows[1:]
    for command in ("kpi", "segments"):
        rows = list(csv.reader(io.StringIO(run(command, survey, "--format", "csv"))))
        yield command, rows[0], rows[1:]


def attack(report, folder, survey, tables):
    """What fails, as text, and how many hidden groups were tried."""
    least, failed, tried = report["min_privacy"], [], 0
    with open(survey, encoding="utf-8") as f:
        rows = {r["id"]: r for r in csv.DictReader(f)}
    truth, waves = {}, {}
    for w in report["waves"]:
        waves[w["first"]] = w["name"]
    wave_of = lambda date: waves[max(first for first in waves if first <= date)] if len(waves) > 0 else None
    with open(os.path.join(folder, "comments.csv"), encoding="utf-8-sig", newline="") as f:
        for c in csv.DictReader(f):
            at = (rows[c["id"]]["segment"], wave_of(rows[c["id"]]["date"]), c["language"])
            said = [part.rsplit(":", 1) for part in filter(None, c["themes"].split("|"))]
            for family, kinds in {"": ["responses"], **{(theme, label): [(theme, label)] for theme, label in said}}.items():
                atoms = truth.setdefault(family, {})
                atoms[at, frozenset(kinds)] = atoms.get((at, frozenset(kinds)), 0) + 1
            for touchpoint in {theme.split(".")[0] for theme, _ in said}:
                atoms = truth.setdefault("at " + touchpoint, {})
                atom = at, frozenset(theme for theme, _ in said if theme.split(".")[0] == touchpoint)
                atoms[atom] = atoms.get(atom, 0) + 1
    for family, counts in truth.items():
        if isinstance(family, str) and family:  # which themes are said together is not known, so any may be; what is said of the touchpoint without one is a group too
            themes = sorted(set().union(*(said for _, said in counts)))
            for at, k in itertools.product({at for at, _ in counts}, range(len(themes))):
                for said in itertools.combinations(themes, k + 1):
                    counts.setdefault((at, frozenset(said)), 0)
            truth[family] = {(at, said | {family} | {f"{family} but not {t}" for t in themes if t not in said}): n for (at, said), n in counts.items()}
    equations = {}
    for kind, s, w, l, n in shown_counts(report, folder) + tables:
        equations.setdefault(kind, {}).setdefault((s, w, l), set()).add(n)
    names = [sorted({at[d] for at, _ in truth[""]}) for d in range(3)]
    crossings = list(itertools.product(*([None, *items] for items in names)))
    for counts in truth.values():
        atoms = sorted(counts, key=lambda a: (a[0], sorted(map(str, a[1]))))  # the others are empty, and known to be
        family = sorted({kind for _, kinds in atoms for kind in kinds}, key=str)
        vector = lambda kind, cell: [int(kind in kinds and all(c is None or c == x for c, x in zip(cell, at))) for at, kinds in atoms]
        size = lambda kind, cell: sum(counts[a] for a, here in zip(atoms, vector(kind, cell)) if here)
        known = Space(len(atoms))
        for kind in family:
            for cell, numbers in equations.get(kind, {}).items():
                if size(kind, cell) in numbers:  # the others count something else, with fewer rows
                    known.add(vector(kind, cell))
        for kind, cell in itertools.product(family, crossings):
            n = size(kind, cell)
            if not 0 < n < least:
                continue
            if isinstance(kind, tuple) and cell in equations.get(kind[0], {}):
                continue  # the parts of a group that is large enough are shown
            if not isinstance(kind, tuple) and n in equations.get(kind, {}).get(cell, ()):
                if sum(cell[d] is not None for d in range(3)) > 0 or kind != "responses":
                    failed.append(f"{kind} {cell}: {n} shown")
                continue
            tried += 1
            if known.holds(vector(kind, cell)):
                failed.append(f"{kind} {cell}: {n} can be solved for")
    return failed, tried


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--program", required=True)
    p.add_argument("--surveys", type=int, default=8)
    p.add_argument("--seed", type=int, default=5)
    p.add_argument("--show", action="store_true")
    a = p.parse_args()
    program, r, total, bad = os.path.abspath(a.program), random.Random(a.seed), 0, 0
    known = {}
    for k in range(a.surveys):
        with tempfile.TemporaryDirectory() as work:
            survey = os.path.join(work, "survey.csv")
            write_survey(r, survey)
            done = subprocess.run([program, "analyze", survey, "-o", f"{work}/report", "--bootstrap", "2", "--quiet", "--data-dir", ROOT], capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"survey {k}: {done.stderr}")
            with open(f"{work}/report/report.json", encoding="utf-8") as f:
                report = json.load(f)
            shown = []
            for _, header, rows in tables_of(program, f"{work}/report", survey):
                counts = table_counts(report, header, rows)
                known[_] = known.get(_, 0) + len(counts)
                shown += counts
            failed, tried = attack(report, f"{work}/report", survey, shown)
            total, bad = total + tried, bad + len(failed)
            for line in failed[:400 if a.show else 5]:
                print(f"survey {k}: {line}")
    if a.show:
        print("counts read: " + ", ".join(f"{name} {n}" for name, n in known.items()))
    print(f"{a.surveys} surveys, {total} hidden groups attacked, {bad} found out")
    return 1 if bad or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
