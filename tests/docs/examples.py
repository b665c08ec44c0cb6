#!/usr/bin/env python3
"""Runs the example programs and compares what they print with examples/expected/.

usage: examples.py FOLDER [--bless]       FOLDER holds the built programs

If it failed, an example that people copy would not do what its own text says. stream_file must answer the same on any number of
threads, and of a file longer than its block the same as of its parts; wrong arguments are usage (exit 2), not a crash.
"""
import difflib, os, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXAMPLES = os.path.join(ROOT, "examples")
folder, bless = os.path.abspath(sys.argv[1]), "--bless" in sys.argv
wrong = []


def ask(name, *words, given="", code=0):
    done = subprocess.run([os.path.join(folder, name), *words], input=given.encode(), capture_output=True)
    if done.returncode != code:
        wrong.append(f"{name} {' '.join(words)}: exit {done.returncode}, not {code}\n{done.stderr.decode()}")
    return done.stdout.decode()


def read(name):
    with open(os.path.join(EXAMPLES, name), encoding="utf-8") as f:
        return f.read()


def compare(name, got):
    path = os.path.join(EXAMPLES, "expected", name + ".txt")
    if bless:
        with open(path, "w", encoding="utf-8") as f:
            f.write(got)
    elif read(f"expected/{name}.txt") != got:
        wrong.append("".join(difflib.unified_diff(read(f"expected/{name}.txt").splitlines(True), got.splitlines(True), "expected", name)))


comments = read("data/comments.txt")
compare("tag_comment", ask("tag_comment", "Snabb leverans men kundtjänsten svarar aldrig"))
compare("stream_file", ask("stream_file", "3", given=comments))
compare("fit_drivers", ask("fit_drivers"))
compare("custom_reader", ask("custom_reader", given=read("data/letters.mbox")))

# more than the 4 MB of a block, without a line end at the end of the file
filler = "".join(f"order {i}\n" for i in range(40)) + "x" * 20000 + "\n"
many = (comments + filler) * 240
one, three = (ask("stream_file", n, given=many.rstrip("\n")) for n in ("1", "3"))
if len(many) < 1 << 22:
    wrong.append("the long file is shorter than a block: this test has lost sight of it")
if one != three or one != ask("stream_file", "1", given=comments + filler) * 240:
    wrong.append("stream_file answers otherwise of a long file, or on other threads")
if one.count("\n") != many.count("\n"):
    wrong.append(f"stream_file answers {one.count(chr(10))} of {many.count(chr(10))} lines")

for name, words in (("tag_comment", ()), ("stream_file", ()), ("stream_file", ("none",)), ("stream_file", ("65",))):
    ask(name, *words, code=2)
os.environ["DRIVKRAFT_DATA"] = "/nowhere"
ask("tag_comment", "x", code=3)
ask("custom_reader", code=1)

print("\n".join(wrong) if wrong else "4 programs do what their texts say")
sys.exit(1 if wrong else 0)
