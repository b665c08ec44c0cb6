#!/usr/bin/env python3
"""drivkraft tag - --stream through a pipe, as a feed uses it: write a line, read its answer, only then write the next.

usage: stream.py PROGRAM DATA_DIR

An answer that is held back leaves both sides waiting, which the time limit of ctest ends: this script measures no time. It also
shows that broken lines are named and skipped, that a line may come in pieces, that a feed is answered as the same file is, and
that a writer who does not read for a while loses nothing.
"""
import csv, io, json, os, subprocess, sys, tempfile, threading

program, data = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
env = dict(os.environ, DRIVKRAFT_DATA=data, LC_ALL="C.UTF-8")
wrong = []


def expect(name, got, wanted):
    if got != wanted:
        wrong.append(f"{name}: {got!r}, expected {wanted!r}")


class Feed:
    def __init__(self, *options):
        self.process = subprocess.Popen([program, "tag", "-", "--stream", "--text", "comment", "--language", "en", "-o", "-", *options],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)

    def write(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def ask(self, line):
        self.write(line + "\n")
        return self.read()

    def read(self):
        return self.process.stdout.readline().decode()

    def close(self):
        rest, said = self.process.communicate()
        return rest.decode(), said.decode(), self.process.returncode


def rows(text):
    return list(csv.reader(io.StringIO(text)))


def json_lines():
    feed = Feed("--id", "id", "--format", "jsonl", "--quiet")
    first = json.loads(feed.ask('{"id": "a", "comment": "Fast delivery", "more": [1]}'))
    expect("jsonl id and label", (first["id"], first["label"]), ("a", "positive"))
    expect("jsonl theme", [t["theme"] for t in first["themes"]], ["delivery.speed"])
    mention = first["mentions"][0]
    expect("jsonl span", "Fast delivery"[mention["start"]:mention["end"]], mention["match"])
    expect("jsonl columns", list(mention), ["theme", "touchpoint", "stage", "label", "polarity", "start", "end", "match", "entry", "rules"])
    expect("jsonl negative", json.loads(feed.ask('{"comment": "Slow delivery", "id": 2}'))["label"], "negative")
    feed.write('{"id": 3, "comment": "Fast ')  # a line in two pieces
    expect("jsonl pieces", json.loads(feed.ask('delivery"}'))["id"], "3")
    expect("jsonl null", json.loads(feed.ask('{"id": 4, "comment": null}'))["themes"], [])
    feed.write('{"id": 5, "comment": "Fast delivery"}')  # without a line end: answered when the feed ends
    rest, said, code = feed.close()
    expect("jsonl last", (json.loads(rest)["id"], code, said), ("5", 0, ""))


def broken_lines():
    feed = Feed("--id", "id", "--format", "jsonl")
    feed.write('{"id": 1, "comment": oops}\n[1]\n{"id": 3, "coment": "Slow delivery"}\n{"comment": ""}\n')
    expect("behind broken lines", json.loads(feed.ask('{"id": 5, "comment": "Slow delivery"}'))["id"], "5")
    rest, said, code = feed.close()
    said = said.splitlines()
    expect("broken lines end well", (rest, code), ("", 0))
    for line, words in enumerate(("standard input:1:", "standard input:2:1: row left out: a JSON object was expected",
                                  "standard input:3:1: row left out: there is no key comment; did you mean coment?",
                                  "standard input:4:1: row left out: there is no key id")):
        if words not in said[line]:
            wrong.append(f"broken line {line + 1}: {said[line]!r}")
    feed = Feed("--quote", "none", "--quiet")
    expect("csv header", feed.ask("comment,x"), "id,language,language_confidence,sentiment,label,themes\n")
    expect("csv before", feed.ask("Fast delivery,1").split(",")[4], "positive")
    feed.write("a,b,c\n")
    expect("csv behind a row with too many cells", feed.ask('"Slow delivery,2').split(",")[0], "3")
    expect("csv exit", feed.close()[2], 0)


def csv_lines():
    lines = ["Fast delivery", '"Slow delivery, and\nrude staff"', "", '"He said ""great"""', "Fast delivery"]
    feed = Feed("--id", "nr", "--quiet")
    answers = feed.ask("nr;comment")
    for i, line in enumerate(lines):
        answers += feed.ask(f"{i + 10};{line}")
    expect("csv end", feed.close()[::2], ("", 0))
    with tempfile.TemporaryDirectory() as work:
        path = os.path.join(work, "in.csv")
        with open(path, "w") as f:
            f.write("nr;comment\n" + "".join(f"{i + 10};{line}\n" for i, line in enumerate(lines)))
        whole = subprocess.run([program, "tag", path, "--text", "comment", "--id", "nr", "--language", "en", "-o", "-", "--quiet"],
                               env=env, check=True, capture_output=True).stdout.decode()
    expect("a feed and a file", answers, whole)
    expect("csv ids", [r[0] for r in rows(answers)[1:]], ["10", "11", "12", "13", "14"])


def single_bytes():
    """Wherever reads end, within a mark, a character, a quoted field or CR LF, the answers are those of the file."""
    for name, text, id in (("csv", '\ufeffcomment,nr\r\n"Très ""fast""\r\ndelivery 😀",7\r\n\r\nSlow delivery,8', "nr"),
                           ("jsonl", '{"comment": "Très fast delivery 😀", "nr": 7}\n\n{"comment": "Slow delivery", "nr": 8}', "nr")):
        feed = Feed("--id", id, "--quiet")
        for i in range(len(data := text.encode())):
            feed.process.stdin.write(data[i:i + 1])
            feed.process.stdin.flush()
        got = feed.close()
        with tempfile.TemporaryDirectory() as work:
            path = os.path.join(work, "in." + name)
            with open(path, "wb") as f:
                f.write(data)
            whole = subprocess.run([program, "tag", path, "--text", "comment", "--id", id, "--language", "en", "-o", "-", "--quiet"], env=env, check=True,
                                   capture_output=True).stdout.decode()
        expect(f"{name} in single bytes", got, (whole, "", 0))
        expect(f"{name} rows", len(rows(got[0])), 3)


def unread_answers():
    count = 20000
    feed = Feed("--id", "id", "--quiet")

    def write():
        feed.write("id,comment\n")
        for i in range(count):
            feed.write(f"{i},Fast delivery but rude staff\n")
        feed.process.stdin.close()

    writer = threading.Thread(target=write)
    writer.start()
    feed.process.poll()
    answers = rows(feed.process.stdout.read().decode())
    writer.join()
    feed.process.stderr.read()
    expect("all answered, in order", [r[0] for r in answers[1:]], [str(i) for i in range(count)])
    expect("flood exit", feed.process.wait(), 0)


def refused():
    for name, options, given, words in (
            ("packs by the text", ["--pack", "auto"], b"", "--pack auto looks at the whole file first"),
            ("packed", [], b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "which cannot be answered line by line"),
            ("no such column", [], b"coment\n", "did you mean coment?"),
            ("nothing at all", [], b"", "the file is empty")):
        feed = Feed(*options)
        done = feed.process.communicate(given)
        if words not in done[1].decode() or feed.process.returncode == 0:
            wrong.append(f"{name}: exit {feed.process.returncode}, {done[1].decode()!r}")


for case in (json_lines, broken_lines, csv_lines, single_bytes, unread_answers, refused):
    case()
print("\n".join(wrong) if wrong else "every line of a feed is answered before the next")
sys.exit(1 if wrong else 0)
