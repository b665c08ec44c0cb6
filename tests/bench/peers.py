#!/usr/bin/env python3
"""Runs published sentiment lists through this engine, on the rows that ours is measured on.

usage: peers.py SHARED [--program PATH]

SHARED holds lexicons_peers/ (AFINN, DDS, VADER, Hu-Liu as published), data/ and eval/evaluate.py, whose measures are used. Each
list is taken over by `drivkraft lexicon import`, to the very forms that it lists, and stands alone as the valence list:
  list    the list and nothing else: what it says is added up by the engine
  rules   with this project's modifiers (negation, strength, contrast, wishes, ...) but none of its opinions and idioms
Ours beside them is the lexicon and rules without learned weights (--no-learned), so that nothing has seen a row. Prints a table for
RESULTS.md. Rows are read, nothing of them or of the lists is kept.
"""
import argparse, os, shutil, subprocess, sys, tempfile

PEERS = [
    ("AFINN-sv-165", "sv", [("afinn", "afinn/AFINN-sv-165.txt", [])]),
    ("AFINN-da-32", "da", [("afinn", "afinn/AFINN-da-32.txt", [])]),
    ("DDS 0.2", "da", [("dds", "da_dds/2_headword_headword_polarity.csv", [])]),
    ("AFINN-en-165", "en", [("afinn", "afinn/AFINN-en-165.txt", [])]),
    ("VADER", "en", [("vader", "vader/vader_lexicon.txt", [])]),
    ("Hu & Liu", "en", [("list", "huliu/positive-words.txt", ["--valence", "2"]),
                        ("list", "huliu/negative-words-UTF8.txt", ["--valence", "-2"])]),
]
TASKS = [("sv_reviews", "sv"), ("da_lcc", "da"), ("da_europarl", "da"), ("da_social", "da"),
         ("en_trustpilot_sv", "en"), ("en_trustpilot_da", "en"), ("en_nps_telecom", "en")]


def make_data(folder, home, program, language, parts, peers, rules):
    """A data folder whose only opinions are the peer's."""
    lexicons = os.path.join(folder, "lexicons", language)
    os.makedirs(lexicons)
    os.symlink(os.path.join(home, "models"), os.path.join(folder, "models"))
    shutil.copy(os.path.join(home, "lexicons", "taxonomy.tsv"), os.path.join(folder, "lexicons"))
    lines = ["term\tvalence\temotion\tnote\n"]
    for number, (form, path, options) in enumerate(parts):
        out = os.path.join(folder, f"{number}.tsv")
        subprocess.run([program, "lexicon", "import", "--from", form, os.path.join(peers, path), *options, "-o", out, "--quiet",
                        "--data-dir", home], check=True)
        with open(out, encoding="utf-8") as f:
            lines += list(f)[1:]
    with open(os.path.join(lexicons, "valence.tsv"), "w", encoding="utf-8") as f:
        f.writelines(lines)
    if rules:
        with open(os.path.join(home, "lexicons", language, "modifiers.tsv"), encoding="utf-8") as f:
            kept = [x for x in f if x.startswith("#") or x.count("\t") == 0 or x.split("\t")[1].strip() != "idiom"]
        with open(os.path.join(lexicons, "modifiers.tsv"), "w", encoding="utf-8") as f:
            f.writelines(kept)
    return len(lines) - 1


def measure(ev, task, rows, results):
    """The figures that evaluate.py prints for the task."""
    s = [float(results[r["id"]]["sentiment"]) for r in rows]
    if task in ("da_lcc", "da_europarl", "da_social"):
        gold = ["negative" if float(r["valence"]) < 0 else "positive" if float(r["valence"]) > 0 else "neutral" for r in rows]
        got = [ev.three(results[r["id"]]) for r in rows]
        return sum(g == p for g, p in zip(gold, got)) / len(rows), ev.macro_f1(gold, got)
    if task == "en_nps_telecom":
        gold = [int(r["score"]) >= 9 for r in rows]
        return ev.macro_f1(gold, ev.by_sign(s)), ev.auc(s, gold)
    gold = [r["label"] == "positive" for r in rows]
    return ev.accuracy(s, gold), ev.auc(s, gold)


NAMES = {"da_lcc": "three classes: accuracy / macro-F1", "da_europarl": "three classes: accuracy / macro-F1",
         "da_social": "three classes: accuracy / macro-F1", "en_nps_telecom": "promoter or detractor: macro-F1 / AUC"}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("shared")
    p.add_argument("--program", default="build/drivkraft")
    a = p.parse_args()
    home = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
    sys.path.insert(0, os.path.join(a.shared, "eval"))
    sys.dont_write_bytecode = True
    import evaluate as ev
    program = os.path.abspath(a.program)
    data = os.path.join(a.shared, "data")
    print("| rows | measure | list | entries | list | rules |\n|---|---|---|---|---|---|")
    for task, language in TASKS:
        rows = ev.load(data, task)
        if rows is None:
            continue
        if task == "en_nps_telecom":
            rows = [r for r in rows if r["score"].isdigit() and (int(r["score"]) <= 6 or int(r["score"]) >= 9)]
        name = NAMES.get(task, "accuracy / AUC")
        for peer, of, parts in PEERS:
            if of != language:
                continue
            figures, entries = [], 0
            for rules in (False, True):
                with tempfile.TemporaryDirectory() as folder:
                    entries = make_data(folder, home, program, language, parts, os.path.join(a.shared, "lexicons_peers"), rules)
                    results, _ = ev.run_tag(program, rows, language, "--no-learned", "--data-dir", folder)
                figures.append("%.3f / %.3f" % measure(ev, task, rows, results))
            print(f"| {task}, n {len(rows)} | {name} | {peer} | {entries} | {figures[0]} | {figures[1]} |", flush=True)
        results, _ = ev.run_tag(program, rows, language, "--no-learned", "--data-dir", home)
        print(f"| {task}, n {len(rows)} | {name} | **drivkraft, no learned weights** | | | **%.3f / %.3f** |" % measure(ev, task, rows, results), flush=True)


if __name__ == "__main__":
    main()
