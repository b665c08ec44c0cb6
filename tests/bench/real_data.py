#!/usr/bin/env python3
"""Two real data sets: satisfaction to churn to value, and themes of texts against stated ratings.

usage: real_data.py --program PATH SHARED

SHARED holds data/telco_customers_dev.tsv and data/en_airline_ratings_dev.tsv; what is missing is left out. Prints the lines for
RESULTS.md. Only figures are printed, no rows.
"""
import argparse, csv, json, os, subprocess, sys, tempfile


def ranks(values):
    order = sorted(range(len(values)), key=lambda i: values[i])
    out, i = [0.0] * len(values), 0
    while i < len(order):
        j = i
        while j + 1 < len(order) and values[order[j + 1]] == values[order[i]]:
            j += 1
        for k in range(i, j + 1):
            out[order[k]] = (i + j) / 2
        i = j + 1
    return out


def spearman(x, y):
    a, b = ranks(x), ranks(y)
    ma, mb = sum(a) / len(a), sum(b) / len(b)
    cov = sum((p - ma) * (q - mb) for p, q in zip(a, b))
    va, vb = sum((p - ma) ** 2 for p in a), sum((q - mb) ** 2 for q in b)
    return cov / (va * vb) ** 0.5 if va > 0 and vb > 0 else float("nan")


def run(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments)}: {done.stderr}")
    return done.stdout


def study(work, text):
    path = os.path.join(work, "study.yaml")
    with open(path, "w") as f:
        f.write(text)
    return path


def telco(program, path, work):
    yaml = study(work, f"""title: telecom sample
responses: {{file: {path}, id: id, customer: Customer ID, score: Satisfaction Score, profit: CLTV}}
segments: {{column: Contract, order: [Month-to-Month, One Year, Two Year]}}
waves: none
kpis: {{further: [Churn Value, Total Revenue, Monthly Charge], descriptive: [Tenure in Months]}}
""")
    kpis = json.loads(run(program, "kpi", yaml, "--format", "json", "--quiet"))
    print("### Satisfaction to churn to value (telecom sample)\n")
    for k in kpis["kpis"]:
        cuts = ", ".join(f"{c['group']} {c['value']:.3g}" for c in k["cuts"] if c["by"] == "segment" and not c["hidden"])
        print(f"- {k['id']}: {k['value']:.4g} ({k['ci'][0]:.4g} to {k['ci'][1]:.4g}), n {k['n']}; {cuts}")
    rows = list(csv.DictReader(open(path, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE))
    column = {"score": "Satisfaction Score", "profit": "CLTV"}
    print("\n| satisfaction and | rank correlation | customers | verdict | computed apart |\n|---|---|---|---|---|")
    for link in kpis["kpi_correlations"]:
        name = column.get(link["outcome"], link["outcome"])
        pairs = [(float(r[column["score"]]), float(r[name])) for r in rows if r[name] not in ("", "NA")]
        apart = spearman(*zip(*pairs))
        print(f"| {name} | {link['r']:.3f} ({link['ci'][0]:.3f} to {link['ci'][1]:.3f}) | {link['n']} | {link['verdict']} | {apart:.3f} |")
        if abs(apart - link["r"]) > 1e-9 and link["n"] == len(pairs):
            sys.exit("the rank correlation is not that of an independent computation")
    for outcome, model, predictors, unit in (("Churn Value", "binary", "Satisfaction Score", "churn a point of satisfaction"),
                                             ("CLTV", "linear", "Churn Value", "value of those who left"),
                                             ("CLTV", "linear", "Satisfaction Score", "value a point of satisfaction, churn held fixed")):
        controls = "Tenure in Months,Monthly Charge" + (",Churn Value" if predictors == "Satisfaction Score" and outcome == "CLTV" else "")
        fit = json.loads(run(program, "drivers", path, "--outcome", outcome, "--model", model, "--predictors", predictors, "--controls", controls,
                             "--bootstrap", "0", "--format", "json", "--quiet"))
        d = fit["drivers"][0]
        print(f"\n{unit}: {d['effect']:.4g} ({d['ci'][0]:.4g} to {d['ci'][1]:.4g}), tenure and charge held fixed, n {fit['n']}: {fit['verdict']}")


# Which themes stand for what the form asks about; Wi-Fi has too few ratings.
RATED = {
    "seat_comfort_rating": ["product.design", "room.comfort", "store.premises"],
    "cabin_staff_rating": ["staff.friendliness", "staff.care", "staff.competence", "staff.availability", "staff.advice"],
    "food_beverages_rating": ["service.food"],
    "inflight_entertainment_rating": ["product.function", "room.amenities", "assortment.range"],
    "ground_service_rating": ["order.process", "store.queue", "support.waiting", "support.access", "support.resolution"],
    "value_money_rating": ["price.level", "price.value", "price.discount", "billing.fees"],
}


def airline(program, path, work):
    out = os.path.join(work, "report")
    yaml = study(work, f"""title: airline reviews
responses: {{file: {path}, id: id, score: overall_rating, comment: text, date: date}}
segments: none
waves: none
outcomes: [score]
language: en
analysis: {{score_low: 1, score_high: 10}}
""")
    run(program, "analyze", yaml, "-o", out, "--quiet")
    fit = json.load(open(os.path.join(out, "report.json")))["fits"][0]
    rows = list(csv.DictReader(open(path, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE))
    given = lambda r, c: r[c] not in ("", "NA", "0")  # 0 of 5 stands for not rated
    names = list(RATED)
    theme = {c: sum(d["importance"] or 0 for d in fit["drivers"] if d["theme"] in RATED[c]) for c in names}
    alone = {}
    for c in names:
        pairs = [(float(r[c]), float(r["overall_rating"])) for r in rows if given(r, c) and given(r, "overall_rating")]
        alone[c] = (spearman(*zip(*pairs)) ** 2, len(pairs))
    five = [c for c in names if alone[c][1] >= 300]
    table = os.path.join(work, "ratings.csv")
    complete = [r for r in rows if all(given(r, c) for c in five) and given(r, "overall_rating")]
    with open(table, "w", newline="") as f:
        writer = csv.writer(f)
        writer.writerow(["overall_rating"] + five)
        writer.writerows([r["overall_rating"]] + [r[c] for c in five] for r in complete)
    lmg = json.loads(run(program, "drivers", table, "--outcome", "overall_rating", "--model", "linear", "--predictors", ",".join(five), "--bootstrap", "0",
                         "--format", "json", "--quiet"))
    stated = {d["name"]: d["importance"] for d in lmg["drivers"]}
    # what a text says of a theme against the rating of the same passenger
    said = {}
    for m in csv.DictReader(open(os.path.join(out, "mentions.csv"), newline="")):
        for c in names:
            if m["theme"] in RATED[c]:
                said.setdefault((m["id"], c), []).append(float(m["polarity"]))
    print("\n### Themes of texts against stated ratings (airline reviews)\n")
    print("| stated rating | importance among ratings | r2 alone (n) | importance of its themes in the texts | sentiment of the themes against the rating (n) |\n|---|---|---|---|---|")
    for c in names:
        pairs = [(sum(said[r["id"], c]) / len(said[r["id"], c]), float(r[c])) for r in rows if given(r, c) and (r["id"], c) in said]
        agreement = f"{spearman(*zip(*pairs)):.2f} ({len(pairs)})" if len(pairs) >= 30 else "-"
        print(f"| {c} | {format(stated[c], '.3f') if c in stated else '-'} | {alone[c][0]:.3f} ({alone[c][1]}) | {theme[c]:.3f} | {agreement} |")
    print(f"\nrank correlation of theme importance with rating importance: {spearman([theme[c] for c in five], [stated[c] for c in five]):.2f} over {len(five)} "
          f"ratings together ({len(complete)} complete forms), {spearman([theme[c] for c in names], [alone[c][0] for c in names]):.2f} over {len(names)} ratings alone")
    four = [c for c in five if c != "value_money_rating"]
    print(f"without value for money, a judgement of the whole that few write about: {spearman([theme[c] for c in four], [stated[c] for c in four]):.2f} over {len(four)}")
    print(f"r2 of the ratings {lmg['r2']:.2f}, of the themes {fit['r2']:.2f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("shared")
    arguments = parser.parse_args()
    for name, case in (("telco_customers_dev.tsv", telco), ("en_airline_ratings_dev.tsv", airline)):
        path = os.path.abspath(os.path.join(arguments.shared, "data", name))
        if not os.path.exists(path):
            print(f"{name} is not there, left out", file=sys.stderr)
            continue
        with tempfile.TemporaryDirectory() as work:
            case(arguments.program, path, work)


main()
