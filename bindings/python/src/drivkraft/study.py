"""Whole analyses."""
from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any, Sequence

from . import errors, tables
from ._native import DATA, Keep, default_threads, ffi, lib, take_bytes

ROLES = ("id", "comment", "score", "customer", "date", "segment", "weight", "profit", "touchpoint")


class Report:
    """The result of an analysis: `json` is report.json, `result` the same as a dict, `folder` where the report stands (None: nowhere)."""

    def __init__(self, text: str, folder: Path | None):
        self.json, self.result, self.folder = text, json.loads(text), folder

    def __getitem__(self, key: str):
        return self.result[key]

    def __repr__(self) -> str:
        return f"<Report: {self.result.get('title')}, {self.result.get('responses')} responses>"


def _is_study(path: Any) -> bool:
    return isinstance(path, (str, os.PathLike)) and os.fspath(path).lower().endswith((".yaml", ".yml"))


def fill_study(study, keep: Keep, options: dict) -> None:
    """Fills a dk_native_study but for its tables; takes what it knows out of options."""
    columns = {role: options.pop(role) for role in list(options) if role in ROLES}
    for name in ("language", "packs", "waves", "currency", "title", "report_language"):
        setattr(study, name, keep.text(options.pop(name, None)))
    lexicons = [os.fspath(x) for x in options.pop("lexicons", ())]
    study.lexicons, study.nlexicons = keep.texts(lexicons), len(lexicons)
    for name in ("bootstrap", "seed"):
        value = options.pop(name, None)
        setattr(study, name, -1 if value is None else value)
    study.score_blind, study.no_spelling = options.pop("score_blind", False), not options.pop("spelling", True)
    study.data_dir = keep.text(options.pop("data", None) or os.environ.get("DRIVKRAFT_DATA") or DATA)
    study.threads = options.pop("threads", None) or default_threads()
    if options:
        raise errors.UsageError(f"no option {', '.join(options)}")
    study.roles, study.columns, study.ncolumns = keep.texts(list(columns)), keep.texts(list(columns.values())), len(columns)


def _run(function, before, source: Any, options: dict):
    keep, study = Keep(), ffi.new("dk_native_study *")
    responses, customers = options.pop("responses", None), options.pop("customers", None)
    fill_study(study, keep, options)
    if _is_study(source):
        study.path = keep.text(source)
    else:
        responses = source
    with contextlib.ExitStack() as held:
        for data, place, name in ((responses, study.table, "data"), (customers, study.customers, "customers")):
            if data is None or isinstance(data, (str, os.PathLike)):
                place.name = keep.text(data)
            else:
                held.enter_context(exported := tables.Exported(tables.to_arrow(data)))
                exported.fill(place, keep.text(name))
        return take_bytes(function, study, *before(keep))


def analyze(study: Any, folder: str | os.PathLike | None = None, **options) -> Report:
    """The whole way, as `drivkraft analyze`: from a STUDY.yaml, a data file, or a table of pyarrow, pandas or polars to a report.

    folder: where report.html, report.xlsx, report.json and the tables are written; None writes nothing. Options: responses and customers (tables or paths in
    place of the study's own files), comment, score, id, customer, date, segment, profit, weight, touchpoint (names of columns; recognised
    by name in three languages without), language, packs, lexicons, waves, currency, title, report_language, bootstrap, seed,
    score_blind, spelling, threads, data.
    """
    out = _run(lib.dk_native_analyze, lambda keep: (keep.text(folder),), study, options)
    return Report(out.decode(), None if folder is None else Path(folder))


def prepare(data: Any, path: str | os.PathLike | None = None, **options) -> str:
    """What depends on a whole file, as `drivkraft prepare`: the text of the plan, written to path when one is given."""
    plan = _run(lib.dk_native_prepare, lambda keep: (), data, options).decode()
    if path is not None:
        Path(path).write_text(plan, encoding="utf-8", newline="")
    return plan
