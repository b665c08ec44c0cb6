#!/usr/bin/env python3
"""The program against a real PostgreSQL, started here on loopback in a temporary folder.

usage: postgres.py --program drivkraft
Ends with 77 (skipped) and a plain line where PostgreSQL is not installed."""
import argparse
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
