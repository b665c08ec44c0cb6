"""The library, loaded by cffi in ABI mode: nothing is compiled against a version of Python, and every call gives up the GIL."""
from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from . import errors
from ._cdef import ffi

HERE = Path(__file__).parent
LIBRARY = HERE / "libdrivkraft_python.so"
DATA = HERE / "data"

_ASK = ("import ctypes,sys; f=ctypes.CDLL(sys.argv[1]).dk_native_better_core; f.restype=ctypes.c_char_p; "
        "print((f() or b'').decode())")


def _better_core() -> str:
    """OpenBLAS chooses its kernel when it is loaded, and Debian 12's does not know recent processors: four times slower then. Asked in a
    process of its own, because afterwards it is too late."""
    try:
        done = subprocess.run([sys.executable, "-I", "-S", "-c", _ASK, str(LIBRARY)], capture_output=True, text=True, timeout=60,
                              env=dict(os.environ, OPENBLAS_NUM_THREADS="1"))
        core = done.stdout.strip()
        return core if re.fullmatch(r"[A-Za-z0-9]+", core) else ""
    except (OSError, subprocess.SubprocessError):
        return ""  # slower, not wrong


def _load():
    before = {name: os.environ.get(name) for name in ("OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS")}
    if before["OPENBLAS_CORETYPE"] is None and (core := _better_core()):
        os.environ["OPENBLAS_CORETYPE"] = core
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    try:
        return ffi.dlopen(str(LIBRARY))
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


lib = _load()

_KINDS = {1: errors.DataError, 2: errors.UsageError, 3: errors.FileError, 4: errors.OutOfMemory}


def _text(field) -> str | None:
    return ffi.string(field).decode("utf-8", "replace") or None


def check(status: int, err) -> None:
    """Raises what a status other than DK_OK stands for."""
    if status == 0:
        return
    raise _KINDS.get(status, errors.Error)(_text(err.message) or "failed", _text(err.file), err.line or None, err.column or None,
                                           _text(err.excerpt), _text(err.remedy))


def call(function, *arguments) -> None:
    """Calls a function that returns a dk_status and takes a dk_error last."""
    err = ffi.new("dk_error *")
    check(function(*arguments, err), err)


class Keep:
    """Texts and lists for a call, kept as long as this object."""

    def __init__(self):
        self.held = []

    def text(self, value: str | os.PathLike | None):
        if value is None:
            return ffi.NULL
        made = ffi.new("char[]", os.fspath(value).encode("utf-8", "surrogateescape"))
        self.held.append(made)
        return made

    def texts(self, values):
        made = ffi.new("const char *[]", [self.text(v) for v in values] or 1)
        self.held.append(made)
        return made


def take_bytes(function, *arguments) -> bytes:
    """Calls a function whose result is a dk_native_text before the dk_error."""
    out = ffi.new("dk_native_text *")
    call(function, *arguments, out)
    try:
        return bytes(ffi.buffer(out.ptr, out.len))
    finally:
        lib.dk_native_free(out.ptr)


def default_threads() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
