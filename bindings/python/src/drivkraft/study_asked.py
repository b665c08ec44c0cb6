"""What a study asks of its drivers, with the columns of the tables found: see study_rows.py for what is done with it."""
from __future__ import annotations

import json
import math
import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa

from . import errors, tables
from ._native import Keep, ffi, lib, take_bytes

MISSING = ["", ".", "na", "n/a"]  # as io/cell.h has it


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
        for name in named_predictors(self) if predictors is not None else []:
            near = tables.find_column(responses.column_names, name, "predictors")
            if near != name:
                raise errors.UsageError(f"predictors={name}: no such column; did you mean {near}?")
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
            found.append((name, *v, is_number(kind)))
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
        """Those of the responses that are needed, comments where they are asked about."""
        v = [self.columns.get(r) for r in ("id", "customer", "date", "weight", *(() if self.predictors is not None else ("comment",)))]
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


def is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_boolean(kind)


def period_text(value: Any) -> str:
    """A period as text: 2025 of a number, 2025-03-01 of a date."""
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value).strip()


def named_predictors(asked: Asked) -> list[str]:
    """Columns that predictors= names, each once."""
    p = asked.predictors
    members = [p] if isinstance(p, str) else [m for k, v in p.items() for m in ([k.split("/")[-1]] if v is None else [v] if isinstance(v, str) else v)] if isinstance(p, dict) else list(p)
    return list(dict.fromkeys(members))
