"""Counts of every kind and state: a draft, one under way, one that agreed, one whose differences wait for a yes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from hecang.demo.supply.house import House
from hecang.kernel.db import fetch
from hecang.stockkeeping.models import CountPlace
from hecang.stockkeeping.services.counts import (
    CountIn,
    PlaceRead,
    Policy,
    ProgrammeIn,
    Scope,
    Tally,
    count_cancel,
    count_create,
    count_policy_save,
    count_post_now,
    count_programme_save,
    count_release,
    place_skip,
    places_count,
)

#: From so many units, or so much money, a difference waits for somebody else's yes.
_UNITS, _VALUE = 5, 300
# Places of one kind of goods from which nothing was picked, the fullest first.
_PLACES = """
SELECT s.location_id FROM stock s JOIN location l ON l.id = s.location_id
WHERE s.warehouse_id = %s AND s.quantity > 0 AND l.kind IN ('pick_face', 'reserve')
    AND NOT EXISTS (SELECT 1 FROM sales_order_line b WHERE b.sku_id = s.sku_id AND b.backordered > 0)
GROUP BY s.location_id HAVING count(*) = 1 AND sum(s.allocated) = 0 AND sum(s.quantity) >= 2
ORDER BY sum(s.quantity) DESC, s.location_id LIMIT %s
"""
_BOOKS = """
SELECT s.location_id, s.sku_id, s.quantity, s.owner_id, s.lot_id, s.condition, s.container_id FROM stock s
WHERE s.location_id = ANY(%s::bigint[]) AND s.quantity > 0 ORDER BY s.id
"""


def work(house: House) -> str:
    """Rules, programmes, and seven counts."""
    with house.by("manager", house.on(-30, 11)):
        house.once("count:programmes", _programmes, house=house)
        # Nothing moves while the demo counts; the usual pause is set when it has.
        house.once("count:rules", _rules, house=house, motion_seconds=0)
    places = house.once("count:places", lambda: [row[0] for row in fetch(_PLACES, [house.main, 24])])
    _agreeing(house, places[0:3])
    _differing(house, places[3:8])
    _posted(house, places[8:10])
    _under_way(house, places[10:16])
    _odds(house, places[16:19])
    with house.by("manager"):
        house.once("count:rules:after", _rules, house=house, motion_seconds=120)
    return "a draft, one under way, one with differences that wait for approval, four others"


def _rules(house: House, *, motion_seconds: int) -> None:
    count_policy_save(
        policy=Policy(
            house.main, approve_units=_UNITS, approve_value=Decimal(_VALUE),
            motion_seconds=motion_seconds, on_damaged=True,
        )
    )  # fmt: skip


def _programmes(house: House) -> list[int]:
    return [
        count_programme_save(
            programme=ProgrammeIn(
                house.main, "每日循环盘点", "cycle", weekdays=(1, 2, 3, 4, 5, 6), at_hour=7, places_per_day=60
            )
        ),
        count_programme_save(
            programme=ProgrammeIn(
                house.main, "风险库位周五抽盘", "risk", weekdays=(5,), at_hour=21, places_per_day=40
            )
        ),
    ]


def _make(house: House, key: str, kind: str, places: Sequence[int], *, note: str, reason: str = "") -> int:
    """A count of these places that is out on the floor."""
    with house.by("manager"):
        made: int = house.once(
            f"count:{key}",
            count_create,
            count=CountIn(house.main, kind, Scope(location_ids=tuple(places)), note=note, reason=reason),
        )
        house.once(f"count:{key}:out", count_release, count_id=made)
    return made


def _read(
    house: House, key: str, count: int, who: str, places: Sequence[int], off: Mapping[int, int] | None = None
) -> None:
    """Somebody counts places and finds what the books say, but for ``off``: place → units more or fewer."""

    def count_them() -> int:
        ids = dict(
            CountPlace.objects.filter(count_id=count, location_id__in=list(places)).values_list(
                "location_id", "id"
            )
        )
        found: dict[int, list[Tally]] = defaultdict(list)
        for location, sku, units, owner, lot, condition, container in fetch(_BOOKS, [list(places)]):
            seen = max(0, units + (off or {}).get(location, 0))
            found[location].append(
                Tally(
                    sku, seen, owner_id=owner, lot_id=lot, condition="" if condition == "good" else condition,
                    container_id=container,
                )
            )  # fmt: skip
        reads = [PlaceRead(ids[one], tuple(found[one])) for one in places if one in ids]
        return len(places_count(count_id=count, reads=reads)) if reads else 0

    with house.by(who):
        house.once(key, count_them)


def _agreeing(house: House, places: Sequence[int]) -> None:
    """A sample that agreed with the books."""
    if places:
        count = _make(house, "sample", "sample", places, note="月度抽样")
        _read(house, "count:sample:read", count, "counter-sha", places)


def _differing(house: House, places: Sequence[int]) -> None:
    """Two places differ, for a second counter as well, by more than may be posted without a yes."""
    if not places:
        return
    count = _make(house, "cycle", "cycle", places, note="A 类循环盘点")
    off = dict(zip(places[1:3], (-7, 6), strict=False))
    _read(house, "count:cycle:read", count, "counter-sha", places, off)
    _read(house, "count:cycle:again", count, "picker-sha", list(off), off)


def _posted(house: House, places: Sequence[int]) -> None:
    """A place whose small difference was confirmed, and posted."""
    if not places:
        return
    count = _make(house, "event", "event", places, note="补货员反映少货", reason="suspicion")
    off = {places[0]: -1}
    _read(house, "count:event:read", count, "counter-sha", places, off)
    _read(house, "count:event:again", count, "picker-sha", list(off), off)
    with house.by("manager"):
        house.once("count:event:posted", count_post_now, count_id=count)


def _under_way(house: House, places: Sequence[int]) -> None:
    """Half of it is counted, one place cannot be reached, one is to be counted again."""
    if not places:
        return
    count = _make(house, "area", "full", places, note="货架区复盘")
    seen = places[: len(places) // 2]
    _read(house, "count:area:read", count, "counter-sha", seen, {seen[0]: -3} if seen else {})
    blocked = CountPlace.objects.filter(count_id=count, state="open", location_id=places[-1]).first()
    if len(places) > 2 and blocked is not None:
        with house.by("counter-sha"):
            house.once(
                "count:area:blocked",
                place_skip,
                count_id=count,
                place_id=blocked.pk,
                reason="巷道施工，叉车挡住",
            )


def _odds(house: House, places: Sequence[int]) -> None:
    """The whole of another warehouse as a draft, and one that was called off."""
    with house.by("manager"):
        house.once(
            "count:draft",
            count_create,
            count=CountIn(list(house.sites.values())[-1], "full", note="年终盘点，待排期"),
        )
        if places:
            made = _make(house, "cancelled", "full", places, note="与促销冲突")
            house.once("count:cancelled:off", count_cancel, count_id=made, note="改到月底")
