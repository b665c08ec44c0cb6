"""Tagging and drivers of Spark DataFrames: the same results as on one machine, whatever the partitions.

    import drivkraft.spark
    tagged = drivkraft.spark.tag(responses, "comment", id="response_id", plan="plan.tsv")
    answer = drivkraft.spark.drivers(table, "score", ["price", "service"], cluster="customer")
    answer = drivkraft.spark.drivers(responses, "study.yaml", customers=records)

The package must be installed where the executors run. Their engine is that of the package, or one compiled file that travels with the job
when engine= or options of Engine (lexicons=, weights=, ...) are given; a task refuses to run with another version than the driver's.
"""
from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, Callable, Iterator

import pyarrow as pa

from . import errors
from .drivers import Question, Rows, answer
from .engine import Engine, default_engine

SCHEMA = ("language string, language_confidence double, sentiment double, label string, themes string, mentions array<struct<theme: string, "
          "touchpoint: string, stage: string, label: string, polarity: double, start: int, end: int, match: string, entry: string, rules: string>>")
FOUND = ["language", "language_confidence", "sentiment", "label", "themes", "mentions"]
ROWS_OF_A_PART = 1 << 20

_PLANNING = ("plan", "language", "language_prior", "packs")
_opened: dict[tuple, Engine] = {}  # of this Python worker, which Spark uses for many tasks


class Recipe:
    """What an executor needs to open the driver's engine."""

    def __init__(self, engine: str | os.PathLike | None, options: dict):
        from pyspark import SparkContext, SparkFiles  # noqa: F401  (an error here names what is missing)
        own = {k: v for k, v in options.items() if k not in _PLANNING}
        self.planning = {k: v for k, v in options.items() if k in _PLANNING and k != "plan"}
        self.plan = Path(options["plan"]).read_bytes() if options.get("plan") is not None else None
        self.file = None
        here = Engine(engine=engine, **own) if engine is not None or own else default_engine()
        self.version = here.version
        if engine is not None or own:
            path = Path(engine) if engine is not None else here.compile(Path(tempfile.mkdtemp(prefix="drivkraft-")) / f"{self.version}.engine")
            SparkContext.getOrCreate().addFile(str(path))
            self.file = path.name
        self.open()  # what is wrong with the plan is said here, not by a task

    def open(self) -> Engine:
        key = (self.version, self.file, self.plan, tuple(sorted((k, str(v)) for k, v in self.planning.items())))
        engine = _opened.get(key)
        if engine is None:
            engine = _opened[key] = self._open()
        return engine

    def _open(self) -> Engine:
        from pyspark import SparkFiles
        options = dict(self.planning, threads=1)
        if self.file is not None:
            options["engine"] = SparkFiles.get(self.file)
        plan = None
        try:
            if self.plan is not None:
                plan = tempfile.NamedTemporaryFile(prefix="drivkraft-", suffix=".tsv")
                plan.write(self.plan)
                plan.flush()
                options["plan"] = plan.name
            engine = Engine(**options)
        finally:
            if plan is not None:
                plan.close()
        if engine.version != self.version:
            raise errors.UsageError(f"an executor has version {engine.version[:8]} of drivkraft's lexicons, models and program, the driver {self.version[:8]}",
                                    remedy="install the same package everywhere, or hand over one compiled engine: engine=FILE")
        return engine


def _plain(array: pa.Array) -> pa.Array:
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _columns(found: pa.StructArray) -> list[pa.Array]:
    """The columns of a tagged batch in types that Spark knows: words in place of dictionaries."""
    *flat, mentions = found.flatten()
    struct = mentions.values
    fields = [_plain(c) for c in struct.flatten()]
    names = [struct.type.field(i).name for i in range(struct.type.num_fields)]
    return [_plain(c) for c in flat] + [pa.ListArray.from_arrays(mentions.offsets, pa.StructArray.from_arrays(fields, names))]


def tag(df: Any, text: str, id: str | None = None, engine: str | os.PathLike | None = None, **options) -> Any:
    """Tags the column `text`: a DataFrame with the column id (all columns of df without id), language, language_confidence, sentiment, label,
    themes, and mentions as an array of structs, with the values that `drivkraft tag` writes.

    engine: a compiled engine, sent to the executors. Other options: those of Engine; plan= is the file of one `drivkraft prepare`.
    """
    recipe = Recipe(engine, options)
    if text not in df.columns:
        raise errors.UsageError(f"text={text}: no such column ({', '.join(df.columns[:12])})")
    kept = df.select(text, id) if id is not None else df
    names = [id] if id is not None else df.columns
    clash = sorted(set(FOUND) & set(names))
    if clash:
        raise errors.UsageError(f"column {clash[0]} would come twice", remedy="rename it first")

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        mine = recipe.open()
        for batch in batches:
            if batch.num_rows == 0:
                continue
            place = batch.schema.get_field_index(text)
            at = 0
            for chunk in mine.tag_array(batch.column(place), threads=1).chunks:
                rows = batch.slice(at, len(chunk))
                at += len(chunk)
                columns = [rows.column(rows.schema.get_field_index(n)) for n in names] + _columns(chunk)
                yield pa.RecordBatch.from_arrays(columns, [*names, *FOUND])

    from pyspark.sql.types import StructType, _parse_datatype_string
    wanted = StructType([*(kept.schema[n] for n in names), *_parse_datatype_string(SCHEMA)])
    return kept.mapInArrow(work, wanted)


def drivers(df: Any, outcome: Any, predictors: Any = None, controls=(), *, threads: int | None = None, depth: int = 2, **options) -> Any:
    """As drivkraft.drivers, over a DataFrame: each partition gathers its rows into parts, parts are merged on the executors
    (treeAggregate), and the driver fits the whole. The answer has the bytes of one machine, for any partitions.

    drivers(df, "score", ["late", "price"], cluster="customer") or drivers(df, study): a study file, or the same as a dict. With a study there
    are further options: customers (a DataFrame of their records), plan, engine, together (see spark_study.py).
    """
    from .study_asked import is_study
    if is_study(outcome):
        if controls:
            raise errors.UsageError("controls are the study's own: controls: [..]")
        from .spark_study import study_drivers
        return study_drivers(df, outcome, predictors, threads, depth, **options)
    if predictors is None:
        raise errors.UsageError("an outcome and predictors are needed, or a study: a .yaml file or a dict")
    question = Question(outcome, predictors, controls, **options)
    kept = question.columns(df.columns)
    if not kept:
        raise errors.UsageError(f"no such columns ({', '.join(df.columns[:12])})")
    merged = aggregate(df.select(*map(quoted, kept)), lambda rows: Rows.read(rows, question, 1, part=True).part(), merge_rows, depth)
    if not merged:
        raise errors.DataError("there are no rows")
    return answer(Rows.merge([merged]), threads)


def quoted(name: str) -> str:
    """A column's name as Spark takes it whatever stands in it."""
    return "`" + name.replace("`", "``") + "`"


def merge_rows(a: bytes, b: bytes) -> bytes:
    """Parts of drivkraft.Rows as one; empty bytes are none."""
    return a if not b else b if not a else Rows.merge([a, b]).part()


def aggregate(df: Any, make: Callable[[pa.Table], bytes], merge: Callable[[bytes, bytes], bytes], depth: int, whole: bool = False) -> bytes:
    """The parts that make gives of the rows of each partition, merged on the executors; empty bytes when there are no rows.
    whole: make gets a partition at a time, else as many rows of it as a part may have."""
    def gather(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        held, rows = [], 0
        for batch in batches:
            held.append(batch)
            rows += batch.num_rows
            if rows >= ROWS_OF_A_PART and not whole:
                yield _one(make(pa.Table.from_batches(held)))
                held, rows = [], 0
        if rows > 0:
            yield _one(make(pa.Table.from_batches(held)))

    return df.mapInArrow(gather, "part binary").rdd.map(lambda row: bytes(row.part)).treeAggregate(b"", merge, merge, depth)


def _one(part: bytes) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([part], pa.binary())], ["part"])
