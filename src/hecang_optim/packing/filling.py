"""Fill one carton: unit after unit, each where it fits best."""

from __future__ import annotations

from hecang_optim.arrays import Ints
from hecang_optim.compiled import kernel
from hecang_optim.packing.arrays import Bench, Block, Kinds, Limits
from hecang_optim.packing.spaces import carve
from hecang_optim.packing.standing import contact, is_held, loads_are_borne

#: How the place of a unit is chosen among all that are possible.
LOW_AND_SNUG = 0
"""The lowest; then the one with most contact with walls and other units."""
SNUG = 1
"""The one with most contact, then the lowest."""
TIGHT = 2
"""The one that leaves the narrowest gap in its space, then the lowest."""
FLAT = 3
"""The one whose top is lowest; then the one with most contact."""
STRATEGIES = 4

#: Weight of the first measure of a place against the one that breaks ties.
_FIRST = 1e3
NOWHERE = 1e300


@kernel
def fill(
    kinds: Kinds,
    limits: Limits,
    bench: Bench,
    units: Ints,
    count: int,
    room: Ints,
    margin: int,
    max_weight: int,
    strategy: int,
    whole: bool,
) -> tuple[int, int]:
    """Lay units in the order of ``bench.sequence`` into an empty carton.

    Leaves in ``bench`` what was taken (``taken``) and, of those that have a size, where they lie (``laid``,
    ``owner``).

    :param units: kind of each unit of the order.
    :param count: entries of ``bench.sequence`` that count.
    :param whole: stop at the first that does not fit.
    :returns: units laid (rows of ``laid``), and the first unit that did not fit, or -1.
    """
    least = _least_edge(kinds, bench, units, count)
    free = _empty(bench, room, margin)
    placed = 0
    weight = 0
    refused = -1
    tight_kind, tight_placed = -1, 0  # the kind refused last, and how many lay there then
    for position in range(count):
        unit = bench.sequence[position]
        kind = units[unit]
        fits = weight + kinds.weight[kind] <= max_weight and (kind != tight_kind or placed != tight_placed)
        fits = fits and not _clashes(kinds.group[kind], limits, bench)
        if fits and kinds.volume[kind] > 0:
            wanted = bench.turn[unit]
            value, box = NOWHERE, (0, 0, 0, 0, 0, 0)
            while value == NOWHERE and wanted >= -1:  # in the wanted orientation if there is one, then in any
                value, box = _find_place(
                    kinds, limits, bench, units, kind, wanted, free, placed, room, margin, strategy
                )
                wanted = -1 if wanted >= 0 else -2
            fits = value < NOWHERE
            if fits:
                for side in range(6):
                    bench.laid[placed, side] = box[side]
                bench.owner[placed] = unit
                placed += 1
                free = carve(bench.spaces, free, bench.cut, box, least)
            else:
                tight_kind, tight_placed = kind, placed
        if fits:
            bench.taken[unit] = 1
            bench.present[kinds.group[kind]] += 1
            weight += kinds.weight[kind]
        elif whole:
            return placed, unit
        elif refused < 0:
            refused = unit
    return placed, refused


@kernel
def _least_edge(kinds: Kinds, bench: Bench, units: Ints, count: int) -> int:
    """The shortest edge of all units in the sequence that have a size, mm."""
    least = 1 << 40
    for position in range(count):
        kind = units[bench.sequence[position]]
        if kinds.volume[kind] > 0:
            least = min(least, kinds.turns[kind, 0, 0], kinds.turns[kind, 0, 1], kinds.turns[kind, 0, 2])
    return least


@kernel
def _empty(bench: Bench, room: Ints, margin: int) -> int:
    """Take everything out; returns how many spaces there are then."""
    for unit in range(bench.taken.shape[0]):
        bench.taken[unit] = 0
    for group in range(bench.present.shape[0]):
        bench.present[group] = 0
    for axis in range(3):
        inset = margin if axis < 2 else 0
        bench.spaces[0, axis] = 0
        bench.spaces[0, axis + 3] = room[axis]
        bench.spaces[1, axis] = inset
        bench.spaces[1, axis + 3] = room[axis] - inset
    # The second one lies over the part of the floor that holds, so that its corners are tried, too.
    return 2 if margin > 0 else 1


@kernel
def _clashes(group: int, limits: Limits, bench: Bench) -> bool:
    """Whether something inside must not share a carton with ``group``."""
    for other in range(limits.clash.shape[0]):
        if bench.present[other] > 0 and limits.clash[group, other] == 1:
            return True
    return False


@kernel
def _find_place(
    kinds: Kinds,
    limits: Limits,
    bench: Bench,
    units: Ints,
    kind: int,
    wanted: int,
    free: int,
    placed: int,
    room: Ints,
    margin: int,
    strategy: int,
) -> tuple[float, Block]:
    """The best place for a unit of ``kind`` and its measure, :data:`NOWHERE` where there is none.

    Tried are the bottom corners of every space, in the orientation ``wanted``, or in all where that is -1.
    """
    spaces = bench.spaces
    best = NOWHERE
    found = (0, 0, 0, 0, 0, 0)
    for row in range(free):
        x, y, z = spaces[row, 0], spaces[row, 1], spaces[row, 2]
        gap_x, gap_y, gap_z = spaces[row, 3] - x, spaces[row, 4] - y, spaces[row, 5] - z
        for turn in range(kinds.turn_count[kind]):
            if wanted >= 0 and turn != wanted:
                continue
            length, width, height = (
                kinds.turns[kind, turn, 0],
                kinds.turns[kind, turn, 1],
                kinds.turns[kind, turn, 2],
            )
            if length > gap_x or width > gap_y or height > gap_z:
                continue
            least = _least_measure(strategy, z, height, gap_x - length, gap_y - width, gap_z - height, room)
            for corner in range(4):
                if least >= best:
                    break
                left = x + gap_x - length if corner % 2 == 1 else x
                back = y + gap_y - width if corner >= 2 else y
                if (corner % 2 == 1 and left == x) or (corner >= 2 and back == y):
                    continue
                box = (left, back, z, left + length, back + width, z + height)
                value = least + (back / room[1] + left / room[0] / 16) / 1e5
                if strategy != TIGHT:
                    value += (_FIRST if strategy == SNUG else 1.0) * (1.0 - contact(box, bench, placed, room))
                if (
                    value < best
                    and is_held(box, bench, placed, units, kinds, room, margin, limits.support)
                    and (limits.bears == 0 or loads_are_borne(box, kind, bench, placed, units, kinds))
                ):
                    best = value
                    found = box
    return best, found


@kernel
def _least_measure(
    strategy: int, z: int, height: int, gap_x: int, gap_y: int, gap_z: int, room: Ints
) -> float:
    """What a place in a space measures at least; less is better. Contact, where it counts, is added to it."""
    if strategy == TIGHT:
        x, y, up = gap_x / room[0], gap_y / room[1], gap_z / room[2]
        narrow, wide = min(x, y, up), max(x, y, up)
        return float(_FIRST * narrow + (x + y + up - narrow - wide) + z / room[2] / 4)
    if strategy == SNUG:
        return float(z / room[2])
    if strategy == FLAT:
        return float(_FIRST * (z + height) / room[2])
    return float(_FIRST * z / room[2])
