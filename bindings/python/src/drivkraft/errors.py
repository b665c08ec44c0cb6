"""What can go wrong, as exceptions that know where."""
from __future__ import annotations


class Error(Exception):
    """Something failed. `message` says what; `file`, `line` and `column` where (None when there is no place), `excerpt` what stands
    there, `remedy` what to do about it (None when nothing is known)."""

    def __init__(self, message: str, file: str | None = None, line: int | None = None, column: int | None = None,
                 excerpt: str | None = None, remedy: str | None = None):
        self.message, self.file, self.line, self.column = message, file, line, column
        self.excerpt, self.remedy = excerpt, remedy
        place = ":".join(str(x) for x in (file, line, column) if x is not None)
        super().__init__("".join([f"{place}: " if place else "", message, f"\n  {excerpt}" if excerpt else "",
                                  f"\n  {remedy}" if remedy else ""]))

    def __reduce__(self):
        return type(self), (self.message, self.file, self.line, self.column, self.excerpt, self.remedy)


class DataError(Error, ValueError):
    """The data, a lexicon, a study file or a fit is not as it must be."""


class UsageError(Error, ValueError):
    """Something was asked for that does not exist or does not go together."""


class FileError(Error, OSError):
    """A file could not be opened, read or written."""


class OutOfMemory(Error, MemoryError):
    """Memory ran out."""


class VersionWarning(UserWarning):
    """A plan was made with other lexicons, models or another program."""


class DataWarning(UserWarning):
    """Rows that were left out, segments that cannot be fitted."""
