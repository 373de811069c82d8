"""Kernels: functions compiled by numba, kept on disk, so that a new process loads and does not compile.

numba's cache looks at the file of a kernel alone: had a kernel of another file that it calls changed, it would
go on with the old code. So the stamp of a kernel here covers what it calls and the constants it was compiled
with, too. For that, a kernel names other kernels and constants directly (``from module import name``). And what an
older version left on disk, naming classes that are gone, is compiled anew instead of failing.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba.core.dispatcher import Dispatcher

F = TypeVar("F", bound=Callable[..., Any])

#: stamps by dispatcher, as numba's dispatchers take no attributes of ours
_stamps: dict[int, str] = {}


def kernel(function: F) -> F:
    """Compile ``function`` in numba's nopython mode at its first call; releases the GIL, caches on disk.

    Types come from the first call: pass arrays of one dtype and one memory layout (C) always, or each
    combination is compiled anew.
    """
    dispatcher: Any = numba.njit(cache=True, nogil=True)(function)
    cache_file = dispatcher._cache._cache_file
    stamp = hashlib.sha256(repr((cache_file._source_stamp, _what_it_uses(function))).encode()).hexdigest()
    cache_file._source_stamp = stamp
    cache_file._load_index = _forgiving(cache_file._load_index)
    _stamps[id(dispatcher)] = stamp
    return cast("F", dispatcher)


def _forgiving(load_index: Callable[[], dict[Any, str]]) -> Callable[[], dict[Any, str]]:
    """An index that cannot be read is an empty one."""

    def load() -> dict[Any, str]:
        try:
            return load_index()
        except (ImportError, AttributeError, TypeError, EOFError, pickle.UnpicklingError):
            return {}

    return load


def _what_it_uses(function: Callable[..., Any]) -> list[tuple[str, str]]:
    """The kernels and constants that a function names, with a stamp or a value."""
    used = []
    for name in sorted(set(function.__code__.co_names)):
        value = function.__globals__.get(name)
        if isinstance(value, Dispatcher):
            used.append((name, _stamps.get(id(value), "")))
        elif isinstance(value, (int, float, str, tuple)):
            used.append((name, repr(value)))
    return used
