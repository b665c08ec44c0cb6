#!/usr/bin/env python3
"""Faults on purpose: does every run end well, or say why it did not and leave nothing behind?

usage: run.py --program drivkraft --shim libdk_fault.so [--every | --sample N] [--only SCENARIO,...] [PART ...]

Each scenario is a command on small input. It runs once undisturbed, which gives its bytes and how many calls of each kind it makes; then again with
a fault at the n-th call (tests/fault/shim.c): N n's spread over all of a kind, with --every each one (of allocations each STEP-th, with --step STEP).
Parts: alloc io signals cache race clock pipe edit.

What must hold after each run:
  - it ended by itself with 0, 1 or 3 (or by the signal it was sent), with a message unless it ended with 0;
  - each output is absent, or what stood there before, or byte for byte what an undisturbed run writes; after 0 it is the latter;
  - nothing else lies in its folder or among temporary files, and no half-written file in its cache (after SIGKILL there may);
    a database is what it is after the roll-back that the next program to open it makes;
  - the same command without a fault then writes the bytes of the undisturbed run.
"""
import argparse, collections, json, os, shutil, signal, sqlite3, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
sys.path.insert(0, os.path.join(HERE, "..", "security"))

PHRASES = ["Snabb leverans men dyr frakt", "Kundtjänsten svarar aldrig!", "Personalet er venligt, men køen er lang", "The app crashes all the time",
           "", "Bra priser, inga problem", "Meget dårlig service, aldrig igen", "Great value, would be nice if it was faster"]

# name, command (WORK/in is the input, WORK/out the folder of outputs), outputs below WORK/out
SCENARIOS = [
    ("tag", ["tag", "in/survey.csv", "--text", "comment", "--id", "id", "-o", "out/c.csv", "--mentions", "out/m.csv", "-j1", "--quiet"]),
    ("tag-gz", ["tag", "in/survey.csv.gz", "--text", "comment", "-o", "out/c.csv", "-j2", "--quiet"]),
    ("tag-xlsx", ["tag", "in/survey.xlsx", "--text", "comment", "-o", "out/c.csv", "-j1", "--quiet"]),
    ("tag-sqlite", ["tag", "in/survey.sqlite", "--text", "comment", "-o", "out/c.csv", "-j1", "--quiet"]),
    ("explain", ["explain", "--format", "json", "Snabb leverans men dyr frakt", "-o", "out/e.json"]),
    ("drivers", ["drivers", "in/table.csv", "--outcome", "score", "--predictors", "A=late+rude,price", "--bootstrap", "20", "--format", "json", "-o",
                 "out/d.json", "-j1"]),
    ("partial", ["drivers", "in/table.csv", "--outcome", "score", "--predictors", "late,price", "--partial", "out/p.part", "-j1"]),
    ("merge", ["merge", "in/a.part", "in/b.part", "--format", "json", "-o", "out/d.json"]),
    ("analyze", ["analyze", "in/survey.csv", "-o", "out", "--bootstrap", "20", "-j1", "--quiet"]),
    ("report", ["report", "out", "--format", "csv", "--quiet"]),
    ("import", ["lexicon", "import", "in/afinn.txt", "--from", "afinn", "--language", "en", "-o", "out/valence.tsv"]),
    ("check", ["lexicon", "check", "in/valence.tsv", "-o", "out/check.txt"]),
    ("kpi", ["kpi", "in/survey.csv", "-o", "out/kpi.csv", "--format", "csv", "--quiet"]),
    ("prepare", ["prepare", "in/survey.csv", "-o", "out/plan.tsv", "-j1", "--quiet"]),
    ("tag-partial", ["tag", "in/survey.csv", "--text", "comment", "--id", "id", "--plan", "in/plan.tsv", "--partial", "out/t.part", "-j1", "--quiet"]),
    ("merge-tags", ["merge", "in/1.part", "in/2.part", "-o", "out", "--quiet"]),
    ("to-sqlite", ["tag", "in/survey.csv", "--text", "comment", "--to", "sqlite:out/t.db", "-j1", "--quiet"]),
    ("to-sqlite-old", ["tag", "in/survey.csv", "--text", "comment", "--run", "second", "--to", "sqlite:out/t.db", "-j1", "--quiet"]),
    ("to-xlsx", ["tag", "in/survey.csv", "--text", "comment", "--to", "out/t.xlsx", "-j1", "--quiet"]),
    ("to-jsonl", ["tag", "in/survey.csv", "--text", "comment", "--to", "out/t.jsonl", "-j1", "--quiet"]),
    ("fix", ["lexicon", "check", "out/valence.tsv", "--fix", "--quiet"]),
]
OLD_LIST = b"term\tvalence\nsnabb\t2\nbra \t3\n"  # which fix changes


def dump(path):
    """A database as text: which of its pages are used is its own matter."""
    db = sqlite3.connect(path)
    try:
        return "\n".join(db.iterdump()).encode()
    except sqlite3.DatabaseError:
        return None
    finally:
        db.close()


def read_tree(folder):
    """Every file below a folder with its bytes; what is compared does not hold times. Databases first, since to read one rolls back what was begun."""
    found = {}
    paths = [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names]
    for path in sorted(paths, key=lambda p: not p.endswith(".db")):
        if path.endswith("-journal") and not os.path.exists(path):
            continue
        text = dump(path) if path.endswith(".db") else None
        if text is None:
            with open(path, "rb") as f:
                text = f.read()
        found[os.path.relpath(path, folder)] = text
    return found


def is_part(path):
    """What SIGKILL may leave beside an output."""
    name = os.path.basename(path)
    return name.startswith(".") and name.endswith(".part")


def survey_rows(n):
    return [(i, PHRASES[i % len(PHRASES)], (i * 7) % 11, ("blue", "silver", "gold")[i % 3], f"2025-{1 + i % 12:02d}-01") for i in range(n)]


class Bench:
    def __init__(self, args):
        self.program, self.shim, self.args = os.path.abspath(args.program), os.path.abspath(args.shim), args
        self.work = tempfile.mkdtemp(prefix="dk-fault-")
        self.counts, self.failures, self.ends = collections.Counter(), [], collections.Counter()
        for name in ("in", "out", "tmp", "cache"):
            os.mkdir(os.path.join(self.work, name))
        self.env = {k: v for k, v in os.environ.items() if k not in ("DK_FAULT", "DK_FAULT_COUNT", "DRIVKRAFT_NO_SYNC")}
        self.env.update(TMPDIR=self.path("tmp"), XDG_CACHE_HOME=self.path("cache"), DRIVKRAFT_DATA=os.path.join(ROOT), LC_ALL="C.UTF-8",
                        OPENBLAS_CORETYPE=os.environ.get("OPENBLAS_CORETYPE", "Haswell"), OPENBLAS_NUM_THREADS="1")

    def path(self, *parts):
        return os.path.join(self.work, *parts)

    def make_inputs(self):
        rows = survey_rows(400)
        with open(self.path("in/survey.csv"), "w", encoding="utf-8", newline="") as f:
            f.write("id,comment,score,segment,date\n")
            for r in rows:
                f.write('%d,"%s",%d,%s,%s\n' % r)
        with open(self.path("in/table.csv"), "w") as f:
            f.write("score,late,rude,price\n")
            for i in range(300):
                f.write(f"{(i * 7) % 11},{i % 2},{i // 2 % 2},{i % 5}\n")
        import gzip
        with open(self.path("in/survey.csv"), "rb") as f, gzip.GzipFile(self.path("in/survey.csv.gz"), "wb", mtime=0) as g:
            g.write(f.read())
        db = sqlite3.connect(self.path("in/survey.sqlite"))
        db.execute("CREATE TABLE survey(id, comment, score, segment, date)")
        db.executemany("INSERT INTO survey VALUES(?,?,?,?,?)", rows)
        db.commit()
        db.close()
        try:
            import openpyxl
            book = openpyxl.Workbook()
            book.active.append(["id", "comment", "score", "segment", "date"])
            for r in rows[:100]:
                book.active.append(list(r))
            book.save(self.path("in/survey.xlsx"))
        except ImportError:
            pass
        with open(self.path("in/afinn.txt"), "w") as f:
            f.writelines(f"word{i}\t{i % 11 - 5}\n" for i in range(200))
        with open(self.path("in/valence.tsv"), "w") as f:
            f.write("term\tvalence\nbra\t3\ndålig\t-3\n")
        for part in ("a", "b"):
            self.run(["drivers", "in/table.csv", "--outcome", "score", "--predictors", "late,price", "--partial", f"in/{part}.part", "-j1"])
        commands = dict(SCENARIOS)
        self.run([*commands["prepare"][:-4], "-o", "in/plan.tsv"])
        for part in ("1", "2"):
            self.run([a.replace("out/t.part", f"in/{part}.part") for a in commands["tag-partial"]] + ["--part", f"{part}/2"])
        self.run([a.replace("second", "first") for a in commands["to-sqlite-old"]])
        with open(self.path("out/t.db"), "rb") as f:
            self.database = f.read()
        self.clear("out")

    def run(self, command, fault=None, count=False, extra=None, **kw):
        env = dict(self.env, **(extra or {}))
        if fault or count:
            env["LD_PRELOAD"] = self.shim
        if fault:
            env["DK_FAULT"] = fault
        if count:
            env["DK_FAULT_COUNT"] = self.path("count")
        kw.setdefault("stdout", subprocess.PIPE)
        return subprocess.run([self.program, *command], cwd=self.work, env=env, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=300, **kw)

    def clear(self, name, old=None):
        shutil.rmtree(self.path(name), ignore_errors=True)
        os.mkdir(self.path(name))
        for path, text in (old or {}).items():
            os.makedirs(os.path.dirname(self.path(name, path)), exist_ok=True)
            with open(self.path(name, path), "wb") as f:
                f.write(text)

    def fail(self, what, fault, command, done=None):
        tail = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] if done else []
        self.failures.append(f"{what}\n    DK_FAULT='{fault}' drivkraft {' '.join(command)}\n    {' '.join(tail)}")

    def judge(self, name, command, fault, old, good, done, killed=()):
        """What must hold after a run with a fault."""
        part = fault.split()[0]
        self.counts[(name, part)] += 1
        self.ends[done.returncode] += 1
        if done.returncode not in ((0, 1, 3) + tuple(killed)):
            self.fail(f"{name}: ends with {done.returncode}", fault, command, done)
        if done.returncode in (1, 3) and not done.stderr.strip():
            self.fail(f"{name}: ends with {done.returncode} and no word", fault, command, done)
        now, hard = read_tree(self.path("out")), -signal.SIGKILL in killed
        for path, text in now.items():
            if killed and path.endswith(".db-journal"):
                continue  # an empty one, since reading the database has rolled back what there was
            if text != good.get(path) and text != old.get(path) and not (hard and is_part(path)):
                self.fail(f"{name}: {path} is neither whole nor absent ({len(text)} bytes)", fault, command, done)
        if done.returncode == 0:
            for path in good:
                if now.get(path) != good[path]:
                    self.fail(f"{name}: ends with 0, but {path} is not what it writes undisturbed", fault, command, done)
        left = sorted(read_tree(self.path("tmp"))) + sorted(n for n in read_tree(self.path("cache")) if not n.endswith(".bin"))
        if left and not hard:
            self.fail(f"{name}: leaves {', '.join(left)}", fault, command, done)
        if left:
            self.clear("tmp")

    def undisturbed(self, name, command, old):
        self.clear("out", old)
        self.clear("tmp")
        before = self.files()
        done = self.run(command, count=True)
        if done.returncode != 0:
            raise SystemExit(f"{name} does not run: {done.stderr.decode()}")
        with open(self.path("count")) as f:
            counts = {k: int(v) for k, v in (line.split() for line in f)}
        outputs = len(self.files() - before)
        if counts["fsync"] < 2 * outputs:  # each is to be on the disk, and its name
            self.failures.append(f"{name}: {outputs} outputs, but fsync is called {counts['fsync']} times")
        return read_tree(self.path("out")), counts

    def files(self):
        """The outputs that are there, as the very files that they are."""
        found = [os.stat(os.path.join(at, name)) for at, _, names in os.walk(self.path("out")) for name in names]
        return {(s.st_ino, s.st_mtime_ns) for s in found}

    def places(self, total, share=1.0, step=1):
        """The n's that are tried, of total calls."""
        wanted = (total + step - 1) // step if self.args.every else min(total, max(2, int(self.args.sample * share)))
        return sorted({1 + i * (total - 1) // max(1, wanted - 1) for i in range(wanted)}) if total else []

    def scenarios(self):
        for name, command in SCENARIOS:
            if self.args.only and name not in self.args.only.split(","):
                continue
            if name == "tag-xlsx" and not os.path.exists(self.path("in/survey.xlsx")):
                continue
            old = self.report_before() if name == "report" else {"t.db": self.database} if name == "to-sqlite-old" else {"valence.tsv": OLD_LIST} if name == "fix" else {}
            good, counts = self.undisturbed(name, command, old)
            yield name, command, old, good, counts

    def report_before(self):
        if not hasattr(self, "report"):
            self.clear("out")
            self.run(dict(SCENARIOS)["analyze"])
            self.report = read_tree(self.path("out"))
        return self.report

    def repeat(self, name, command, old, good, fault):
        """The same run without a fault, on what the last one left."""
        done = self.run(command)
        now = {k: v for k, v in read_tree(self.path("out")).items() if not is_part(k)}
        if done.returncode != 0 or now != good:
            self.fail(f"{name}: the run after does not give the bytes of an undisturbed one (exit {done.returncode})", fault, command, done)

    # ---- The parts ----

    def before(self, good, old, filled):
        """Lays out what a run finds: of half of the runs outputs of an earlier one. What that is when it is read."""
        self.clear("out", dict({p: b"old\n" for p in good if not p.endswith(".db")}, **old) if filled else old)
        return read_tree(self.path("out"))

    def faults(self, kinds, hows, share=1.0, step=1):
        for name, command, old, good, counts in self.scenarios():
            for kind in kinds:
                for how in hows:
                    for n in self.places(counts[kind], share, step):
                        was = self.before(good, old, n % 2)
                        fault = f"{kind} {how} {n}"
                        self.judge(name, command, fault, was, good, self.run(command, fault))
                    if counts[kind]:
                        self.repeat(name, command, old, good, fault)

    def alloc(self):
        step = self.args.step
        self.faults(["alloc"], ["ENOMEM"], step=step)
        for name, command, old, good, counts in self.scenarios():  # memory that stays out
            for n in self.places(counts["alloc"], 0.25, 4 * step):
                was = self.before(good, old, False)
                fault = f"alloc ENOMEM {n} 1000000000"
                self.judge(name, command, fault, was, good, self.run(command, fault))

    def io(self):
        self.faults(["read"], ["EIO", "EINTR", "short"], 0.3)
        self.faults(["write"], ["ENOSPC", "EIO", "EINTR", "short"], 0.3)
        self.faults(["open"], ["EMFILE", "EACCES"], 0.3)
        self.faults(["rename"], ["ENOSPC", "EIO"], 0.5)
        self.faults(["map"], ["ENOMEM"], 0.3)
        self.faults(["close"], ["EIO"], 0.3)
        self.faults(["fsync"], ["EIO", "EINVAL"], 0.3)

    def signals(self):
        for name, command, old, good, counts in self.scenarios():
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
                for n in self.places(counts["any"], 0.4):
                    was = self.before(good, old, n % 2)
                    fault = f"any kill:{int(number)} {n}"
                    self.judge(name, command, fault, was, good, self.run(command, fault), (-number,))
                    if number == signal.SIGKILL and n % 3 == 0:
                        self.repeat(name, command, old, good, fault)

    def cache(self):
        """Cut and altered cache files are made anew; never believed, never a crash."""
        command = dict(SCENARIOS)["tag"]
        good, _ = self.undisturbed("cache", command, {})
        folder = self.path("cache", "drivkraft")
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            with open(path, "rb") as f:
                whole = f.read()
            n = len(whole)
            cuts = [0, 1, 63, 64, 65, n // 2, n - 1]
            flips = [0, 8, 12, 16, 24, 64, 68, 72, 130, n // 3, n // 2, n - 1]
            for what, at in [("cut", c) for c in cuts] + [("flip", f) for f in flips] + [("longer", 0)]:
                text = whole[:at] if what == "cut" else whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1:] if what == "flip" else whole + b"x"
                if not self.args.every and what == "flip" and at not in (0, 16, 64, n // 2, n - 1):
                    continue
                if not self.args.every and what == "cut" and at not in (0, 64, n - 1):
                    continue
                with open(path, "wb") as f:
                    f.write(text)
                self.clear("out")
                fault = f"cache {what} {name.split('-')[0]} {at}"
                done = self.run(command)
                self.judge("tag", command, fault, {}, good, done)
                if done.returncode != 0:
                    self.fail("cache: a damaged cache ends the run", fault, command, done)
                with open(path, "wb") as f:
                    f.write(whole)

    def race(self):
        """Several that find no cache build it at once: all give the same bytes, and one file of each is left."""
        command = dict(SCENARIOS)["tag"]
        shutil.rmtree(self.path("cache", "drivkraft"), ignore_errors=True)  # what other commands have put there
        good, _ = self.undisturbed("race", command, {})
        before = sorted(os.listdir(self.path("cache", "drivkraft")))
        for turn in range(3 if self.args.every else 1):
            shutil.rmtree(self.path("cache", "drivkraft"))
            runs = []
            for i in range(3):
                os.makedirs(self.path(f"race{i}"), exist_ok=True)
                own = [a.replace("out/", f"race{i}/") for a in command]
                runs.append(subprocess.Popen([self.program, *own], cwd=self.work, env=self.env, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE))
            for i, r in enumerate(runs):
                message = r.communicate(timeout=600)[1]
                self.counts[("tag", "race")] += 1
                if r.returncode != 0 or read_tree(self.path(f"race{i}")) != good:
                    self.failures.append(f"race: run {i} of several at once ends with {r.returncode}: {message.decode()}")
            after = sorted(os.listdir(self.path("cache", "drivkraft")))
            if after != before:
                self.failures.append(f"race: the cache holds {after}, not {before}")

    def clock(self):
        for name, command, old, good, counts in self.scenarios():
            was = self.before(good, old, False)
            fault = "clock jump 1 1000000000"
            done = self.run(command, fault)
            self.judge(name, command, fault, was, good, done)
            if done.returncode != 0:
                self.fail(f"{name}: a clock that jumps ends the run", fault, command, done)

    def pipe(self):
        """Readers that go away, devices that are full."""
        for target, codes in (("/dev/full", (3,)), ("pipe", (3, -signal.SIGPIPE))):
            for command in (["tag", "in/survey.csv", "--text", "comment", "-o", "-", "-j1", "--quiet"],
                            ["tokens", "in/survey.csv", "--text", "comment", "-o", "-", "-j1", "--quiet"],
                            ["drivers", "in/table.csv", "--outcome", "score", "--predictors", "late,price", "--bootstrap", "0"],
                            ["explain", "bra"], ["--help"], ["manual", "man"], ["lexicon", "check", "in/valence.tsv"]):
                if target == "pipe":
                    reader, writer = os.pipe()
                    os.close(reader)
                else:
                    writer = os.open(target, os.O_WRONLY)
                done = self.run(command, stdout=writer)
                os.close(writer)
                self.counts[(command[0], "pipe")] += 1
                self.ends[done.returncode] += 1
                if done.returncode not in codes or (done.returncode > 0 and not done.stderr.strip()):
                    self.fail(f"{target}: ends with {done.returncode}", "none", command, done)

    def edit(self):
        """Saving from the local page: a list that is saved is the old one or the new one, who asked is told, and can save again."""
        from edit_attacks import Server, content, status
        lexicon, path = self.path("lexicon"), self.path("lexicon", "en", "valence.tsv")
        old, new = "term\tvalence\ngizmo\t-2\n", "term\tvalence\ngizmo\t-2\nflurbish\t2\n"

        def serve(fault, save):
            """One server from start to end; its calls, and what it answered to being asked to save, twice."""
            shutil.rmtree(lexicon, ignore_errors=True)
            os.makedirs(os.path.dirname(path))
            with open(path, "w") as f:
                f.write(old)
            env = dict(self.env, LD_PRELOAD=self.shim, DK_FAULT_COUNT=self.path("count"), **({"DK_FAULT": fault} if fault else {}))
            server, answers = Server(self.program, self.work, lexicon, env), []
            server.ask("/api/take", json.dumps({"file": 0, "cells": {"term": "flurbish", "valence": "2"}}).encode())
            for _ in range(2 if save else 0):
                answer = server.ask("/api/save")
                with open(path) as f:
                    answers.append((status(answer), content(answer).decode("utf-8", "replace"), f.read()))
            server.stop()
            with open(self.path("count")) as f:
                return {k: int(v) for k, v in (line.split() for line in f)}, answers

        without, _ = serve(None, False)
        counts, answers = serve(None, True)
        if [a[0] for a in answers] != [200, 200] or answers[1][2] != new:
            raise SystemExit(f"edit: saving fails undisturbed: {answers}")
        for kind, hows in (("open", ["EACCES", "EMFILE"]), ("read", ["EIO", "EINTR"]), ("write", ["ENOSPC", "EIO", "short"]), ("fsync", ["EIO"]), ("close", ["EIO"]),
                           ("rename", ["EIO"])):
            for how in hows:
                for n in range(max(1, without[kind] - 2), counts[kind] + 1):
                    fault = f"{kind} {how} {n}"
                    try:
                        _, answers = serve(fault, True)
                    except SystemExit:
                        continue  # met before it was ready, which the other parts look at
                    self.counts[("edit", kind)] += 1
                    self.ends[answers[0][0]] += 1
                    code, told, saved = answers[0]
                    if saved != (new if code == 200 else saved) or saved not in (old, new) or code not in (0, 200, 422, 500) or (code > 200 and len(told) < 20):
                        self.failures.append(f"edit: {fault}: answers {code} {told!r}, the list is {saved!r}")
                    if answers[1][0] != 200 or answers[1][2] != new or os.listdir(os.path.dirname(path)) != ["valence.tsv"]:
                        self.failures.append(f"edit: {fault}: saving again answers {answers[1]}, the folder holds {os.listdir(os.path.dirname(path))}")


PARTS = ("alloc", "io", "signals", "cache", "race", "clock", "pipe", "edit")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--program", required=True)
    p.add_argument("--shim", required=True)
    p.add_argument("--every", action="store_true")
    p.add_argument("--sample", type=int, default=8)
    p.add_argument("--step", type=int, default=1)
    p.add_argument("--only", help="scenarios, joined by commas")
    p.add_argument("parts", nargs="*", metavar="PART")
    a = p.parse_args()
    bench = Bench(a)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # or, begun in the background, programs would inherit that it is ignored
    try:
        bench.make_inputs()
        for part in a.parts or PARTS:
            before = sum(bench.counts.values())
            getattr(bench, part)()
            print(f"{part:8} {sum(bench.counts.values()) - before:6,} faults", flush=True)
    except KeyboardInterrupt:
        print(f"stopped within {part}; so far: {', '.join(f'{name} {kind} {n}' for (name, kind), n in bench.counts.items())}", flush=True)
    finally:
        shutil.rmtree(bench.work, ignore_errors=True)
    for failure in bench.failures[:200]:
        print("FAILED", failure)
    ends = ", ".join(f"{n} with {code}" for code, n in sorted(bench.ends.items()))
    print(f"{sum(bench.counts.values()):,} runs with a fault ({ends}); {len(bench.failures)} failures")
    return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
