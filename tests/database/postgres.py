#!/usr/bin/env python3
"""The program against a real PostgreSQL, started here on loopback in a temporary folder.

usage: postgres.py --program drivkraft
Ends with 77 (skipped) and a plain line where PostgreSQL is not installed."""
import argparse
import csv
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile

from server import Server

ROWS = 23_000  # more than four fetches of the cursor


def program(path, *arguments, **kw):
    return subprocess.run([path, *arguments], capture_output=True, text=True, **kw)


def check(condition, what, *shown):
    if not condition:
        print(f"FAILED: {what}", *shown, sep="\n")
        raise SystemExit(1)
    print(f"ok  {what}")


def tests(server, dk, folder):
    texts = ["Snabb leverans men dyrt", "Kundeservice svarer aldrig", "The app crashes, \"again\"", "", "æøå\nny rad"]
    server.sql("CREATE TABLE responses(id int, nps numeric, text text)")
    values = " ".join(f"WHEN {i} THEN {'NULL' if not t else chr(39) + t.replace(chr(39), chr(39) * 2) + chr(39)}"
                      for i, t in enumerate(texts))
    server.sql(f"INSERT INTO responses SELECT g, g % 11, CASE g % {len(texts)} {values} END FROM generate_series(1, {ROWS}) g")
    csv = os.path.join(folder, "responses.csv")
    with open(csv, "w", encoding="utf-8", newline="") as f:
        subprocess.run([os.path.join(server.bin, "psql"), "-X", "-q", server.url, "-c",
                        "COPY (SELECT * FROM responses ORDER BY id) TO STDOUT (FORMAT csv, HEADER)"], check=True, stdout=f)
    query = "SELECT * FROM responses ORDER BY id"

    outputs = []
    for source in (["responses.csv"], [server.url, "--query", query]):
        out = os.path.join(folder, f"out{len(outputs)}.csv")
        done = program(dk, "tag", *source, "--text", "text", "--id", "id", "-o", out, cwd=folder)
        check(done.returncode == 0, f"tag reads {source[0].split(':')[0]}", done.stderr)
        outputs.append(open(out, "rb").read())
    check(outputs[0] == outputs[1] and outputs[0].count(b"\n") == ROWS + 1, "a table and its CSV give the same bytes")

    env = dict(os.environ, PGHOST="127.0.0.1", PGPORT=str(server.port), PGUSER=server.user, PGDATABASE="postgres")
    done = program(dk, "tag", "postgresql:", "--query", "SELECT 1 AS id, 'bra service' AS text", "--text", "text", "-o", "-", env=env)
    check(done.returncode == 0 and "positive" in done.stdout, "the PG* environment is enough", done.stderr)

    done = program(dk, "tag", server.url, "--query", "SELECT nope FROM responses", "--text", "nope", "-o", "-")
    check(done.returncode == 1 and 'column "nope" does not exist' in done.stderr, "a wrong query says what is wrong", done.stderr)
    done = program(dk, "tag", server.url, "--query", "DELETE FROM responses", "--text", "text", "-o", "-")
    check(done.returncode == 1 and server.sql("SELECT count(*) FROM responses") == str(ROWS), "a query cannot write", done.stderr)
    done = program(dk, "tag", f"postgresql://nobody:secret@127.0.0.1:{server.port}/none", "--query", query, "--text", "text", "-o", "-")
    check(done.returncode == 3 and "secret" not in done.stderr, "no connection is exit code 3, without the password", done.stderr)

    # Both passes of an analysis see one state of the table. The program holds its transaction from its first query on.
    report = os.path.join(folder, "report")
    done = program(dk, "analyze", server.url, "--query", query, "--text", "text", "--score", "nps", "-o", report, "--bootstrap", "50")
    check(done.returncode == 0 and os.path.exists(os.path.join(report, "report.json")), "analyze reads a table twice", done.stderr)

    drivers(server, dk, folder)
    writers(server, dk, folder)

    # A server that goes away within a read: exit code 3 and no output.
    gone = os.path.join(folder, "gone.csv")
    slow = "SELECT g AS id, CASE WHEN g = 12000 THEN pg_sleep(600)::text ELSE 'bra' END AS text FROM generate_series(1, 20000) g"
    reader = subprocess.Popen([dk, "tag", server.url, "--query", slow, "--text", "text", "-o", gone], stderr=subprocess.PIPE, text=True)
    while server.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "0":
        if reader.poll() is not None:
            break
    server.run("pg_ctl", "-D", server.data, "-w", "-m", "immediate", "stop")
    message = reader.communicate(timeout=60)[1]
    check(reader.returncode == 3 and not os.path.exists(gone), "a server that goes away leaves no output", message)
    check("terminat" in message or "closed" in message, "and the message says so", message)


def drivers(server, dk, folder):
    server.sql("CREATE TABLE scores AS SELECT g % 11 AS nps, g % 3 AS price, (g * 7) % 5 AS staff FROM generate_series(1, 500) g")
    table = os.path.join(folder, "scores.csv")
    with open(table, "w", encoding="utf-8") as f:
        f.write("nps,price,staff\n" + "".join(f"{g % 11},{g % 3},{g * 7 % 5}\n" for g in range(1, 501)))
    answers = [program(dk, "drivers", *source, "--outcome", "nps", "--predictors", "price,staff", "--bootstrap", "20", "--format", "json")
               for source in ([table], [server.url, "--query", "SELECT * FROM scores"])]
    check(answers[0].returncode == answers[1].returncode == 0 and answers[0].stdout == answers[1].stdout, "drivers of a query are those of its CSV",
          answers[1].stderr)


def writers(server, dk, folder):
    """--to postgresql: what is written is what the CSV files have, whole or not at all."""
    source = os.path.join(folder, "hostile.csv")
    with open(source, "w", encoding="utf-8", newline="") as f:
        f.write('id,text\n"tab\there","Snabb leverans\\N\nmen dyrt"\n=1+1,"Kundeservice \\. svarer aldrig"\n\\N,"The app crashes \U0001F600"\n,bra\n')
    out, mentions = os.path.join(folder, "hostile-out.csv"), os.path.join(folder, "hostile-mentions.csv")
    ask = ["tag", source, "--text", "text", "--id", "id"]

    def rows(table, columns, run="one", schema=""):
        return server.sql(f"COPY (SELECT {columns} FROM {schema}{table} WHERE run = '{run}' ORDER BY number, start_byte) TO STDOUT (FORMAT csv)"
                          .replace(", start_byte" if table != "mentions" else "\0", ""))

    done = program(dk, *ask, "-o", out, "--mentions", mentions, "--to", server.url, "--run", "one")
    check(done.returncode == 0 and "run one: 4 comments" in done.stderr, "tag writes tables", done.stderr)

    def lines(path):
        with open(path, encoding="utf-8", newline="") as f:
            return [[cell for cell in row] for row in csv.reader(f)][1:]

    def cells(text):
        return list(csv.reader(io.StringIO(text)))

    check(cells(rows("comments", "id, language, language_confidence, sentiment, label, themes")) == lines(out), "comments are as in the CSV")
    check(cells(rows("mentions", "id, theme, touchpoint, stage, label, polarity, start_byte, end_byte, matched, entry, rules")) == lines(mentions),
          "mentions are as in the CSV")
    counts = "SELECT count(*) || ' ' || count(DISTINCT run) FROM comments"
    done = program(dk, *ask, "--to", server.url, "--run", "one")
    check(done.returncode == 0 and "earlier rows are replaced" in done.stderr and server.sql(counts) == "4 1", "a run that is written again is there once", done.stderr)
    both = [subprocess.Popen([dk, *ask, "--to", server.url, "--run", "both", "--quiet"]) for _ in range(2)]
    check([p.wait() for p in both] == [0, 0] and server.sql(counts) == "8 2", "the same run twice at a time is there once")
    done = program(dk, *ask, "--to", server.url, "--schema", 'an "odd" one', "--prefix", "q_", "--run", "one")
    check(done.returncode == 0 and rows("q_comments", "id", schema='"an ""odd"" one".').count("\n") >= 3, "a schema and a prefix", done.stderr)

    report = os.path.join(folder, "survey.csv")
    with open(report, "w", encoding="utf-8") as f:
        f.write("id,score,segment,comment\n" + "".join(
            f"{i},{i * 7 % 11},{('blue', 'gold')[i % 2]},{('Snabb leverans', 'Dyrt', 'Kundtjänsten svarar aldrig', '')[i % 4]}\n" for i in range(400)))
    done = program(dk, "analyze", report, "--to", server.url, "--bootstrap", "20", "--run", "study")
    check(done.returncode == 0, "analyze writes tables", done.stderr)
    check(server.sql("SELECT (SELECT count(*) FROM comments WHERE run = 'study') || ' ' || (SELECT count(*) > 0 FROM drivers) || ' ' || "
                     "(SELECT string_agg(segment, '|') FROM segments) || ' ' || (SELECT count(*) > 5 FROM kpis) || ' ' || "
                     "(SELECT command || rows FROM runs WHERE run = 'study')") == "400 true all|blue|gold true analyze400", "drivers, segments, kpis and runs")

    server.sql("CREATE SCHEMA wrong; CREATE TABLE wrong.comments (run text, number integer)")
    done = program(dk, *ask, "--to", server.url, "--schema", "wrong")
    check(done.returncode == 1 and "its column number is integer where bigint is needed" in done.stderr and "--schema" in done.stderr, "another table of the name is refused",
          done.stderr)
    check(server.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'wrong'") == "1", "and none is made beside it")

    # A connection that ends within the run leaves none of its rows. The program waits for its input then: more of it than a pipe holds
    # has been taken, so that COPY has begun.
    before = server.sql(counts)
    writer = subprocess.Popen([dk, "tag", "-", "--text", "text", "--to", server.url, "--run", "lost"], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    writer.stdin.write(b"text\n" + b"Snabb leverans men dyr frakt\n" * 200_000)
    writer.stdin.flush()
    server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'drivkraft'")
    try:
        writer.stdin.write(b"Snabb leverans men dyr frakt\n" * 200_000)
        writer.stdin.close()
    except BrokenPipeError:
        pass
    writer.stdin = None
    message = writer.communicate(timeout=60)[1].decode()
    check(writer.returncode == 3 and "terminat" in message, "a connection that is cut is exit code 3", message)
    check(server.sql(counts) == before and server.sql("SELECT count(*) FROM runs WHERE run = 'lost'") == "0", "and leaves no rows")

    # The same when the program is interrupted.
    writer = subprocess.Popen([dk, "tag", "-", "--text", "text", "--to", server.url, "--run", "lost"], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    writer.stdin.write(b"text\n" + b"Snabb leverans men dyr frakt\n" * 200_000)
    writer.stdin.flush()
    writer.send_signal(signal.SIGINT)
    writer.wait()
    check(server.sql(counts) == before, "an interrupted run leaves no rows")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--program", required=True)
    dk = os.path.abspath(arguments.parse_args().program)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    server = Server()
    folder = tempfile.mkdtemp(prefix="dk-database-")
    try:
        tests(server, dk, folder)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


main()
