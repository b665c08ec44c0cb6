"""Drivers of a study in parts: what a study asks of a table of responses, and the rows of its fits.

A table goes through four steps, each of which works on any part of it and merges exactly, so that one machine and many give the same:
`derive` makes of each response what the fits need; `count_values` finds the scale of the score and which outcomes are 0 and 1;
`count_said` counts who says what, so that `decide` can choose the columns of each fit as `drivkraft analyze` does (themes by sign, rare ones
pooled with their touchpoint); `gather` turns rows into the parts of drivkraft.Rows. Only counts, and those parts, leave the place of the rows.
"""
from __future__ import annotations

import json
import math
import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from . import errors, tables
from ._native import Keep, ffi, lib, take_bytes

MISSING = ["", ".", "na", "n/a"]  # as io/cell.h has it
LANGUAGES = ["sv", "da", "en"]    # in the order of DK_LANG_SV ...
FEWEST_EVENTS = 5                 # DK_EVENTS_LEAST
SCALES = [(1, 5), (1, 7), (0, 10), (0, 100)]


def is_study(value: Any) -> bool:
    """A study file, or what stands in one as a dict."""
    return isinstance(value, dict) or isinstance(value, (str, os.PathLike)) and os.fspath(value).lower().endswith((".yaml", ".yml"))


class Asked:
    """What a study asks, with the columns of its tables found. Pickles, so that it travels to executors."""

    def __init__(self, study: Any, responses: pa.Table, customers: pa.Table | None = None, predictors: Any = None):
        """responses, customers: the tables, or their first rows: columns are recognised by name and by what they hold there."""
        self.asked = _ask(study, responses, customers)
        self.columns, self.records = self.asked.get("columns", {}), self.asked.get("records")
        self.predictors = predictors
        a = self.asked
        if a["segments"]["kind"] == "quantiles":
            raise errors.UsageError("segments.quantiles: cut points depend on all customers at once", remedy="write them as bands")
        if a["drop_duplicates"] or a["weights"] or a["weighted_by_answering"]:
            what = "analysis.duplicates: first" if a["drop_duplicates"] else "weights" if a["weights"] else "answering.weight"
            raise errors.UsageError(f"{what} is for drivkraft.analyze: it looks at all responses together")
        self.calendar: dict[str, tuple[int, int]] = {}  # by the text of a period: its first and last day
        self.period_counts: Counter = Counter()         # by first and last day: customers with a record
        self.window = 0
        self.taxonomy: list[dict] = []
        self.outcomes = self._outcomes()
        self.controls = self._controls(responses, customers)

    def role(self, name: str) -> str | None:
        return self.columns.get(name)

    def variable(self, name: str) -> tuple[str, bool] | None:
        """The column of an outcome, control or segment that has no role, and whether it is one of the customers' records."""
        v = self.asked["variables"].get(name)
        return (v["column"], v["of_records"]) if v else None

    def _outcomes(self) -> list[str]:
        named = list(dict.fromkeys(self.asked["outcomes"]))
        if not named:
            named = (["nps"] if self.role("score") else []) + (["profit"] if self._profit() else [])
        for name in named:
            known = self.variable(name) or (self.role("score") if name in ("nps", "score") else self._profit() if name == "profit" else None)
            if not known:
                raise errors.DataError(f"outcomes: there is no column for {name}")
        if not named:
            raise errors.DataError("no outcome: neither a score nor a profit was recognised", remedy="name them: responses: {score: COLUMN}, or outcomes: [COLUMN]")
        return named

    def _profit(self) -> tuple[str, bool] | None:
        """The column of profit: that of the records goes before."""
        if self.records and "profit" in self.records:
            return self.records["profit"], True
        return (self.columns["profit"], False) if "profit" in self.columns else None

    def place(self, outcome: str) -> tuple[str, bool]:
        """The column of an outcome, and whether it is of the records."""
        v = self.variable(outcome)
        return v if v else self._profit() if outcome == "profit" else (self.role("score"), False)

    def is_money(self, outcome: str) -> bool:
        return outcome == "profit" or bool(self.records) and self.place(outcome) == (self.records.get("profit"), True)

    def _controls(self, responses: pa.Table, customers: pa.Table | None) -> list[tuple[str, str, bool, bool]]:
        """Name, column, whether it is of the records, whether it is a number. Waves are text."""
        found = []
        for name in dict.fromkeys(self.asked["controls"]):
            v = self.variable(name) or (self._profit() if name == "profit" else None)
            if v is None:
                if name == "wave" and self.role("date") and self.asked["waves"] != "none":
                    found.append((name, self.role("date"), False, False))
                continue
            kind = (customers if v[1] else responses).schema.field(v[0]).type
            found.append((name, *v, _is_number(kind)))
        return found

    def segment_of(self) -> tuple[str, bool] | None:
        """The column that segments are cut by or named in, and whether it is of the records; None without segments."""
        s = self.asked["segments"]
        if s["kind"] == "none":
            return None
        if s["kind"] == "guess":
            if self.role("segment"):
                return self.role("segment"), False
            return (self.records["segment"], True) if self.records and "segment" in self.records else None
        return self.variable(s["of"]) or ((self.role("score"), False) if s["of"] == "score" else self._profit())

    def segment(self, value: Any) -> str | None:
        """The segment of a value of that column."""
        s = self.asked["segments"]
        if value is None:
            return None
        if s["kind"] == "bands":
            for b in s["bands"]:
                if (b["from"] is None or value >= b["from"]) and (b["below"] is None or value < b["below"]):
                    return b["name"]
            return None
        text = str(value).strip()
        if not s["bands"]:
            return None if text.lower() in MISSING else text
        return next((b["name"] for b in s["bands"] if b["name"].lower() == text.lower()), None)

    def order(self, names) -> list[str]:
        """Segments in the order of the study, else by name."""
        fixed = [b["name"] for b in self.asked["segments"]["bands"]]
        return fixed or sorted(names)

    def response_columns(self) -> list[str]:
        """Those of the responses that are needed, comments included."""
        v = [self.columns.get(r) for r in ("id", "customer", "date", "weight", "comment", "score")]
        v += [c for c, of_records in (self.place(o) for o in self.outcomes) if not of_records]
        v += [c for _, c, of_records, _ in self.controls if not of_records]
        s = self.segment_of()
        return list(dict.fromkeys(c for c in v + ([s[0]] if s and not s[1] else []) if c))

    def record_columns(self) -> list[str]:
        """Those of the customers' records that are joined to responses."""
        v = [c for c, of_records in (self.place(o) for o in self.outcomes) if of_records]
        v += [c for _, c, of_records, _ in self.controls if of_records]
        s = self.segment_of()
        return list(dict.fromkeys(v + ([s[0]] if s and s[1] else [])))

    def set_calendar(self, counts: dict[str, int]) -> None:
        """From how many customers have a record in each period: what its days are, and the window of the join."""
        first, last = ffi.new("int32_t *"), ffi.new("int32_t *")
        days = kept = 0
        for text, n in counts.items():
            if not lib.dk_native_period(text.encode(), first, last):
                continue
            self.calendar[text] = (first[0], last[0])
            kept, days = kept + n, days + n * (last[0] - first[0] + 1)
        for text, n in counts.items():
            if text in self.calendar:
                self.period_counts[self.calendar[text]] += n
        a_year = round(365.25 * kept / days) if days > kept else 0
        self.window = self.asked["window"] or math.ceil(2 * (365.25 / a_year if a_year else 365.25))


def _ask(study: Any, responses: pa.Table, customers: pa.Table | None) -> dict:
    from .study import fill_study
    keep, asked = Keep(), ffi.new("dk_native_study *")
    with tempfile.TemporaryDirectory(prefix="drivkraft-") as folder:
        path = study
        if isinstance(study, dict):
            study = {**study, "responses": {"file": "data", **(study.get("responses") or {})}}
            if study.get("customers") is not None:
                study["customers"] = {"file": "customers", **study["customers"]}
            path = Path(folder) / "study.yaml"
            path.write_text(json.dumps(study, indent=1, ensure_ascii=False, default=str), encoding="utf-8")
        fill_study(asked, keep, {})
        asked.path = keep.text(path)
        with tables.Exported(responses) as r, tables.Exported(customers if customers is not None else pa.table({})) as c:
            r.fill(asked.table, keep.text("responses"))
            if customers is not None:
                c.fill(asked.customers, keep.text("customers"))
            try:
                return json.loads(take_bytes(lib.dk_native_asked, asked))
            except errors.Error as e:
                if not isinstance(study, dict) or e.file != str(path):
                    raise
                raise type(e)(e.message, "study", None, None, None, e.remedy) from None  # a dict has no lines


def read_taxonomy(engine) -> list[dict]:
    return json.loads(take_bytes(lib.dk_native_taxonomy, engine._engine))


# ---- Rows ------------------------------------------------------------------------------------------------------------

def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_boolean(kind)


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def numbers(column) -> pa.Array:
    """Numbers, NaN as null; of text what reads as one."""
    column = tables.plain(_whole(column))
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    if not _is_number(column.type):
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


def period_text(value: Any) -> str:
    """A period as text: 2025 of a number, 2025-03-01 of a date."""
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value).strip()


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


def named_predictors(asked: Asked) -> list[str]:
    """Columns that predictors= names, each once."""
    p = asked.predictors
    members = [p] if isinstance(p, str) else [m for k, v in p.items() for m in ([k.split("/")[-1]] if v is None else [v] if isinstance(v, str) else v)] if isinstance(p, dict) else list(p)
    return list(dict.fromkeys(members))


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


# ---- Counts, which add up --------------------------------------------------------------------------------------------

def add_counts(a: dict, b: dict) -> dict:
    """Counts of two parts as those of both."""
    for key, value in b.items():
        if key not in a:
            a[key] = value
        elif isinstance(value, Counter):
            a[key].update(value)
        elif isinstance(value, dict):
            add_counts(a[key], value)
        else:  # lowest and highest
            a[key] = (min(a[key][0], value[0]), max(a[key][1], value[1]))
    return a


def count_values(rows: pa.Table, asked: Asked) -> dict:
    """Values of scores by how often they occur, and of other outcomes whether they are 0, 1 or anything else."""
    out = {}
    for k, name in enumerate(asked.outcomes):
        column = rows.column(f"o{k}").drop_null()
        if _is_score(asked, name):
            out[f"o{k}"] = Counter({v["values"]: v["counts"] for v in pc.value_counts(column).to_pylist()})
        else:
            zero, one = pc.sum(pc.equal(column, 0)).as_py() or 0, pc.sum(pc.equal(column, 1)).as_py() or 0
            out[f"o{k}"] = Counter({"0": zero, "1": one, "other": len(column) - zero - one})
    return out


def _is_score(asked: Asked, outcome: str) -> bool:
    return outcome in ("nps", "score") and asked.variable(outcome) is None


class Scale:
    """What is found of an outcome: how it enters the fit, and which rows have it."""

    def __init__(self, asked: Asked, k: int, counts: dict):
        self.name, self.low, self.high, self.as_, self.model = asked.outcomes[k], None, None, "level", "linear"
        values = counts.get(f"o{k}", Counter())
        if _is_score(asked, self.name):
            self.low, self.high = _find_scale(asked, values)
            whole = sum(n for v, n in values.items() if v == math.floor(v))
            self.whole = (self.low, self.high) == (0, 10) and whole >= 0.95 * sum(values.values())
            if self.name == "nps" and self.whole:
                self.as_ = "contribution"
            else:
                self.name = "score"
        elif asked.is_money(self.name) and asked.asked["money"] != "level":
            self.as_ = asked.asked["money"]
        if not _is_score(asked, asked.outcomes[k]) and self.as_ != "log" and values["other"] == 0 and values["0"] > 0 and values["1"] > 0:
            self.model, self.as_ = "binary", "level"

    def usable(self, column) -> pa.Array:
        """Which rows have a value."""
        good = pc.is_valid(column)
        if self.low is not None:
            good = pc.and_kleene(good, pc.and_kleene(pc.greater_equal(column, self.low), pc.less_equal(column, self.high)))
            if self.whole:
                good = pc.and_kleene(good, pc.equal(column, pc.floor(column)))
        if self.as_ == "log":
            good = pc.and_kleene(good, pc.greater(column, 0))
        return pc.fill_null(good, False)


def _find_scale(asked: Asked, values: Counter) -> tuple[float, float]:
    """As src/study/survey_read.c: 1 to 5, 1 to 7, 0 to 10, 0 to 100, or the lowest to the highest."""
    a, total = asked.asked, sum(values.values())
    low, high = (min(values), max(values)) if values else (0, 10)
    called = "nps" in (asked.role("score") or "").lower()
    for i, (from_, to) in enumerate(SCALES):
        if called and i < 2:
            continue
        least = 0.99 if i < 2 else 0.5 if called and i == 2 else 0.95
        if sum(n for v, n in values.items() if from_ <= v <= to) >= least * total:
            low, high = from_, to
            break
    return (low if a["score_low"] is None else a["score_low"]), (high if a["score_high"] is None else a["score_high"])


def find_scales(asked: Asked, counts: dict) -> list[Scale]:
    return [Scale(asked, k, counts) for k in range(len(asked.outcomes))]


def _tally(rows: pa.Table, *columns: str) -> Counter:
    found = rows.group_by(list(columns)).aggregate([([], "count_all")])
    return Counter({tuple(r[c] for c in columns): r["count_all"] for r in found.to_pylist()})


def count_said(rows: pa.Table, asked: Asked, scales: list[Scale]) -> dict:
    """Who says what, by outcome and segment: counts of sets of mentions, kinds of comments, levels of controls."""
    out = {}
    for k, scale in enumerate(scales):
        mine = rows.filter(scale.usable(rows.column(f"o{k}")))
        counts = {"segment": _tally(mine, "segment")}
        if asked.predictors is None:
            counts["said"], counts["kind"] = _tally(mine, "segment", "said"), _tally(mine, "segment", "kind", "language")
            if scale.model == "binary":
                counts["events"] = _tally(mine.filter(pc.not_equal(mine.column(f"o{k}"), 0)), "segment", "said")
        for name in [f"b{k}"] + [f"c{j}" for j in range(len(asked.controls))]:
            if name not in mine.column_names:
                continue
            if not _is_number(mine.column(name).type):
                counts[name] = _tally(mine, "segment", name)
                continue
            known = mine.filter(pc.is_valid(mine.column(name)))
            found = known.group_by("segment").aggregate([(name, "min"), (name, "max")]).to_pylist()
            counts[name] = {str(r["segment"]): (r[f"{name}_min"], r[f"{name}_max"]) for r in found}
        out[f"o{k}"] = counts
    return out
