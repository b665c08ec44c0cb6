"""Whatever form a table has, its comments and numbers are the same: encodings, nulls, slices with offsets, chunks, empty batches, pandas and polars."""
import pandas
import polars
import pyarrow as pa
import pytest

import drivkraft

TEXTS = ["Snabb leverans", None, "dyr frakt och dålig kundtjänst", "", "Hurtig levering", "the app crashes", "NA", "Snabb leverans", "prima 👍 personal", "x" * 3000] * 4


def chunked(array, *cuts):
    """The array in chunks that do not lie together: every one a slice, with an offset, of a longer array of its own."""
    at = [0, *cuts, len(array)]
    pad = pa.nulls(3, array.type)
    return pa.chunked_array([pa.concat_arrays([pad, array.slice(a, b - a), pad]).slice(3, b - a) for a, b in zip(at, at[1:])], array.type)


def forms_of_text():
    plain = pa.array(TEXTS, pa.string())
    yield "string", plain
    yield "large", plain.cast(pa.large_string())
    yield "view", plain.cast(pa.string_view())
    yield "view in chunks", chunked(plain.cast(pa.string_view()), 1, 9, 9, 30)
    yield "sliced", pa.concat_arrays([pa.array(["inte"] * 5), plain, pa.array(["inte"])]).slice(5, len(TEXTS))
    yield "chunks, some empty", chunked(plain, 0, 7, 7, 8, 31)
    yield "large in chunks", chunked(plain.cast(pa.large_string()), 3, 3, 11)
    yield "dictionary", plain.dictionary_encode()
    yield "dictionary of large texts", plain.cast(pa.large_string()).dictionary_encode()
    yield "dictionary of views", pa.DictionaryArray.from_arrays(plain.dictionary_encode().indices, plain.dictionary_encode().dictionary.cast(pa.string_view()))
    yield "small indices, a null among the words", pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, None, 3, 4, 1, 0, 5, 6] * 4, pa.int8()),
                                                                                pa.array([TEXTS[0], None, TEXTS[2], TEXTS[4], TEXTS[5], TEXTS[8], TEXTS[9]]))
    yield "sliced dictionary", pa.concat_arrays([plain.slice(3, 4), plain]).dictionary_encode().slice(4)
    yield "dictionaries that differ", pa.chunked_array([plain.slice(0, 13).dictionary_encode(), plain.slice(13, 0).dictionary_encode(), plain.slice(13).dictionary_encode()])
    yield "pandas objects", pandas.Series(TEXTS, dtype=object, index=[1] * len(TEXTS))
    yield "pandas text with NA", pandas.Series([pandas.NA if t is None else t for t in TEXTS], dtype="string", index=[0, 0] * (len(TEXTS) // 2))
    yield "pandas of Arrow", pandas.Series(TEXTS, dtype=pandas.ArrowDtype(pa.string()))
    yield "pandas category", pandas.Series(TEXTS, dtype="category")
    yield "polars", polars.Series("x", TEXTS)
    yield "polars in chunks", polars.concat([polars.Series("x", TEXTS[:7]), polars.Series("x", TEXTS[:0], dtype=polars.String), polars.Series("x", TEXTS[7:])], rechunk=False)
    yield "polars sliced", polars.Series("x", ["inte", *TEXTS, "inte"]).slice(1, len(TEXTS))
    yield "polars category", polars.Series("x", TEXTS, dtype=polars.Categorical)


def rows(tagged):
    read = lambda t: (t if isinstance(t, pa.Table) else pa.table(t) if not isinstance(t, pandas.DataFrame) else pa.Table.from_pandas(t, preserve_index=False)).to_pylist()
    return read(tagged.comments), read(tagged.mentions)


@pytest.fixture(scope="module")
def wanted():
    found = rows(drivkraft.tag(TEXTS))
    assert len(found[0]) == len(TEXTS) and len(found[1]) > 20
    assert found[0][1]["themes"] == found[0][3]["themes"] == found[0][6]["themes"] == ""  # null, empty and NA are comments without a word
    return found


@pytest.mark.parametrize("form, column", list(forms_of_text()), ids=lambda x: x if isinstance(x, str) else "")
def test_text_in_any_form(wanted, form, column):
    assert rows(drivkraft.tag(column)) == wanted, "alone"
    if isinstance(column, (pandas.Series, polars.Series)):  # in a frame, whose index may have doubles
        frame = column.to_frame("words") if isinstance(column, pandas.Series) else polars.DataFrame({"words": column})
    else:
        frame = pa.table({"words": column})
        whole = pa.concat_tables([frame.slice(0, 0), frame, frame.slice(0, 0)])
        assert rows(drivkraft.tag(whole, "words")) == wanted, "with empty batches"
    assert rows(drivkraft.tag(frame, "words")) == wanted, "in a table"


def test_no_rows_at_all():
    for empty in (pa.table({"words": pa.array([], pa.string())}), pa.table({"words": pa.chunked_array([], pa.string_view())}), pandas.DataFrame({"words": []}, dtype="string"),
                  polars.DataFrame({"words": []}, schema={"words": polars.String})):
        got = drivkraft.tag(empty, "words")
        assert len(got.comments) == 0 and len(got.mentions) == 0
    assert drivkraft.tag(pa.table({"words": pa.nulls(3)}), "words").comments.num_rows == 3  # a column that never had a value


SCORES = [None if i % 17 == 3 else (7 - 3 * (i % 3 == 0) + i % 4) for i in range(240)]
LATE = [None if i % 29 == 5 else i % 3 == 0 for i in range(240)]
WHO = [None if i % 41 == 7 else f"k{i % 90}" for i in range(240)]


def forms_of_numbers():
    score, late, who = pa.array(SCORES, pa.int64()), pa.array(LATE, pa.bool_()), pa.array(WHO)
    plain = pa.table({"score": score, "late": late, "who": who})
    yield "plain", plain
    yield "other types", pa.table({"score": score.cast(pa.int8()), "late": late.cast(pa.float32()), "who": who.dictionary_encode()})
    yield "decimals", pa.table({"score": score.cast(pa.decimal128(22, 2)), "late": late.cast(pa.uint8()), "who": who.cast(pa.large_string())})
    yield "text", pa.table({"score": score.cast(pa.string()), "late": late.cast(pa.int8()).cast(pa.string()), "who": who.cast(pa.string_view())})
    yield "sliced", pa.concat_tables([plain.slice(100, 13), plain]).combine_chunks().slice(13)
    yield "in chunks", pa.table({"score": chunked(score, 0, 9, 9, 70), "late": chunked(late, 3, 13, 200), "who": chunked(who, 120)})
    yield "floats with NaN", pa.table({"score": pa.array([float("nan") if s is None else float(s) for s in SCORES]), "late": late.cast(pa.float64()), "who": who})
    yield "pandas with NA", pandas.DataFrame({"score": pandas.array(SCORES, dtype="Int64"), "late": pandas.array(LATE, dtype="boolean"), "who": pandas.array(WHO, dtype="string")},
                                             index=[3] * 240)
    yield "pandas objects", pandas.DataFrame({"score": pandas.Series(SCORES, dtype=object), "late": pandas.Series(LATE, dtype=object), "who": pandas.Series(WHO, dtype="category")})
    yield "polars", polars.DataFrame({"score": SCORES, "late": LATE, "who": WHO})
    yield "polars in chunks", polars.concat([polars.DataFrame({"score": SCORES[a:b], "late": LATE[a:b], "who": WHO[a:b]}) for a, b in ((0, 50), (50, 51), (51, 240))], rechunk=False)


@pytest.mark.parametrize("form, table", list(forms_of_numbers()), ids=lambda x: x if isinstance(x, str) else "")
def test_numbers_in_any_form(form, table):
    got = drivkraft.drivers(table, "score", ["late"], cluster="who", bootstrap=20)
    first = drivkraft.drivers(next(forms_of_numbers())[1], "score", ["late"], cluster="who", bootstrap=20)
    assert got.json == first.json and got.result["n"] == sum(s is not None and l is not None and w is not None for s, l, w in zip(SCORES, LATE, WHO))
