#!/usr/bin/env python3
"""Tags many rows in parts, two at a time, merges them, and gathers as many rows of drivers in parts: what docs/scale.md has for 100 million.

usage: parts_scale.py PROGRAM FOLDER [--rows N] [--parts P] [--compare]

Rows are short comments put together of the example study's phrases, one in twenty with a word of its own; they go through pipes, so that FOLDER holds
parts alone (167 bytes a row, and 12 of drivers), which are removed at the end. What merge writes is hashed and not kept. --compare also tags all in one run
and ends with 1 when the bytes differ. Run it with nice; it prints processor time, peak memory and bytes.
"""
import argparse, hashlib, os, random, re, shutil, subprocess, sys, threading

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
STEP = 200_000


def bank():
    draw, found = random.Random(1), []
    for language in ("sv", "da", "en"):
        with open(os.path.join(ROOT, "examples", "retailer", "phrases", language + ".tsv"), encoding="utf-8") as f:
            found += [row[2] for row in (line.rstrip("\n").split("\t") for line in f if not line.startswith("#")) if len(row) > 2 and row[1] != "polarity"]
    choose = lambda phrase: re.sub(r"\{([^{}]*)\}", lambda m: draw.choice(m.group(1).split("|")), phrase)
    return [choose(draw.choice(found)).replace('"', '""').encode() for _ in range(60_000)]


def comments(phrases, first, rows):
    """Lines id,comment; the same for the same rows."""
    for at in range(first, first + rows, STEP):
        draw, n = random.Random(at), min(STEP, first + rows - at)
        tails = [b" " + bytes(draw.choices(b"abdefgiklmnoprstuvy", k=9)) if i % 20 == 0 else b"" for i in range(n)]
        yield b"".join(b'%d,"%s%s"\n' % line for line in zip(range(at, at + n), draw.choices(phrases, k=n), tails))


def answers(first, rows, customers):
    """Lines of a score, 20 columns of which one in sixteen is 1, and a customer, whose rows lie all over the file."""
    for at in range(first, first + rows, STEP):
        draw, lines = random.Random(at), []
        for i in range(at, min(at + STEP, first + rows)):
            bits = draw.getrandbits(80)
            said = [bits >> 4 * j & 15 == 0 for j in range(20)]
            lines.append(f"{max(0, draw.randrange(4, 11) - sum(said))},{','.join('01'[s] for s in said)},k{i * 1000003 % customers}\n")
        yield "".join(lines).encode()


def run(command, header, blocks):
    """Feeds a program; returns its processor time in seconds and its peak memory in MB."""
    p = subprocess.Popen(command, stdin=subprocess.PIPE if blocks is not None else None, stdout=subprocess.DEVNULL)
    if blocks is not None:
        p.stdin.write(header)
        for block in blocks:
            p.stdin.write(block)
        p.stdin.close()
    _, status, used = os.wait4(p.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(command[:3])} failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def say(what, measures, paths):
    print(f"{what}: {sum(m[0] for m in measures):.1f} s of processor, {max(m[1] for m in measures):.0f} MB, {sum(os.path.getsize(p) for p in paths):,} bytes", flush=True)


def in_pairs(work, n):
    """work(0) .. work(n - 1), two at a time."""
    out = [None] * n
    for at in range(0, n, 2):
        threads = [threading.Thread(target=lambda k=k: out.__setitem__(k, work(k))) for k in range(at, min(at + 2, n))]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    return out


def hashed(paths, work):
    """What work writes to the paths, as hashes: they are pipes meanwhile."""
    found = {}

    def read(path):
        with open(path, "rb") as f:
            found[path] = hashlib.file_digest(f, "blake2b").hexdigest()
    for p in paths:
        os.mkfifo(p)
    threads = [threading.Thread(target=read, args=(p,)) for p in paths]
    for t in threads:
        t.start()
    measure = work()
    for t in threads:
        t.join()
    for p in paths:
        os.unlink(p)
    return measure, [found[p] for p in paths]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program")
    p.add_argument("folder")
    p.add_argument("--rows", type=int, default=100_000_000)
    p.add_argument("--parts", type=int, default=8)
    p.add_argument("--compare", action="store_true")
    o = p.parse_args()
    each, phrases, folder = o.rows // o.parts, bank(), os.path.abspath(o.folder)
    os.makedirs(folder + "/parts")
    os.makedirs(folder + "/merged")
    path = lambda k: f"{folder}/parts/{k}.part"
    tag = [o.program, "tag", "-", "--text", "comment", "--id", "id", "--language-prior", "sv=0.4,da=0.3,en=0.3", "-j1", "--quiet"]
    say("tag to parts", in_pairs(lambda k: run(tag + ["--partial", path(k)], b"id,comment\n", comments(phrases, k * each, each)), o.parts), map(path, range(o.parts)))
    merged = [folder + "/merged/comments.csv", folder + "/merged/mentions.csv"]
    measure, hashes = hashed(merged, lambda: run([o.program, "merge", *map(path, range(o.parts)), "-o", folder + "/merged", "--quiet"], b"", None))
    say("merge", [measure], [])
    if o.compare:
        every = (block for k in range(o.parts) for block in comments(phrases, k * each, each))
        measure, alone = hashed(merged, lambda: run(tag + ["-o", merged[0], "--mentions", merged[1]], b"id,comment\n", every))
        say("one run, " + ("the same bytes" if alone == hashes else "OTHER BYTES"), [measure], [])
        if alone != hashes:
            sys.exit(1)
    columns = [f"t{j}" for j in range(20)]
    ask = [o.program, "drivers", "-", "--outcome", "score", "--predictors", ",".join(columns), "-j1", "--quiet"]
    for what, more in (("drivers to parts, ten rows a customer", ["--cluster", "customer"]), ("drivers to parts, without customers", [])):
        header = ("score," + ",".join(columns) + ",customer\n").encode()
        say(what, in_pairs(lambda k: run(ask + more + ["--partial", path(k)], header, answers(k * each, each, max(1, o.rows // 10))), o.parts), map(path, range(o.parts)))
    shutil.rmtree(folder)


main()
