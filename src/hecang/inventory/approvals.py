"""Whose word a correction needs before it is posted. Nobody's, unless a higher app that knows limits says otherwise::

    approvals_register(ChangeApprovals())     # in AppConfig.ready() of stockkeeping

It writes down what is asked for and answers with it; then nothing is posted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hecang.inventory.services import AdjustIn


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits for another person."""

    id: int
    number: str


@dataclass(frozen=True, slots=True)
class Recondition:
    """Units of a stock row that are to be in another condition."""

    stock_id: int
    quantity: int
    to_condition: str
    note: str = ""


class Approvals(Protocol):
    """Each answers with what waits now; nothing, where the acting person may do it alone."""

    def adjust(self, *, adjustments: Sequence[AdjustIn], reason: str) -> list[Waiting]: ...

    def recondition(self, *, lines: Sequence[Recondition]) -> list[Waiting]: ...

    def release(self, *, hold_id: int) -> list[Waiting]: ...


class _Nobody:
    """Everybody may do everything that their permissions allow."""

    def adjust(self, *, adjustments: Sequence[AdjustIn], reason: str) -> list[Waiting]:  # noqa: ARG002
        return []

    def recondition(self, *, lines: Sequence[Recondition]) -> list[Waiting]:  # noqa: ARG002
        return []

    def release(self, *, hold_id: int) -> list[Waiting]:  # noqa: ARG002
        return []


_approvals: list[Approvals] = [_Nobody()]


def approvals_register(approvals: Approvals) -> None:
    """Let ``approvals`` decide from now on."""
    _approvals[:] = [approvals]


def approvals() -> Approvals:
    """Who decides."""
    return _approvals[0]
