"""The interface of wave planning, for whoever brings a better planner.

A planner gets a :class:`WaveProblem` (arrays and dataclasses only) and returns a :class:`WavePlan`. It
must not read the database or the clock, and must give the same answer to the same problem. It is run
before any lock is taken, so it may take its time. Name the class in
``STRATEGIES["outbound.wave_planner"]``; ``docs/reference/wave-planning.md`` says more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hecang.outbound.planning.geometry import Geometry, Ints, Point, Walk


class BatchKind(StrEnum):
    """How a batch is sorted into orders."""

    MULTI = "multi"  # into the slots of the cart while picking
    SINGLE = "single"  # one unit an order: by the scan at packing
    SINGLE_SKU = "single_sku"  # one unit of one SKU an order: nothing to sort


@dataclass(frozen=True, slots=True)
class Cart:
    """What one picker takes along.

    :param slots: orders of a ``multi`` batch.
    :param singles: orders of a batch of single units, which need no slots.
    :param max_weight_g: load, grams.
    :param max_volume_mm3: load, cubic millimetres.
    :param max_lines: order lines of one walk.
    :param min_single_sku: orders of one SKU that make a batch of their own.
    """

    slots: int = 12
    singles: int = 60
    max_weight_g: int = 250_000
    max_volume_mm3: int = 1_200_000_000
    max_lines: int = 160
    min_single_sku: int = 6


@dataclass(frozen=True, slots=True)
class WaveProblem:
    """What to plan.

    ``order_*`` arrays have shape (n,), one entry an order, most urgent first; ``pick_*`` have shape (m,),
    one entry a likely pick.

    :param order_id: ids, given back in the plan.
    :param order_weight_g: grams.
    :param order_volume_mm3: cubic millimetres.
    :param order_units: units to pick.
    :param order_lines: order lines.
    :param pick_order: index into the ``order_*`` arrays.
    :param pick_sku: SKU ids.
    :param pick_location: position in the geometry's arrays; -1 where no stock was found for the preview.
    """

    geometry: Geometry
    cart: Cart
    order_id: Ints
    order_weight_g: Ints
    order_volume_mm3: Ints
    order_units: Ints
    order_lines: Ints
    pick_order: Ints
    pick_sku: Ints
    pick_location: Ints


@dataclass(frozen=True, slots=True)
class PlannedBatch:
    """What one picker walks for.

    :param order_ids: in the order of the slots, from slot 1.
    :param location_ids: as walked.
    :param path: corners from depot to depot, mm.
    :param walk_mm: length of ``path``.
    :param single_walk_mm: what the same orders would walk one by one, each in an S-shape.
    :param s_shape_mm: what this batch would walk in an S-shape; 0 where nobody worked it out.
    """

    kind: BatchKind
    order_ids: tuple[int, ...]
    location_ids: tuple[int, ...]
    path: tuple[Point, ...]
    walk_mm: int
    single_walk_mm: int
    s_shape_mm: int = 0


@dataclass(frozen=True, slots=True)
class WavePlan:
    """Every order of the problem in exactly one batch; batches in the order in which to start them."""

    batches: tuple[PlannedBatch, ...]

    @property
    def walk_mm(self) -> int:
        return sum(batch.walk_mm for batch in self.batches)

    @property
    def single_walk_mm(self) -> int:
        return sum(batch.single_walk_mm for batch in self.batches)

    @property
    def s_shape_mm(self) -> int:
        return sum(batch.s_shape_mm for batch in self.batches)


class WavePlanner(Protocol):
    """Turns orders into batches and walks.

    ``walk`` and ``onward`` are also called while locks are held (at the release, which allocates the places
    for good, and when something is missing at a stop), so they should take milliseconds.
    """

    def plan(self, problem: WaveProblem) -> WavePlan:
        """Put every order of ``problem`` into exactly one batch and lay the walk of each.

        A batch holds at most what the cart takes, except that an order too large for any cart gets a
        batch of its own.
        """
        ...

    def walk(self, geometry: Geometry, positions: Ints | Sequence[int]) -> Walk:
        """The walk over the locations at ``positions`` (duplicates once, negative ones not at all)."""
        ...

    def onward(self, geometry: Geometry, here: int, positions: Ints | Sequence[int]) -> tuple[int, ...]:
        """In which order to visit ``positions`` for one who stands at ``here`` and ends at the depot."""
        ...
