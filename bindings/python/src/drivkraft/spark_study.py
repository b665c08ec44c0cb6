"""Drivers of a study over DataFrames: the steps of study_rows.py, each a job that merges counts or parts by treeAggregate.

What moves between executors, and what does not:
- themes, counts and rows of the fits need no order and no meeting: responses stay where they are;
- with customers=, responses are joined to the records of their customer: Spark moves both by customer (one shuffle of each);
- ways from segment to segment need a customer's periods together. together=True moves the records by customer (one shuffle of customer,
  period and segment), and parts are counts alone, whatever the rows. together=False moves nothing: parts hold each record's
  customer, period and segment, merge like rows, and the driver counts. "already": the caller has put each customer's records into one
  partition; nothing moves and parts are counts. All give the same (but "already" when it is not so).
"""
from __future__ import annotations

import pickle
from typing import Any, Iterator

import pyarrow as pa

from . import errors, spark, study_asked, study_counts, study_fits, study_rows, transitions
from .study_local import SAMPLE
from .study_asked import Asked

HISTORY = "_drivkraft_records"


def _first_rows(df: Any) -> pa.Table:
    few = df.limit(SAMPLE)
    return few.toArrow() if hasattr(few, "toArrow") else pa.Table.from_pandas(few.toPandas(), preserve_index=False)


def _key(column: str) -> Any:
    from pyspark.sql import functions as f
    return f.trim(f.col(spark.quoted(column)).cast("string"))


def _read_calendar(asked: Asked, customers: Any) -> None:
    from pyspark.sql import functions as f
    if asked.records and "period" in asked.records:
        rows = (customers.groupBy(_key(asked.records["period"]).alias("period")).agg(f.countDistinct(_key(asked.records["customer"])).alias("n"))).collect()
        asked.set_calendar({r.period: r.n for r in rows if r.period is not None})


def _join(df: Any, asked: Asked, customers: Any) -> Any:
    """Responses with the records of their customer as a list."""
    from pyspark.sql import functions as f
    columns = list(dict.fromkeys(asked.record_columns() + ([asked.records["period"]] if asked.calendar else [])))
    key = "_drivkraft_customer"
    records = customers.groupBy(_key(asked.records["customer"]).alias(key)).agg(f.collect_list(f.struct(*[f.col(spark.quoted(c)) for c in columns])).alias(HISTORY))
    return df.withColumn(key, _key(asked.role("customer"))).join(records, key, "left").drop(key)


def _derive(df: Any, asked: Asked, recipe: Any, with_records: bool) -> Any:
    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        tag = None if recipe is None else lambda column: recipe.open().tag_array(column, 1)
        for batch in batches:
            if batch.num_rows == 0:
                continue
            table = pa.Table.from_batches([batch])
            past = [r or [] for r in table.column(HISTORY).to_pylist()] if with_records else None
            yield from study_rows.derive(table, asked, tag, past).combine_chunks().to_batches()

    types = study_rows.derived_types(asked, with_records)
    return df.mapInArrow(work, ", ".join(f"{name} {kind}" for name, kind in types.items()))


def _add_pickled(a: bytes, b: bytes) -> bytes:
    return a if not b else b if not a else pickle.dumps(study_counts.add_counts(pickle.loads(a), pickle.loads(b)))


def _merge_fits(a: bytes, b: bytes) -> bytes:
    if not a or not b:
        return a or b
    x, y = pickle.loads(a), pickle.loads(b)
    return pickle.dumps({i: spark.merge_rows(x[i], y[i]) for i in x})


def _add_ways(a: bytes, b: bytes) -> bytes:
    return a if not b else b if not a else pickle.dumps(pickle.loads(a) + pickle.loads(b))


def _count_transitions(asked: Asked, customers: Any, segments: list[str], together: Any, depth: int) -> transitions.Transitions | None:
    if customers is None or not transitions.has_transitions(asked):
        return None
    cut = asked.segment_of()
    if cut is not None and not asked.asked["segments"]["bands"]:
        found = {asked.segment(r[0]) for r in customers.select(spark.quoted(cut[0])).distinct().collect()}
        segments = asked.order(set(segments) | found - {None})
    roles = [asked.records[r] for r in ("customer", "period", "churned") if r in asked.records] + ([cut[0]] if cut else [])
    kept = customers.select(*map(spark.quoted, dict.fromkeys(roles)))
    n, calendar = transitions.number_of_states(segments), transitions.Calendar(asked)
    if together:
        lying = kept if together == "already" else kept.repartition(_key(asked.records["customer"]))
        found = spark.aggregate(lying, lambda rows: pickle.dumps(transitions.count_ways(transitions.states(rows, asked, segments), n, calendar)), _add_ways,
                                depth, whole=True)
        ways = pickle.loads(found) if found else transitions.Ways(n)
    else:
        found = spark.aggregate(kept, lambda rows: transitions.to_bytes(transitions.states(rows, asked, segments)), transitions.merge_states, depth)
        ways = transitions.count_ways(transitions.from_bytes(found), n, calendar) if found else transitions.Ways(n)
    return transitions.Transitions(ways, segments, asked.asked["confidence"])


def study_drivers(df: Any, study: Any, predictors: Any = None, threads: int | None = None, depth: int = 2, *, customers: Any = None,
                  plan: Any = None, engine: Any = None, together: Any = True) -> study_fits.StudyDrivers:
    """See drivkraft.spark.drivers. plan: the file of one `drivkraft prepare` (without it short comments have no prior of languages). Comments
    that spark.tag has tagged (columns `mentions` and `language` beside theirs) are not tagged again. together: see above."""
    from pyspark import StorageLevel
    if together not in (True, False, "already"):
        raise errors.UsageError(f"together={together}: expected True, False or 'already'")
    records_sample = _first_rows(customers) if customers is not None else None
    tagged = {"mentions", "language"} <= set(df.columns)
    sample = _first_rows(df.drop("mentions") if tagged else df)
    if len(sample) == 0:
        raise errors.DataError("there are no rows")
    asked = Asked(study, sample, records_sample, predictors)
    recipe = None
    if predictors is None:
        recipe = _recipe(asked, plan, engine)
        asked.taxonomy = study_asked.read_taxonomy(recipe.open())
    if customers is not None:
        _read_calendar(asked, customers)
    kept = df.select(*map(spark.quoted, asked.response_columns() + ([c for c in ("mentions", "language") if tagged and predictors is None])
                          + [c for c in (study_asked.named_predictors(asked) if predictors is not None else []) if c not in asked.response_columns()]))
    if customers is not None:
        kept = _join(kept, asked, customers)
    derived = _derive(kept, asked, None if tagged else recipe, customers is not None).persist(StorageLevel.MEMORY_AND_DISK)
    try:
        values = spark.aggregate(derived, lambda rows: pickle.dumps(study_counts.count_values(rows, asked)), _add_pickled, depth)
        scales = study_counts.find_scales(asked, pickle.loads(values))
        said = spark.aggregate(derived, lambda rows: pickle.dumps(study_counts.count_said(rows, asked, scales)), _add_pickled, depth)
        fits, segments = study_fits.decide(asked, scales, pickle.loads(said))
        asking = [(i, fit) for i, fit in enumerate(fits) if fit.reason is None]
        parts = spark.aggregate(derived, lambda rows: pickle.dumps({i: fit.part(rows) for i, fit in asking}), _merge_fits, depth)
    finally:
        derived.unpersist()
    return study_fits.answer(fits, pickle.loads(parts), _count_transitions(asked, customers, segments, together, depth), threads)


def _recipe(asked: Asked, plan: Any, engine: Any) -> Any:
    """The study's engine for the executors."""
    a, options = asked.asked, {}
    if a["lexicons"]:
        options["lexicons"] = a["lexicons"]
    if a["score_blind"]:
        options["learned"] = False
    if plan is not None:
        options["plan"] = plan
    else:
        options.update({"language": a["language"]} if a["language"] != "auto" else {}, **({"packs": a["packs"]} if a["packs"] != "auto" else {}))
    return spark.Recipe(engine, options)
