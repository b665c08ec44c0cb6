"""Makes the module of declarations that cffi loads in ABI mode, from the headers themselves so that they cannot drift apart.

usage: make_cdef.py OUT.py HEADER...
"""
import os, re, sys

import cffi


def declarations(text):
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    text = re.sub(r"#ifdef __cplusplus.*?#endif", " ", text, flags=re.S)
    lines = []
    for line in text.split("\n"):
        if line.lstrip().startswith("#") and not re.match(r"#define DK_LANGUAGE_UNIT \d+$", line):
            continue
        lines.append(line)
    # enums may be written as shifts, which cffi does not evaluate
    return re.sub(r"\b1 << (\d+)", lambda m: str(1 << int(m.group(1))), "\n".join(lines))


def main():
    out, headers = sys.argv[1], sys.argv[2:]
    ffi = cffi.FFI()
    for path in headers:
        text = open(path, encoding="utf-8").read()
        if os.path.basename(path) == "arrow.h":  # of this one only the structs of the specification
            text = text[text.index("struct ArrowSchema {"):text.index("typedef enum dk_arrow_kind")]
        ffi.cdef(declarations(text))
    ffi.set_source("drivkraft._cdef", None)
    ffi.emit_python_code(out)


main()
