"""What came out: which boxes, where, and in which order to load them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hecang_optim.packing.loading.problem import LoadingProblem


@dataclass(frozen=True, slots=True)
class LoadedBox:
    """One box in its place; mm from the container's back left lower corner.

    :param kind: index of its type in ``problem.boxes``.
    :param x, y, z: its corner nearest to that corner.
    :param along, across, up: its extents along x, y and z as it lies.
    """

    kind: int
    x: int
    y: int
    z: int
    along: int
    across: int
    up: int

    @property
    def low(self) -> tuple[int, int, int]:
        return self.x, self.y, self.z

    @property
    def high(self) -> tuple[int, int, int]:
        return self.x + self.along, self.y + self.across, self.z + self.up


@dataclass(frozen=True, slots=True)
class Loading:
    """A filled container.

    :param problem: what was asked.
    :param boxes: in the order in which to load them: what lies below first, then from the back to the door.
    """

    problem: LoadingProblem
    boxes: tuple[LoadedBox, ...]

    @property
    def volume(self) -> int:
        """Of the loaded boxes, mm³."""
        return sum(box.along * box.across * box.up for box in self.boxes)

    @property
    def utilisation(self) -> float:
        """Share of the container's volume that is filled."""
        return self.volume / self.problem.container.volume

    @property
    def value(self) -> float:
        """What the search maximised."""
        return sum(self.problem.boxes[box.kind].worth for box in self.boxes)

    @property
    def weight_g(self) -> int:
        return sum(self.problem.boxes[box.kind].weight_g for box in self.boxes)

    @property
    def height(self) -> int:
        """Up to where it is filled, mm."""
        return max((box.z + box.up for box in self.boxes), default=0)

    @property
    def left_over(self) -> tuple[int, ...]:
        """Boxes of each type that were not loaded."""
        loaded = Counter(box.kind for box in self.boxes)
        return tuple(box.quantity - loaded[kind] for kind, box in enumerate(self.problem.boxes))
