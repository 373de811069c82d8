"""The walks of a wave's batches, laid before anything is locked and looked up while it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from hecang.outbound.models import Fulfilment, FulfilmentState, WaveState
from hecang.outbound.planning.criteria import WaveCriteria
from hecang.outbound.planning.figures import Comparison
from hecang.outbound.planning.geometry import Geometry, Walk
from hecang.outbound.planning.registry import wave_planner
from hecang.outbound.selectors.candidates import previews
from hecang.outbound.selectors.walking import walking_geometry


@dataclass(frozen=True, slots=True)
class BatchWalk:
    """How one batch is walked.

    :param location_ids: as walked.
    :param single_mm: what its orders would walk one by one, in an S-shape each.
    :param s_shape_mm: what the batch would walk in an S-shape.
    """

    walk: Walk = field(default_factory=lambda: Walk((), (), 0))
    location_ids: tuple[int, ...] = ()
    single_mm: int = 0
    s_shape_mm: int = 0


class WaveWalks:
    """Walks through one warehouse, each laid once by the planner in force."""

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry
        self._compared = Comparison(geometry)
        self._known: dict[frozenset[int], Walk] = {}

    def batch(self, places: Collection[Collection[int]]) -> BatchWalk:
        """The walk of a batch.

        :param places: for each of its orders the ids of the locations that it is picked from.
        """
        orders = [self._positions(mine) for mine in places]
        everywhere = frozenset().union(*orders)
        if everywhere not in self._known:
            self._known[everywhere] = wave_planner().walk(self.geometry, sorted(everywhere))
        walk = self._known[everywhere]
        return BatchWalk(
            walk=walk,
            location_ids=tuple(int(self.geometry.location_id[at]) for at in walk.order),
            single_mm=self._compared.one_by_one(orders),
            s_shape_mm=max(walk.length_mm, self._compared.s_shape(everywhere)),
        )

    def _positions(self, location_ids: Collection[int]) -> frozenset[int]:
        return frozenset(self.geometry.index_of(sorted(location_ids)).tolist()) - {-1}


def walks_ahead(wave_id: int) -> WaveWalks | None:
    """The walks of a planned wave over the places that a preview of allocation names. Locks nothing.

    Most batches are then walked as laid here; only those whose places changed before the release got its
    locks are laid again. ``None`` for a wave that is not planned (any more). Four statements.
    """
    members = list(
        Fulfilment.objects.filter(
            wave_id=wave_id, wave__state=WaveState.PLANNED, state=FulfilmentState.READY, is_stopped=False
        )
        .order_by("priority", "ship_by", "id")
        .values_list("id", "batch_id", "warehouse_id", "wave__criteria")
    )
    if not members:
        return None
    _, _, warehouse_id, criteria = members[0]
    walks = WaveWalks(walking_geometry(warehouse_id))
    batch_of = {row[0]: row[1] for row in members}
    places: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for pick in previews(warehouse_id, list(batch_of), WaveCriteria.from_json(criteria).policy):
        if pick.location_id is not None:
            places[batch_of[pick.fulfilment_id]][pick.fulfilment_id].add(pick.location_id)
    for mine in places.values():
        walks.batch(list(mine.values()))
    return walks


def batch_walks(
    warehouse_id: int, places: Mapping[int, Mapping[int, Collection[int]]], ahead: WaveWalks | None
) -> dict[int, BatchWalk]:
    """Batch → its walk over the places where its goods are allocated. One statement.

    :param places: batch → order → location ids.
    :param ahead: what was laid before, used if the warehouse is still the same.
    """
    geometry = walking_geometry(warehouse_id)
    walks = ahead if ahead is not None and ahead.geometry is geometry else WaveWalks(geometry)
    return {batch_id: walks.batch(list(mine.values())) for batch_id, mine in places.items()}
