"""Prints the sheets of each folder's report.xlsx, and every English sentence of its report.json that was left in it."""
import json, re, sys, zipfile

for folder in sys.argv[1:]:
    book = zipfile.ZipFile(folder + "/report.xlsx")
    print(folder, *re.findall(r'<sheet name="([^"]*)"', book.read("xl/workbook.xml").decode()), sep=" | ")
    strings = set(re.findall(r"<t[^>]*>([^<]*)</t>", book.read("xl/sharedStrings.xml").decode()))
    report = json.load(open(folder + "/report.json"))
    said = [n["text"] for n in report["notes"]] + [p["message"] for p in report["problems"]]
    print(f"{folder}: left in English:", sorted(s for s in said if s in strings) or "nothing")
