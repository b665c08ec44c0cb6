"""Drivers of a study on one machine: the steps of study_rows.py over the whole table."""
from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from . import study_asked, study_counts, study_fits, study_rows, tables, transitions
from .engine import Engine
from .study import prepare
from .study_asked import Asked

SAMPLE = 1000      # rows that columns are recognised by
SLICE = 1 << 20    # rows derived at a time


def open_engine(asked: Asked, responses: Any, plan: Any, engine: Engine | None, threads: int | None) -> Engine:
    """The engine of a study; without a plan one is made from the responses, as `drivkraft analyze` does."""
    if engine is not None:
        return engine
    a, options = asked.asked, {}
    if a["lexicons"]:
        options["lexicons"] = a["lexicons"]
    if a["score_blind"]:
        options["learned"] = False
    with tempfile.TemporaryDirectory(prefix="drivkraft-") as folder:
        if plan is None and responses is not None:
            plan = Path(folder) / "plan.tsv"
            prepare(responses, plan, comment=asked.role("comment"), language=a["language"], packs=a["packs"], lexicons=a["lexicons"])
        return Engine(plan=plan, threads=threads, **options)


def histories(asked: Asked, responses: pa.Table, records: pa.Table) -> list[list[dict]]:
    """By response the records of its customer."""
    key, columns = asked.records["customer"], asked.record_columns()
    period = [asked.records["period"]] if asked.calendar else []
    of: dict[str, list[dict]] = {}
    for customer, row in zip(study_rows.texts(records.column(key)).to_pylist(), records.select(list(dict.fromkeys(columns + period))).to_pylist()):
        if customer is not None:
            of.setdefault(customer, []).append(row)
    return [of.get(c, []) for c in study_rows.texts(responses.column(asked.role("customer"))).to_pylist()]


def read_calendar(asked: Asked, records: pa.Table) -> None:
    if asked.records and "period" in asked.records:
        seen = {(c, study_asked.period_text(p)) for c, p in zip(study_rows.texts(records.column(asked.records["customer"])).to_pylist(),
                                                               records.column(asked.records["period"]).to_pylist()) if c is not None}
        asked.set_calendar(Counter(p for _, p in seen))


def count_transitions(asked: Asked, records: pa.Table | None, segments: list[str]) -> transitions.Transitions | None:
    if records is None or not transitions.has_transitions(asked):
        return None
    names = segments_of(asked, records, segments)
    n = transitions.number_of_states(names)
    ways = transitions.count_ways(transitions.states(records, asked, names), n, transitions.Calendar(asked))
    return transitions.Transitions(ways, names, asked.asked["confidence"])


def segments_of(asked: Asked, records: pa.Table, segments: list[str]) -> list[str]:
    """Segments of the responses and of the records; a band may have no response."""
    cut = asked.segment_of()
    if cut is None or asked.asked["segments"]["bands"]:
        return segments
    found = {asked.segment(v) for v in pc.unique(study_rows.texts(records.column(cut[0]))).to_pylist()}
    return asked.order(set(segments) | found - {None})


def study_drivers(data: Any, study: Any, predictors: Any = None, threads: int | None = None, *, customers: Any = None, plan: Any = None,
                  engine: Engine | None = None) -> study_fits.StudyDrivers:
    """See drivkraft.drivers."""
    responses, records = tables.to_arrow(data), tables.to_arrow(customers) if customers is not None else None
    asked = Asked(study, responses.select([c for c in responses.column_names if c != "mentions"]).slice(0, SAMPLE), records.slice(0, SAMPLE) if records is not None else None, predictors)
    past = None
    if records is not None:
        read_calendar(asked, records)
        past = histories(asked, responses, records)
    tag = None
    if predictors is None:
        tagged = "mentions" in responses.column_names
        tagger = open_engine(asked, None if tagged or not asked.role("comment") else responses, plan, engine, threads)
        asked.taxonomy, tag = study_asked.read_taxonomy(tagger), lambda column: tagger.tag_array(column, threads)
    derived = pa.concat_tables(study_rows.derive(responses.slice(at, SLICE), asked, tag, past[at:at + SLICE] if past is not None else None)
                               for at in range(0, max(1, len(responses)), SLICE))
    scales = study_counts.find_scales(asked, study_counts.count_values(derived, asked))
    fits, segments = study_fits.decide(asked, scales, study_counts.count_said(derived, asked, scales))
    parts = {i: fit.part(derived) for i, fit in enumerate(fits) if fit.reason is None}
    return study_fits.answer(fits, parts, count_transitions(asked, records, segments), threads, data)
