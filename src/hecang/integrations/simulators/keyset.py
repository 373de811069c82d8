"""Pages by cursor as platforms with cursors make them: a row that leaves the list takes no other with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def page_after(
    rows: Sequence[T], cursor: str, size: int, key: Callable[[T], str]
) -> tuple[Sequence[T], str | None]:
    """The ``size`` rows that come after the one whose key is ``cursor``, and the cursor behind them, if more come.

    ``rows`` are in the order of ``key``, whose texts sort as the rows do. An empty cursor starts.
    """
    rest = [row for row in rows if not cursor or key(row) > cursor]
    page = rest[:size]
    return page, key(page[-1]) if len(rest) > size else None
