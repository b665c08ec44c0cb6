"""Drivers of a study in parts: what the fits need of each row.

A table goes through four steps, each of which works on any part of it and merges exactly, so that one machine and many give the same:
`derive` makes of each response what the fits need; `count_values` finds the scale of the score and which outcomes are 0 and 1, and
`count_said` counts who says what (study_counts.py), so that `decide` (study_fits.py) can choose the columns of each fit as `drivkraft analyze`
does (themes by sign, rare ones pooled with their touchpoint); `Fit.part` turns rows into the parts of drivkraft.Rows. Only counts, and those
parts, leave the place of the rows.
"""
from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from . import errors, tables
from .study_asked import MISSING, Asked, is_number, named_predictors, period_text


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def numbers(column) -> pa.Array:
    """Numbers, NaN as null; of text what reads as one."""
    column = tables.plain(_whole(column))
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    if not is_number(column.type):
        trimmed = pc.utf8_trim_whitespace(column.cast(pa.large_string()))
        column = pc.if_else(pc.match_substring_regex(trimmed, r"^[-+]?[0-9]+([.][0-9]+)?$"), trimmed, pa.scalar(None, pa.large_string()))
    column = column.cast(pa.float64())
    return pc.if_else(pc.is_nan(column), pa.scalar(None, pa.float64()), column)


def texts(column) -> pa.Array:
    """Trimmed texts, missing ones null."""
    column = tables.plain(_whole(column))
    if pa.types.is_floating(column.type):  # ids that pandas made numbers of: 12.0 is 12
        whole = pc.if_else(pc.equal(pc.floor(column), column), column, pa.scalar(None, column.type)).cast(pa.int64()).cast(pa.large_string())
        column = pc.coalesce(whole, column.cast(pa.large_string()))
    trimmed = pc.utf8_trim_whitespace(column.cast(pa.large_string()))
    return pc.if_else(pc.is_in(pc.utf8_lower(trimmed), pa.array(MISSING, pa.large_string())), pa.scalar(None, pa.large_string()), trimmed)


def _days(column) -> pa.Array:
    """Days from 1970-01-01 of dates, times and texts such as 2026-03-02."""
    column = tables.plain(_whole(column))
    if not (pa.types.is_date(column.type) or pa.types.is_timestamp(column.type)):
        column = pc.utf8_slice_codeunits(texts(column), 0, 10)
        column = pc.if_else(pc.match_substring_regex(column, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), column, pa.scalar(None, column.type))
    return column.cast(pa.date32()).cast(pa.int32())


def wave_of(days: pa.Array, unit: str) -> pa.Array:
    """The name of the wave of each day, as drivkraft writes it: 2026 Q1, 2026-03, 2026."""
    date = days.cast(pa.date32())
    year, month = pc.year(date).cast(pa.string()), pc.month(date)
    if unit == "year":
        return year
    if unit == "quarter":
        return pc.binary_join_element_wise(year, pc.quarter(date).cast(pa.string()), " Q")
    return pc.binary_join_element_wise(year, pc.utf8_lpad(month.cast(pa.string()), 2, "0"), "-")


def _said(mentions: pa.ListArray, drivers: set[str]) -> tuple[pa.Array, pa.Array]:
    """What each response says: "billing.invoice-|price.level+", sorted; 0 for neither. And whether any of it is a driver."""
    flat = mentions.values
    label = tables.plain(pc.struct_field(flat, "label"))
    sign = pc.if_else(pc.equal(label, "negative"), "-", pc.if_else(pc.equal(label, "positive"), "+", "0"))
    token = pc.binary_join_element_wise(tables.plain(pc.struct_field(flat, "theme")).cast(pa.string()), sign, "")
    joined = pc.binary_join(pa.ListArray.from_arrays(mentions.offsets.cast(pa.int32()), token), "|").dictionary_encode()
    distinct = [sorted(set(t.split("|"))) if t else [] for t in joined.dictionary.to_pylist()]
    said = pa.array(["|".join(d) for d in distinct], pa.string()).take(joined.indices)
    return said, pa.array([any(t[:-1] in drivers for t in d) for d in distinct], pa.bool_()).take(joined.indices)


def _choose_records(asked: Asked, days: list, histories: list) -> tuple[list, list]:
    """The record before each answer and the one after it, as src/study/records.c chooses them."""
    baseline, followup = [], []
    dated = bool(asked.calendar)
    period, window = (asked.records or {}).get("period"), asked.window
    order = sorted(asked.record_columns())
    for day, history in zip(days, histories):
        before = after = None
        if history:
            kept = {}
            for r in history:
                span = asked.calendar.get(period_text(r[period])) if dated else (0, 0)
                if span is None:
                    continue
                held = kept.get(span)  # of two of a period one stays, whatever their order
                if held is None or repr([r[c] for c in order]) < repr([held[c] for c in order]):
                    kept[span] = r
            spans = sorted(kept)
            if spans and (not dated or day is None):
                before = after = kept[spans[-1]]
            elif spans:
                before = next((kept[s] for s in reversed(spans) if day - window <= s[1] < day), None)
                after = next((kept[s] for s in spans if day < s[0] <= day + window), None)
        baseline.append(before)
        followup.append(after)
    return baseline, followup


def derive(table: pa.Table, asked: Asked, tag=None, histories: list | None = None) -> pa.Table:
    """What the fits need of each response. tag: from a column of comments to the structs of Engine.tag_array; without, and without a column
    `mentions`, there are no themes. histories: by row the customer's records, as dicts."""
    n = table.num_rows
    have = lambda name: name in table.column_names
    get = lambda role: table.column(asked.role(role)) if asked.role(role) and have(asked.role(role)) else None
    none = lambda kind: pa.nulls(n, kind)
    days = _days(get("date")) if get("date") is not None else none(pa.int32())
    before = after = [None] * n
    if histories is not None:
        before, after = _choose_records(asked, days.to_pylist(), histories)
    value = lambda column, of_records, records: (pa.array([r[column] if r else None for r in records]) if of_records else table.column(column))
    customer = texts(get("customer")) if get("customer") is not None else none(pa.large_string())
    if get("id") is not None and get("customer") is not None:  # a response without a customer is a cluster of its own
        customer = pc.coalesce(customer, pc.binary_join_element_wise(*(pa.scalar(t, pa.large_string()) if isinstance(t, str) else t for t in ("\x01", texts(get("id")), ""))))
    out = {"customer": customer}
    weight = numbers(get("weight")) if get("weight") is not None else none(pa.float64())
    out["weight"] = pc.coalesce(pc.if_else(pc.greater_equal(weight, 0), weight, pa.scalar(None, pa.float64())), pa.scalar(1.0))
    cut = asked.segment_of()
    if cut:
        column = value(*cut, before)
        cells = (numbers(column) if asked.asked["segments"]["kind"] == "bands" else texts(column)).dictionary_encode()
        out["segment"] = pa.array([asked.segment(v) for v in cells.dictionary.to_pylist()], pa.string()).take(cells.indices)
    else:
        out["segment"] = none(pa.string())
    for k, name in enumerate(asked.outcomes):
        column, of_records = asked.place(name)
        out[f"o{k}"] = numbers(value(column, of_records, after))
        if of_records and histories is not None and asked.calendar:
            out[f"b{k}"] = numbers(value(column, True, before))
    for j, (name, column, of_records, number) in enumerate(asked.controls):
        cells = wave_of(days, asked.asked["waves"]) if name == "wave" and not number else value(column, of_records, after if name == "profit" else before)
        out[f"c{j}"] = numbers(cells) if number else texts(cells)
    if asked.predictors is not None:
        for j, name in enumerate(named_predictors(asked)):
            out[f"p{j}"] = numbers(table.column(name))
    else:
        _put_comments(out, table, asked, tag, n)
    return pa.table({name: column.cast(pa.string()) if pa.types.is_large_string(column.type) else column for name, column in out.items()})


def _put_comments(out: dict, table: pa.Table, asked: Asked, tag, n: int) -> None:
    comment = asked.role("comment")
    commented = pc.is_valid(texts(table.column(comment))) if comment and comment in table.column_names else None
    if "mentions" in table.column_names and "language" in table.column_names:
        mentions, language = _whole(table.column("mentions")), _whole(table.column("language"))
    elif commented is not None and tag is not None:
        found = tag(table.column(comment)).combine_chunks()
        mentions, language = pc.struct_field(found, "mentions"), pc.struct_field(found, "language")
    else:
        raise errors.UsageError("there are no comments to find themes in", remedy="name their column: responses: {comment: COLUMN}; or name columns: predictors=[..]")
    language = pc.coalesce(tables.plain(language).cast(pa.string()), pa.scalar("other"))
    if commented is None:  # tagged before, without the text: an empty comment has no language at all
        raise errors.UsageError("the comments themselves are needed too, to tell those without one", remedy="keep their column when tagging: tag(df, text) without id")
    said, speaks = _said(mentions, {t["theme"] for t in asked.taxonomy if not t["outcome"]})
    kind = pc.if_else(commented, pc.if_else(pc.equal(language, "other"), "comment in another language", pc.if_else(speaks, "", "comment without a driver")), "no comment")
    out["language"] = pc.if_else(commented, language, "other")
    out["kind"], out["said"] = kind, said


def derived_types(asked: Asked, with_records: bool) -> dict[str, str]:
    """The columns of derive and their types in Spark's words."""
    out = {"customer": "string", "weight": "double", "segment": "string"}
    for k, name in enumerate(asked.outcomes):
        out[f"o{k}"] = "double"
        if asked.place(name)[1] and with_records and asked.calendar:
            out[f"b{k}"] = "double"
    out.update((f"c{j}", "double" if c[3] else "string") for j, c in enumerate(asked.controls))
    if asked.predictors is not None:
        out.update((f"p{j}", "double") for j in range(len(named_predictors(asked))))
    else:
        out.update(language="string", kind="string", said="string")
    return out
