#!/usr/bin/env python3
"""No comment leaves the files it belongs in: every comment of a made survey holds a word that nothing else has, and it is looked for afterwards.

usage: canary.py --program DRIVKRAFT [--show]

Runs the commands on good and on broken files and with columns taken for what they are not, under a umask of 0, and fails when
  - standard error shows the word where nothing needs to be located (--show prints all lines that hold it),
  - an excerpt that locates a broken line is more than a line,
  - anything in the cache or in the folder of temporary files holds the word, stays behind, or can be read by other users,
  - report.json, report.html or a table of one survey shows the word after a customer said it in a group under the privacy minimum.
docs/security.md says which excerpts are shown and why.
"""
import argparse, os, random, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
WORD = "qxkanarie"


def write_surveys(folder):
    r = random.Random(3)
    rows = ["id,customer,date,score,segment,profit,comment"]
    for i in range(120):
        rows.append(f'{i + 1},c{i},2025-0{r.randint(1, 9)}-11,{r.randint(0, 10)},{r.choice(["blue", "silver", "gold"])},{r.randint(10, 999)},'
                    f'"Leveransen var {r.choice(["sen", "snabb"])} {WORD}{i} och priset bra"')
    good = "\n".join(rows) + "\n"
    files = {"good.csv": good.encode(), "cut.csv": (good + f'121,c1,2025-01-01,5,blue,10,"{WORD} aldrig stängd\n').encode(),
             "bytes.csv": good.encode() + f'122,c,2025-01-01,5,blue,10,"{WORD}'.encode() + b'\xff\xfe"\n',
             "short.csv": (good + f"123,c9,2025\n124,a,b,c,d,e,f,g,h,{WORD},i,j\n").encode(),
             "few.csv": ("\n".join(rows[:6]) + "\n").encode(), "study.yaml": good.encode()}
    for name, data in files.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)


# command, and whether standard error may show one broken line of the data
COMMANDS = [
    ("tag good.csv --text comment -o tag.csv --mentions mentions.csv", False),
    ("tokens bytes.csv --text comment -o tokens.csv", False),
    ("analyze good.csv -o report --bootstrap 5", False),
    ("analyze bytes.csv -o report-bytes --bootstrap 5", False),
    ("analyze short.csv -o report-short --bootstrap 5", False),
    ("analyze few.csv -o report-few --bootstrap 5", False),
    ("analyze cut.csv -o none", True),
    ("tag cut.csv --text comment -o none.csv", True),
    ("report report", False),
    ("check good.csv", False),
    ("kpi good.csv -o kpi.txt", False),
    ("segments good.csv -o segments.txt", False),
    # columns taken for what they are not
    ("analyze good.csv --score comment -o none", False),
    ("analyze good.csv --date comment -o report-date --bootstrap 5", False),
    ("analyze good.csv --customer comment -o report-customer --bootstrap 5", False),
    ("analyze good.csv --profit comment -o report-profit --bootstrap 5", False),
    ("analyze good.csv --segment comment -o report-segment --bootstrap 5", False),
    ("check good.csv --score comment", False),
    ("tag good.csv --text comment --id comment -o tag-id.csv", False),
    ("drivers good.csv --outcome comment --predictors score -o none.json", False),
    ("drivers good.csv --outcome score --predictors comment -o none.json", False),
    ("drivers good.csv --outcome score --predictors profit --weight comment -o none.json", False),
    ("learn sentiment good.csv --text comment --score comment -o none.tsv", False),
    ("lexicon coverage good.csv --text comment -o coverage.txt", False),
    ("lexicon eval good.csv --text comment -o none.txt", False),
    # files taken for what they are not
    ("analyze study.yaml -o none", True),
    ("tag good.csv --text comment --lexicon good.csv -o none.csv", True),
    ("tag good.csv --text comment --plan good.csv -o none.csv", True),
    ("tag good.csv --text comment --engine good.csv -o none.csv", False),
    ("merge good.csv -o none.json", True),
    ("report good.csv", False),
    ("tag good.csv --text komentar -o none.csv", False),
]


def private(top, failed, after):
    for folder, folders, names in os.walk(top):
        for name in folders + names:
            path = os.path.join(folder, name)
            mode = os.lstat(path).st_mode & 0o777
            if mode & 0o077:
                failed.append(f"{after}: {os.path.relpath(path, os.path.dirname(top))} can be read by others ({mode:o})")
        for name in names:
            with open(os.path.join(folder, name), "rb") as f:
                if WORD.encode() in f.read():
                    failed.append(f"{after}: {name} holds words of a comment")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--program", required=True)
    p.add_argument("--show", action="store_true")
    a = p.parse_args()
    program, failed = os.path.abspath(a.program), []
    os.umask(0)
    with tempfile.TemporaryDirectory() as top:
        cache, temporary, work = (os.path.join(top, n) for n in ("cache", "tmp", "work"))
        for folder in (temporary, work):
            os.mkdir(folder)
        write_surveys(work)
        env = dict(os.environ, XDG_CACHE_HOME=cache, TMPDIR=temporary, NO_COLOR="1")
        for command, excerpt in COMMANDS:
            done = subprocess.run([program, *command.split(), "--data-dir", ROOT] if not command.startswith(("drivers", "merge", "report"))
                                  else [program, *command.split()], cwd=work, env=env, stdin=subprocess.DEVNULL, capture_output=True)
            if done.returncode not in (0, 1, 2, 3):
                failed.append(f"{command}: ended with {done.returncode}")
            lines = [l for l in done.stderr.decode("utf-8", "replace").splitlines() if WORD in l]
            if a.show:
                print(f"{done.returncode} {command}", *lines, sep="\n    ")
            if len(lines) > (1 if excerpt else 0):
                failed.append(f"{command}: standard error shows comments: {lines[0][:160]}")
            elif any(len(l) > 160 for l in lines):
                failed.append(f"{command}: an excerpt of {len(lines[0])} characters")
            if os.listdir(temporary):
                failed.append(f"{command}: left {os.listdir(temporary)} in the folder of temporary files")
            private(temporary, failed, command)
            if os.path.isdir(cache):
                private(os.path.join(cache, "drivkraft"), failed, command)
                if os.lstat(os.path.join(cache, "drivkraft")).st_mode & 0o077:
                    failed.append(f"{command}: the cache folder can be entered by others")
        few = os.path.join(work, "report-few")
        for name in sorted(os.listdir(few)) if os.path.isdir(few) else []:
            with open(os.path.join(few, name), "rb") as f:
                if WORD.encode() in f.read() and name not in ("comments.csv", "mentions.csv", "followup.csv"):  # followup.csv is a list of persons to call back
                    failed.append(f"five responses: {name} shows a comment")
        shutil.rmtree(work)
    print("\n".join(failed + [f"{len(COMMANDS)} commands, {len(failed)} failures"]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
