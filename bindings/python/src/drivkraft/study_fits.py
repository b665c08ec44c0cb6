"""The fits of a study: which columns each has, the rows of a part for them, and the answer. See study_rows.py for the way."""
from __future__ import annotations

import json
import warnings
from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from . import errors, tables
from .drivers import Drivers, Question, Rows, _list
from .study_asked import Asked, named_predictors
from .study_counts import Scale

LANGUAGES = ["sv", "da", "en"]  # in the order of DK_LANG_SV ...
FEWEST_EVENTS = 5               # DK_EVENTS_LEAST


class Fit:
    """One outcome in one segment (None: all): the columns that its rows get, and the question. Pickles.

    said: name of a 0/1 column to the set of mentions that make it 1; dummies: name of a 0/1 column to the column of the rows and the value
    that makes it 1; numbers: name to column."""

    def __init__(self, k: int, scale: Scale, segment: str | None):
        self.k, self.scale, self.segment = k, scale, segment
        self.outcome = scale.name
        self.reason: str | None = None
        self.items: list[str] = []     # predictors as the question has them
        self.said: dict[str, frozenset[str]] = {}
        self.rare: dict[str, frozenset[str]] = {}
        self.dummies: dict[str, tuple[str, str]] = {}
        self.numbers: dict[str, str] = {}
        self.order: list[str] = []     # of the controls
        self.question: Question | None = None

    def rows(self, derived: pa.Table) -> pa.Table:
        """The rows of the fit, with its columns."""
        mine = derived.filter(self.scale.usable(derived.column(f"o{self.k}")))
        if self.segment is not None:
            mine = mine.filter(pc.fill_null(pc.equal(mine.column("segment"), self.segment), False))
        outcome = mine.column(f"o{self.k}")
        out = {"outcome": outcome.cast(pa.int64()) if self.scale.as_ == "contribution" else outcome, "customer": mine.column("customer"),
               "weight": mine.column("weight")}
        if self.said or self.rare:
            cells = mine.column("said").combine_chunks().dictionary_encode()
            sets = [frozenset(t.split("|")) for t in cells.dictionary.to_pylist()]
            for name, which in [*self.said.items(), *self.rare.items()]:
                out[name] = pa.array([int(not which.isdisjoint(s)) for s in sets], pa.int8()).take(cells.indices)
        for name, (column, value) in self.dummies.items():
            out[name] = pc.fill_null(pc.equal(mine.column(column), value), False)
        for name, column in self.numbers.items():
            out[name] = mine.column(column)
        return pa.table(out)

    def part(self, derived: pa.Table) -> bytes:
        """The rows as a part of drivkraft.Rows."""
        return Rows.read(self.rows(derived), self.question, 1, part=True).part()


def _of(counter: Counter, segment: str | None, *columns: int) -> Counter:
    """The counts of a segment by some of the columns behind it."""
    out: Counter = Counter()
    for key, n in counter.items():
        if segment is None or key[0] == segment:
            out[tuple(key[c] for c in columns) if len(columns) != 1 else key[columns[0]]] += n
    return out


def _choose_predictors(fit: Fit, asked: Asked, counts: dict, n: int) -> None:
    """As src/study/features.c: a theme and sign with fewer than min_mentions responses is pooled with the others of its touchpoint and sign;
    what is rare even so goes into a control."""
    least, binary = asked.asked["min_mentions"], fit.scale.model == "binary"
    sets = [(frozenset(t.split("|")), c) for t, c in _of(counts["said"], fit.segment, 1).items() if t]
    happened = [(frozenset(t.split("|")), c) for t, c in _of(counts.get("events", Counter()), fit.segment, 1).items() if t]
    single: Counter = Counter()
    for s, c in sets:
        for token in s:
            single[token] += c

    def size(which, of=sets):
        return sum(c for s, c in of if not which.isdisjoint(s))

    def is_rare(which, count):
        if count < least:
            return True
        events = size(which, happened) if binary else 0
        return binary and (events < FEWEST_EVENTS or count - events < FEWEST_EVENTS)

    rare: set[str] = set()
    touchpoints = list(dict.fromkeys(t["touchpoint"] for t in asked.taxonomy))
    for touchpoint in touchpoints:
        themes = [t for t in asked.taxonomy if t["touchpoint"] == touchpoint]
        stage, names, small = themes[0]["stage"] or touchpoint, [], {"-": [], "+": []}
        for theme in themes:
            for sign in "-+":
                token = theme["theme"] + sign
                if theme["outcome"] or single[token] == 0:
                    continue
                if is_rare({token}, single[token]):
                    small[sign].append(token)
                    continue
                names.append(f"{theme['theme']} {'negative' if sign == '-' else 'positive'}")
                fit.said[names[-1]] = frozenset([token])
        for sign in "-+":
            which = frozenset(small[sign])
            if not which:
                continue
            if is_rare(which, size(which)):
                rare |= which
                continue
            names.append(f"{touchpoint}.other {'negative' if sign == '-' else 'positive'}")
            fit.said[names[-1]] = which
        if names:
            fit.items.append(f"{stage}/{touchpoint}={'+'.join(names)}")
    if rare and size(rare) < n:
        fit.rare["rare themes"] = frozenset(rare)
        fit.order.append("rare themes")


def _add_dummy(fit: Fit, name: str, column: str, value: str, count: int, least: int, n: int) -> None:
    if count >= least and 0 < count < n:
        fit.dummies[name] = (column, value)
        fit.order.append(name)


def _add_levels(fit: Fit, name: str, column: str, levels: Counter, least: int, n: int) -> None:
    """A 0/1 column for all values but the most common one."""
    levels = Counter({v: c for v, c in levels.items() if v is not None})
    if len(levels) < 2:
        return
    most = min(levels, key=lambda v: (-levels[v], v))
    for value in sorted(levels):
        if value != most:
            _add_dummy(fit, f"{name} {value}", column, value, levels[value], least, n)


def _choose_controls(fit: Fit, asked: Asked, counts: dict, n: int) -> None:
    least = asked.asked["min_mentions"]
    if asked.predictors is None:
        kinds = _of(counts["kind"], fit.segment, 1)
        for kind in ("no comment", "comment without a driver", "comment in another language"):
            _add_dummy(fit, kind, "kind", kind, kinds[kind], 5, n)
        languages = _of(counts["kind"], fit.segment, 2)
        most = max(LANGUAGES, key=lambda l: languages[l])
        for language in LANGUAGES:
            if language != most:
                _add_dummy(fit, f"language {language}", "language", language, languages[language], least, n)
    numbers = [("before", f"b{fit.k}")] if f"b{fit.k}" in counts else []
    for j, (name, _, _, number) in enumerate(asked.controls):
        if number:
            numbers.append((name, f"c{j}"))
            continue
        _flush(fit, counts, numbers)
        numbers = []
        _add_levels(fit, name, f"c{j}", _of(counts[f"c{j}"], fit.segment, 1), least, n)
    _flush(fit, counts, numbers)


def _flush(fit: Fit, counts: dict, numbers: list) -> None:
    for name, column in numbers:
        ranges = [r for s, r in counts[column].items() if fit.segment is None or s == fit.segment]
        if ranges and min(r[0] for r in ranges) < max(r[1] for r in ranges):  # else it says nothing
            fit.numbers[name] = column
            fit.order.append(name)


def decide(asked: Asked, scales: list[Scale], counted: dict) -> tuple[list[Fit], list[str]]:
    """The fits of all outcomes and segments, and the segments in their order."""
    a, fits = asked.asked, []
    seen = {s for k in range(len(scales)) for (s,) in counted[f"o{k}"]["segment"] if s is not None}
    segments = asked.order(seen)
    for k, scale in enumerate(scales):
        counts = counted[f"o{k}"]
        for segment in [None, *segments]:
            fit = Fit(k, scale, segment)
            n = sum(c for (s,), c in counts["segment"].items() if segment is None or s == segment)
            fits.append(fit)
            if n < a["min_mentions"] or n < a["min_privacy"]:
                fit.reason = "1 response is too few" if n == 1 else f"{n} responses are too few"
                continue
            if asked.predictors is None:
                _choose_predictors(fit, asked, counts, n)
            else:
                names = named_predictors(asked)
                fit.items, fit.numbers = _list(asked.predictors), {name: f"p{j}" for j, name in enumerate(names)}
            if not fit.items:
                fit.reason = f"no theme is mentioned by {a['min_mentions']} responses"
                continue
            _choose_controls(fit, asked, counts, n)
            fit.question = Question("outcome", fit.items, fit.order, model=scale.model, as_=scale.as_, weight="weight" if asked.role("weight") else None,
                                    cluster="customer" if asked.role("customer") else None, missing="indicator", bootstrap=a["bootstrap"], seed=a["seed"],
                                    confidence=a["confidence"], alpha=a["fdr"], winsor=0.01)
    return fits, segments


class StudyDrivers:
    """The answer to a study. `fits`: a dict from (outcome, segment) to Drivers, segment None for all; `reasons`: why there is none.
    `transitions`: how customers move between segments (None without their records). `json` has it all; str() is for people."""

    def __init__(self, fits: list[Fit], answers: list[Drivers | None], transitions: Any, kind: Any = None):
        self.transitions = transitions
        self.fits = {(f.outcome, f.segment): d for f, d in zip(fits, answers) if d is not None}
        self.reasons = {(f.outcome, f.segment): f.reason for f in fits if f.reason}
        self._kind = kind
        self.result = {"fits": [{"outcome": f.outcome, "segment": f.segment, "reason": f.reason, "drivers": d.result if d is not None else None}
                                for f, d in zip(fits, answers)],
                       "transitions": transitions.result if transitions is not None else None}
        self.json = json.dumps(self.result, ensure_ascii=False)

    def _table(self, attribute: str):
        parts = []
        for (outcome, segment), d in self.fits.items():
            t = d._table_of(attribute).drop_columns(["segment"])
            head = {"outcome": pa.array([outcome] * len(t), pa.string()), "segment": pa.array([segment or ""] * len(t), pa.string())}
            parts.append(pa.table({**head, **{n: t.column(n) for n in t.column_names}}))
        return tables.like(pa.concat_tables(parts, promote_options="permissive") if parts else pa.table({}), self._kind)

    @property
    def drivers(self):
        """One row a touchpoint (or group) of each fit."""
        return self._table("drivers")

    @property
    def terms(self):
        """One row a predictor of each fit."""
        return self._table("terms")

    def __str__(self) -> str:
        out = []
        for (outcome, segment), d in self.fits.items():
            out.append(f"== {outcome}{', ' + segment if segment else ''}\n{d.text}")
        out += [f"== {outcome}{', ' + segment if segment else ''}\nno fit: {why}\n" for (outcome, segment), why in self.reasons.items()]
        if self.transitions is not None:
            out.append(f"== movement\n{self.transitions}")
        return "\n".join(out)

    def __repr__(self) -> str:
        return f"<StudyDrivers: {len(self.fits)} fits{', transitions' if self.transitions is not None else ''}>"


def answer(fits: list[Fit], parts: dict[int, bytes], transitions: Any, threads: int | None = None, kind: Any = None) -> StudyDrivers:
    """Fits what was gathered: parts by the number of the fit."""
    answers: list[Drivers | None] = []
    for i, fit in enumerate(fits):
        found = None
        if fit.reason is None:
            rows = Rows.merge([parts[i]])
            try:
                found = Drivers(rows, threads, kind)
            except errors.DataError as e:  # as one outcome in one segment may not vary; others stand
                fit.reason = e.message
            for sentence in dict.fromkeys(rows.said):
                warnings.warn(f"{fit.outcome}{', ' + fit.segment if fit.segment else ''}: {sentence}", errors.DataWarning, stacklevel=4)
        answers.append(found)
    return StudyDrivers(fits, answers, transitions, kind)
