#!/usr/bin/env python3
"""Runs the analysers over all sources and prints what they find that nobody has accepted.

usage: run.py --build FOLDER [--jobs N] [--quick] [--program DRIVKRAFT] [--files PART...] [TOOL...]

TOOL is any of cppcheck, tidy, gcc, valgrind; all by default. FOLDER has compile_commands.json. --quick leaves out what takes long: the paths
of clang's analyser and gcc's (./run analyse runs them, ./run tests does not). --program is what valgrind runs.

Findings that are none stand in accepted.tsv beside this file: tool, check, file, a part of the line it is told of, and the reason. An entry that no
longer accepts anything is an error too, when all of its tool ran.
"""
import argparse, concurrent.futures, json, os, re, shlex, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FOUND = re.compile(r"^(?P<file>[^:\n]+):(?P<line>\d+):(?:\d+:)? (?:warning|error): (?P<text>.*) \[(?P<check>[^\]]+)\]$")


def findings(tool, output):
    """The findings in what a tool printed, those in the project's own files."""
    for line in output.splitlines():
        m = FOUND.match(line)
        if m is None:
            continue
        path = os.path.relpath(os.path.join(ROOT, m["file"]), ROOT)
        if path.startswith(("src/", "include/")):
            yield tool, m["check"], path, int(m["line"]), m["text"]


def run(command, **more):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", **more)


def each_file(tool, jobs, commands):
    """Runs a command for each file, jobs at a time."""
    found = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for done in pool.map(run, commands):
            if done.returncode < 0 or "fatal error" in done.stderr or "error: no such file" in done.stderr:
                sys.exit(f"{tool}: {shlex.join(done.args)}: {done.stderr}")
            found += findings(tool, done.stdout + "\n" + done.stderr)
    return found


def tidy(units, a):
    extra = ["--checks=-clang-analyzer-*"] if a.quick else []
    return each_file("tidy", a.jobs, [["clang-tidy", "-p", a.build, "--quiet", "--extra-arg=-DDK_ANALYSE", *extra, u["file"]] for u in units])


def gcc(units, a):
    commands = []
    for u in units:
        words = shlex.split(u["command"])
        keep = [w for i, w in enumerate(words) if w not in ("-o", "-c", "-Werror", "-g") and (i == 0 or words[i - 1] != "-o")]
        commands.append(["gcc", *keep[1:-1], "-O1", "-DDK_ANALYSE", "-Wno-unused-value", "-fanalyzer", "-c", u["file"], "-o", "/dev/null"])
    return each_file("gcc", a.jobs, commands)


def cppcheck(units, a):
    """--std and the values of macros come with the units; headers of the system are not read, types are taken as known."""
    folder = os.path.join(a.build, "cppcheck")
    os.makedirs(folder, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as listed:
        json.dump([dict(u, command=u["command"] + " -DDK_ANALYSE") for u in units], listed)
        listed.flush()
        done = run(["cppcheck", f"--project={listed.name}", "--enable=warning,performance,portability", "--inline-suppr", "-j", str(a.jobs), "--quiet",
                    f"--cppcheck-build-dir={folder}", "--template={file}:{line}: warning: {message} [{id}]"])
    if done.returncode != 0:
        sys.exit(f"cppcheck: {done.stdout}{done.stderr}")
    return list(findings("cppcheck", done.stdout + "\n" + done.stderr))


COMMENTS = ["Snabb leverans men kundtjänsten svarar aldrig", "Hurtig levering, men de svarer ikke på telefonen", "Great service but the price is too high", "", "😀 !!!",
            "Ring mig på 070-123 45 67, mvh Anna Svensson", "Ikke dårligt, slet ikke", "Wir sind zufrieden", "Väldigt nöjd med appen" * 40]


def cut_data(folder):
    """The first lines of every lexicon and model: an engine that valgrind can read in seconds."""
    for top, _, names in os.walk(os.path.join(ROOT, "lexicons")):
        if "packs" in os.path.relpath(top, ROOT):
            continue
        to = os.path.join(folder, os.path.relpath(top, ROOT))
        os.makedirs(to, exist_ok=True)
        for name in names:
            with open(os.path.join(top, name), encoding="utf-8") as f, open(os.path.join(to, name), "w", encoding="utf-8") as g:
                g.writelines(line for i, line in enumerate(f) if i < 60 or name == "taxonomy.tsv")
    os.makedirs(os.path.join(folder, "models"))
    for name in os.listdir(os.path.join(ROOT, "models")):
        if name.endswith(".tsv"):
            with open(os.path.join(ROOT, "models", name), encoding="utf-8") as f, open(os.path.join(folder, "models", name), "w", encoding="utf-8") as g:
                g.writelines(line for i, line in enumerate(f) if i < 400)


def valgrind(units, a):
    """Takes a few comments and a small table through every stage; a finding is an error of memory or a definite leak."""
    with tempfile.TemporaryDirectory() as work:
        out = lambda name: os.path.join(work, name)
        cut_data(work)
        with open(out("comments.csv"), "w", encoding="utf-8") as f:
            f.write("id,score,segment,profit,date,comment\n")
            for i in range(45):
                f.write(f'{i},{i * 7 % 11},{["blue", "gold"][i % 2]},{i * 37 % 900},2025-0{1 + i % 9}-02,"{COMMENTS[i % len(COMMENTS)]}"\n')
            f.write('99,x,,,"an unclosed quote\n')
        small = ["--data-dir", work, "--quiet"]
        commands = [["tag", out("comments.csv"), "--text", "comment", *small, "-o", out("tags.csv"), "--mentions", out("mentions.csv"), "-j", "2"],
                    ["analyze", out("comments.csv"), "--bootstrap", "3", *small, "-o", out("report"), "-j", "2"],
                    ["drivers", out("comments.csv"), "--outcome", "score", "--model", "linear", "--predictors", "profit", "--bootstrap", "5", "--quiet",
                     "-o", out("drivers.json")],
                    ["report", out("report"), *small]]
        # valgrind 3.19 does not know AVX-512, and counts frames of its own against Hunspell's dictionaries slowly: they are mapped from the cache
        env = dict(os.environ, XDG_CACHE_HOME=out("cache"), OPENBLAS_CORETYPE="Nehalem", OPENBLAS_NUM_THREADS="1")
        run([a.program, *commands[0]], env=env)  # fills the cache

        def one(command):
            return run(["valgrind", "-q", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite", "--show-leak-kinds=definite",
                        a.program, *command], env=env)
        found = []
        with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
            for command, done in list(zip(commands[:3], pool.map(one, commands[:3]))) + [(commands[3], one(commands[3]))]:
                if done.returncode != 0 or "==" in done.stderr:
                    found.append(("valgrind", command[0], " ".join(command), 0, done.stderr[-3000:]))
        return found


def accept(found, tools, whole):
    """Splits off what is accepted; complains about entries that accept nothing."""
    entries = []
    with open(os.path.join(HERE, "accepted.tsv"), encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith(("#", "tool\t")):
                entries.append([*line.rstrip("\n").split("\t"), 0])
    left = []
    for tool, check, path, number, text in sorted(set(found)):
        try:
            with open(os.path.join(ROOT, path), encoding="utf-8") as f:
                source = f.read().split("\n")[number - 1]
        except (OSError, IndexError):
            source = ""
        for e in entries:
            if e[0] == tool and e[1] == check and path == e[2] and e[3] in source:
                e[5] += 1
                break
        else:
            left.append(f"{path}:{number}: {text} [{tool}: {check}]\n    {source.strip()}")
    if whole:
        left += [f"accepted.tsv: nothing is accepted by: {' | '.join(e[:4])}" for e in entries if e[0] in tools and e[5] == 0]
    return left, sum(e[5] for e in entries)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", required=True)
    p.add_argument("--program")
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    p.add_argument("--quick", action="store_true")
    p.add_argument("--files", nargs="*", default=[])
    p.add_argument("tools", nargs="*")
    a = p.parse_args()
    tools = a.tools or ["cppcheck", "tidy", "valgrind"] + ([] if a.quick else ["gcc"])
    a.build = os.path.abspath(a.build)
    a.program = os.path.abspath(a.program or os.path.join(a.build, "drivkraft"))
    with open(os.path.join(a.build, "compile_commands.json")) as f:
        units = [u for u in json.load(f) if u["file"].startswith(os.path.join(ROOT, "src") + os.sep) and "lanes_avx" not in u["file"]]
    units = [u for u in {u["file"]: u for u in units}.values() if not a.files or any(part in u["file"] for part in a.files)]
    found = []
    for tool in tools:
        found += {"tidy": tidy, "gcc": gcc, "cppcheck": cppcheck, "valgrind": valgrind}[tool](units, a)
    left, accepted = accept(found, tools, not a.files and not a.quick)
    print("\n".join(left + [f"{', '.join(tools)}: {len(units)} files, {len(left)} findings, {accepted} accepted"]))
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
