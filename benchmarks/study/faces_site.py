"""The warehouse of the study of pick faces: faces on two low levels, pallets above, drawn anew for each seed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from benchmarks.study.warehouse import AISLES, BAY, BLOCKS, END, PITCH, SIDES
from hecang.inventory.policies import Candidate
from hecang.stockkeeping.replenishing import Face, levels_of
from hecang_optim.routing import AisleLayout, Picks
from hecang_optim.simulation import Floor

PICK_LEVELS = 2
#: What a case may hold, and how many cases may fit into a face.
CASES = (6, 12, 24)
FITS = (2, 7)
#: A SKU has as many faces as a day's outflow fills, at most so many.
MOST_FACES = 3
PALLET_CASES = 40
#: Handling times of so many visits are drawn for each face.
_VISITS = 64


@dataclass(frozen=True, slots=True)
class Site:
    """What stays the same under every way of filling.

    :param faces_of: SKU → positions in ``faces``.
    :param reserve: SKU → pallets in the order of the allocation policy.
    :param points: (places, 2) where one stands, metres; faces first, then pallets.
    :param aisle: of each place.
    :param pace: handling time of each visit to a face against the usual one, (faces, visits).
    """

    faces: tuple[Face, ...]
    faces_of: dict[int, list[int]]
    reserve: dict[int, list[Candidate]]
    floor: Floor
    points: npt.NDArray[np.float64]
    aisle: npt.NDArray[np.int64]
    pace: npt.NDArray[np.float64]

    def beside(self, face: Face) -> list[int]:
        """Positions of the faces in the same aisle."""
        return np.flatnonzero(self.aisle[: len(self.faces)] == self.aisle[face.location_id]).tolist()


def build(daily: npt.NDArray[np.float64], *, days: int, seed: int) -> Site:
    """A warehouse for SKUs of which so many units go out in a day, ``daily`` (SKUs,), full at the beginning."""
    draw = np.random.default_rng(seed)
    case = draw.choice(CASES, len(daily))
    capacity = case * draw.integers(*FITS, len(daily))
    sharing = np.clip(np.ceil(daily / capacity), 1, MOST_FACES).astype(int)
    owner_of_face = np.repeat(np.arange(len(daily)), sharing)
    pallets = np.ceil(daily * days * 3 / (case * PALLET_CASES)).astype(int) + 2
    owner_of_pallet = np.repeat(np.arange(len(daily)), pallets)
    layout, aisle, y = _places(len(owner_of_face))
    at_face = draw.permutation(len(aisle))[: len(owner_of_face)]
    at_pallet = draw.integers(0, len(aisle), len(owner_of_pallet))
    place = np.concatenate([at_face, at_pallet])
    floor = Floor.of(layout, Picks(aisle[place], y[place]))
    faces = []
    faces_of: dict[int, list[int]] = defaultdict(list)
    for index, sku in enumerate(owner_of_face.tolist()):
        outflow = Decimal(str(round(float(daily[sku]) / int(sharing[sku]), 3)))
        low, high = levels_of(outflow, int(case[sku]), int(capacity[sku]))
        faces_of[sku].append(index)
        faces.append(
            Face(index, 1, index, sku, 1, low, high, int(case[sku]), int(at_face[index]), free=high, coming=0)
        )
    reserve: dict[int, list[Candidate]] = defaultdict(list)
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    for number, sku in enumerate(owner_of_pallet.tolist()):
        # The first pallet of each SKU has been begun.
        full = PALLET_CASES if reserve[sku] else int(draw.integers(1, PALLET_CASES + 1))
        age = begun + timedelta(days=len(reserve[sku]))
        reserve[sku].append(
            Candidate(
                number, 1, sku, 1, len(faces) + number, None, None, age, False, int(at_pallet[number]),
                full * int(case[sku]),
            )
        )  # fmt: skip
    pace = draw.gamma(9.0, 1 / 9.0, (len(faces), _VISITS))
    return Site(tuple(faces), dict(faces_of), dict(reserve), floor, floor.locations, aisle[place], pace)


def _places(
    faces: int,
) -> tuple[AisleLayout, npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """(aisles, aisle of each place, metres along it): as small as these faces allow."""
    bays = -(-faces // (AISLES * BLOCKS * SIDES * PICK_LEVELS))
    length = bays * BAY + 2 * END
    layout = AisleLayout.regular(
        aisles=AISLES, blocks=BLOCKS, aisle_pitch=PITCH, sub_aisle_length=length, depot_aisle=AISLES // 2
    )
    aisle, block, bay, _side, _level = (
        axis.ravel() for axis in np.indices((AISLES, BLOCKS, bays, SIDES, PICK_LEVELS))
    )
    return layout, aisle.astype(np.int64), block * length + END + (bay + 0.5) * BAY
