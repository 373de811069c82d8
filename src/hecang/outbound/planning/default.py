"""The planner used unless another is named: seed batching and S-shape walks."""

from __future__ import annotations

from collections import defaultdict

from hecang.outbound.planning.base import PlannedBatch, WavePlan, WaveProblem
from hecang.outbound.planning.batching import group_orders
from hecang.outbound.planning.routing import walk


class SeedWavePlanner:
    """Batches by shared sub-aisles, S-shape walks; deterministic."""

    def plan(self, problem: WaveProblem) -> WavePlan:
        """See :class:`hecang.outbound.planning.base.WavePlanner`."""
        places: dict[int, list[int]] = defaultdict(list)
        known = problem.pick_location >= 0
        for order, location in zip(
            problem.pick_order[known].tolist(), problem.pick_location[known].tolist(), strict=True
        ):
            places[order].append(location)
        geometry = problem.geometry
        alone: dict[tuple[int, ...], int] = {}
        batches = []
        for kind, members in group_orders(problem):
            together = walk(geometry, sorted({place for order in members for place in places[order]}))
            single = 0
            for order in members:
                key = tuple(sorted(set(places[order])))
                if key not in alone:
                    alone[key] = walk(geometry, key).length_mm
                single += alone[key]
            batches.append(
                PlannedBatch(
                    kind=kind,
                    order_ids=tuple(int(problem.order_id[order]) for order in members),
                    location_ids=tuple(int(geometry.location_id[index]) for index in together.order),
                    path=together.path,
                    walk_mm=together.length_mm,
                    single_walk_mm=single,
                )
            )
        return WavePlan(tuple(batches))
