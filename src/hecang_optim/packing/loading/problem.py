"""What is to be loaded, and into what."""

from __future__ import annotations

from dataclasses import dataclass

from hecang_optim.errors import require


@dataclass(frozen=True, slots=True)
class BoxType:
    """Boxes that are all alike.

    :param length, width, height: outer sides in mm, at least 1.
    :param quantity: how many there are.
    :param vertical: whether the length, the width, the height may stand vertical. ``(False, False, True)`` is
        "this side up".
    :param turnable: whether a box may be turned about the vertical axis. Where it may not, its two horizontal
        sides keep their order (length, width, height): the first lies along the container's length.
    :param weight_g: of one box.
    :param value: of one box, what the loading maximises; ``None``: its volume in mm³.
    :param name: to call it by.
    """

    length: int
    width: int
    height: int
    quantity: int
    vertical: tuple[bool, bool, bool] = (True, True, True)
    turnable: bool = True
    weight_g: int = 0
    value: float | None = None
    name: str = ""

    @property
    def volume(self) -> int:
        """Of one box, mm³."""
        return self.length * self.width * self.height

    @property
    def worth(self) -> float:
        """What one loaded box adds to the objective."""
        return float(self.volume) if self.value is None else self.value

    def orientations(self) -> list[tuple[int, int, int]]:
        """The different (x, y, z) extents in which a box may lie, mm."""
        sides = (self.length, self.width, self.height)
        found = []
        for axis in (2, 1, 0):
            if not self.vertical[axis]:
                continue
            along, across = (sides[other] for other in range(3) if other != axis)
            found.append((along, across, sides[axis]))
            if self.turnable:
                found.append((across, along, sides[axis]))
        return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Container:
    """The room: a container, or a pallet with the height up to which it may be stacked.

    :param length: mm along x, from the back wall (0) to the door.
    :param width: mm along y.
    :param height: mm along z, from the floor up.
    :param weight_limit_g: of all boxes together; ``None`` for no limit.
    """

    length: int
    width: int
    height: int
    weight_limit_g: int | None = None

    @property
    def sides(self) -> tuple[int, int, int]:
        return self.length, self.width, self.height

    @property
    def volume(self) -> int:
        """mm³."""
        return self.length * self.width * self.height


@dataclass(frozen=True, slots=True)
class LoadingProblem:
    """Choose boxes and places in one container.

    :param container: the room.
    :param boxes: the types.
    :param support: share of each box's base that must rest on the floor or on tops of other boxes, 0 to 1.
        With 0 boxes may stand anywhere (packed tightly, or with dunnage).
    :raises InvalidProblem: where a figure is out of its range.
    """

    container: Container
    boxes: tuple[BoxType, ...]
    support: float = 0.0

    def __post_init__(self) -> None:
        room = self.container
        for name, side in zip(("length", "width", "height"), room.sides, strict=True):
            require(side >= 1, f"container.{name}", "must be at least 1 mm")
        require(
            room.weight_limit_g is None or room.weight_limit_g >= 0,
            "container.weight_limit_g",
            "must not be negative",
        )
        require(0.0 <= self.support <= 1.0, "support", "must lie between 0 and 1")
        for index, box in enumerate(self.boxes):
            for name in ("length", "width", "height"):
                require(getattr(box, name) >= 1, f"boxes.{name}", "must be at least 1 mm", index)
            require(box.quantity >= 0, "boxes.quantity", "must not be negative", index)
            require(box.weight_g >= 0, "boxes.weight_g", "must not be negative", index)
            require(len(box.vertical) == 3, "boxes.vertical", "must say yes or no for three sides", index)
            require(any(box.vertical), "boxes.vertical", "must let at least one side stand vertical", index)
            require(
                box.value is None or 0.0 <= box.value < float("inf"),
                "boxes.value",
                "must be finite and not negative",
                index,
            )
