"""drivkraft.drivers(table, study) has the fits and the ways between segments of `drivkraft analyze`, from tables in any order and from parts."""
import json, math

import pandas
import pyarrow as pa
import pyarrow.csv
import pytest

import drivkraft
from drivkraft import transitions
from drivkraft.study_asked import Asked
from drivkraft.study_local import read_calendar

STUDY = """title: x
responses: {file: in.csv, id: id, customer: customer, date: date, score: score, comment: comment}
customers: {file: records.csv, customer: customer, period: quarter, profit: margin, churned: churned}
segments:
  by: margin
  bands: {blue: [.., 700], silver: [700, 1400], gold: [1400, ..]}
outcomes: [nps, margin]
controls: [wave, segment]
analysis: {bootstrap: 40}
"""
AS_DICT = {"title": "x", "responses": {"id": "id", "customer": "customer", "date": "date", "score": "score", "comment": "comment"},
           "customers": {"customer": "customer", "period": "quarter", "profit": "margin", "churned": "churned"},
           "segments": {"by": "margin", "bands": {"blue": ["..", 700], "silver": [700, 1400], "gold": [1400, ".."]}},
           "outcomes": ["nps", "margin"], "controls": ["wave", "segment"], "analysis": {"bootstrap": 40}}


def read(path):
    kinds = pa.csv.ConvertOptions(column_types={"id": pa.string(), "comment": pa.string()}, strings_can_be_null=True)
    return pa.csv.read_csv(path, parse_options=pa.csv.ParseOptions(newlines_in_values=True), convert_options=kinds)


@pytest.fixture(scope="module")
def study(survey, records):
    (survey / "study.yaml").write_text(STUDY)
    return survey / "study.yaml"


@pytest.fixture(scope="module")
def tables(survey, records):
    return read(survey / "in.csv"), read(records)


@pytest.fixture(scope="module")
def found(tables, study):
    return drivkraft.drivers(tables[0], study, customers=tables[1])


@pytest.fixture(scope="module")
def report(study):
    return drivkraft.analyze(study)


def near(a, b, tolerance):
    return a == b or (isinstance(a, float) and math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance * 1e-3))


def test_fits_are_those_of_analyze(report, found):
    """The same columns chosen, the same rows, the same replicates: effects to the last digits but for the order of additions. Margins are
    scaled by tens here and by twos there, which replicates round to."""
    fitted = 0
    for fit in report["fits"]:
        key = (fit["outcome"], None if fit["segment"] == "all" else fit["segment"])
        if not fit["fitted"]:
            assert found.reasons[key] == fit["reason"], key
            continue
        fitted += 1
        mine = found.fits[key].result
        for name in ("n", "clusters", "verdict"):
            assert mine[name] == fit[name], (key, name)
        assert near(mine["r2"], fit["r2"], 1e-8), key
        groups = {d["name"]: d for d in mine["drivers"]}
        assert set(groups) == {t["name"] for t in fit["touchpoints"]}, key
        for t in fit["touchpoints"]:
            for name, tolerance in (("p", 1e-5), ("q", 1e-5), ("importance", 1e-8), ("share", 1e-8)):
                assert near(groups[t["name"]][name], t[name], tolerance), (key, t["name"], name)
            for a, b in zip(groups[t["name"]]["importance_ci"], t["importance_ci"]):
                assert near(a, b, 1e-6 if fit["outcome"] != "margin" else 0.05), (key, t["name"])
        terms = {x["predictor"]: x for d in mine["drivers"] for x in d["terms"]}
        for d in fit["drivers"]:
            x = terms[f"{d['theme'] or d['touchpoint'] + '.other'} {d['polarity']}"]
            assert near(x["effect"], d["effect"], 1e-7) and near(x["se"], d["se"], 1e-7) and near(x["opportunity"], d["opportunity"], 1e-7), (key, x["predictor"])
    assert fitted == 8


def test_an_outcome_of_0_and_1_is_a_probability(study, tables):
    """Themes that go with too few events are pooled, as analyze does."""
    path, responses = study.with_name("leaving.yaml"), tables[0].slice(0, 1200)
    path.write_text(STUDY.replace("outcomes: [nps, margin]", "outcomes: [churned]").replace("bootstrap: 40", "bootstrap: 0")
                    .replace(STUDY[STUDY.index("segments:"):STUDY.index("outcomes:")], "segments: none\n").replace("wave, ", ""))
    mine = drivkraft.drivers(responses, path, customers=tables[1]).fits["churned", None].result
    fit = drivkraft.analyze(path, responses=responses, customers=tables[1])["fits"][0]
    assert fit["model"] == "binary" and (mine["n"], mine["verdict"]) == (fit["n"], fit["verdict"]) and near(mine["r2"], fit["r2"], 1e-7)
    terms = {x["predictor"]: x for d in mine["drivers"] for x in d["terms"]}
    wanted = {f"{d['theme'] or d['touchpoint'] + '.other'} {d['polarity']}": d for d in fit["drivers"]}
    assert set(terms) == set(wanted) and len(terms) >= 2
    assert all(near(terms[name]["effect"], d["effect"], 1e-5) for name, d in wanted.items())


def test_ways_between_segments_are_those_of_analyze(report, found):
    matrix = report["movement"]["matrices"][0]
    ways = found.transitions
    assert matrix["who"] == "all customers" and (ways.n, ways.customers, ways.censored) == (matrix["n"], matrix["customers"], matrix["censored"])
    assert ways.n > 10000 and ways.censored > 1000
    for mine, row in zip(ways.rows, matrix["rows"], strict=True):
        assert (mine["from"], mine["n"]) == (row["from"], row["n"])
        for a, b in zip(mine["to"], row["to"], strict=True):
            assert (a["to"], a["n"], a["share"]) == (b["to"], b["n"], b["share"])
            assert all(near(x, y, 1e-9) for x, y in zip(a["ci"], b["ci"]))
    assert "blue" in str(ways) and "lost" in str(ways)


def test_order_of_rows_and_form_of_the_study_do_not_count(tables, found):
    responses, customers = (t.to_pandas().sample(frac=1, random_state=3) for t in tables)
    shuffled = drivkraft.drivers(responses, AS_DICT, customers=customers)
    assert shuffled.json == found.json
    assert isinstance(shuffled.terms, pandas.DataFrame) and set(shuffled.drivers.outcome) == {"nps", "margin"}
    assert json.loads(found.json) == found.result and "== nps, blue" in str(found)


def test_what_is_tagged_is_not_tagged_again(tables):
    """A table that has mentions and languages already gives the fits that its comments give."""
    study, engine = {"responses": {"id": "id"}, "segments": "none", "outcomes": ["nps"], "analysis": {"bootstrap": 0}}, drivkraft.Engine()
    responses = tables[0].slice(0, 1000)
    found = engine.tag_array(responses.column("comment")).combine_chunks()
    tagged = responses.append_column("mentions", found.field("mentions")).append_column("language", found.field("language"))
    a, b = drivkraft.drivers(responses, study, engine=engine), drivkraft.drivers(tagged, study, engine=engine)
    assert a.json == b.json and a.fits["nps", None].result["n"] > 900


def test_ways_of_parts_add_up(tables, study):
    """Whole customers in parts are counts that add up; spread ones are records that merge."""
    responses, customers = tables
    asked = Asked(study, responses, customers)
    read_calendar(asked, customers)
    names, calendar = ["blue", "silver", "gold"], transitions.Calendar(asked)
    states = transitions.states(customers, asked, names)
    whole = transitions.count_ways(states, 3, calendar)
    by_customer = [states.filter(pa.compute.equal(pa.compute.utf8_slice_codeunits(states.column("customer"), 1, 2), d)) for d in "0123456789"]
    total = transitions.Ways(3)
    for part in by_customer:
        total = total + transitions.count_ways(part, 3, calendar)
    assert vars(total) == vars(whole) and sum(whole.count) > 0
    pieces = [transitions.to_bytes(states.slice(i * 9000, 9000)) for i in range(len(states) // 9000 + 1)]
    merged = b""
    for piece in pieces[::-1]:
        merged = transitions.merge_states(merged, piece)
    assert vars(transitions.count_ways(transitions.from_bytes(merged), 3, calendar)) == vars(whole)


def test_columns_in_place_of_themes(tables):
    """predictors= with a study: segments, controls and outcomes of the study, columns of the table."""
    frame = tables[0].to_pandas()
    frame["late"], frame["dear"] = frame.comment.fillna("").str.contains("lever|deliver"), frame.comment.fillna("").str.contains("pri")
    study = {"responses": {"score": "score", "customer": "customer", "segment": "segment"}, "segments": {"column": "segment"}, "outcomes": ["nps"],
             "analysis": {"bootstrap": 40}}
    got = drivkraft.drivers(frame, study, {"waiting": ["late"], "price": "dear"})
    assert list(got.fits) == [("nps", s) for s in (None, "blue", "gold", "silver")] and got.transitions is None
    alone = drivkraft.drivers(frame, "score", {"waiting": ["late"], "price": "dear"}, cluster="customer", as_="contribution", bootstrap=40)
    for name in ("n", "r2", "verdict"):
        assert got.fits["nps", None].result[name] == alone.result[name]
    assert got.fits["nps", None].result["drivers"][0]["effect"] == alone.result["drivers"][0]["effect"]


def test_what_is_wrong_is_said(tables, study, tmp_path):
    responses, customers = tables
    with pytest.raises(drivkraft.DataError, match="margin") as caught:  # it is a column of the records
        drivkraft.drivers(responses, study)
    assert caught.value.line in (4, 7) and caught.value.file.endswith("study.yaml")
    with pytest.raises(drivkraft.UsageError, match="cut points"):
        drivkraft.drivers(responses, {"responses": {}, "segments": {"by": "score", "quantiles": {"low": 0.5, "high": 1}}})
    with pytest.raises(drivkraft.DataError, match="did you mean outcomes") as caught:
        drivkraft.drivers(responses, {"responses": {}, "outcoms": ["nps"]})
    assert caught.value.file == "study"
    with pytest.raises(drivkraft.UsageError, match="comment"):
        drivkraft.drivers(responses.drop_columns(["comment"]), {"responses": {}, "segments": "none"})
    with pytest.raises(drivkraft.UsageError, match="predictors=scor: no such column; did you mean score"):
        drivkraft.drivers(responses, {"responses": {}, "outcomes": ["nps"]}, ["scor"])
    with pytest.raises(drivkraft.UsageError, match="predictors are needed"):
        drivkraft.drivers(responses, "score")
