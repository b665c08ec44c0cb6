#!/usr/bin/env python3
"""How many entries taken out of a valence list at random `lexicon suggest` finds again.

usage: workbench_suggest.py PROGRAM SHARED [--language en|sv|da] [--entries 100] [--seed 1]

SHARED is the folder with the labelled feedback (data/). Entries are single words of lexicons/LANGUAGE/valence.tsv that stand in 20 or more of the
development comments and that no other entry covers (an inflection of another, a theme's own valence): those are no gap when
they go. Found is an entry when it, or the form that was taken out, is among the first so many suggestions.
"""
import argparse, csv, json, os, random, re, shutil, subprocess, sys, tempfile

SOURCES = {"en": [("en_health_dev", "question"), ("en_trustpilot_sv_dev", "label"), ("en_trustpilot_da_dev", "label"), ("aspects_en_dev", None)],
           "sv": [("sv_reviews_dev", "label"), ("aspects_sv_dev", "aspects")],
           "da": [("da_telecom_unlabelled", None), ("aspects_da_dev", "aspects"), ("da_lcc_dev", None)]}
csv.field_size_limit(1 << 24)


def label_of(row, column):
    """positive, negative or nothing: of aspects only where all agree."""
    value = row.get(column, "") if column else ""
    if column == "aspects":
        signs = {a.rsplit(":", 1)[-1] for a in value.split("|") if a}
        value = signs.pop() if len(signs) == 1 else ""
    return value if value in ("positive", "negative", "best", "improve") else ""


def write_corpus(data, language, path):
    texts = []
    with open(path, "w", encoding="utf-8", newline="") as out:
        w = csv.writer(out)
        w.writerow(["id", "label", "text"])
        for name, column in SOURCES[language]:
            with open(os.path.join(data, name + ".tsv"), encoding="utf-8", newline="") as f:
                for i, row in enumerate(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE)):
                    w.writerow([f"{name}-{i + 1}", label_of(row, column), row["text"]])
                    texts.append(row["text"].lower())
    return texts


def single_words(path):
    """line number -> word, for entries of one plain word."""
    found, header = {}, False
    for number, line in enumerate(open(path, encoding="utf-8").read().split("\n")):
        if not line or line[0] == "#":
            continue
        if not header:
            header = True
            continue
        term = line.split("\t")[0].strip('"').lower()
        if re.fullmatch(r"[a-zåäöæøé-]{3,}", term):
            found[number] = term
    return found


def without(source, target, numbers):
    lines = open(source, encoding="utf-8").read().split("\n")
    with open(target, "w", encoding="utf-8") as f:
        f.write("\n".join("#" if i in numbers else line for i, line in enumerate(lines)))


def suggest(a, data_dir, corpus):
    done = subprocess.run([a.program, "lexicon", "suggest", corpus, "--data-dir", data_dir, "--text", "text", "--id", "id", "--score", "label",
                           "--language", a.language, "--min-count", "20", "--top", "1000000", "--format", "json", "--table", "valence", "--quiet"],
                          capture_output=True, check=True)
    return [{x["term"], *x["forms"].split("|")} for x in json.loads(done.stdout)["valence"]]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("program")
    p.add_argument("shared")
    p.add_argument("--language", default="en", choices=SOURCES)
    p.add_argument("--entries", type=int, default=100)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--data-dir", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    a = p.parse_args()
    with tempfile.TemporaryDirectory() as work:
        data_dir = os.path.join(work, "data")
        os.mkdir(data_dir)
        shutil.copytree(os.path.join(a.data_dir, "lexicons"), os.path.join(data_dir, "lexicons"))
        os.symlink(os.path.abspath(os.path.join(a.data_dir, "models")), os.path.join(data_dir, "models"))
        original = os.path.join(a.data_dir, "lexicons", a.language, "valence.tsv")
        changed = os.path.join(data_dir, "lexicons", a.language, "valence.tsv")
        corpus = os.path.join(work, "corpus.csv")
        texts = write_corpus(os.path.join(a.shared, "data"), a.language, corpus)
        count = {}
        for text in texts:
            for word in set(re.findall(r"[a-zåäöæøé]+(?:-[a-zåäöæøé]+)*", text)):
                count[word] = count.get(word, 0) + 1
        entries = {n: w for n, w in single_words(original).items() if count.get(w, 0) >= 20}
        order = sorted(entries)
        random.Random(a.seed).shuffle(order)
        gone, rest = [], order
        while len(gone) < a.entries and rest:  # an entry whose words another one covers leaves no gap: the next goes in its place
            gone, rest = gone + rest[:a.entries - len(gone)], rest[a.entries - len(gone):]
            without(original, changed, set(gone))
            listed = suggest(a, data_dir, corpus)
            open_words = set().union(*listed)
            gone = [n for n in gone if entries[n] in open_words]
        without(original, changed, set(gone))
        listed = suggest(a, data_dir, corpus)
        rank = {n: next((i for i, forms in enumerate(listed) if entries[n] in forms), len(listed)) for n in gone}
        print(f"{a.language}: {len(texts)} comments, {len(entries)} entries stand in 20 or more, {len(gone)} taken out, {len(listed)} terms to choose from")
        for top in (100, 200, 300, 500, 1000):
            print(f"  among the first {top}: {sum(r < top for r in rank.values())}")
        print("  last found:", " ".join(f"{entries[n]}({rank[n]})" for n in sorted(gone, key=lambda n: -rank[n])[:15]), file=sys.stderr)


if __name__ == "__main__":
    main()
