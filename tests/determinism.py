#!/usr/bin/env python3
"""The same input gives the same bytes, whatever stands about it: fails with what differed.

usage: determinism.py --program DRIVKRAFT [--other DRIVKRAFT] [--rows N]

Tags and analyses a made survey once, then again with other numbers of threads, cold and warm and no cache, other languages, time zones and orders of the
environment, in another folder, and compares bytes. With --other (the same program of another compiler) it compares bytes with that too, but for the version stamp,
which names the program. Under other kernels of OpenBLAS numbers are compared rounded to nine digits.
"""
import argparse, json, os, re, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
STAMP = re.compile(rb"[0-9a-f]{32}")


def outputs(program, survey, work, env, threads):
    """Runs tag and analyze; every file they wrote, and what analyze printed, by name."""
    os.makedirs(work)
    tag = [program, "tag", survey, "--text", "comment", "--id", "id", "--pack", "auto", "-j", str(threads), "--quiet", "--data-dir", ROOT,
           "-o", f"{work}/tag.csv", "--mentions", f"{work}/mentions.csv"]
    analyze = [program, "analyze", survey, "-j", str(threads), "--quiet", "--data-dir", ROOT, "--bootstrap", "20", "-o", f"{work}/report"]
    subprocess.run(tag, check=True, env=env, capture_output=True)
    said = subprocess.run(analyze, check=True, env=env, capture_output=True).stdout
    found = {"printed": said.replace(work.encode(), b"WORK")}
    for folder, _, names in os.walk(work):
        for name in names:
            with open(os.path.join(folder, name), "rb") as f:
                found[os.path.relpath(os.path.join(folder, name), work)] = f.read()
    return found


def rounded(report):
    """report.json with numbers to nine digits."""
    def walk(v):
        if isinstance(v, float):
            return float(f"{v:.9g}")
        if isinstance(v, dict):
            return {k: walk(x) for k, x in v.items()}
        return [walk(x) for x in v] if isinstance(v, list) else v
    return walk(json.loads(report))


def first_difference(a, b, path=""):
    if type(a) is not type(b):
        return f"{path}: {a!r} and {b!r}"
    if isinstance(a, dict) and a.keys() == b.keys():
        return next((d for k in a if (d := first_difference(a[k], b[k], f"{path}/{k}"))), None)
    if isinstance(a, list) and len(a) == len(b):
        return next((d for k, (x, y) in enumerate(zip(a, b)) if (d := first_difference(x, y, f"{path}/{k}"))), None)
    return None if a == b else f"{path}: {a!r} and {b!r}"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--program", required=True)
    p.add_argument("--other")
    p.add_argument("--rows", type=int, default=1500)
    a = p.parse_args()
    program = os.path.abspath(a.program)
    failed, made = [], 0
    with tempfile.TemporaryDirectory() as top:
        subprocess.run([sys.executable, os.path.join(HERE, "cli", "make_survey.py"), str(a.rows)], cwd=top, check=True)
        survey = os.path.join(top, "in.csv")
        base = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "OPENBLAS_", "DRIVKRAFT_")) and k not in ("TZ", "LANG")}
        plain = dict(base, XDG_CACHE_HOME=f"{top}/cache", TMPDIR=top)
        first = outputs(program, survey, f"{top}/first", plain, 1)
        shuffled = dict([("AAA", "x" * 5000)] + sorted(plain.items(), reverse=True) + [("ZZZ", "y")])
        ways = {
            "warm cache, 3 threads": (program, plain, 3),
            "no cache, 2 threads": (program, dict(plain, XDG_CACHE_HOME="/nowhere/at/all"), 2),
            "Turkish with a decimal comma, Kiritimati": (program, dict(plain, LC_ALL="tr_TR.UTF-8", LANG="tr_TR.UTF-8", TZ="Pacific/Kiritimati"), 2),
            "the C locale, Honolulu": (program, dict(plain, LC_ALL="C", TZ="Pacific/Honolulu"), 2),
            "an environment in another order": (program, shuffled, 2),
        }
        if a.other:
            ways["another compiler"] = (os.path.abspath(a.other), dict(plain, XDG_CACHE_HOME=f"{top}/cache2"), 2)
        for name, (who, env, threads) in ways.items():
            made += 1
            got = outputs(who, survey, f"{top}/way{made}", env, threads)
            for key in sorted(first.keys() | got.keys()):
                x, y = first.get(key, b""), got.get(key, b"")
                if name == "another compiler":
                    if key.endswith(".xlsx"):
                        continue  # a zip of parts of which one holds the stamp
                    x, y = STAMP.sub(b"STAMP", x), STAMP.sub(b"STAMP", y)
                if x != y:
                    at = next((i for i, (c, d) in enumerate(zip(x, y)) if c != d), min(len(x), len(y)))
                    failed.append(f"{name}: {key} differs at byte {at} of {len(x)} and {len(y)}: {x[at - 30:at + 30]!r} and {y[at - 30:at + 30]!r}")
        if os.uname().machine == "x86_64":
            for core in ("Nehalem", "Haswell"):
                if core == "Haswell" and "avx2" not in open("/proc/cpuinfo").read():
                    continue
                made += 1
                got = outputs(program, survey, f"{top}/way{made}", dict(plain, OPENBLAS_CORETYPE=core), 2)
                d = first_difference(rounded(first["report/report.json"]), rounded(got["report/report.json"]))
                if d:
                    failed.append(f"OpenBLAS for {core}: report.json{d}")
                for key in ("tag.csv", "mentions.csv", "report/comments.csv"):
                    if first[key] != got[key]:
                        failed.append(f"OpenBLAS for {core}: {key} differs")
    print("\n".join(failed + [f"{made} ways, {len(first)} files each, {len(failed)} differences"]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
