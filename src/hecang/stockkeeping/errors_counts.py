"""What counting refuses, and why."""

from __future__ import annotations

from typing import ClassVar

from hecang.kernel.errors import Conflict, InvalidInput


class CountEmpty(InvalidInput):
    """No place fits what was asked for."""

    code: ClassVar[str] = "count_empty"


class CountInvalid(InvalidInput):
    """A reading that makes no sense: unknown goods, no lot where one is needed, a place counted twice."""

    code: ClassVar[str] = "count_invalid"


class CountBySame(Conflict):
    """Whoever counted a place may not count it again, nor approve the difference."""

    code: ClassVar[str] = "count_by_same"


class PlaceTaken(Conflict):
    """Somebody else is counting there."""

    code: ClassVar[str] = "count_place_taken"
