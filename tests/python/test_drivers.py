"""drivkraft.drivers answers as `drivkraft drivers`, to the last digit, from tables, from files, and from parts in any order."""
import json, random

import pandas
import polars
import pyarrow as pa
import pytest

import drivkraft

ASK = ["--outcome", "score", "--predictors", "waiting=late+rude,price", "--controls", "visits", "--cluster", "customer", "--segment", "segment",
       "--weight", "w", "--bootstrap", "60"]
QUESTION = dict(outcome="score", predictors={"waiting": ["late", "rude"], "price": None}, controls=["visits"], cluster="customer", segment="segment",
                weight="w", bootstrap=60)


@pytest.fixture(scope="module")
def frame():
    draw = random.Random(5)
    rows = []
    for i in range(900):
        late, rude, price = draw.random() < .3, draw.random() < .2, draw.random() < .25
        score = min(10, max(0, round(8 - 3 * late - 2 * rude - price + draw.gauss(0, 1.5))))
        rows.append(dict(score=None if i % 50 == 7 else score, late=int(late), rude=bool(rude), price=int(price), visits=round(draw.random() * 9, 2),
                         customer=f"k{draw.randrange(300)}", segment=draw.choice(["blå", "silver", "gold"]), w=draw.choice([1, 1.5, .25])))
    return pandas.DataFrame(rows)


@pytest.fixture(scope="module")
def path(frame, tmp_path_factory):
    path = tmp_path_factory.mktemp("drivers") / "table.csv"
    frame.assign(rude=frame.rude.astype(int)).to_csv(path, index=False)
    return path


@pytest.mark.parametrize("model", ["linear", "ordinal"])
def test_the_bytes_of_the_program(frame, path, program, model):
    wanted = program("drivers", path, *ASK, "--model", model, "--format", "json")
    arrow = pa.Table.from_pandas(frame, preserve_index=False)
    for data in (frame, arrow, arrow.cast(arrow.schema.set(1, pa.field("late", pa.float32()))), polars.from_arrow(arrow), path):
        got = drivkraft.drivers(data, model=model, threads=2, **QUESTION)
        assert got.json == wanted, type(data)
    assert got.text == program("drivers", path, *ASK, "--model", model, "--format", "text")
    assert str(got) == got.text


def test_parts_merge_to_the_same_in_any_order_and_shape(frame, path, program):
    wanted = program("drivers", path, *ASK, "--format", "json")
    question = drivkraft.Question(**QUESTION)
    shuffled = frame.sample(frac=1, random_state=3)
    cuts = [0, 1, 300, 555, 900]
    parts = [drivkraft.Rows.read(shuffled.iloc[a:b], question).part() for a, b in zip(cuts, cuts[1:])]
    assert drivkraft.Rows.merge(parts).answer("json") == wanted
    tree = [drivkraft.Rows.merge(parts[:2]).part(), drivkraft.Rows.merge(parts[3:1:-1]).part()]
    assert drivkraft.Rows.merge(tree[::-1]).answer("json") == wanted
    other = drivkraft.Rows.read(frame, drivkraft.Question("score", ["late"])).part()
    with pytest.raises(drivkraft.DataError, match="other columns"):
        drivkraft.Rows.merge([parts[0], other])
    with pytest.raises(drivkraft.DataError, match="not a whole partial result"):
        drivkraft.Rows.merge([parts[1][:-9]])


def test_parts_are_those_of_the_program(frame, path, program, tmp_path):
    program("drivers", path, *ASK, "--partial", "a.part", cwd=tmp_path)
    assert drivkraft.Rows.merge([(tmp_path / "a.part").read_bytes()]).answer("json") == program("merge", "a.part", "--format", "json", cwd=tmp_path)


def test_tidy_frames(frame):
    got = drivkraft.drivers(frame, **QUESTION)
    assert isinstance(got.drivers, pandas.DataFrame) and set(got.drivers.segment) == {"", "blå", "silver", "gold"}
    top = got.drivers[got.drivers.segment == ""].iloc[0]
    assert top["name"] == "waiting" and top["importance_ci_lo"] <= top["importance"] <= top["importance_ci_hi"]
    assert list(got.terms[got.terms.segment == ""].predictor) == [t["predictor"] for d in got.result["drivers"] for t in d["terms"]]
    assert got.verdict == "link"
    assert json.loads(got.json) == got.result


def test_what_is_wrong_is_said(frame):
    with pytest.raises(drivkraft.UsageError, match="no such column"):
        drivkraft.drivers(frame, "scores", ["late"])
    with pytest.raises(drivkraft.UsageError, match="linear, binary, ordinal"):
        drivkraft.drivers(frame, "score", ["late"], model="probit")
    with pytest.raises(drivkraft.FileError) as caught:
        drivkraft.drivers("no/such.csv", "score", ["late"])
    assert caught.value.file == "no/such.csv"
    with pytest.raises(drivkraft.UsageError, match="is no table"):
        drivkraft.drivers(7, "score", ["late"])
    with pytest.warns(drivkraft.DataWarning, match="is no number"):
        drivkraft.drivers(frame.assign(late=["x"] + [str(v) for v in frame.late[1:]]), "score", ["late", "price"], bootstrap=0)
