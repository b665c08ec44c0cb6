"""Tables of others as Arrow, and back."""
from __future__ import annotations

from typing import Any

import pyarrow as pa

from . import errors
from ._native import Keep, ffi

_READ = (pa.types.is_integer, pa.types.is_boolean, pa.types.is_string, pa.types.is_large_string, pa.types.is_null,
         pa.types.is_float32, pa.types.is_float64)


def is_pandas(data: Any) -> bool:
    return type(data).__module__.split(".")[0] == "pandas"


def is_polars(data: Any) -> bool:
    return type(data).__module__.split(".")[0] == "polars"


def to_arrow(data: Any) -> pa.Table:
    """A table of pyarrow, pandas or polars, a record batch, or a mapping of columns, as a pyarrow table; text is not copied where they
    hold it as Arrow."""
    if isinstance(data, pa.Table):
        return data
    if isinstance(data, pa.RecordBatch):
        return pa.Table.from_batches([data])
    if is_pandas(data):
        if not hasattr(data, "columns"):  # a Series
            data = data.to_frame()
        return pa.Table.from_pandas(data, preserve_index=False)
    if is_polars(data):
        frame = data.to_frame() if not hasattr(data, "columns") else data
        return frame.to_arrow()
    if isinstance(data, dict):
        return pa.table(data)
    if hasattr(data, "__arrow_c_stream__"):
        return pa.table(data)
    raise errors.UsageError(f"{type(data).__name__} is no table; pyarrow, pandas, polars or a dict of columns was expected")


def like(table: pa.Table, data: Any):
    """table in the kind of data."""
    if is_pandas(data):
        return table.to_pandas()
    if is_polars(data):
        import polars
        return polars.from_arrow(table)
    return table


def readable(column: pa.ChunkedArray | pa.Array):
    """The column in a type that the library reads: others (dates, decimals, nested dictionaries) are cast to text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        if pa.types.is_string(kind.value_type) or pa.types.is_large_string(kind.value_type):
            return column
        if isinstance(column, pa.ChunkedArray):
            return readable(pa.chunked_array([plain(c) for c in column.chunks], plain(pa.array([], kind)).type))
        return readable(plain(column))
    if any(test(kind) for test in _READ) or str(kind) == "string_view":
        return column
    return column.cast(pa.large_string())


def plain(column: pa.Array) -> pa.Array:
    """Dictionaries decoded, views of text as text."""
    if pa.types.is_dictionary(column.type):
        words = plain(column.dictionary)  # pyarrow has no kernel for views behind indices
        return words.take(column.indices)
    return column.cast(pa.large_string()) if str(column.type) == "string_view" else column


def find_column(names: list[str], wanted: str, option: str) -> str:
    """The column of that name, or the only one that differs in case alone."""
    if wanted in names:
        return wanted
    near = [n for n in names if n.lower() == wanted.lower()]
    if len(near) == 1:
        return near[0]
    import difflib
    close = difflib.get_close_matches(wanted, names, 1)
    raise errors.UsageError(f"{option}={wanted}: no such column" + (f"; did you mean {close[0]}?" if close else "") +
                            f" ({', '.join(names[:12])})")


class Exported:
    """Batches of a table handed to C; released when the `with` ends."""

    def __init__(self, table: pa.Table):
        self.table = pa.table({n: readable(c) for n, c in zip(table.column_names, table.columns)}) if table.num_columns else table
        self.names = table.column_names

    def __enter__(self):
        self.keep = Keep()
        self.schema = ffi.new("struct ArrowSchema *")
        self.arrays = []
        batches = self.table.to_batches()
        self.table.schema._export_to_c(int(ffi.cast("uintptr_t", self.schema)))
        for batch in batches:
            array = ffi.new("struct ArrowArray *")
            batch._export_to_c(int(ffi.cast("uintptr_t", array)))
            self.arrays.append(array)
        self.list = ffi.new("struct ArrowArray *[]", self.arrays or 1)
        return self

    def fill(self, out, name) -> None:
        """Fills a dk_native_table."""
        out.name, out.schema, out.nbatches = name, self.schema, len(self.arrays)
        out.batches = ffi.cast("const struct ArrowArray *const *", self.list)

    def __exit__(self, *_):
        for array in self.arrays:
            if array.release != ffi.NULL:
                array.release(array)
        if self.schema.release != ffi.NULL:
            self.schema.release(self.schema)
