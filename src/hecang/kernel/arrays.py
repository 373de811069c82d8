"""Lists of int and str as array parameters, dumped ten to thirty times faster than psycopg does.

psycopg looks at every element by itself (quoting by regular expression): a column of a hundred thousand
texts takes a second. Lists that hold nothing but int or str (and None) are joined in one go here; all
others go the usual way. Ints are always ``bigint[]``, so that a statement is prepared once, not once for
each size of number.
"""

from __future__ import annotations

from types import NoneType
from typing import Any

import psycopg
from psycopg.adapt import PyFormat
from psycopg.types.array import ListDumper

_BIGINT_ARRAY = 1016
_INT = frozenset({int, NoneType})
_STR = frozenset({str, NoneType})


class FastListDumper(ListDumper):
    """See the module."""

    kind: type | None = None

    def get_key(self, obj: list[Any], format: PyFormat) -> Any:  # noqa: A002 - psycopg's name
        kind = _kind(obj)
        return (self.cls, kind) if kind else super().get_key(obj, format)

    def upgrade(self, obj: list[Any], format: PyFormat) -> ListDumper:  # noqa: A002
        kind = _kind(obj)
        if kind is None:
            return super().upgrade(obj, format)  # type: ignore[return-value]
        dumper = type(self)(self.cls, self._tx)
        dumper.kind = kind
        dumper.oid = _BIGINT_ARRAY if kind is int else 0
        return dumper

    def dump(self, obj: list[Any]) -> Any:
        kind = _kind(obj)
        if kind is int:
            return ("{" + ",".join(map(str, obj)).replace("None", "NULL") + "}").encode()
        if kind is str:
            return _texts(obj).encode()
        return super().dump(obj)


def _kind(items: list[Any]) -> type | None:
    kinds = set(map(type, items))
    if int in kinds and kinds <= _INT:
        return int
    if str in kinds and kinds <= _STR:
        return str
    return None


def _texts(items: list[str | None]) -> str:
    if None in items:
        return "{" + ",".join("NULL" if item is None else _quoted(item) for item in items) + "}"
    joined = '","'.join(items)  # type: ignore[arg-type]
    if "\x00" in joined:
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    if "\\" in joined or joined.count('"') != 2 * (len(items) - 1):
        joined = '","'.join(item.replace("\\", "\\\\").replace('"', '\\"') for item in items)  # type: ignore[union-attr]
    return f'{{"{joined}"}}'


def _quoted(item: str) -> str:
    if "\x00" in item:
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return '"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"'


def register() -> None:
    """Make it the dumper of lists for every connection opened from now on."""
    psycopg.adapters.register_dumper(list, FastListDumper)
