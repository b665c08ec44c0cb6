#!/usr/bin/env python3
"""Installs the Python package of a build into a virtual environment below the build folder and runs its tests, those of Spark too.

usage: run.py BUILD_DIR [--sanitized | --environment]

What the tests need comes from PyPI, in the versions of the requirements files, by pip with its own cache; the environment is kept for the
next run; --environment makes it and no more. --sanitized: the library was built by clang with the address sanitizer; the interpreter then loads that first, its own leaks are not
looked for, and Spark, whose Java would run in it too, is left out. Without network, or without Python's venv, the tests are skipped (exit 77) and a line says so. Those of Spark need Java.
"""
import hashlib, os, re, shutil, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SPARK = os.path.join(ROOT, "tests", "spark")
NO_NETWORK = re.compile(r"Temporary failure in name resolution|Name or service not known|Network is unreachable|NewConnectionError|ConnectTimeout"
                        r"|Connection refused|Max retries exceeded|ProxyError|Read timed out")


def skip(why):
    print(f"tests of the Python package are skipped: {why}")
    sys.exit(77)


def environment(build, requirements):
    """The Python of an environment with what the requirements files ask for."""
    folder = os.path.join(build, "python-tests")
    python = os.path.join(folder, "bin", "python")
    wanted = hashlib.sha256(b"".join(open(r, "rb").read() for r in requirements)).hexdigest()
    mark = os.path.join(folder, "requirements.sha256")
    if os.path.exists(mark) and open(mark).read() == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", folder], capture_output=True, text=True)
    if made.returncode != 0:
        skip(f"{sys.executable} -m venv does not work here; Debian's package is python3-venv")
    arguments = [x for r in requirements for x in ("-r", r)]
    done = subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--retries", "1", *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        if NO_NETWORK.search(done.stdout + done.stderr):
            skip("what they need could not be fetched from PyPI")
        sys.exit(done.stdout + done.stderr)
    with open(mark, "w") as out:
        out.write(wanted)
    return python


def main():
    build, sanitized = os.path.abspath(sys.argv[1]), "--sanitized" in sys.argv[2:]
    java = shutil.which("java") is not None and not sanitized
    requirements = [os.path.join(HERE, "requirements.txt")] + ([os.path.join(SPARK, "requirements.txt")] if java else [])
    python = environment(build, requirements)
    if "--environment" in sys.argv[2:]:
        return
    install = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-build-isolation", "--no-deps", "--force-reinstall",
               os.path.join(ROOT, "bindings", "python"), "-C", f"cmake.define.DRIVKRAFT_BUILD={build}", "-C", f"build-dir={build}/python-wheel"]
    done = subprocess.run(install, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)
    if not java:
        print("tests of Spark are skipped: " + ("not under sanitizers" if sanitized else "there is no java"))
    env = dict(os.environ, DRIVKRAFT_PROGRAM=os.path.join(build, "drivkraft"), DRIVKRAFT_SOURCE=ROOT)
    env.pop("DRIVKRAFT_DATA", None)
    if sanitized:
        library = lambda name: subprocess.run(["clang", f"-print-file-name={name}"], capture_output=True, text=True, check=True).stdout.strip()
        # libstdc++ too: modules in C++ throw, and the sanitizer looks for __cxa_throw when it is loaded
        env |= dict(LD_PRELOAD=f"{library('libclang_rt.asan-x86_64.so')} {library('libstdc++.so.6')}", ASAN_OPTIONS="detect_leaks=0",
                    UBSAN_OPTIONS="print_stacktrace=1", PYTHONMALLOC="malloc")
    folders = [HERE] + ([SPARK] if java else [])
    sys.exit(subprocess.run([python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", *folders], env=env, cwd=build).returncode)


main()
