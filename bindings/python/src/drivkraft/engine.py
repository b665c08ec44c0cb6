"""Engines, and tagging."""
from __future__ import annotations

import json
import os
import threading
import warnings
from pathlib import Path
from typing import Any, Iterable, NamedTuple, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from . import errors, tables
from ._native import DATA, Keep, call, default_threads, ffi, lib, take_bytes

BATCH = 1 << 18  # rows tagged in one call; results of one batch must have less than 2 GB of text


class Tagged(NamedTuple):
    """Two tables with the columns of comments.csv and mentions.csv, in the kind of the input."""
    comments: Any
    mentions: Any


class Engine:
    """Lexicons, models and dictionaries, opened once; may be used by any number of threads.

    lexicons: your own folders or files, before the shipped ones. packs: names such as "telecom" or ["telecom", "retail"], or "none".
    language: sv, da, en or auto. language_prior: such as "sv=0.6,da=0.4". plan: a file of `drivkraft prepare` or of an analysis.
    weights: files of sentiment learned from your own scores. engine: a file of `drivkraft lexicon compile` or Engine.compile.
    data: a folder that holds lexicons/ and models/, in place of those of the package.
    threads: as many as there are processors when not given.
    """

    def __init__(self, lexicons: Sequence[str | os.PathLike] = (), packs: str | Iterable[str] | None = None, language: str | None = None,
                 language_prior: str | None = None, plan: str | os.PathLike | None = None, weights: Sequence[str | os.PathLike] = (),
                 spelling: bool = True, learned: bool = True, engine: str | os.PathLike | None = None,
                 data: str | os.PathLike | None = None, threads: int | None = None):
        keep = Keep()
        lexicons = [lexicons] if isinstance(lexicons, (str, os.PathLike)) else list(lexicons)
        weights = [weights] if isinstance(weights, (str, os.PathLike)) else list(weights)
        data = data or os.environ.get("DRIVKRAFT_DATA") or None
        plain = not lexicons and not weights and spelling and learned and data is None
        if engine is None and plain and (DATA / "drivkraft.engine").exists():
            engine = DATA / "drivkraft.engine"
        if engine is not None and (lexicons or weights or not spelling or not learned):
            raise errors.UsageError("engine= is a compiled engine: lexicons, weights, spelling and learned are part of it already")
        options = ffi.new("dk_engine_options *")
        options.data_dir = keep.text(data or DATA)
        options.lexicons, options.nlexicons = keep.texts(lexicons), len(lexicons)
        options.weights, options.nweights = keep.texts(weights), len(weights)
        options.no_spelling, options.no_learned = not spelling, not learned
        options.engine = keep.text(engine)
        out = ffi.new("dk_engine **")
        call(lib.dk_engine_open, out, options)
        self._engine = ffi.gc(out[0], lib.dk_engine_free)
        self.threads = threads or default_threads()
        self._plan = ffi.new("dk_tag_plan *")
        same = ffi.new("bool *")
        packs = ",".join(packs) if packs is not None and not isinstance(packs, str) else packs
        call(lib.dk_native_plan, self._engine, keep.text(plan), keep.text(language), keep.text(language_prior), keep.text(packs),
             self._plan, same)
        if not same[0]:
            warnings.warn(f"{plan} was made with other lexicons, models or another program", errors.VersionWarning, stacklevel=2)
        self._lock = threading.Lock()
        self._taggers: dict[int, list] = {}

    @property
    def version(self) -> str:
        """32 hex digits over lexicons, models, dictionaries and program."""
        return ffi.string(lib.dk_engine_stamp(self._engine)).decode()

    @property
    def themes(self) -> list[str]:
        """The ids of all themes."""
        return [ffi.string(lib.dk_engine_theme(self._engine, i)).decode() for i in range(lib.dk_engine_themes(self._engine))]

    @property
    def plan(self) -> str:
        """What is decided for all comments, as the text of a plan file."""
        return take_bytes(lib.dk_native_plan_text, self._engine, self._plan).decode()

    def compile(self, path: str | os.PathLike) -> Path:
        """Writes lexicons, models and dictionaries as one file, for Engine(engine=...) anywhere."""
        keep = Keep()
        call(lib.dk_native_compile, self._engine, keep.text(path))
        return Path(path)

    def _tagger(self, threads: int):
        with self._lock:
            free = self._taggers.setdefault(threads, [])
            if free:
                return free.pop()
        out = ffi.new("dk_tagger **")
        call(lib.dk_tagger_new, out, self._engine, self._plan, threads)
        engine = self._engine  # must outlive the tagger
        return ffi.gc(out[0], lambda t, _engine=engine: lib.dk_tagger_free(t))

    def tag_array(self, text: pa.Array | pa.ChunkedArray, threads: int | None = None) -> pa.ChunkedArray:
        """Comments to structs: language, language_confidence, sentiment, label, themes, and mentions as a list of structs (see dk_tag_arrow in
        drivkraft.h). The text is not copied."""
        threads = threads or self.threads
        chunks = text.chunks if isinstance(text, pa.ChunkedArray) else [text]
        tagger = self._tagger(threads)
        results = []
        for chunk in chunks:
            chunk = tables.readable(chunk)
            for at in range(0, len(chunk), BATCH):
                results.append(self._tag_batch(tagger, chunk.slice(at, BATCH)))
        if not results:
            results.append(self._tag_batch(tagger, pa.array([], pa.string())))
        with self._lock:  # not after a failure: it may be in the middle of something
            self._taggers[threads].append(tagger)
        return pa.chunked_array(results)

    def _tag_batch(self, tagger, array: pa.Array) -> pa.Array:
        parts = [ffi.new("struct ArrowSchema *"), ffi.new("struct ArrowArray *"), ffi.new("struct ArrowSchema *"), ffi.new("struct ArrowArray *")]
        at = [int(ffi.cast("uintptr_t", p)) for p in parts]
        array._export_to_c(at[1], at[0])
        try:
            call(lib.dk_tag_arrow, tagger, *parts)
        finally:
            for p in parts[:2]:
                if p.release != ffi.NULL:
                    p.release(p)
        return pa.Array._import_from_c(at[3], at[2])

    def tag(self, data: Any, text: str | None = None, id: str | None = None, threads: int | None = None) -> Tagged:
        """Tags comments: a list of texts (or an array or series of them), or a table of pyarrow, pandas or polars whose column `text` holds them.

        id: the column of the ids; row numbers from 1 without. Returns comments (one row a comment: id, language,
        language_confidence, sentiment, label, themes) and mentions (one row a mention: id, theme, touchpoint, stage, label, polarity,
        start, end, match, entry, rules) with the values that `drivkraft tag` writes, start and end in bytes of UTF-8.
        """
        if isinstance(data, (pa.Array, pa.ChunkedArray)):
            column, ids = data, None
        elif isinstance(data, (list, tuple)):
            column, ids = pa.array(data, pa.large_string()), None
        elif not hasattr(data, "columns") and (tables.is_pandas(data) or tables.is_polars(data)):
            column, ids = tables.to_arrow(data).column(0), None
        else:
            table = tables.to_arrow(data)
            if text is None:
                raise errors.UsageError(f"which column holds the comments? text=... ({', '.join(table.column_names[:12])})")
            column = table.column(tables.find_column(table.column_names, text, "text"))
            ids = table.column(tables.find_column(table.column_names, id, "id")) if id is not None else None
        found = self.tag_array(column, threads)
        n = len(found)
        if ids is None:
            ids = pa.array(range(1, n + 1), pa.int64())
        comments = {"id": ids}
        flat = [c.flatten() for c in found.chunks]
        names = [f.name for f in found.type]
        for i, name in enumerate(names[:-1]):
            comments[name] = pa.chunked_array([f[i] for f in flat])
        rows, mentions, before = [], {f.name: [] for f in found.type.field("mentions").type.value_type}, 0
        for f in flat:
            lists = f[-1]
            rows.append(pc.add(pc.cast(pc.list_parent_indices(lists), pa.int64()), before))
            before += len(lists)
            for name, column in zip(mentions, lists.flatten().flatten()):
                mentions[name].append(column)
        ids_column = ids if isinstance(ids, pa.ChunkedArray) else pa.chunked_array([ids])
        who = ids_column.take(pa.chunked_array(rows))
        spoken = pa.table({"id": who, **{name: pa.chunked_array(c) for name, c in mentions.items()}})
        return Tagged(tables.like(pa.table(comments), data), tables.like(spoken, data))

    def explain(self, text: str) -> "Explanation":
        """Why one comment is tagged as it is: tokens, clauses, modifiers, opinions, mentions, learned words, each with its span."""
        raw = text.encode("utf-8")
        return Explanation(text, take_bytes(lib.dk_native_explain, self._engine, self._plan, raw, len(raw)).decode())


class Explanation(dict):
    """What `drivkraft explain --format json` says, as a dict; str() is a short text."""

    def __init__(self, text: str, source: str):
        super().__init__(json.loads(source))
        self.text, self.json = text, source

    def __str__(self) -> str:
        raw = self.text.encode("utf-8")
        lines = [f"{self['language']} {self['language_confidence']:.2f}  {self['label']}, sentiment {self['sentiment']:.2f}"]
        for m in self["mentions"]:
            span = raw[m["start"]:m["end"]].decode("utf-8", "replace")
            rules = f"; {m['rules'].replace('|', ', ')}" if m["rules"] else ""
            lines.append(f"  {m['theme']:26} {m['label']:8} {m['polarity']:5.2f}  {span}   {m['entry']} {m['term']}{rules}")
        return "\n".join(lines)


_default: Engine | None = None
_default_lock = threading.Lock()


def default_engine() -> Engine:
    """The engine of the package, opened when it is first needed."""
    global _default
    with _default_lock:
        if _default is None:
            _default = Engine()
        return _default


def tag(data: Any, text: str | None = None, id: str | None = None, threads: int | None = None, engine: Engine | None = None,
        **options) -> Tagged:
    """Tags comments with the package's engine, or one with these options; see Engine and Engine.tag."""
    engine = engine or (Engine(**options) if options else default_engine())
    return engine.tag(data, text, id, threads)


def explain(text: str, engine: Engine | None = None, **options) -> Explanation:
    """Why one comment is tagged as it is; see Engine.explain."""
    engine = engine or (Engine(**options) if options else default_engine())
    return engine.explain(text)
