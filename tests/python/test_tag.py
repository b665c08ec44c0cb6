"""drivkraft.tag gives the rows of `drivkraft tag`, whatever the kind of table, the encoding of its text and the number of threads."""
import csv, io, pickle, threading

import pandas
import polars
import pyarrow as pa
import pyarrow.csv
import pytest

import drivkraft


def cell(value):
    """As the program writes it: thousandths without trailing zeros."""
    if isinstance(value, float):
        return "0" if value == 0 else f"{value:.3f}".rstrip("0").rstrip(".")
    return "" if value is None else str(value)


def as_csv(table):
    """A pyarrow table in the bytes of the program's writer."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(table.column_names)
    rows = csv.writer(out, lineterminator="\n")
    for row in zip(*(c.to_pylist() for c in table.columns)):
        rows.writerow([cell(v) for v in row])
    return out.getvalue()


@pytest.fixture(scope="module")
def table(survey):
    kinds = pa.csv.ConvertOptions(column_types={"id": pa.string(), "comment": pa.string(), "score": pa.float64()}, strings_can_be_null=False)
    return pa.csv.read_csv(survey / "in.csv", parse_options=pa.csv.ParseOptions(newlines_in_values=True), convert_options=kinds)


@pytest.fixture(scope="module")
def wanted(program, survey):
    program("tag", "in.csv", "--text", "comment", "--id", "id", "-o", "c.csv", "--mentions", "m.csv", cwd=survey)
    read = lambda name: (survey / name).read_text(encoding="utf-8")
    return read("c.csv"), read("m.csv")


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("kind", ["u", "U", "vu", "dictionary", "slices"])
def test_a_table_of_arrow_is_tagged_to_the_bytes_of_the_program(table, wanted, kind, threads):
    comment = table.column("comment")
    if kind == "U":
        comment = comment.cast(pa.large_string())
    elif kind == "vu":
        comment = comment.cast(pa.string_view())
    elif kind == "dictionary":
        comment = comment.dictionary_encode()
    elif kind == "slices":
        whole = pa.concat_arrays([pa.array(["inte min", None]), *comment.chunks])
        comment = pa.chunked_array([whole.slice(2, 1000), whole.slice(1002, 0), whole.slice(1002)])
    got = drivkraft.tag(pa.table({"id": table.column("id"), "comment": comment}), "comment", "id", threads=threads)
    assert as_csv(got.comments) == wanted[0]
    assert as_csv(got.mentions) == wanted[1]


def test_frames_come_back_as_frames(table, wanted):
    got = drivkraft.tag(table.to_pandas(), "comment", "id")
    assert isinstance(got.comments, pandas.DataFrame) and isinstance(got.mentions, pandas.DataFrame)
    assert as_csv(pa.Table.from_pandas(got.comments, preserve_index=False)) == wanted[0]
    got = drivkraft.tag(polars.from_arrow(table), "comment", "id")
    assert isinstance(got.mentions, polars.DataFrame)
    assert as_csv(got.mentions.to_arrow()) == wanted[1]


def test_without_ids_rows_are_numbered_and_lists_will_do(table, program, survey):
    program("tag", "in.csv", "--text", "comment", "-o", "n.csv", "--mentions", "nm.csv", cwd=survey)
    texts = [None if t == "" else t for t in table.column("comment").to_pylist()]
    for data in (texts, pandas.Series(texts), table.column("comment"), polars.Series("x", texts)):
        got = drivkraft.tag(data)
        comments = got.comments if isinstance(got.comments, pa.Table) else pa.table(got.comments)
        assert as_csv(comments) == (survey / "n.csv").read_text(encoding="utf-8"), type(data)
    assert drivkraft.tag([]).comments.num_rows == 0
    assert drivkraft.tag(["dyrt", "billigt"]).comments.column("id").to_pylist() == [1, 2]


def test_options_are_those_of_the_program(table, program, survey):
    program("prepare", "in.csv", "-o", "plan.tsv", cwd=survey)
    program("tag", "in.csv", "--text", "comment", "--id", "id", "--plan", "plan.tsv", "--language", "sv", "--pack", "telecom", "-o", "o.csv", cwd=survey)
    engine = drivkraft.Engine(plan=survey / "plan.tsv", language="sv", packs=["telecom"])
    assert as_csv(engine.tag(table, "comment", "id").comments) == (survey / "o.csv").read_text(encoding="utf-8")
    assert drivkraft.prepare(survey / "in.csv") == (survey / "plan.tsv").read_text(encoding="utf-8")
    assert engine.version in (survey / "plan.tsv").read_text(encoding="utf-8")


def test_own_lexicons_and_a_compiled_engine(tmp_path, program):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "themes.tsv").write_text("theme\tterm\tvalence\tnote\nprice.level\tzorkmid*\t-3\t\n", encoding="utf-8")
    engine = drivkraft.Engine(lexicons=tmp_path)
    found = engine.tag(["These zorkmids!"]).mentions
    assert found.column("match").to_pylist() == ["zorkmids"] and found.column("theme").to_pylist() == ["price.level"]
    again = drivkraft.Engine(engine=engine.compile(tmp_path / "mine.engine"))
    assert again.version == engine.version and again.tag(["These zorkmids!"]).mentions.num_rows == 1
    with pytest.raises(drivkraft.UsageError):
        drivkraft.Engine(engine=tmp_path / "mine.engine", lexicons=tmp_path)


def test_errors_know_file_and_line(tmp_path):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "themes.tsv").write_text("theme\tterm\tvalence\tnote\nprice.level\t/oops[/\t-3\t\n", encoding="utf-8")
    with pytest.raises(drivkraft.DataError) as caught:
        drivkraft.Engine(lexicons=[tmp_path])
    assert caught.value.line == 2 and caught.value.file.endswith("themes.tsv") and caught.value.column
    assert f"{caught.value.file}:2:" in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    with pytest.raises(drivkraft.FileError):
        drivkraft.Engine(engine="there/is/none")
    with pytest.raises(drivkraft.UsageError, match="did you mean comment"):
        drivkraft.tag(pa.table({"comment": ["a"]}), "coment")
    with pytest.raises(drivkraft.DataError, match="text was expected"):
        drivkraft.tag(pa.table({"comment": [1]}), "comment")
    with pytest.raises(drivkraft.UsageError, match="no pack"):
        drivkraft.Engine(packs="hotels")


def test_explain_is_what_the_program_prints(program):
    for text in ("Snabb leverans men kundtjänsten svarar aldrig, tredje gången nu", "Hurtig levering, men dyr fragt", ""):
        if text:
            assert drivkraft.explain(text).json == program("explain", "--format", "json", text)
        assert drivkraft.explain(text)["tokens"] is not None
    assert "delivery.speed" in str(drivkraft.explain("Snabb leverans"))


def test_many_threads_of_python_share_an_engine(table, wanted):
    """Each call has its own sessions, so that calls at the same time do not mix what they know."""
    engine, answers = drivkraft.Engine(), {}

    def work(i):
        answers[i] = as_csv(engine.tag(table, "comment", "id", threads=2).comments)

    workers = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    assert all(a == wanted[0] for a in answers.values()) and len(answers) == 4
