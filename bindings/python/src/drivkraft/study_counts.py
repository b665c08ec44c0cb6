"""Counts of parts of a study's rows, which add up: values of the outcomes, and who says what."""
from __future__ import annotations

import math
from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc

from .study_asked import Asked, is_number

SCALES = [(1, 5), (1, 7), (0, 10), (0, 100)]


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
            if not is_number(mine.column(name).type):
                counts[name] = _tally(mine, "segment", name)
                continue
            known = mine.filter(pc.is_valid(mine.column(name)))
            found = known.group_by("segment").aggregate([(name, "min"), (name, "max")]).to_pylist()
            counts[name] = {str(r["segment"]): (r[f"{name}_min"], r[f"{name}_max"]) for r in found}
        out[f"o{k}"] = counts
    return out
