#!/usr/bin/env python3
"""Attacks reports by subtraction: what of the groups that are hidden can be solved for from all that is shown?

usage: differencing.py --program DRIVKRAFT [--surveys N] [--show]

Makes surveys with groups of few at every place (segment, wave, language, theme and their crossings), analyses each, and takes every count in report.json and
drivers.csv as an equation over the smallest cells (one segment, wave and language). The attacker knows which cells are empty, since emptiness is
not hidden. (How many mention a theme of one polarity in a segment is part of every driver that is ranked, from 30 mentions on; docs/privacy.md says what that may tell.) A hidden group of 1 to min_privacy - 1 persons that is a linear combination of what is shown has a single solution: that fails. So does
a group under the minimum that is simply shown.
"""
import argparse, csv, itertools, json, os, random, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PRIME = (1 << 61) - 1  # rank over this field is rank over the integers but for chance of about 1e-17
SAID = {"sv": {"delivery": "Leveransen var sen", "price": "Priset är för högt", "staff": "Personalen var trevlig", "": "Jag köpte en bok i tisdags"},
        "da": {"delivery": "Leveringen var forsinket", "price": "Prisen er for høj", "staff": "Personalet var venligt", "": "Jeg købte en bog i tirsdags"},
        "en": {"delivery": "The delivery was late", "price": "The price is too high", "staff": "The staff was friendly", "": "I bought a book on Tuesday"}}


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


def attack(report, folder, survey):
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
            kinds = {"responses"}
            for part in filter(None, c["themes"].split("|")):
                theme, label = part.rsplit(":", 1)
                kinds |= {theme, (theme, label)}
            for kind in kinds:
                truth.setdefault(kind, {}).setdefault(at, 0)
                truth[kind][at] += 1
    equations = {}
    for kind, s, w, l, n in shown_counts(report, folder):
        equations.setdefault(kind, {})[s, w, l] = n
    names = [sorted({at[d] for at in truth["responses"]}) for d in range(3)]
    crossings = list(itertools.product(*([None, *items] for items in names)))
    inside = lambda cell, at: all(c is None or c == a for c, a in zip(cell, at))
    for kind, counts in truth.items():
        atoms = sorted(counts)  # the others are empty, and known to be
        vector = lambda cell: [int(inside(cell, at)) for at in atoms]
        known = Space(len(atoms))
        for cell, n in equations.get(kind, {}).items():
            if sum(counts[at] for at in atoms if inside(cell, at)) == n:  # else a count of something else, with fewer rows
                known.add(vector(cell))
        whole = kind[0] if isinstance(kind, tuple) else kind
        for cell in crossings:
            n = sum(counts[at] for at in atoms if inside(cell, at))
            if not 0 < n < least:
                continue
            if isinstance(kind, tuple) and cell in equations.get(whole, {}):
                continue  # the parts of a group that is large enough are shown
            if not isinstance(kind, tuple) and cell in equations.get(kind, {}) and n == equations[kind][cell]:
                if sum(cell[d] is not None for d in range(3)) > 0 or kind != "responses":
                    failed.append(f"{kind} {cell}: {n} shown")
                continue
            tried += 1
            if known.holds(vector(cell)):
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
    for k in range(a.surveys):
        with tempfile.TemporaryDirectory() as work:
            survey = os.path.join(work, "survey.csv")
            write_survey(r, survey)
            done = subprocess.run([program, "analyze", survey, "-o", f"{work}/report", "--bootstrap", "2", "--quiet", "--data-dir", ROOT], capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"survey {k}: {done.stderr}")
            with open(f"{work}/report/report.json", encoding="utf-8") as f:
                report = json.load(f)
            failed, tried = attack(report, f"{work}/report", survey)
            total, bad = total + tried, bad + len(failed)
            for line in failed[:400 if a.show else 5]:
                print(f"survey {k}: {line}")
    print(f"{a.surveys} surveys, {total} hidden groups attacked, {bad} found out")
    return 1 if bad or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
