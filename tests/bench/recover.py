#!/usr/bin/env python3
"""Simulated studies through the whole program: is what was planted inside the intervals of what is found?

usage: recover.py PROGRAM [--study STUDY.yaml] [--runs N] [--first SEED] [--jobs J] [--bootstrap N]

Each run is `simulate --seed` and `analyze`; planted are truth.csv, truth_movement.csv and truth_worth.csv. Printed: how often 95 %
intervals hold the truth, how often a thing whose planted link is zero is called a link, and how often a large one (10 NPS points, two
percentage points of a move, 50,000 of money a year) is found.
"""
import argparse, collections, concurrent.futures, csv, json, os, subprocess, sys, tempfile

ARGS = argparse.ArgumentParser()
ARGS.add_argument("program")
ARGS.add_argument("--study", default=os.path.join(os.path.dirname(__file__), "..", "..", "examples", "retailer", "study.yaml"))
ARGS.add_argument("--runs", type=int, default=200)
ARGS.add_argument("--first", type=int, default=1001)
ARGS.add_argument("--jobs", type=int, default=1)
ARGS.add_argument("--bootstrap", type=int, default=1000)
ARGS.add_argument("--detail", action="store_true", help="a line for each theme, segment and figure")

LARGE = {"effect on NPS": 10, "worth: money": 50000}


def rows(path):
    with open(path, newline="") as f:
        return list(csv.DictReader(f))


def one(job):
    """[(figure, key, truth, estimate, low, high, zero planted, called a link)] of one simulated study."""
    args, seed = job
    found = []
    with tempfile.TemporaryDirectory() as work:
        study = os.path.join(work, os.path.basename(args.study))
        for command in (["simulate", args.study, "--seed", str(seed), "-o", work, "-q"],
                        ["analyze", study, "-o", os.path.join(work, "out"), "-q", "--bootstrap", str(args.bootstrap)]):
            subprocess.run([args.program] + command, check=True, stdout=subprocess.DEVNULL)
        report = json.load(open(os.path.join(work, "out", "report.json")))
        planted = {(r["segment"], r["theme"], r["polarity"]): r for r in rows(os.path.join(work, "truth.csv"))}
        moved = {(r["segment"], r["theme"], r["polarity"], r["event"]): float(r["effect"]) for r in rows(os.path.join(work, "truth_movement.csv"))}
        worth = {(r["segment"], r["theme"], r["polarity"]): r for r in rows(os.path.join(work, "truth_worth.csv"))}
    small = 0.0005 # log odds of exactly zero still move a little where the score does
    for fit in report["fits"]:
        if fit["outcome"] != "nps" or not fit["fitted"] or fit["segment"] == "all": continue
        for d in fit["drivers"]:
            key = (fit["segment"], d["theme"], d["polarity"])
            if d["theme"] is None or key not in planted or d["ci"] is None: continue
            truth = float(planted[key]["effect"])
            found.append(("effect on NPS", key, truth, d["effect"], *d["ci"], truth == 0, d["supported"]))
    for h in report["movement"]["hazards"]:
        for d in h.get("drivers", []):
            key = (h["from"], d["theme"], d["polarity"], h["event"])
            if d["theme"] is None or key not in moved or d["ci"] is None or d["p"] is None: continue
            found.append(("moving: " + h["event"], key, moved[key], d["effect"], *d["ci"], abs(moved[key]) < small, d["supported"]))
    for l in report["worth"]["levers"]:
        key = (l["segment"], l["theme"], l["polarity"])
        if l["theme"] is None or key not in worth: continue
        w, p = worth[key], planted[key]
        every = l["all_customers"]
        zero = float(p["effect"]) == 0
        found.append(("worth: money", key, float(w["money"]), every["money"]["value"], *every["money"]["ci"], zero, l["supported"]))
        if every["kept"]: found.append(("worth: kept", key, float(w["kept"]), every["kept"]["value"], *every["kept"]["ci"], False, None))
        if l["nps"]:
            truth = -float(p["effect"]) * float(p["share"])
            found.append(("worth: NPS", key, truth, l["nps"]["value"], *l["nps"]["ci"], zero, None))
    return found


def main():
    args = ARGS.parse_args()
    jobs = [(args, args.first + i) for i in range(args.runs)]
    with concurrent.futures.ProcessPoolExecutor(args.jobs) as pool:
        runs = []
        for i, found in enumerate(pool.map(one, jobs)):
            runs.append(found)
            if sys.stderr.isatty(): print(f"\r{i + 1} of {args.runs}", end="", file=sys.stderr)
    table, detail = collections.OrderedDict(), collections.OrderedDict()
    for found in runs:
        family = collections.defaultdict(bool)
        for figure, key, truth, value, low, high, zero, link in found:
            t = table.setdefault(figure, dict(n=0, held=0, below=0, above=0, zeros=0, zero_links=0, real=0, real_links=0, runs=0, family=0))
            t["n"] += 1
            t["held"] += low <= truth <= high
            t["below"] += high < truth
            t["above"] += low > truth
            d = detail.setdefault((figure,) + key, [0, 0, 0.0, 0.0, 0.0, 0.0])
            for i, x in enumerate((1, low <= truth <= high, truth, value, (high - low) / 3.92, (value - truth) ** 2)): d[i] += x
            if link is None: continue
            if zero or abs(truth) >= LARGE.get(figure, 0.02):
                t["zeros" if zero else "real"] += 1
                t["zero_links" if zero else "real_links"] += bool(link)
            if zero: family[figure] = family[figure] or bool(link)
        for figure in table:
            table[figure]["runs"] += 1
            table[figure]["family"] += family[figure]
    per = lambda a, b: f"{100 * a / b:.1f}" if b else "-"
    print("| figure | intervals | hold the truth % | too low % | too high % | zero called a link % | runs with any such % | large ones found % |\n|---|---|---|---|---|---|---|---|")
    for figure, t in table.items():
        print(f"| {figure} | {t['n']} | {per(t['held'], t['n'])} | {per(t['below'], t['n'])} | {per(t['above'], t['n'])} | "
              f"{per(t['zero_links'], t['zeros'])} | {per(t['family'], t['runs'] if t['zeros'] else 0)} | {per(t['real_links'], t['real'])} |")
    if args.detail:
        for key, (n, held, truth, value, se, off) in detail.items():
            print(f"{' '.join(key):70} n {n:4d}  held {per(held, n):>5}  truth {truth / n:10.4f}  mean {value / n:10.4f}  se {se / n:10.4f}  off {(off / n) ** 0.5:10.4f}")


if __name__ == "__main__":
    main()
