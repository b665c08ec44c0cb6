"""drivkraft.analyze writes what `drivkraft analyze` writes, from a file, a table in memory, and a study."""
import os, subprocess

import pandas
import pytest

import drivkraft

FILES = ["report.json", "drivers.csv", "comments.csv", "mentions.csv", "plan.tsv", "rejected.csv", "report.html"]


def bytes_of(folder):
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}


def test_the_files_of_the_program(survey, program, tmp_path):
    program("analyze", "in.csv", "-o", tmp_path / "program", "--bootstrap", "50", "--quiet", cwd=survey)
    here = os.getcwd()
    os.chdir(survey)  # paths are shown as they are given
    try:
        got = drivkraft.analyze("in.csv", tmp_path / "python", bootstrap=50)
    finally:
        os.chdir(here)
    wanted = bytes_of(tmp_path / "program")
    assert {"report.json", "drivers.csv", "comments.csv"} <= set(wanted)
    assert bytes_of(tmp_path / "python") == wanted
    assert got.json.encode() == wanted["report.json"] and got["responses"] == 4003


def test_a_table_gives_the_figures_of_its_file(survey, tmp_path):
    frame = pandas.read_csv(survey / "in.csv", dtype={"comment": str}, keep_default_na=False)
    a = drivkraft.analyze(frame, bootstrap=50, title="x")
    b = drivkraft.analyze(survey / "in.csv", bootstrap=50, title="x")
    for section in ("nps", "segments", "themes", "fits", "outcomes"):
        assert a.result.get(section) == b.result.get(section), section
    named = drivkraft.analyze(frame.rename(columns={"score": "q17", "comment": "fri"}), bootstrap=50, title="x", score="q17", comment="fri")
    assert named.result.get("fits") == a.result.get("fits")


def test_errors_name_the_line_of_the_study(tmp_path):
    (tmp_path / "study.yaml").write_text("title: x\nresponses: {file: r.csv}\nsegmnets: {}\n")
    with pytest.raises(drivkraft.DataError) as caught:
        drivkraft.analyze(tmp_path / "study.yaml", tmp_path / "out")
    assert caught.value.line == 3 and caught.value.file.endswith("study.yaml")
    assert not (tmp_path / "out").exists()
    with pytest.raises(drivkraft.UsageError, match="no option colour"):
        drivkraft.analyze(tmp_path / "study.yaml", colour="red")
