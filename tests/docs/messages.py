#!/usr/bin/env python3
"""Holds docs/errors.md to the sources: every message that the program can give stands there, and none that it cannot.

usage: messages.py [--list | --bless]

A message is the format string of a call that makes an error, a warning or a note (CALLS); what is put into it at run time is an X. In
docs/errors.md a message is an item of a list, below the paragraph that says what to do. --list prints all messages with exit code and place. --bless
takes out what is gone and puts what is new behind messages of the same source file: read whether what stands above them holds for it.

If it failed, somebody who looks for the message on the screen would not find it, or read about one that is gone.
"""
import glob, os, re, sys

import pages

# Which argument is the message: of functions, and of what files call their own; None: whatever texts stand among the arguments.
CALLS = {"dk_fail": 2, "dk_fail_at": 5, "dk_fail_errno": 3, "dk_tsv_fail": 3, "dk_yaml_fail": 3, "dk_delimited_fail": 6, "dk_postgres_fail": 3,
         "dk_problems_add": 7, "dk_estimate_note": 1, "dk_cli_note": 1,
         "dk_bench_parse": 6, "dk_study_source_run": 1}
OWN = {("lexicon/term.c", "wrong"): 2, ("study/records.c", "complain"): None, ("study/survey_read.c", "complain"): None,
       ("io/sqlite_read.c", "fail"): 2, ("io/sqlite_write.c", "fail"): 2, ("io/xlsx_write.c", "fail"): 2, ("io/arrow.c", "refuse"): 1,
       ("io/jsonl.c", "reject"): None, ("workbench/edit_file.c", "wrong_cell"): 3}
WARNING = re.compile(r"drivkraft: |no report|no browser|without a corpus|note: ")  # of dk_cli_note; the rest is what was done
STATUS = {"DK_EDATA": "1", "DK_EUSAGE": "2", "DK_EIO": "3", "DK_ENOMEM": "3"}
LITERAL = re.compile(r'"((?:\\.|[^"\\])*)"')
FIRST_STATUS = {"dk_tsv_fail": "1", "dk_yaml_fail": "1", "dk_delimited_fail": "1", "dk_fail_errno": "3", "dk_postgres_fail": "1, 3", "wrong": "1",
                "refuse": "1", "wrong_cell": "1", "dk_bench_parse": "2", "dk_study_source_run": "2"}


def without_comments(text):
    return re.sub(r'("(?:\\.|[^"\\\n])*")|/\*.*?\*/|//[^\n]*', lambda m: m[1] or re.sub(r"[^\n]", " ", m[0]), text, flags=re.S)


def arguments(text, at):
    """The arguments of a call whose parenthesis opens before `at`."""
    found, now, depth = [], "", 1
    for m in re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|.', re.S).finditer(text, at):
        c = m[0]
        depth += (c in "([{") - (c in ")]}")
        if depth == 0:
            break
        if c == "," and depth == 1:
            found.append(now.strip())
            now = ""
        else:
            now += c
    return found + [now.strip()]


def plain(argument):
    """The messages of one argument: neighbouring literals are one, those of ? : are several; conversions become X."""
    if not LITERAL.search(argument):
        return []
    joined = re.sub(r'"\s*(?:PRI\w+\s*)?"', "", argument)
    out = []
    for m in LITERAL.finditer(joined):
        text = m[1].replace('\\"', '"').replace("\\\\", "\\").replace("\\n", " ")
        text = re.sub(r"%%|%[-+0#]*[\d*]*(?:\.[\d*]+)?(?:hh|ll|h|l|z)?[diouxXfgGeEsc]", lambda c: "%" if c[0] == "%%" else "X", text).strip()
        if re.search(r"[a-z]{2}", text):
            out.append(text)
    return out


def messages():
    """(message, exit code, place) of every call, in the order of the sources."""
    for path in sorted(glob.glob(os.path.join(pages.ROOT, "src", "**", "*.c"), recursive=True)):
        file = os.path.relpath(path, os.path.join(pages.ROOT, "src"))
        with open(path, encoding="utf-8") as f:
            text = without_comments(f.read())
        calls = dict(CALLS, **{name: at for (where, name), at in OWN.items() if where == file})
        for m in re.finditer(r"\b(" + "|".join(calls) + r")\(", text):
            name, given = m[1], arguments(text, m.end())
            index = calls[name]
            chosen = given if index is None else given[index:index + 1]
            status = sorted({STATUS[s] for a in given for s in re.findall(r"\bDK_E[A-Z]+\b", a) if s in STATUS})
            code = ", ".join(status) if status else FIRST_STATUS.get(name, "1, 3" if name == "fail" else "0")
            for argument in chosen:
                for message in plain(argument):
                    if name != "dk_cli_note" or WARNING.match(message):
                        yield message, code, f"{file}:{text.count(chr(10), 0, m.start()) + 1}"


def shown():
    """The messages that docs/errors.md names: items of lists that are one code span."""
    return {a or b for a, b in re.findall(r"^- (?:`` (.*?) ``|`([^`]+)`)$", pages.read("docs/errors.md"), re.M)}


def bless(made):
    """Brings docs/errors.md up to the sources as far as neighbours tell where a message belongs."""
    lines = pages.read("docs/errors.md").split("\n")
    item = {message: f"`` {message} ``" if "`" in message else f"`{message}`" for message in made}
    items = {"- " + span: message for message, span in item.items()}
    lines = [line for line in lines if line in items or not re.fullmatch(r"- `.*`", line)]
    for message, (_, place) in made.items():
        file = place.split(":")[0]
        beside = [i for i, line in enumerate(lines) if line in items and made[items[line]][1].split(":")[0] == file]
        if "- " + item[message] not in lines and beside:
            lines.insert(beside[-1] + 1, "- " + item[message])
            print(f"docs/errors.md:{beside[-1] + 2}: {message}")
    with open(os.path.join(pages.ROOT, "docs/errors.md"), "w", encoding="utf-8") as f:
        f.write("\n".join(lines))


def main():
    made = {}
    for message, code, place in messages():
        made.setdefault(message, (code, place))
    if "--list" in sys.argv:
        for message, (code, place) in made.items():
            print(f"{code}\t{place}\t{message}")
        return
    if "--bless" in sys.argv:
        bless(made)
    named = shown()
    wrong = [f"docs/errors.md does not name (exit {code}, {place}):\n- `{m}`" for m, (code, place) in made.items() if m not in named]
    wrong += [f"docs/errors.md names what no source says: {m}" for m in sorted(named - set(made))]
    if len(made) < 350:
        wrong.append(f"only {len(made)} messages were found: this test has lost sight of them")
    print("\n".join(wrong) if wrong else f"{len(made)} messages, each with cause and remedy")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
