"""The plain planner: seed batching and S-shape walks, for pickers who want a rule that they can see."""

from __future__ import annotations

from collections.abc import Sequence

from hecang.outbound.planning.base import PlannedBatch, WavePlan, WaveProblem
from hecang.outbound.planning.batching import group_orders
from hecang.outbound.planning.figures import Comparison, places_of
from hecang.outbound.planning.geometry import Geometry, Ints, Walk
from hecang.outbound.planning.routing import walk


class SeedWavePlanner:
    """Batches by shared sub-aisles, S-shape walks; deterministic."""

    def plan(self, problem: WaveProblem) -> WavePlan:
        """See :class:`hecang.outbound.planning.base.WavePlanner`."""
        geometry, places = problem.geometry, places_of(problem)
        compared = Comparison(geometry)
        batches = []
        for kind, members in group_orders(problem):
            mine = [places[order] for order in members]
            together = walk(geometry, sorted({place for stops in mine for place in stops}))
            batches.append(
                PlannedBatch(
                    kind=kind,
                    order_ids=tuple(int(problem.order_id[order]) for order in members),
                    location_ids=tuple(int(geometry.location_id[index]) for index in together.order),
                    path=together.path,
                    walk_mm=together.length_mm,
                    single_walk_mm=compared.one_by_one(mine),
                    s_shape_mm=together.length_mm,
                )
            )
        return WavePlan(tuple(batches))

    def walk(self, geometry: Geometry, positions: Ints | Sequence[int]) -> Walk:
        """See :class:`hecang.outbound.planning.base.WavePlanner`."""
        return walk(geometry, positions)

    def onward(self, geometry: Geometry, here: int, positions: Ints | Sequence[int]) -> tuple[int, ...]:
        """On along the S, then back for what lies behind."""
        left = {int(position) for position in positions if position >= 0}
        order = walk(geometry, sorted(left | {here})).order
        at = order.index(here)
        ahead = [position for position in order[at:] if position in left]
        behind = [position for position in reversed(order[:at]) if position in left]
        return (*ahead, *behind)
