#!/usr/bin/env python3
"""Checks that each room of src/ includes only itself and rooms below it, and that each library has its one file.

usage: check_rooms.py SOURCE_DIR
"""
import os, re, sys

BELOW = {
    "base": [],
    "io": ["base"],
    "stats": ["base"],
    "text": ["base"],
    "lexicon": ["base", "text"],
    "tag": ["base", "io", "text", "lexicon"],
    "study": ["base", "io", "stats", "text", "lexicon", "tag"],
    "report": ["base", "io", "stats", "text", "lexicon", "tag", "study"],
    "workbench": ["base", "io", "stats", "text", "lexicon", "tag", "study", "report"],
    "cli": ["base", "io", "stats", "text", "lexicon", "tag", "study", "report", "workbench"],
}
# the one place of each library
LIBRARIES = {"utf8proc.h": ["src/text/utf8.c"], "pcre2.h": ["src/text/regex.c"], "yaml.h": ["src/study/"],
             "xxhash.h": ["src/base/hash.h"], "cblas.h": ["src/stats/linalg.c"], "openblas_config.h": ["src/stats/linalg.c"],
             "iconv.h": ["src/io/"], "jansson.h": ["src/io/json_read.c", "src/io/jsonl.c"], "xlsxwriter.h": ["src/io/xlsx_write.c"],
             "zlib.h": ["src/io/unpack_gzip.c"], "zstd.h": ["src/io/unpack_zstd.c"], "sqlite3.h": ["src/io/sqlite_"],
             "libpq-fe.h": ["src/io/postgres"], "readstat.h": ["src/io/statfile.c"], "zip.h": ["src/io/workbook_parse.c"],
             "expat.h": ["src/io/workbook_parse.c"], "microhttpd.h": ["src/io/local_server.c"]}


def main():
    root = sys.argv[1]
    wrong = []
    for folder, _, files in sorted(os.walk(os.path.join(root, "src"))):
        for name in sorted(files):
            if not name.endswith((".c", ".h")):
                continue
            path = os.path.relpath(os.path.join(folder, name), root)
            room = path.split(os.sep)[1]
            for number, line in enumerate(open(os.path.join(root, path), encoding="utf-8"), 1):
                m = re.match(r'\s*#\s*include\s*([<"])([^>"]+)', line)
                if not m:
                    continue
                target = m.group(2)
                other = target.split("/")[0]
                if m.group(1) == '"' and other in BELOW and other != room and other not in BELOW[room]:
                    wrong.append(f"{path}:{number}: {room} may not include {target}")
                for library, places in LIBRARIES.items():
                    if target == library and not any(path.startswith(p) for p in places):
                        wrong.append(f"{path}:{number}: {library} belongs to {places[0]} alone")
                if "hunspell" in target and not path.startswith("src/text/"):
                    wrong.append(f"{path}:{number}: Hunspell belongs to src/text alone")
    print("\n".join(wrong) if wrong else "every include stays within its room")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
