"""The types that facts and expressions have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Type:
    """A type by its name. Two types are the same where their names are."""

    name: str


@dataclass(frozen=True, slots=True)
class ListOf(Type):
    """A list of records, which ``any``, ``all``, ``sum`` and ``count`` can walk.

    :param fields: name of a field → its type.
    """

    fields: Mapping[str, Type] = field(default_factory=dict, hash=False, compare=False)


BOOL: Final = Type("bool")
NUMBER: Final = Type("number")
TEXT: Final = Type("text")
TEXTS: Final = Type("texts")
NUMBERS: Final = Type("numbers")
#: Text → number, asked by ``name["key"]``; 0 for what is not in it.
QUANTITIES: Final = Type("quantities")
#: What elements of a list are.
ELEMENT: Final = {TEXTS: TEXT, NUMBERS: NUMBER}
