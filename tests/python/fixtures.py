"""What the tests share: the program to compare with, and a survey.

The environment names the program (DRIVKRAFT_PROGRAM) and the source tree (DRIVKRAFT_SOURCE); tests/python/run.py sets both. The program reads
the lexicons of the installed package, so that both have the same.
"""
import os, random, subprocess, sys
from pathlib import Path

import pytest

SOURCE = Path(os.environ["DRIVKRAFT_SOURCE"])


@pytest.fixture(scope="session")
def program(tmp_path_factory):
    """Runs the program in a folder; returns standard output."""
    from drivkraft._native import DATA
    binary = os.environ["DRIVKRAFT_PROGRAM"]

    def run(*arguments, cwd=None, code=0):
        done = subprocess.run([binary, *map(str, arguments)], cwd=cwd, env=dict(os.environ, DRIVKRAFT_DATA=str(DATA)), capture_output=True)
        assert done.returncode == code, done.stderr.decode()
        return (done.stdout if code == 0 else done.stderr).decode()
    return run


@pytest.fixture(scope="session")
def survey(tmp_path_factory):
    """A folder with in.csv: id, customer, date, score, segment, comment."""
    folder = tmp_path_factory.mktemp("survey")
    subprocess.run([sys.executable, str(SOURCE / "tests/cli/make_survey.py"), "4000"], cwd=folder, check=True)
    text = (folder / "in.csv").read_text(encoding="utf-8")
    (folder / "in.csv").write_text(text + '9001,c1,2026-01-02,3,blue,"Två rader,\n""dyr"" frakt 😡"\n9002,c2,2026-01-02,,gold,\n9003,c2,2026-01-03,9,gold,NA\n',
                                   encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def records(survey):
    """Records of the customers of the survey and of others by quarter, in records.csv beside it: customer, quarter, margin, churned. With periods
    that are left out, customers who leave with and without saying so, margins that are not known, records given twice."""
    draw, rows = random.Random(23), []
    quarters = ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4", "2027-Q1"]
    for k in range(9100):
        level, until = draw.gauss(900, 500), draw.choice([3, 4, 5, 6, 7, 7])
        for i, quarter in enumerate(quarters[:until]):
            if draw.random() < 0.03:
                continue
            says = i + 1 == until < 7 and draw.random() < 0.8
            rows.append((f"c{k}", quarter, "" if draw.random() < 0.02 else round(level + draw.gauss(0, 200)), int(says)))
    rows += rows[:20]
    (survey / "records.csv").write_text("customer,quarter,margin,churned\n" + "".join(f"{c},{q},{m},{x}\n" for c, q, m, x in rows))
    return survey / "records.csv"
