"""What lies on the shelves when the day begins: how much, of which age, and where. Pure.

Quantities follow the demand of the weeks before (never the day itself): some weeks' worth and a safety
stock, less for what does not keep. The first warehouse holds the whole range, the others what is bought
around them. One product in 150 is short on purpose, and what nobody bought for half a year is
not held at all. Places follow ABC class and temperature: what moves lies near the depot.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hecang.demo.chance import one_in, share
from hecang.demo.source import Demand
from hecang.demo.vocabulary import Profile

#: Weeks of demand that the shelves hold, and how many standard deviations more.
COVER_WEEKS = 4.0
SAFETY = 1.5
#: Units of a product that is new in the range.
NEW_UNITS = 4
#: One product in so many is held far too low.
SHORT_ONE_IN = 150
#: Bought at least so often near a warehouse (in the weeks looked at) to be held there.
LOCAL_TIMES = 2
#: From so many units on, goods of class A stand in the reserve, too; from so many on there are two lots.
RESERVE_FROM, TWO_LOTS_FROM = 10, 6


@dataclass(frozen=True, slots=True)
class Faces:
    """Ids of the storage locations of one zone, the nearest to the depot first."""

    pick: Sequence[int]
    reserve: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Placement:
    """Units of one product and age at one location.

    :param age_days: since they were made, before the first day of the demo; ``None`` where lots are not kept.
    """

    product_id: int
    location_id: int
    quantity: int
    age_days: int | None


def weekly_demand(
    demand: Demand, site_of: Mapping[int, int], sites: int
) -> dict[int, npt.NDArray[np.float64]]:
    """Units a week of each product, by warehouse.

    :param site_of: index of the warehouse nearest to each household.
    :returns: product id → one number for each warehouse.
    """
    ids, rows = np.unique(demand.product_id, return_inverse=True)
    where = np.array(
        [site_of.get(household, 0) for household in demand.household_id.tolist()], dtype=np.int64
    )
    table = np.zeros((len(ids), sites))
    np.add.at(table, (rows, where), demand.quantity)
    table *= 7 / demand.days
    return {int(product_id): table[row] for row, product_id in enumerate(ids)}


def quantities(
    weekly: Mapping[int, npt.NDArray[np.float64]],
    fresh_listings: frozenset[int],
    profiles: Mapping[int, Profile],
    *,
    site: int,
    weeks: float,
) -> dict[int, int]:
    """Units of each product that warehouse ``site`` holds; products that it does not hold are missing.

    :param fresh_listings: products that are new in the range: only in the first warehouse.
    :param weeks: length of the demand that ``weekly`` was made of.
    """
    held: dict[int, int] = {}
    for product_id, rates in weekly.items():
        rate = float(rates[site])
        if site == 0:
            rate += 0.35 * float(rates.sum() - rates[0])  # what the others run out of
        elif rate * weeks < LOCAL_TIMES:
            continue
        held[product_id] = _units(product_id, rate, profiles[product_id])
    if site == 0:
        held.update(dict.fromkeys(fresh_listings, NEW_UNITS))
    return {product_id: units for product_id, units in held.items() if units > 0}


def _units(product_id: int, rate: float, profile: Profile) -> int:
    cover = min(COVER_WEEKS, 0.5 * profile.shelf_days / 7) if profile.shelf_days else COVER_WEEKS
    cover = max(cover, 0.6)
    expected = rate * cover
    units = max(2, math.ceil(expected + SAFETY * math.sqrt(expected)))
    if one_in(SHORT_ONE_IN, "short", product_id):
        return 1 if one_in(2, "short one", product_id) else 0
    return units


def placements(
    held: Mapping[int, int],
    classes: Mapping[int, str],
    profiles: Mapping[int, Profile],
    faces: Mapping[str, Faces],
    rates: Mapping[int, float],
) -> list[Placement]:
    """Where the units of one warehouse lie.

    A and B products of a zone get faces of their own as long as half of the faces last, the others share
    what is left; those that move most lie nearest. Ambient goods that find no rack go to the shelves.

    :param faces: zone code (``sites``) → its locations.
    :param rates: units a week, for the order within a class.
    """
    ordered = sorted(held, key=lambda one: (classes.get(one, "C"), -rates.get(one, 0.0), one))
    groups: dict[str, list[int]] = defaultdict(list)
    for product_id in ordered:
        groups[profiles[product_id].temperature].append(product_id)
    placed: list[Placement] = []
    racks = faces["A"]
    on_racks = [one for one in groups["ambient"] if classes.get(one, "C") != "C"][: len(racks.pick)]
    stocked_up = [one for one in on_racks if classes.get(one) == "A" and held[one] >= RESERVE_FROM]
    reserve_of = dict(zip(stocked_up, racks.reserve, strict=False))
    for product_id, location_id in zip(on_racks, racks.pick, strict=False):
        placed += _place(
            product_id, held[product_id], profiles[product_id], location_id, reserve_of.get(product_id)
        )
    racked = set(on_racks)
    on_shelves = [one for one in groups["ambient"] if one not in racked]
    for zone, products in (("S", on_shelves), ("C", groups["chilled"]), ("F", groups["frozen"])):
        for product_id, location_id in _shared(products, classes, faces[zone].pick):
            placed += _place(product_id, held[product_id], profiles[product_id], location_id, None)
    return placed


def _shared(
    products: Sequence[int], classes: Mapping[int, str], locations: Sequence[int]
) -> list[tuple[int, int]]:
    """Product and location: A and B alone in at most half of the locations, the others evenly in the rest."""
    alone = min(sum(classes.get(one, "C") != "C" for one in products), len(locations) // 2)
    pairs = list(zip(products[:alone], locations, strict=False))
    crowd, room = products[alone:], locations[alone:]
    each = max(1, math.ceil(len(crowd) / max(1, len(room))))
    return pairs + [(product_id, room[index // each]) for index, product_id in enumerate(crowd)]


def _place(
    product_id: int, units: int, profile: Profile, location_id: int, reserve_id: int | None
) -> list[Placement]:
    ages = _ages(product_id, units, profile)
    if len(ages) == 1 and reserve_id is None:
        return [Placement(product_id, location_id, units, ages[0])]
    # The older lot in front; of a single lot a part.
    front = max(1, units * 2 // 5)
    return [
        Placement(product_id, location_id, front, ages[0]),
        Placement(product_id, reserve_id or location_id, units - front, ages[-1]),
    ]


def _ages(product_id: int, units: int, profile: Profile) -> list[int | None]:
    """Ages in days of the lots, the older first; ``[None]`` where lots are not kept."""
    life = profile.shelf_days
    if not life:
        return [None]
    young = min(life - 1, max(1, round(life * (0.05 + 0.20 * share("age", product_id)))))
    if units < TWO_LOTS_FROM or life <= 15:
        return [min(young, max(1, life // 4))]
    return [round(life * (0.30 + 0.20 * share("older", product_id))), young]
