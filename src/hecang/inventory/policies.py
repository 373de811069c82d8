"""Which goods go first: allocation policies, chosen by name.

A policy is a small object that yields candidate rows in the order in which they shall be used. To add
one, write a class with the methods of :class:`AllocationPolicy` and register it::

    @allocation_policy
    class NearestFirst: ...
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol, TypeVar

from django.utils.translation import gettext as _

from hecang.kernel.errors import InvalidInput


@dataclass(slots=True)
class Candidate:
    """A sellable stock row that units can be taken from.

    :param free: base units not allocated yet; the allocation lowers it as it goes.
    :param is_pick_face: people reach it without a ladder or a truck.
    """

    stock_id: int
    warehouse_id: int
    sku_id: int
    owner_id: int
    location_id: int
    lot_id: int | None
    expires_on: date | None
    received_at: datetime
    is_pick_face: bool
    pick_sequence: int
    free: int


class AllocationPolicy(Protocol):
    """The order in which candidates of one warehouse, SKU and owner are used."""

    name: str

    def prepare(self, candidates: list[Candidate]) -> list[Candidate]:
        """Called once for all candidates of one key, before the first demand."""

    def choose(self, candidates: Sequence[Candidate], quantity: int) -> Iterator[Candidate]:
        """Called for every demand with the prepared candidates; ``quantity`` is what it wants.

        ``candidates`` are the prepared ones that suit this demand and still have free units, in the order
        of ``prepare``. Yields them in the order in which to take from them.
        """


_policies: dict[str, AllocationPolicy] = {}
C = TypeVar("C", bound=type[AllocationPolicy])


def allocation_policy(policy: C) -> C:
    """Register a policy under its ``name``."""
    _policies[policy.name] = policy()
    return policy


def policy_named(name: str) -> AllocationPolicy:
    """The policy of this name.

    :raises InvalidInput: there is none; says which there are.
    """
    if name not in _policies:
        raise InvalidInput(
            _("There is no allocation policy “%(name)s”. There are: %(names)s.")
            % {"name": name, "names": ", ".join(sorted(_policies))},
            code="unknown_policy",
        )
    return _policies[name]


def policy_names() -> list[str]:
    """All registered policies."""
    return sorted(_policies)


def _walk(candidate: Candidate) -> tuple[bool, int, int]:
    """What decides between equals: pick faces first, then the way people walk."""
    return (not candidate.is_pick_face, candidate.pick_sequence, candidate.stock_id)


class _Sorted:
    """A policy whose order is the same for every demand."""

    def choose(self, candidates: Sequence[Candidate], quantity: int) -> Iterator[Candidate]:  # noqa: ARG002
        return iter(candidates)


@allocation_policy
class Fefo(_Sorted):
    """First expired, first out. Goods without an expiry date come after those with one, oldest first."""

    name = "fefo"

    def prepare(self, candidates: list[Candidate]) -> list[Candidate]:
        return sorted(candidates, key=lambda c: (c.expires_on or date.max, c.received_at, *_walk(c)))


@allocation_policy
class Fifo(_Sorted):
    """First in, first out, by the time the goods came into the house."""

    name = "fifo"

    def prepare(self, candidates: list[Candidate]) -> list[Candidate]:
        return sorted(candidates, key=lambda c: (c.received_at, *_walk(c)))


@allocation_policy
class Lifo(_Sorted):
    """Last in, first out, for goods stacked so that the last is in front."""

    name = "lifo"

    def prepare(self, candidates: list[Candidate]) -> list[Candidate]:
        epoch = datetime(2000, 1, 1, tzinfo=UTC)
        return sorted(candidates, key=lambda c: (epoch - c.received_at, *_walk(c)))


@allocation_policy
class FewestLocations:
    """Fewest places to walk to: the smallest row that holds all of it, else the largest rows first."""

    name = "fewest_locations"

    def prepare(self, candidates: list[Candidate]) -> list[Candidate]:
        return sorted(candidates, key=_walk)

    def choose(self, candidates: Sequence[Candidate], quantity: int) -> Iterator[Candidate]:
        enough = [c for c in candidates if c.free >= quantity]
        if enough:
            return iter([min(enough, key=lambda c: (c.free, *_walk(c)))])
        return iter(sorted(candidates, key=lambda c: (-c.free, *_walk(c))))
