"""The planner in force unless another is named: joint batching and shortest walks by ``hecang_optim``.

Its rounds are counted, not timed, so the same problem gives the same plan on every machine. What loads
``hecang_optim`` (and with it the compiler) is imported when it is first needed.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from hecang.outbound.planning.base import PlannedBatch, WavePlan, WaveProblem
from hecang.outbound.planning.batching import Group, group_orders
from hecang.outbound.planning.figures import Comparison, places_of
from hecang.outbound.planning.geometry import Geometry, Ints, Walk
from hecang.outbound.planning.onward import way_on

_log = logging.getLogger(__name__)


class OptimisedWavePlanner:
    """Batches formed with the walks in mind, walks as short as can be; deterministic."""

    def plan(self, problem: WaveProblem) -> WavePlan:
        """See :class:`hecang.outbound.planning.base.WavePlanner`."""
        geometry, places = problem.geometry, places_of(problem)
        compared = Comparison(geometry)
        batches = []
        for kind, members in self._groups(problem):
            mine = [places[order] for order in members]
            everywhere = frozenset().union(*mine)
            walked = self.walk(geometry, sorted(everywhere))
            batches.append(
                PlannedBatch(
                    kind=kind,
                    order_ids=tuple(int(problem.order_id[order]) for order in members),
                    location_ids=tuple(int(geometry.location_id[index]) for index in walked.order),
                    path=walked.path,
                    walk_mm=walked.length_mm,
                    single_walk_mm=compared.one_by_one(mine),
                    s_shape_mm=max(walked.length_mm, compared.s_shape(everywhere)),
                )
            )
        return WavePlan(tuple(batches))

    def _groups(self, problem: WaveProblem) -> list[Group]:
        """Joint batches; the plain rule's where the data mean nothing to the search: a wave is planned in any case."""
        from hecang.outbound.planning.joint import joint_groups
        from hecang_optim.errors import InvalidProblem

        try:
            return joint_groups(problem)
        except InvalidProblem:
            _log.exception("planned by the plain rule")
            return group_orders(problem)

    def walk(self, geometry: Geometry, positions: Ints | Sequence[int]) -> Walk:
        """See :class:`hecang.outbound.planning.base.WavePlanner`."""
        from hecang.outbound.planning.shortest import shortest_walk

        return shortest_walk(geometry, positions)

    def onward(self, geometry: Geometry, here: int, positions: Ints | Sequence[int]) -> tuple[int, ...]:
        """Short ways from ``here`` on, by facility's distances; loads no compiler, as locks may be held."""
        import numpy as np

        from hecang.outbound.planning.seed import SeedWavePlanner

        along = SeedWavePlanner().onward(geometry, here, positions)
        nodes = np.array([here, *along], dtype=np.int64)
        lengths = geometry.ways.lengths(nodes)
        order = way_on(lengths, range(2, nodes.size + 1), start=1, end=0)
        return tuple(int(nodes[node - 1]) for node in order)
