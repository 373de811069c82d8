"""Tours over given picks: the shortest, those by simple rules, and the lengths of many at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.errors import require
from hecang_optim.routing import rules
from hecang_optim.routing.directed import one_way_tour
from hecang_optim.routing.kernels import many_lengths
from hecang_optim.routing.layout import AisleLayout, Half, Picks, check_picks
from hecang_optim.routing.sides import lanes, many_sided_lengths
from hecang_optim.routing.walk import shortest_walk

#: Rules by the names that people use for them.
RULES = {
    "s_shape": rules.S_SHAPE,
    "return": rules.RETURN,
    "midpoint": rules.MIDPOINT,
    "largest_gap": rules.LARGEST_GAP,
    "combined": rules.COMBINED,
    "aisle_by_aisle": rules.AISLE_BY_AISLE,
}


@dataclass(frozen=True, slots=True, eq=False)
class Tour:
    """A walk from the depot over all picks and back.

    :ivar stops: ``(n,)`` indices of the picks in the order of the stops.
    :ivar polyline: ``(k, 2)`` corners of the walk, to draw; begins and ends at the depot.
    :ivar length: in the unit of the layout: the polyline, and what is not drawn to scale (ways to a depot off the
        grid), or not at all (entry, exit, crossings).
    :ivar s_shape_length: of the walk by the S-shape rule over the same picks; None with one-way aisles, of which
        the rule knows nothing.
    :ivar lower_bound: no tour is shorter than this; None where nothing is known.
    """

    stops: Ints
    polyline: Floats
    length: float
    s_shape_length: float | None
    lower_bound: float | None = None

    @property
    def saved(self) -> float | None:
        """Share of the S-shape's length that this tour saves."""
        if self.s_shape_length is None:
            return None
        return 1.0 - self.length / self.s_shape_length if self.s_shape_length > 0 else 0.0

    @property
    def proven_gap(self) -> float | None:
        """Share of the length that a shorter tour could save at most; 0 for a proven optimum."""
        if self.lower_bound is None:
            return None
        return max(0.0, 1.0 - self.lower_bound / self.length) if self.length > 0 else 0.0


def shortest_tour(layout: AisleLayout, picks: Picks) -> Tour:
    """The shortest tour over all picks, proven; without picks nobody walks.

    With one-way aisles in several blocks, see :mod:`hecang_optim.routing.one_way`: the tour may then have a gap.

    :raises InvalidProblem: a pick outside the layout, or one-way aisles that leave no tour.
    :source: Ratliff & Rosenthal, Operations Research 31(3) 1983; Pansart, Catusse & Cambazard, Computers &
        Operations Research 100, 2018; Hessler & Irnich, INFORMS Journal on Computing 2024.
    """
    check_picks(layout, picks)
    if not len(picks):
        return _nowhere(layout)
    if layout.one_way is not None:
        return _of_one_way(layout, picks)
    stops, polyline, length = shortest_walk(
        layout.grid, lanes(), picks.aisle, picks.y, _sides(picks), layout.depot_point[1]
    )
    return Tour(
        stops=stops,
        polyline=polyline,
        length=length,
        s_shape_length=_rule_length(layout, rules.S_SHAPE, picks),
        lower_bound=length,
    )


def tour_length(layout: AisleLayout, picks: Picks) -> float:
    """Length of :func:`shortest_tour`, without the way."""
    return float(tour_lengths(layout, np.array([0, len(picks)]), picks)[0])


def tour_lengths(layout: AisleLayout, starts: Ints, picks: Picks) -> Floats:
    """Lengths of many shortest tours in one call: microseconds each.

    :param starts: ``(tours + 1,)`` tour ``t`` has the picks ``starts[t]:starts[t + 1]``.
    :return: ``(tours,)``; 0 for a tour without picks.
    :raises InvalidProblem: a pick outside the layout, ``starts`` that do not fit, or one-way aisles that leave no tour.
    """
    starts = _checked_starts(layout, starts, picks)
    lengths = np.zeros(len(starts) - 1)
    if layout.one_way is not None:
        for tour in range(len(lengths)):
            mine = _part(picks, slice(starts[tour], starts[tour + 1]))
            lengths[tour] = one_way_tour(layout, mine).length if len(mine) else 0.0
    elif layout.crossing > 0:
        many_sided_lengths(layout.grid, lanes(), starts, picks.aisle, picks.y, _sides(picks), lengths)
    else:
        many_lengths(layout.grid, starts, picks.aisle, picks.y, lengths)
    return lengths


def many_tours(layout: AisleLayout, starts: Ints, picks: Picks) -> list[Tour]:
    """:func:`shortest_tour` for each of many tours; stops are counted within each tour's own picks.

    :param starts: as for :func:`tour_lengths`.
    """
    starts = _checked_starts(layout, starts, picks)
    return [shortest_tour(layout, _part(picks, slice(*ends))) for ends in pairwise(starts)]


def rule_tour(layout: AisleLayout, picks: Picks, rule: str) -> Tour:
    """The tour by a simple ``rule``, one of :data:`RULES`.

    With the depot at a cross-aisle between blocks, the blocks behind it are walked first, then those before it.

    :raises InvalidProblem: no such rule, a pick outside the layout, or one-way aisles.
    :source: Roodbergen & de Koster, International Journal of Production Research 39(9) 2001, and the works cited
        there: Hall 1993 (return, midpoint, largest gap), Petersen 1997, Vaughan & Petersen 1999 (aisle by aisle).
    """
    require(rule in RULES, "rule", f"none of {', '.join(RULES)}")
    check_picks(layout, picks)
    _require_both_ways(layout)
    if not len(picks):
        return _nowhere(layout)
    stops, lines, length = [], [], layout.entry + layout.exit
    for half in layout.halves:
        mine = _in_half(layout, half, picks)
        if not len(mine):
            continue
        y = -picks.y[mine] if half.mirrored else picks.y[mine]
        depot_y = -layout.depot_point[1] if half.mirrored else layout.depot_point[1]
        walk = rules.rule_walk(
            half.layout.grid, RULES[rule], picks.aisle[mine], y, _sides(picks)[mine], depot_y
        )
        line = walk.corners[: walk.counts[1]]
        lines.append(line * (1.0, -1.0) if half.mirrored else line)
        stops.append(mine[walk.stops])
        length += float(walk.place[2])
    s_shape = length if rule == "s_shape" else _rule_length(layout, rules.S_SHAPE, picks)
    return Tour(
        np.concatenate(stops), _joined(lines), length, s_shape, lower_bound=tour_length(layout, picks)
    )


def rule_lengths(layout: AisleLayout, starts: Ints, picks: Picks, rule: str) -> Floats:
    """Lengths of many tours by a ``rule`` of :data:`RULES` in one call; ``starts`` as for :func:`tour_lengths`."""
    require(rule in RULES, "rule", f"none of {', '.join(RULES)}")
    starts = _checked_starts(layout, starts, picks)
    _require_both_ways(layout)
    return _rule_lengths(layout, RULES[rule], starts, picks)


def _rule_length(layout: AisleLayout, rule: int, picks: Picks) -> float:
    return float(_rule_lengths(layout, rule, np.array([0, len(picks)]), picks)[0])


def _rule_lengths(layout: AisleLayout, rule: int, starts: Ints, picks: Picks) -> Floats:
    lengths: Floats = np.where(np.diff(starts) > 0, layout.entry + layout.exit, 0.0)
    for half in layout.halves:
        mine = _in_half(layout, half, picks)
        y = -picks.y[mine] if half.mirrored else picks.y[mine]
        rules.many_rule_lengths(
            half.layout.grid,
            rule,
            np.searchsorted(mine, starts),
            picks.aisle[mine],
            y,
            _sides(picks)[mine],
            lengths,
        )
    return lengths


def _in_half(layout: AisleLayout, half: Half, picks: Picks) -> Ints:
    """Indices of the picks in one half; those on the depot's own cross-aisle are in the first."""
    at = layout.cross_y[layout.depot_cross]
    if len(layout.halves) == 1:
        return np.arange(len(picks))
    return np.flatnonzero(picks.y < at if half.mirrored else picks.y >= at)


def _of_one_way(layout: AisleLayout, picks: Picks) -> Tour:
    found = one_way_tour(layout, picks)
    return Tour(found.stops, found.polyline, found.length, s_shape_length=None, lower_bound=found.lower_bound)


def _require_both_ways(layout: AisleLayout) -> None:
    require(layout.one_way is None, "layout.one_way", "the simple rules know nothing of one-way aisles")


def _nowhere(layout: AisleLayout) -> Tour:
    """The tour of one who need not go."""
    return Tour(
        stops=np.zeros(0, dtype=np.int64),
        polyline=np.array([layout.depot_point], dtype=np.float64),
        length=0.0,
        s_shape_length=0.0,
        lower_bound=0.0,
    )


def _joined(lines: list[Floats]) -> Floats:
    """Walks from the depot and back to it, one after the other."""
    return np.concatenate([lines[0], *(line[1:] for line in lines[1:])])


def _sides(picks: Picks) -> Ints:
    return np.zeros(len(picks), dtype=np.int64) if picks.side is None else picks.side


def _part(picks: Picks, of: slice) -> Picks:
    return Picks(picks.aisle[of], picks.y[of], None if picks.side is None else picks.side[of])


def _checked_starts(layout: AisleLayout, starts: Ints, picks: Picks) -> Ints:
    check_picks(layout, picks)
    starts = np.ascontiguousarray(starts, dtype=np.int64)
    require(starts.ndim == 1 and len(starts) >= 1, "starts", "not one-dimensional, or empty")
    require(
        starts[0] == 0 and starts[-1] == len(picks), "starts", "does not begin with 0 or end with the picks"
    )
    require((np.diff(starts) >= 0).all(), "starts", "falling")
    return starts
