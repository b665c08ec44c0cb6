#!/usr/bin/env python3
"""Installs a build into a temporary folder and uses it as others would: program, header, library, pkg-config, CMake package.

usage: run.py BUILD_DIR

If it failed, a user who installs drivkraft could not compile a program against it, or would get names that collide with
theirs, or an installed program that does not find its lexicons.
"""
import os, re, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror"]
TAGGED, DRIVEN = "delivery.speed positive", "link waiting -4, nps 33"


def run(command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", **more)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def expect(what, text, wanted):
    if wanted not in text:
        sys.exit(f"{what}: {wanted!r} was expected, not:\n{text}")


def main():
    build = sys.argv[1]
    with tempfile.TemporaryDirectory() as work:
        prefix = os.path.join(work, "a prefix")  # a space, because people have them
        run(["cmake", "--install", build, "--prefix", prefix])
        lib = os.path.dirname(next(os.path.join(d, f) for d, _, files in os.walk(prefix) for f in files if f == "libdrivkraft.a"))
        here = {"PATH": os.environ["PATH"], "HOME": work, "PKG_CONFIG_PATH": os.path.join(lib, "pkgconfig")}
        there = dict(here, LD_LIBRARY_PATH=lib)

        # both libraries show the functions of the header, and no other name
        header = open(os.path.join(prefix, "include", "drivkraft.h"), encoding="utf-8").read()
        declared = set(re.findall(r"^[\w *]*?\b(dk_\w+)\((?!\*)", re.sub(r"/\*.*?\*/", "", header, flags=re.S), re.M))
        for kind, command in (("so", ["nm", "-D", "--defined-only"]), ("a", ["nm", "-g", "--defined-only"])):
            listed = [x.split() for x in run(command + [os.path.join(lib, "libdrivkraft." + kind)]).split("\n")]
            shown = {x[2].split("@")[0] for x in listed if len(x) == 3 and x[1] != "A"}  # A: the version itself
            if shown != declared:
                sys.exit(f"libdrivkraft.{kind} and the header differ in {sorted(shown ^ declared)}")

        def flags(*more):
            # pkg-config writes a blank in a path as "\ "
            return [x.replace("\\ ", " ") for x in re.split(r"(?<!\\)\s+", run(["pkg-config", *more, "drivkraft"], env=here).strip())]

        data = flags("--variable=datadir")[0]
        tag, drivers = os.path.join(work, "tag"), os.path.join(work, "drivers")
        c = ["cc", "-std=c11", *STRICT, os.path.join(ROOT, "tests", "header", "first_program.c"), "-o", tag]
        cpp = ["c++", "-std=c++17", *STRICT, os.path.join(HERE, "drivers.cpp"), "-o", drivers]
        run(c + flags("--cflags", "--libs"))
        run(cpp + flags("--cflags", "--libs"))
        expect("a C11 program", run([tag, data], env=there), TAGGED)
        expect("a C++ program", run([drivers], env=there), DRIVEN)
        os.rename(os.path.join(lib, "libdrivkraft.so"), os.path.join(work, "libdrivkraft.so"))  # so that the static one is taken
        run(c + flags("--static", "--cflags", "--libs"))
        expect("a C11 program with the static library", run([tag, data], env=here), TAGGED)
        os.rename(os.path.join(work, "libdrivkraft.so"), os.path.join(lib, "libdrivkraft.so"))
        user = os.path.join(work, "user")
        run(["cmake", "-S", HERE, "-B", user, f"-DCMAKE_PREFIX_PATH={prefix}"], env=here)
        said = run(["cmake", "--build", user], env=here)
        expect("a CMake project", said, TAGGED)
        expect("a CMake project", said, DRIVEN)
        examples = os.path.join(work, "examples")  # as the installed ones are built by those who copy them
        run(["cmake", "-S", os.path.join(prefix, "share", "doc", "drivkraft", "examples"), "-B", examples, f"-DCMAKE_PREFIX_PATH={prefix}"], env=here)
        run(["cmake", "--build", examples], env=here)
        run([sys.executable, os.path.join(ROOT, "tests", "docs", "examples.py"), examples], env=here)

        # the program finds its data from its own place, which is not the one it was configured for
        program = os.path.join(prefix, "bin", "drivkraft")
        doctor = subprocess.run([program, "doctor"], env=here, stdout=subprocess.PIPE, encoding="utf-8").stdout
        expect("doctor", doctor, os.path.join(prefix, "bin", "../share/drivkraft"))


if not all(shutil.which(x) for x in ("cmake", "pkg-config", "cc", "c++", "nm")):
    print("cmake, pkg-config, cc, c++ and nm are needed: skipped")
    sys.exit(77)
main()
