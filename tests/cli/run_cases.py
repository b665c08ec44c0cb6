#!/usr/bin/env python3
"""Runs the program as a user would and compares what it prints and writes with what is expected.

usage: run_cases.py --program PATH [--data-dir DIR] [--bless] [--half 0|1] [--without CASE,...] [CASE ...]

A case is a folder beside this file. Its file `cmd` is a shell script in which `drivkraft` is the program and $CASES this
folder; it runs in a temporary copy of the case. Expected are `stdout`, `stderr` (empty when the file is missing), `exit` (0 when missing)
and every file below `expected/`. --bless writes all of them anew.
"""
import argparse, difflib, os, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def read(path):
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as f:
            return f.read()
    except FileNotFoundError:
        return ""


def write(path, text):
    if text == "" or (path.endswith("/exit") and text == "0\n"):
        if os.path.exists(path):
            os.remove(path)
        return
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as f:
        f.write(text)


def run_case(name, program, data_dir, bless):
    """Returns the differences as text, empty when there are none."""
    case = os.path.join(HERE, name)
    with tempfile.TemporaryDirectory() as work:
        folder = os.path.join(work, "case")
        shutil.copytree(case, folder)
        tools = os.path.join(work, "bin")
        os.mkdir(tools)
        os.symlink(program, os.path.join(tools, "drivkraft"))
        env = dict(os.environ, PATH=tools + os.pathsep + os.environ["PATH"], DRIVKRAFT_DATA=data_dir, CASES=HERE, LC_ALL="C.UTF-8",
                   NO_COLOR="1")
        done = subprocess.run(["bash", "-e", "cmd"], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True)
        got = {"stdout": done.stdout.decode("utf-8", "surrogateescape"),
               "stderr": done.stderr.decode("utf-8", "surrogateescape"), "exit": f"{done.returncode}\n"}
        expected_dir = os.path.join(case, "expected")
        files = sorted(os.listdir(expected_dir)) if os.path.isdir(expected_dir) else []
        for f in files:
            got["expected/" + f] = read(os.path.join(folder, f))
        report = []
        for key, text in got.items():
            path = os.path.join(case, key)
            wanted = read(path) or ("0\n" if key == "exit" else "")
            if bless:
                write(path, text)
            elif wanted != text:
                report += difflib.unified_diff(wanted.splitlines(True), text.splitlines(True), f"{name}/{key} expected",
                                               f"{name}/{key} got")
        return "".join(line if line.endswith("\n") else line + "\n" for line in report)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--program", required=True)
    p.add_argument("--data-dir", default=os.path.join(HERE, "..", ".."))
    p.add_argument("--bless", action="store_true")
    p.add_argument("--half", type=int, choices=(0, 1), help="every second case, so that two processors share them")
    p.add_argument("--without", default="", help="cases to leave out, by commas")
    p.add_argument("cases", nargs="*")
    a = p.parse_args()
    cases = a.cases or sorted(c for c in os.listdir(HERE) if os.path.exists(os.path.join(HERE, c, "cmd")) and c not in a.without.split(","))
    if a.half is not None:
        cases = cases[a.half::2]
    failed = 0
    for name in cases:
        report = run_case(name, os.path.abspath(a.program), os.path.abspath(a.data_dir), a.bless)
        if report:
            failed += 1
            sys.stdout.write(report)
    print(f"{len(cases)} cases, {failed} fail")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
