#!/usr/bin/env python3
"""Runs the commands of the documentation, page by page.

usage: run.py --program PATH [--bless] [PAGE ...]

A page begins in a folder with the example study in `examples`, its responses as `survey.csv` (what pages call the reader's own file), and
`drivkraft` on the PATH; its blocks run in order:
  ```sh        the block is a script (bash -e) and must succeed
  ```console   each `$ command` must print what stands below it (standard output and errors together; a line `...` stands for any
               lines) and succeed
An italic line above a block says otherwise, to the reader as well: *(not run: REASON)*, *(exits with 2)*, *(needs postgres: REASON)*; blocks
that were not run are listed. --bless writes what console blocks print into the pages, and docs/commands.md.

If it failed, a reader would type a command that does not work, or see something else than the page shows.
"""
import argparse, concurrent.futures, difflib, os, re, shutil, subprocess, sys, tempfile

import pages

PLAIN = {"", "yaml", "tsv", "csv", "c", "cmake", "json", "text", "python"}  # languages of what is shown, not run


class Shell:
    """One page's folder and what its commands see."""

    def __init__(self, program, home, server):
        self.folder = tempfile.mkdtemp(prefix="dk-docs-")
        for name in ("bin", "build"):  # build: as in a clone
            os.mkdir(os.path.join(self.folder, name))
            os.symlink(program, os.path.join(self.folder, name, "drivkraft"))
        self.work = os.path.join(self.folder, "work")
        os.mkdir(self.work)
        os.symlink(os.path.join(pages.ROOT, "examples"), os.path.join(self.work, "examples"))
        os.symlink("../build", os.path.join(self.work, "build"))
        shutil.copy(os.path.join(home, "demo", "responses.csv"), os.path.join(self.work, "survey.csv"))
        self.env = dict(os.environ, PATH=os.path.join(self.folder, "bin") + os.pathsep + os.environ["PATH"], HOME=home, NO_COLOR="1",
                        LC_ALL="C.UTF-8", DRIVKRAFT_DATA=pages.ROOT)
        self.env.pop("XDG_CACHE_HOME", None)
        if server:
            self.env.update(PGHOST="127.0.0.1", PGPORT=str(server.port), PGUSER=server.user, PGDATABASE="postgres")

    def run(self, script):
        done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script], cwd=self.work, env=self.env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def steps(block):
    """The commands of a console block, each with the lines expected of it."""
    found = []
    for line in block.lines:
        if line.startswith("$ "):
            found.append(([line[2:]], []))
        elif found and not found[-1][1] and found[-1][0][-1].endswith("\\"):
            found[-1][0].append(line)
        elif found:
            found[-1][1].append(line)
        elif line:
            raise SystemExit(f"{block}: a console block begins with a line `$ command`")
    return found


def matches(expected, got):
    """Whether the lines got are those expected, where ... stands for any lines."""
    def place(line):
        return re.sub(r"\.tsv:\d+", ".tsv:N", line)  # which line of a shipped lexicon it is changes with every entry above

    pattern = "".join(r"(?:.*\n)*?" if line == "..." else re.escape(place(line)) + "\n" for line in expected)
    return re.fullmatch(pattern, "".join(place(line) + "\n" for line in got)) is not None


def blessed(expected, got):
    """The lines got, shortened where expected is: the nearest lines of the same number stand for each shown part."""
    if "..." not in expected:
        return got
    parts, out, at = [], [], 0
    for line in expected:
        if line == "..." or not parts:
            parts.append([])
        if line != "...":
            parts[-1].append(line)
    if expected[0] == "...":
        parts.insert(0, [])
    for i, part in enumerate(parts):
        if i > 0:
            out.append("...")
        if not part:
            continue
        starts = [at] if i == 0 else [len(got) - len(part)] if i == len(parts) - 1 else range(at, len(got) - len(part) + 1)
        best = max(starts, key=lambda s: difflib.SequenceMatcher(None, "\n".join(got[s:s + len(part)]), "\n".join(part)).ratio(), default=at)
        out += got[max(best, at):best + len(part)]
        at = best + len(part)
    return out


def run_block(shell, block, bless):
    """What is wrong with the block, and its lines as they would be right."""
    if block.language == "sh":
        code, said = shell.run("\n".join(block.lines))
        return ([f"{block}: exit {code}, not {block.exits}\n{said[-2000:]}"] if code != block.exits else []), block.lines
    wrong, lines, commands = [], [], steps(block)
    for i, (command, expected) in enumerate(commands):
        code, said = shell.run("\n".join(command))
        got = [line.rstrip() for line in said.strip("\n").split("\n")] if said.strip() else []
        while expected and expected[-1] == "":
            expected.pop()
        wanted = block.exits if i == len(commands) - 1 else 0
        if code != wanted:
            wrong.append(f"{block}: {' '.join(command)}: exit {code}, not {wanted}\n{said[-2000:]}")
        if not matches(expected, got):
            if bless:
                expected = blessed(expected, got)
            else:
                wrong.append("\n".join(difflib.unified_diff(expected, got, f"{block} {command[0]}", "the program", lineterm="")))
        lines += ["$ " + command[0], *command[1:], *expected] + ([""] if i + 1 < len(commands) and expected else [])
    return wrong, lines


def run_page(page, args, home, server):
    """Runs the blocks of a page: (wrong, blocks run, blocks not run)."""
    text = pages.read(page)
    lines, wrong, ran, left, shift = text.split("\n"), [], 0, [], 0
    shell = Shell(args.program, home, server)
    try:
        for block in pages.blocks(page, text):
            if block.language not in ("sh", "console"):
                if block.language not in PLAIN:
                    wrong.append(f"{block}: no test knows blocks of {block.language}")
                elif not block.language and not block.not_run and any(re.match(r"(\$ |drivkraft |build/drivkraft |\./run )", x) for x in block.lines):
                    wrong.append(f"{block}: a command in a block that is not run: say ```sh or ```console, or *(not run: REASON)* above it")
                continue
            if block.not_run or (block.needs and server is None):
                left.append(f"{block}: {block.not_run or block.needs}")
                continue
            bad, fresh = run_block(shell, block, args.bless)
            wrong += bad
            ran += 1
            if fresh != block.lines and args.bless:
                at = block.line + shift
                lines[at:at + len(block.lines)] = [(" " * block.indent + x).rstrip() for x in fresh]
                shift += len(fresh) - len(block.lines)
    except subprocess.TimeoutExpired as e:
        wrong.append(f"{page}: not done after {e.timeout:.0f} s: {e.cmd[-1]}")
    finally:
        shell.close()
    if args.bless and "\n".join(lines) != text:
        with open(os.path.join(pages.ROOT, page), "w", encoding="utf-8") as f:
            f.write("\n".join(lines))
    return wrong, ran, left


def start_server():
    """A PostgreSQL as the tests of databases start one, or None where it is not installed."""
    sys.path.insert(0, os.path.join(pages.ROOT, "tests", "database"))
    import server
    try:
        return server.Server()
    except SystemExit:
        return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--bless", action="store_true")
    parser.add_argument("pages", nargs="*")
    args = parser.parse_args()
    args.program = os.path.abspath(args.program)
    chosen = args.pages or pages.paths()
    if args.bless and not args.pages:
        subprocess.run([args.program, "manual", "markdown", "-o", os.path.join(pages.ROOT, "docs/commands.md")], check=True)
    server = start_server() if any(b.needs for page in chosen for b in pages.blocks(page, pages.read(page))) else None
    home = tempfile.mkdtemp(prefix="dk-docs-home-")  # lexicons are compiled once for all pages
    wrong, ran, left = [], 0, []
    try:
        for words in (["explain", "x"], ["simulate", "examples/retailer/study.yaml", "-o", os.path.join(home, "demo"), "--quiet"]):
            subprocess.run([args.program, *words, "--data-dir", pages.ROOT], cwd=pages.ROOT, env=dict(os.environ, HOME=home), stdout=subprocess.DEVNULL, check=True)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for bad, n, skipped in pool.map(lambda page: run_page(page, args, home, server), chosen):
                wrong, ran, left = wrong + bad, ran + n, left + skipped
    finally:
        shutil.rmtree(home, ignore_errors=True)
        if server:
            server.stop()
    if not args.pages and ran < 40:
        wrong.append(f"only {ran} blocks were found: this test has lost sight of the pages")
    print("\n".join(wrong + [f"{len(chosen)} pages, {ran} blocks run, {len(left)} not run:"] + ["  " + x for x in left]))
    sys.exit(1 if wrong else 0)


main()
