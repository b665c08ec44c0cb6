"""drivkraft: what customers write in Swedish, Danish and English, and what it is worth.

    import drivkraft
    tagged = drivkraft.tag(["Snabb leverans men dyr frakt"])
    tagged.mentions.to_pandas()
    print(drivkraft.explain("Snabb leverans men kundtjänsten svarar aldrig"))
    print(drivkraft.drivers(frame, "score", ["price", "service"], cluster="customer"))
    drivkraft.analyze("study.yaml", "report")

Numbers are those of the program `drivkraft`, to the last digit. Nothing here depends on the number of threads.
"""
from ._native import ffi as _ffi, lib as _lib
from .drivers import Drivers, Question, Rows, drivers
from .engine import Engine, Explanation, Tagged, explain, tag
from .errors import DataError, DataWarning, Error, FileError, OutOfMemory, UsageError, VersionWarning
from .study import Report, analyze, prepare

__version__: str = _ffi.string(_lib.dk_version()).decode()
__all__ = ["DataError", "DataWarning", "Drivers", "Engine", "Error", "Explanation", "FileError", "OutOfMemory", "Question", "Report", "Rows",
           "Tagged", "UsageError", "VersionWarning", "analyze", "drivers", "explain", "prepare", "tag"]
