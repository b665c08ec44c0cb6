#!/usr/bin/env python3
"""--to, read by other programs' libraries: sqlite3 and json of Python, openpyxl.

usage: targets.py PROGRAM DATA_DIR

If it failed: a target holds other rows than the files of the same run, differs with the number of threads, or keeps something of a run
that was interrupted. Needs Debian's python3-openpyxl. PostgreSQL is in tests/database."""
import csv, json, os, signal, sqlite3, subprocess, sys, tempfile

import openpyxl

program, data = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
env = dict(os.environ, DRIVKRAFT_DATA=data, LC_ALL="C.UTF-8")
page = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "outputs.md")
wrong = []


def expect(name, got, wanted):
    if got != wanted:
        wrong.append(f"{name}: {got!r:.2000}, expected {wanted!r:.2000}")


def run(*arguments, **kw):
    return subprocess.run([program, *arguments], capture_output=True, text=True, env=env, **kw)


def rows(path):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.reader(f))


def dump(path):
    with sqlite3.connect(path) as db:
        lines = list(db.iterdump())
    db.close()
    return lines


def text(value):
    return "" if value is None else repr(value) if isinstance(value, float) and value != int(value) else str(int(value)) if isinstance(value, float) else str(value)


def tag():
    subprocess.run([sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "make_survey.py"), "6000"], check=True)
    with open("in.csv", "a", encoding="utf-8") as f:
        f.write('"=HYPERLINK(""x"")",c,2026-01-01,3,blue,"Snabb leverans\n+46 men dyrt"\n@cmd,c,2026-01-01,9,gold,the app crashes\n')
    ask = ["tag", "in.csv", "--text", "comment", "--id", "id", "--quiet"]
    for threads in "1", "2":
        os.mkdir("j" + threads)
        done = run(*ask, "-j", threads, "-o", f"j{threads}/o.csv", "--mentions", f"j{threads}/m.csv", "--to", f"sqlite:j{threads}/a.db",
                   "--to", f"j{threads}/a.xlsx", "--to", f"j{threads}/a.jsonl", "--to", f"csv:j{threads}/folder")
        expect("tag", (done.returncode, done.stderr), (0, ""))
    for name in "a.db", "a.xlsx", "a.jsonl", "a-mentions.jsonl", "a-runs.jsonl", "folder/comments.csv", "folder/mentions.csv":
        same = open("j1/" + name, "rb").read() == open("j2/" + name, "rb").read()
        expect(f"{name} on one thread and on two", same, True)

    tables = {"comments": rows("j1/o.csv"), "mentions": rows("j1/m.csv")}
    ids = {row[0] for row in tables["comments"]}
    expect("the hostile rows", {'=HYPERLINK("x")', "@cmd"} <= ids, True)
    book = openpyxl.load_workbook("j1/a.xlsx", read_only=True)
    db = sqlite3.connect("j1/a.db")
    for name, wanted in tables.items():
        found = [[text(v) for v in row[2:]] for row in db.execute(f"SELECT * FROM {name} ORDER BY rowid")]
        expect(f"{name} in SQLite", found == wanted[1:], True)
        cells = list(book[name].iter_rows())
        expect(f"{name} in the workbook", [[text(c.value) for c in row[2:]] for row in cells[1:]] == wanted[1:], True)
        expect(f"formulas in {name}", [c.value for row in cells for c in row if c.data_type == "f"], [])
        lines = [json.loads(line) for line in open("j1/a.jsonl" if name == "comments" else "j1/a-mentions.jsonl", encoding="utf-8")]
        expect(f"{name} in JSON Lines", [[text(v) for v in list(line.values())[2:]] for line in lines] == wanted[1:], True)
    db.close()
    expect("formulas in CSV", [row[2] for row in rows("j1/folder/comments.csv")[-2:]], ["'=HYPERLINK(\"x\")", "'@cmd"])

    # Again into what is there: one run still; another language makes another run.
    first = dump("j1/a.db")
    run(*ask, "--to", "j1/a.db")
    expect("the same run again", sorted(dump("j1/a.db")), sorted(first))
    run(*ask, "--to", "j1/a.db", "--language", "en")
    db = sqlite3.connect("j1/a.db")
    expect("another run", db.execute("SELECT count(*), count(DISTINCT run) FROM comments").fetchone(), (2 * len(lines and tables["comments"][1:]), 2))
    db.close()


def analyze():
    for threads in "1", "2":
        done = run("analyze", "in.csv", "-j", threads, "-o", f"report{threads}", "--to", f"sqlite:study{threads}.db", "--bootstrap", "30", "--quiet")
        expect("analyze", (done.returncode, done.stderr), (0, ""))
    expect("analyze on one thread and on two", open("study1.db", "rb").read() == open("study2.db", "rb").read(), True)
    db = sqlite3.connect("study1.db")
    drivers = [[("yes" if v else "no") if i in (6, 25) and v is not None else text(v) for i, v in enumerate(row)]
               for row in (r[1:] for r in db.execute("SELECT * FROM drivers ORDER BY rowid"))]
    expect("drivers", drivers == [[text(float(c)) if c[-1:].isdigit() else c for c in row] for row in rows("report1/drivers.csv")[1:]], True)
    expect("comments", db.execute("SELECT count(*) FROM comments").fetchone()[0], len(rows("report1/comments.csv")) - 1)
    report = json.load(open("report1/report.json", encoding="utf-8"))
    expect("segments", db.execute("SELECT segment, responses, nps FROM segments ORDER BY rowid").fetchall(),
           [(s["name"], s["responses"], s["nps"]["nps"]) for s in report["segments"]])
    expect("kpis", db.execute("SELECT kpi, figure FROM kpis WHERE cut = 'all' ORDER BY rowid").fetchall(),
           [(k["id"], k["value"]) for k in report["kpis"]])
    db.close()
    done = run("analyze", "in.csv", "--to", "only.db", "--bootstrap", "30")
    expect("analyze without a folder", (done.returncode, os.path.exists("only.db"), os.path.exists("report.json")), (0, True, False))


def documented():
    """docs/outputs.md names each column of each table with its type, in their order."""
    types = {"text": "TEXT", "count": "INTEGER", "number": "REAL", "flag": "INTEGER"}
    tables, table = {}, None
    for line in open(page, encoding="utf-8"):
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 4 or cells[1] in ("column", "---"):
            continue
        if cells[0]:
            table = tables.setdefault(cells[0], [("run", "TEXT")])
        names, kinds = cells[1].split(", "), cells[2].split(", ")
        table += [(n, types[kinds[i] if len(kinds) > 1 else kinds[0]]) for i, n in enumerate(names) if n != "run"]
    db = sqlite3.connect("study1.db")
    found = {t: [(c[1], c[2]) for c in db.execute(f"PRAGMA table_info({t})")] for (t,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    db.close()
    for name in sorted(set(tables) | set(found)):
        expect(f"docs/outputs.md, {name}", tables.get(name), found.get(name))


def drivers():
    db = sqlite3.connect("scores.db")
    db.execute("CREATE TABLE scores (nps, price, staff)")
    db.execute("CREATE TABLE other (x)")
    db.executemany("INSERT INTO scores VALUES (?, ?, ?)", [(g % 11, g % 3, g * 7 % 5) for g in range(500)])
    db.commit()
    db.close()
    with open("scores.csv", "w", encoding="utf-8") as f:
        f.write("nps;price;staff\n" + "".join(f"{g % 11};{g % 3};{g * 7 % 5}\n" for g in range(500)))
    ask = ["--outcome", "nps", "--predictors", "price,staff", "--bootstrap", "10", "--format", "json"]
    table, base = run("drivers", "scores.csv", "--delimiter", ";", *ask), run("drivers", "scores.db", "--query", "SELECT * FROM scores", *ask)
    expect("drivers of a query", (base.returncode, base.stdout == table.stdout), (0, True))


def itself():
    """Input and target are one database: in WAL mode reading does not hinder writing."""
    db = sqlite3.connect("self.db")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("CREATE TABLE responses (id, text)")
    db.executemany("INSERT INTO responses VALUES (?, ?)", [(g, "Snabb leverans men dyr frakt") for g in range(20000)])
    db.commit()
    db.close()
    done = run("tag", "sqlite:self.db?SELECT * FROM responses", "--text", "text", "--id", "id", "--to", "self.db", "--quiet")
    expect("a database into itself", (done.returncode, done.stderr), (0, ""))
    db = sqlite3.connect("self.db")
    expect("its rows", db.execute("SELECT count(*), (SELECT count(*) FROM mentions) FROM comments").fetchone(), (20000, 40000))
    db.close()
    done = run("tag", "-", "--stream", "--text", "text", "--to", "self.db", "--run", "x", input="text\n")
    expect("--stream and --to", (done.returncode, "line by line" in done.stderr), (2, True))


def interrupted():
    """Ctrl-C while rows come: more of the input than a pipe holds has been taken, so that writing has begun."""
    before = dump("only.db")
    os.mkdir("gone")
    for target in "gone/new.db", "only.db", "gone/new.xlsx", "csv:gone":
        feed = subprocess.Popen([program, "tag", "-", "--text", "text", "--run", "x", "--to", target, "--quiet"], stdin=subprocess.PIPE, env=env)
        feed.stdin.write(b"text\n" + b"Snabb leverans men dyr frakt\n" * 100_000)
        feed.stdin.flush()
        feed.send_signal(signal.SIGINT)
        feed.wait()
    expect("left by interrupted runs", os.listdir("gone"), [])
    expect("rows of an interrupted run", dump("only.db") == before, True)


with tempfile.TemporaryDirectory(prefix="dk-targets-") as folder:
    os.chdir(folder)
    tag()
    analyze()
    documented()
    drivers()
    itself()
    interrupted()
    os.chdir("/")
print("\n".join(wrong) if wrong else "every target holds what it should")
sys.exit(1 if wrong else 0)
