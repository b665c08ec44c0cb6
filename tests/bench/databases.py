#!/usr/bin/env python3
"""Reads and writes millions of rows of SQLite and PostgreSQL: seconds, rows a second, and the most memory the program held.

usage: databases.py PROGRAM [read] [write] [--rows 1000000,10000000] [--folder FOLDER]

Both databases hold the same short comments in three languages; PostgreSQL is started here. Memory of the program alone: the server's is
not counted. A row of a Markdown table is printed as each run ends."""
import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "database"))
from server import Server  # noqa: E402

COMMENTS = ["Snabb leverans men dyr frakt", "Kundtjänsten svarar aldrig i telefon", "Hurtig levering og god service", "", "Appen kraschar hela tiden",
            "Great value, friendly staff", "Regningen var forkert to gange", "Väldigt nöjd", "The delivery was late and nobody told me", "Ok"]


def texts():
    return " ".join(f"WHEN {i} THEN '{t} ' || g % 1000" if t else f"WHEN {i} THEN NULL" for i, t in enumerate(COMMENTS))


def run(program, what, rows, arguments):
    begun = time.monotonic()
    done = subprocess.Popen([program, "tag", *arguments, "--text", "comment", "--id", "id", "--quiet"], stderr=subprocess.PIPE)
    message = done.stderr.read().decode()
    _, status, usage = os.wait4(done.pid, 0)
    seconds = time.monotonic() - begun
    if status != 0:
        raise SystemExit(f"{what}: {message}")
    print(f"| {what} | {rows:,} | {seconds:.1f} s | {rows / seconds:,.0f} | {usage.ru_maxrss / 1024:.0f} MB |", flush=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("program")
    arguments.add_argument("parts", nargs="*", default=[])
    arguments.add_argument("--rows", default="1000000,10000000")
    arguments.add_argument("--folder")
    a = arguments.parse_args()
    parts = a.parts or ["read", "write"]
    program = os.path.abspath(a.program)
    folder = tempfile.mkdtemp(prefix="dk-databases-", dir=a.folder)
    server = Server()
    print("| tag, all threads | rows | time | rows a second | most memory |\n|---|---|---|---|---|")
    try:
        for rows in [int(n) for n in a.rows.split(",")]:
            case = f"CASE g % {len(COMMENTS)} {texts()} END"
            small = os.path.join(folder, "responses.db")
            with sqlite3.connect(small) as db:
                db.execute("PRAGMA synchronous = OFF")
                db.execute("CREATE TABLE responses (id INTEGER, comment TEXT)")
                db.execute("WITH RECURSIVE n(g) AS (SELECT 1 UNION ALL SELECT g + 1 FROM n WHERE g < ?) "
                           f"INSERT INTO responses SELECT g, {case} FROM n", (rows,))
            db.close()
            server.sql("DROP TABLE IF EXISTS responses")
            server.sql(f"CREATE UNLOGGED TABLE responses AS SELECT g AS id, {case} AS comment FROM generate_series(1, {rows}) g")
            sqlite, postgres = [small], [server.url, "--query", "SELECT id, comment FROM responses"]
            out = os.path.join(folder, "out")
            if "read" in parts:
                for name, source in ("SQLite", sqlite), ("PostgreSQL", postgres):
                    run(program, f"{name} to CSV", rows, [*source, "-o", out + ".csv", "--mentions", out + "-mentions.csv"])
            if "write" in parts:
                run(program, "SQLite to SQLite", rows, [*sqlite, "--to", f"sqlite:{out}.db"])
                os.unlink(out + ".db")
                run(program, "SQLite to PostgreSQL", rows, [*sqlite, "--to", server.url])
                server.sql("DROP TABLE comments, mentions, runs")
            for name in os.listdir(folder):
                os.unlink(os.path.join(folder, name))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


main()
