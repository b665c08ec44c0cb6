#!/usr/bin/env python3
"""Reads the ELF file of a program for what makes a mistake harder to use; prints what is missing.

usage: hardening.py PROGRAM

  position independent executable   addresses cannot be known beforehand
  full RELRO, bound at start        the table of functions is read-only
  no executable stack, no segment both writable and executable
  stack protector, fortified calls  overruns end the program (their functions are called somewhere)
  control flow protection (x86)     marked by all objects that were linked, when the compiler's start files are too
"""
import re, subprocess, sys


def readelf(option, path):
    return subprocess.run(["readelf", "-W", option, path], capture_output=True, text=True, check=True).stdout


def main():
    path = sys.argv[1]
    header, segments, dynamic, symbols = (readelf(o, path) for o in ("-h", "-l", "-d", "--dyn-syms"))
    loads = re.findall(r"^\s+(?:LOAD|GNU_STACK)\s.*?\s([R ][W ][E ])\s", segments, re.M)
    checks = {
        "position independent executable": "DYN" in header and re.search(r"FLAGS_1.*\bPIE\b", dynamic),
        "read-only relocations (RELRO)": "GNU_RELRO" in segments,
        "functions bound at start (BIND_NOW)": re.search(r"BIND_NOW|FLAGS_1.*\bNOW\b", dynamic),
        "a stack that is not executable": re.search(r"GNU_STACK\s.*\sRW\s", segments),
        "no segment writable and executable": loads and not any("W" in flags and "E" in flags for flags in loads),
        "stack protector": "__stack_chk_fail" in symbols,
        "fortified calls": re.search(r"__(memcpy|snprintf|vsnprintf|memmove|read|fprintf|printf|strcpy|vfprintf)_chk", symbols),
    }
    missing = [name for name, there in checks.items() if not there]
    for name in missing:
        print(f"{path}: missing: {name}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
