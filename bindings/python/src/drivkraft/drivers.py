"""Which columns of a table move an outcome."""
from __future__ import annotations

import json
import os
import warnings
from typing import Any, Sequence

import pyarrow as pa

from . import errors, tables
from ._native import Keep, call, default_threads, ffi, lib, take_bytes


def _list(value: str | Sequence[str] | dict) -> list[str]:
    """Columns, or a dict of groups: {"waiting": ["late", "rude"], "price": "price"}; keys may be STAGE/GROUP."""
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [name if members is None else f"{name}={'+'.join([members] if isinstance(members, str) else members)}"
                for name, members in value.items()]
    return list(value)


class Question:
    """What is asked of a table, as the options of `drivkraft drivers`. Pickles, so that it travels to executors."""

    def __init__(self, outcome: str, predictors, controls=(), *, model: str = "linear", as_: str = "level", weight: str | None = None,
                 cluster: str | None = None, cluster2: str | None = None, absorb: str | None = None, segment: str | None = None,
                 missing: str = "drop", bootstrap: int = 1000, seed: int = 1, hc: int = 3, min_rows: int = 30,
                 confidence: float = 0.95, alpha: float = 0.05, negligible: float = 0.02, winsor: float = 0.01,
                 r2: str = "mcfadden", q: str = "fdr"):
        if q not in ("fdr", "familywise"):
            raise errors.UsageError(f"q={q}: expected one of fdr, familywise")
        self.values = dict(outcome=outcome, predictors=_list(predictors), controls=_list(controls), model=model, as_=as_, weight=weight,
                           cluster=cluster, cluster2=cluster2, absorb=absorb, segment=segment, missing=missing, bootstrap=bootstrap,
                           seed=seed, hc=hc, min_rows=min_rows, confidence=confidence, alpha=alpha, negligible_r2=negligible,
                           winsor=winsor, r2=r2, family_wise=q == "familywise")

    def columns(self, names: Sequence[str]) -> list[str]:
        """Those of a table's columns that are asked for, so that others need not be moved."""
        v = self.values
        wanted = {v[k] for k in ("outcome", "weight", "cluster", "cluster2", "absorb", "segment")} | set(v["predictors"]) | set(v["controls"])
        for item in v["predictors"] + v["controls"]:
            for piece in item.replace("|", ",").split(","):
                name, _, members = piece.partition("=")
                wanted |= {piece.strip(), name.split("/")[-1].strip()} | {m.strip() for m in members.split("+")}
        folded = {w.lower() for w in wanted if w}
        return [n for n in names if n in wanted or n.lower() in folded]

    def fill(self, keep: Keep, part: bool):
        c = ffi.new("dk_native_question *")
        lib.dk_native_question_init(c)
        c.part = part
        for key, value in self.values.items():
            if key in ("predictors", "controls"):
                setattr(c, key, keep.texts(value))
                setattr(c, "n" + key, len(value))
            elif isinstance(value, str) or value is None:
                setattr(c, {"as_": "as"}.get(key, key), keep.text(value))
            else:
                setattr(c, key, value)
        return c


class Rows:
    """Rows gathered for a question: of a whole table, of a part of it, or of several parts."""

    def __init__(self, pointer):
        self._rows = ffi.gc(pointer, lib.dk_native_rows_free)

    @classmethod
    def read(cls, data: Any, question: Question, threads: int | None = None, part: bool = False) -> "Rows":
        """From a table, or from the path of a file or database. part: no usable row is no error, as others may have some."""
        keep, out = Keep(), ffi.new("dk_native_rows **")
        where = ffi.new("dk_native_table *")
        threads = threads or default_threads()
        if isinstance(data, (str, os.PathLike)):
            where.name = keep.text(data)
            call(lib.dk_native_rows_read, out, question.fill(keep, part), where, threads)
        else:
            table = tables.to_arrow(data)
            kept = question.columns(table.column_names)
            with tables.Exported(table.select(kept or table.column_names)) as exported:
                exported.fill(where, keep.text("data"))
                call(lib.dk_native_rows_read, out, question.fill(keep, part), where, threads)
        return cls(out[0])

    @classmethod
    def merge(cls, parts) -> "Rows":
        """From parts; DataError when they were made with other columns or options."""
        out = ffi.new("dk_native_rows **")
        call(lib.dk_native_rows_new, out)
        rows = cls(out[0])
        for part in parts:
            call(lib.dk_native_rows_add, rows._rows, ffi.from_buffer(part), len(part))
        return rows

    def part(self) -> bytes:
        """What `drivkraft drivers --partial` writes."""
        return take_bytes(lib.dk_native_rows_part, self._rows)

    def answer(self, format: str = "json", threads: int | None = None) -> str:
        """What `drivkraft drivers --format json|csv|text` prints."""
        return take_bytes(lib.dk_native_rows_answer, self._rows, format.encode(), threads or default_threads()).decode()

    @property
    def said(self) -> list[str]:
        """Sentences about the data so far."""
        return ffi.string(lib.dk_native_rows_said(self._rows)).decode("utf-8", "replace").splitlines()


class Drivers:
    """The answer. `json` is what the program prints; `result` the same as a dict; `text`, and str(), the table for people."""

    def __init__(self, rows: Rows, threads: int | None = None, kind: Any = None):
        self.json, self._kind = rows.answer("json", threads), kind
        self.result = json.loads(self.json)
        self._rows, self._threads, self._text = rows, threads, None

    @property
    def text(self) -> str:
        if self._text is None:  # fitted again, for the few who look at it
            self._text, self._rows = self._rows.answer("text", self._threads), None
        return self._text

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_text": self.text, "_rows": None, "_kind": None}

    @property
    def verdict(self) -> str:
        """link, no_link or inconclusive."""
        return self.result["verdict"]

    @property
    def notes(self) -> list[str]:
        return self.result["notes"]

    def _fits(self):
        yield "", self.result
        for s in self.result.get("segments", []):
            yield s.get("segment") or s.get("name"), s

    def _table_of(self, what: str) -> pa.Table:
        if what == "drivers":
            rows = [{"segment": s, **_flat(d)} for s, fit in self._fits() for d in fit["drivers"]]
        else:
            rows = [{"segment": s, "driver": d["name"], **_flat(t)} for s, fit in self._fits() for d in fit["drivers"] for t in d["terms"]]
        return pa.Table.from_pylist(rows)

    @property
    def drivers(self):
        """One row a driver (a predictor or a group), by importance; segment is empty for the whole."""
        return tables.like(self._table_of("drivers"), self._kind)

    @property
    def terms(self):
        """One row a predictor within its driver."""
        return tables.like(self._table_of("terms"), self._kind)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Drivers: {self.verdict}, {len(self.result['drivers'])} drivers of {self.result['n']} rows>"


def _flat(d: dict) -> dict:
    """Numbers, texts and intervals as _lo and _hi; lists of objects left out."""
    out = {}
    for key, value in d.items():
        if key.endswith("ci") and (value is None or isinstance(value, list)):
            out[key + "_lo"], out[key + "_hi"] = (float(value[0]), float(value[1])) if value else (None, None)
        elif not isinstance(value, (list, dict)):
            out[key] = float(value) if isinstance(value, int) and not isinstance(value, bool) and key not in ("rank", "tie", "mentions") else value
    return out


def answer(rows: Rows, threads: int | None = None, kind: Any = None) -> Drivers:
    """Fits what was gathered; says what was left out as warnings."""
    result = Drivers(rows, threads, kind)
    for sentence in dict.fromkeys(rows.said):
        warnings.warn(sentence, errors.DataWarning, stacklevel=3)
    return result


def drivers(data: Any, outcome: Any, predictors: Any = None, controls=(), *, threads: int | None = None, **options):
    """Ranks what moves an outcome: effects, importance, opportunity, with intervals.

    drivers(data, "score", ["late", "price"], cluster="customer"): as `drivkraft drivers`. data: a table of pyarrow, pandas or polars, a dict of
    columns, or the path of a file or database. predictors: columns, or a dict of groups {"waiting": ["late", "rude"]}; a name
    STAGE/GROUP nests them. Other options: Question. Returns Drivers.

    drivers(data, study): the fits of `drivkraft analyze`, for each outcome in each segment, from a study file or the same as a dict, and how
    customers move between segments. Options: customers (a table of their records, with which responses are joined), predictors (columns in
    place of the themes of the comments), plan, engine. Returns StudyDrivers.
    """
    from .study_asked import is_study
    if is_study(outcome):
        if controls:
            raise errors.UsageError("controls are the study's own: controls: [..]")
        from .study_local import study_drivers
        return study_drivers(data, outcome, predictors, threads, **options)
    if predictors is None:
        raise errors.UsageError("an outcome and predictors are needed, or a study: a .yaml file or a dict")
    question = Question(outcome, predictors, controls, **options)
    return answer(Rows.read(data, question, threads), threads, data)
