#!/usr/bin/env python3
"""Checks that what the program writes is what src/report/report.schema.json says, and that the workbook holds what report.json does.

usage: report_schema.py SOURCE_DIR DRIVKRAFT TEST_REPORT
Needs Debian's python3-jsonschema and python3-openpyxl.
"""
import copy, json, os, subprocess, sys, tempfile

import jsonschema, openpyxl

source, program, sample = (os.path.abspath(p) for p in sys.argv[1:4])
schema = json.load(open(os.path.join(source, "src/report/report.schema.json")))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
wrong = []


def check(name, report):
    for error in sorted(validator.iter_errors(report), key=str)[:5]:
        wrong.append(f"{name}: /{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")


def analyze(work, name, rows, *options):
    with open(os.path.join(work, name + ".csv"), "w") as f:
        f.write(rows)
    subprocess.run([program, "analyze", name + ".csv", "-o", name, "--quiet", "--bootstrap", "20", *options], cwd=work, check=True, stdout=subprocess.DEVNULL)
    return json.load(open(os.path.join(work, name, "report.json")))


HOSTILE = ["=1+1", "+SUM(A1:A9)", "-2+3", "@SUM(1)", "=HYPERLINK(\"x\")", "=cmd|' /C calc'!A0", "http://example.org/"]


def workbooks(work):
    """Text must stay text, and each sheet must have its heading, its filter and as many rows as the report has."""
    rows = "id,nps,comment,segment\n" + "".join(
        f'"{h.replace(chr(34), chr(34) * 2)}",{i % 11},"{h.replace(chr(34), chr(34) * 2)} usel leverans, sen",{"ab"[i % 2]}\n' for i, h in enumerate(HOSTILE * 10))
    report = analyze(work, "hostile", rows, "--segment", "segment")
    check("hostile", report)
    book = openpyxl.load_workbook(os.path.join(work, "hostile", "report.xlsx"))
    seen = set()
    for sheet in book:
        if sheet.auto_filter.ref is None or sheet.freeze_panes != "A2":
            wrong.append(f"{sheet.title}: no filter, or the heading does not stay")
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" or cell.hyperlink is not None:
                    wrong.append(f"{sheet.title}!{cell.coordinate} became a formula or a link: {cell.value}")
                seen.add(cell.value)
    quotes = next(s for s in book if s.title == "In their words")
    if quotes.max_row != len(report["quotes"]) + 1 or not report["quotes"]:
        wrong.append(f"{quotes.max_row} rows for {len(report['quotes'])} quotes")
    for quote in report["quotes"]:
        if quote["text"] not in seen or quote["id"] not in seen:
            wrong.append(f"not in the workbook as it is: {quote['id']!r} {quote['text']!r}")
    if not any(s._charts for s in book):
        wrong.append("the workbook has no chart")
    subprocess.run([program, "report", "hostile", "--format", "csv", "--quiet"], cwd=work, check=True)
    for folder, names in (("hostile/tables", None), ("hostile", ["drivers.csv", "rejected.csv", "followup.csv"])):
        for name in names or os.listdir(os.path.join(work, folder)):
            path = os.path.join(work, folder, name)
            for line in open(path, encoding="utf-8") if os.path.exists(path) else []:
                for cell in line.rstrip("\n").split(","):
                    cell = cell.strip('"')
                    if cell[:1] in "=+@" and cell != "" or (cell[:1] == "-" and cell[1:2] not in "0123456789."):
                        wrong.append(f"{name}: a spreadsheet would take {cell!r} for a formula")


with tempfile.TemporaryDirectory() as work:
    subprocess.run([sample, "--write", os.path.join(work, "sample"), "sv"], check=True)
    full = json.load(open(os.path.join(work, "sample", "report.json")))
    check("sample", full)
    check("no score", analyze(work, "noscore", "comment\n" + "".join(f"snabb leverans {i}\n" for i in range(60))))
    tiny = analyze(work, "tiny", "id,nps,comment\n1,9,bra\n")
    check("tiny", tiny)
    if tiny["segments"] != [{"name": "all", "from": None, "below": None, "hidden": True}]:
        wrong.append(f"one answer has figures: {tiny['segments']}")
    summary = [cell.value for row in openpyxl.load_workbook(os.path.join(work, "tiny", "report.xlsx"))["Summary"].iter_rows() for cell in row]
    if "NPS" in summary or "Fewer than 10 gave a score: no figure of the score is shown." not in summary:
        wrong.append(f"the workbook of one answer: {summary}")
    subprocess.run([sys.executable, os.path.join(source, "tests/cli/make_survey.py"), "400"], cwd=work, check=True)
    check("survey", analyze(work, "survey", open(os.path.join(work, "in.csv")).read()))
    sections = copy.deepcopy(full)
    sections.update(json.load(open(os.path.join(source, "tests/browser/sections.json"))))
    check("tests/browser/sections.json", sections)
    workbooks(work)
    for broken in ({"format": 2}, {"segments": None}, {"fits": [{"outcome": 1}]}, {"quotes": [{"id": 7}]}):  # the schema must be able to fail
        if validator.is_valid({**full, **broken}):
            wrong.append(f"the schema lets {broken} pass")

print("\n".join(wrong) if wrong else "every report is as the schema says, every text of the workbook is text")
sys.exit(1 if wrong else 0)
