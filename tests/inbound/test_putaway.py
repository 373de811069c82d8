"""From the dock to the shelf: places that fit, claimed while goods are on their way, confirmed or overridden."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.factories import catalog, goods_in
from tests.factories.goods_in import arrive, claimed, dock, putaways, verify
from tests.factories.inventory import Place

from hecang.facility.models import Location, Zone
from hecang.inbound.errors_quality import PlaceUnfit, PolicyInvalid, PutawayInvalid, PutawayStateConflict
from hecang.inbound.models import Putaway, PutawayOverride, SpaceClaim
from hecang.inbound.services.putaway_plans import PlanReport, putaways_plan
from hecang.inbound.services.putaway_policies import (
    PolicyIn,
    ZoneRuleIn,
    fixed_place_delete,
    fixed_place_save,
    policy_save,
    zone_rule_save,
)
from hecang.inbound.services.putaways import putaway_cancel, putaway_confirm, putaways_unplan
from hecang.inventory.errors import InsufficientStock
from hecang.inventory.services import ContainerIn, containers_make
from hecang.kernel.outbox import drain
from hecang.work.models import Task

pytestmark = pytest.mark.django_db


def planned(here: Place, **fields: Any) -> PlanReport:
    return putaways_plan(warehouse_id=here.warehouse.pk, **fields)


def places(here: Place) -> list[tuple[str, int, str]]:
    """(place, units, strategy) of what is planned, by place."""
    return sorted(
        (row.to_location.code, row.quantity, row.strategy)
        for row in Putaway.objects.filter(warehouse=here.warehouse, state="planned").select_related(
            "to_location"
        )
    )


def storage(
    here: Place, code: str, *, temperature: str = "ambient", bays: int = 3, kind: str = "pick_face"
) -> Zone:
    """Another storage zone with a few places ``<code>-1`` … of the usual size."""
    zone = Zone.objects.create(warehouse=here.warehouse, code=code, name=code, temperature=temperature)
    Location.objects.bulk_create(
        Location(
            warehouse=here.warehouse, zone=zone, code=f"{code}-{number}", kind=kind, x_mm=100_000 + 1000 * number,
            y_mm=20_000, width_mm=1000, depth_mm=1000, height_mm=1500, pick_sequence=9000 + number,
        )
        for number in range(1, bays + 1)
    )  # fmt: skip
    return zone


# ---------------------------------------------------------------- choosing


def test_the_nearest_empty_place_is_claimed_and_a_task_made() -> None:
    here = dock()
    arrive(here, 10)

    drain()

    (row,) = putaways(here)
    assert (row.state, row.strategy) == ("planned", "nearest_empty")
    assert claimed(here, row.to_location.code) == 10
    task = Task.objects.get(kind="putaway", subject_id=row.pk)
    assert (task.state, task.to_location_id, task.quantity) == ("open", row.to_location_id, 10)
    assert row.why["walk_mm"] > 0
    assert row.why["was_empty"] is True
    verify()


def test_goods_go_where_the_same_sku_lies_already() -> None:
    here = dock()
    here.put(5, "A02-05-1")
    arrive(here, 10)
    planned(here)

    assert places(here) == [("A02-05-1", 10, "same_sku")]


def test_the_same_lot_comes_before_the_same_sku() -> None:
    here = dock(is_lot_tracked=True)
    old, new = here.lot("OLD"), here.lot("NEW")
    here.put(5, "A01-01-1", lot=old)
    here.put(5, "A02-05-1", lot=new)
    arrive(here, 10, lot_id=new.pk)
    planned(here)

    assert places(here) == [("A02-05-1", 10, "same_lot")]


def test_lots_keep_apart_where_the_policy_wants_it() -> None:
    here = dock(is_lot_tracked=True)
    policy_save(warehouse_id=here.warehouse.pk, policy=PolicyIn(mix_lots=False))
    here.put(5, "A01-01-1", lot=here.lot("OLD"))
    arrive(here, 10, lot_id=here.lot("NEW").pk)
    planned(here)

    ((code, _units, strategy),) = places(here)
    assert code != "A01-01-1"
    assert strategy == "nearest_empty"


def test_other_skus_and_owners_keep_apart() -> None:
    here = dock(bays=1, aisles=1)
    other = catalog.sku()
    for code in ("A01-01-1", "A01-02-1"):
        Place(here.warehouse, other, here.owner).put(1, code)
    arrive(here, 10)
    report = planned(here)

    (row,) = putaways(here)
    assert row.state == "stuck"
    assert report.stuck[row.pk]["left"] == 10
    policy_save(
        warehouse_id=here.warehouse.pk, policy=PolicyIn(mix_skus=True, strategies=["same_sku", "any_room"])
    )
    assert planned(here, retry_stuck=True).planned == [row.pk]


def test_chilled_goods_go_to_chilled_places_only() -> None:
    here = dock(temperature="chilled")
    storage(here, "COLD", temperature="chilled")
    arrive(here, 10)
    planned(here)

    assert [code for code, *_ in places(here)] == ["COLD-1"]


def test_hazards_need_a_zone_that_allows_them() -> None:
    here = dock(hazard="flammable")
    zone = storage(here, "HAZ")
    arrive(here, 10)
    planned(here)
    assert putaways(here)[0].state == "stuck"
    assert putaways(here)[0].why["refused"]["hazard"] > 0

    zone_rule_save(zone_id=zone.pk, rule=ZoneRuleIn(hazards=["flammable"]))
    planned(here, retry_stuck=True)

    assert [code for code, *_ in places(here)] == ["HAZ-1"]


def test_the_class_of_the_sku_finds_its_zone() -> None:
    here = dock(abc_class="C")
    zone = storage(here, "SLOW")
    zone_rule_save(zone_id=zone.pk, rule=ZoneRuleIn(abc_classes=["C"]))
    arrive(here, 10)
    planned(here)

    assert places(here) == [("SLOW-1", 10, "class_zone")]


def test_a_zone_of_another_owner_and_a_closed_one_are_left_alone() -> None:
    here = dock(aisles=0)
    theirs, shut = storage(here, "THEIRS"), storage(here, "SHUT")
    from tests.factories import partners

    zone_rule_save(zone_id=theirs.pk, rule=ZoneRuleIn(owner_id=partners.owner("OTHER").pk))
    zone_rule_save(zone_id=shut.pk, rule=ZoneRuleIn(is_closed=True))
    arrive(here, 10)
    planned(here)

    assert putaways(here)[0].state == "stuck"


def test_bulk_goes_to_reserve_and_pieces_to_pick_faces() -> None:
    here = dock()
    catalog.Sku.objects.filter(pk=here.sku.pk).update(length_mm=100, width_mm=100, height_mm=100)
    from hecang.catalog.models import Packaging

    Packaging.objects.create(sku=here.sku, level="case", quantity=24)
    storage(here, "RES", kind="reserve")
    arrive(here, 48)
    arrive(here, 7)
    planned(here)

    found = {units: (code, strategy) for code, units, strategy in places(here)}
    assert found[48] == ("RES-1", "bulk")
    assert found[7][0].startswith("A0")


def test_what_is_too_much_for_one_place_is_divided() -> None:
    # Given units of 0.1 m³ and places of 1.5 m³, of which 85 % are used: twelve fit
    here = dock(length_mm=1000, width_mm=1000, height_mm=100)
    arrive(here, 30)
    planned(here)

    assert sorted(units for _code, units, _strategy in places(here)) == [6, 12, 12]
    assert len({code for code, *_ in places(here)}) == 3
    verify()


def test_what_is_too_heavy_is_divided_too() -> None:
    here = dock(weight_g=10_000)
    Location.objects.filter(warehouse=here.warehouse, kind="pick_face").update(max_weight_g=45_000)
    arrive(here, 6)
    planned(here)

    assert sorted(units for _code, units, _strategy in places(here)) == [2, 4]


def test_what_is_too_long_fits_nowhere_until_a_place_is_larger() -> None:
    here = dock(length_mm=2400, width_mm=100, height_mm=100)
    arrive(here, 1)
    planned(here)
    assert putaways(here)[0].why["refused"] == {"size": 20}

    Location.objects.filter(warehouse=here.warehouse, code="A02-09-1").update(height_mm=2500)
    planned(here, retry_stuck=True)
    assert [code for code, *_ in places(here)] == ["A02-09-1"]


def test_a_fixed_place_is_filled_up_to_its_limit_first() -> None:
    here = dock()
    key = fixed_place_save(sku_id=here.sku.pk, location_id=here.at("A02-07-1").pk, max_quantity=8)
    here.put(2, "A02-07-1")
    arrive(here, 10)
    planned(here)

    found = {code: (units, strategy) for code, units, strategy in places(here)}
    assert found.pop("A02-07-1") == (6, "fixed")
    assert [units for units, _strategy in found.values()] == [4]
    fixed_place_delete(place_id=key)
    fixed_place_delete(place_id=key)


def test_damaged_goods_go_to_the_place_for_damaged_ones() -> None:
    here = dock()
    arrive(here, 3, condition="damaged")
    planned(here)

    assert places(here) == [("DAMAGED", 3, "any_room")]


def test_goods_that_are_picked_most_choose_first() -> None:
    here = dock()
    slow, fast, middling = catalog.sku(), catalog.sku(), catalog.sku()
    busy = Place(here.warehouse, fast, here.owner)
    busy.put(20, "A02-09-1")
    for _pick in range(5):
        busy.take(4, "A02-09-1", to="STAGE-1", reason="pick")
    medium = Place(here.warehouse, middling, here.owner)
    medium.put(20, "A02-10-1")
    medium.take(20, "A02-10-1", to="STAGE-1", reason="pick")
    arrive(here, 5, sku_id=slow.pk)
    arrive(here, 5, sku_id=middling.pk)
    arrive(here, 5, sku_id=fast.pk)
    planned(here)

    walks = {row.sku_id: row.why["walk_mm"] for row in putaways(here)}
    assert walks[fast.pk] < walks[slow.pk]


def test_a_container_goes_as_a_whole() -> None:
    here = dock()
    other = catalog.sku()
    storage(here, "RES", kind="reserve")
    made = containers_make(specs=_pallet(here))[0].id
    receipt = goods_in.receipt_id()
    arrive(here, 10, receipt=receipt, container_id=made)
    arrive(here, 4, receipt=receipt, container_id=made, sku_id=other.pk)
    planned(here)

    (row,) = putaways(here)
    assert (row.is_whole, row.quantity, row.to_location.code) == (True, 14, "RES-1")
    putaway_confirm(putaway_id=row.pk)
    assert here.stock("RES-1", container_id=made) == (10, 0)
    assert Place(here.warehouse, other, here.owner).stock("RES-1", container_id=made) == (4, 0)
    verify()


def _pallet(here: Place) -> Any:
    return [ContainerIn(kind="pallet", location_id=here.at("DOCK-1").pk)]


# ---------------------------------------------------------------- more comes


def test_scans_of_one_receipt_grow_one_putaway_until_somebody_takes_it() -> None:
    here = dock()
    receipt = goods_in.receipt_id()
    for units in (3, 4, 5):
        arrive(here, units, receipt=receipt)
        drain()

    (row,) = putaways(here, state="planned")
    assert row.quantity == 12
    assert claimed(here, row.to_location.code) == 12
    verify()


def test_what_is_taken_back_leaves_its_putaway() -> None:
    from hecang.inbound.services.arrival import arrivals_withdraw

    here = dock()
    told = arrive(here, 10)
    drain()
    here.take(10, "DOCK-1", to="V-SUPPLIER", reason="receipt")
    arrivals_withdraw(arrivals=[told])

    (row,) = putaways(here)
    assert row.state == "cancelled"
    assert Task.objects.get(subject_id=row.pk, kind="putaway").state == "cancelled"
    verify()


def test_what_is_taken_back_in_part_gives_back_its_share_of_the_room() -> None:
    from dataclasses import replace

    from hecang.inbound.services.arrival import arrivals_withdraw

    here = dock()  # one unit: 1,000,000 mm³ and 500 g
    told = arrive(here, 10)
    drain()
    for taken, left in ((3, 7), (2, 5)):
        arrivals_withdraw(arrivals=[replace(told, quantity=taken)])
        here.take(taken, "DOCK-1", to="V-SUPPLIER", reason="receipt")

        (row,) = putaways(here)
        claim = SpaceClaim.objects.get()
        assert (row.state, row.quantity) == ("planned", left)
        assert (claim.quantity, claim.volume_mm3, claim.weight_g) == (left, left * 1_000_000, left * 500)
        verify()

    # What is carried in part and then taken back in part keeps the room of what is still to come.
    putaway_confirm(putaway_id=row.pk, quantity=2)
    arrivals_withdraw(arrivals=[replace(told, quantity=1)])
    here.take(1, "DOCK-1", to="V-SUPPLIER", reason="receipt")
    claim = SpaceClaim.objects.get()
    assert (claim.quantity, claim.volume_mm3, claim.weight_g) == (2, 2_000_000, 1000)
    verify()
    assert putaway_confirm(putaway_id=row.pk).left == 0
    assert not SpaceClaim.objects.exists()
    verify()


# ---------------------------------------------------------------- confirming


def test_confirmed_goods_can_be_sold_and_the_room_is_free_again() -> None:
    here = dock()
    arrive(here, 10)
    drain()
    (row,) = putaways(here)

    done = putaway_confirm(putaway_id=row.pk, location_code=row.to_location.code)

    assert (done.quantity, done.left) == (10, 0)
    assert here.availability() == (10, 0)
    assert not SpaceClaim.objects.exists()
    assert Task.objects.get(subject_id=row.pk).state == "done"
    # repeating it changes nothing
    assert putaway_confirm(putaway_id=row.pk, location_code=row.to_location.code).repeated
    assert here.availability() == (10, 0)
    with pytest.raises(PutawayStateConflict):
        putaway_confirm(putaway_id=row.pk, location_code="A02-09-1", reason="better")
    verify()


def test_a_part_can_be_put_away_and_the_rest_keeps_its_room() -> None:
    here = dock()
    arrive(here, 10)
    drain()
    (row,) = putaways(here)

    assert putaway_confirm(putaway_id=row.pk, quantity=4).left == 6
    assert claimed(here, row.to_location.code) == 6
    verify()
    assert putaway_confirm(putaway_id=row.pk).left == 0
    verify()
    with pytest.raises(PutawayStateConflict):
        putaway_confirm(putaway_id=row.pk, location_code="A02-09-1", quantity=1, reason="full")


def test_another_place_needs_a_reason_and_is_remembered() -> None:
    here = dock()
    arrive(here, 10)
    drain()
    (row,) = putaways(here)

    with pytest.raises(PutawayInvalid) as error:
        putaway_confirm(putaway_id=row.pk, location_code="A02-09-1")
    assert error.value.instance_code == "reason_missing"
    done = putaway_confirm(
        putaway_id=row.pk, location_code="a02-09-1 ", reason="blocked", note="Pallet in the way"
    )

    assert done.overridden
    assert here.stock("A02-09-1") == (10, 0)
    kept = PutawayOverride.objects.get()
    assert (kept.reason, kept.planned_id, kept.quantity) == ("blocked", row.to_location_id, 10)
    verify()


@pytest.mark.parametrize("code", ["DAMAGED", "DOCK-1", "COLD-1"])
def test_no_reason_makes_a_wrong_place_right(code: str) -> None:
    here = dock()
    storage(here, "COLD", temperature="chilled")
    arrive(here, 10)
    drain()

    with pytest.raises(PlaceUnfit):
        putaway_confirm(putaway_id=putaways(here)[0].pk, location_code=code, reason="better")


@pytest.mark.parametrize("code", ["NOWHERE", "V-SCRAP"])
def test_what_is_no_place_is_refused(code: str) -> None:
    here = dock()
    arrive(here, 10)
    drain()

    with pytest.raises(PutawayInvalid):
        putaway_confirm(putaway_id=putaways(here)[0].pk, location_code=code, reason="better")


def test_goods_that_are_gone_cannot_be_put_away() -> None:
    here = dock()
    arrive(here, 10)
    drain()
    key = putaways(here)[0].pk
    here.take(3, "DOCK-1")

    with pytest.raises(PutawayInvalid), transaction.atomic():
        putaway_confirm(putaway_id=key, quantity=10)
    Putaway.objects.filter(pk=key).update(quantity=10)  # somebody writes more than there is
    with pytest.raises(InsufficientStock), transaction.atomic():
        putaway_confirm(putaway_id=key)
    assert SpaceClaim.objects.count() == 1


def test_a_cancelled_putaway_gives_its_room_back() -> None:
    here = dock()
    arrive(here, 10)
    drain()
    key = putaways(here)[0].pk
    putaway_confirm(putaway_id=key, quantity=4)

    putaway_cancel(putaway_id=key, reason="Moved by hand")

    assert (putaways(here)[0].state, putaways(here)[0].quantity) == ("done", 4)
    verify()


def test_a_task_that_leaves_the_pool_lets_the_goods_wait_for_another_place() -> None:
    from hecang.work.services import tasks_cancel

    here = dock()
    arrive(here, 10)
    drain()
    (row,) = putaways(here)
    tasks_cancel(task_ids=[Task.objects.get(subject_id=row.pk).pk])

    row.refresh_from_db()
    assert row.state == "waiting"
    assert not SpaceClaim.objects.exists()
    planned(here)
    assert Task.objects.filter(subject_id=row.pk, state="open").count() == 1
    assert putaways_unplan(putaway_ids=[row.pk]) == 1
    verify()


# ---------------------------------------------------------------- policies


def test_a_policy_says_what_is_wrong_with_it() -> None:
    here = dock()
    with pytest.raises(PolicyInvalid) as error:
        policy_save(
            warehouse_id=here.warehouse.pk,
            policy=PolicyIn(
                strategies=["nearest_empty", "magic"],
                fill_percent=0,
                crossdock_location_id=here.at("DOCK-1").pk,
            ),
        )
    assert {problem.field for problem in error.value.problems} == {
        "strategies", "fill_percent", "crossdock_location_id",
    }  # fmt: skip


# ---------------------------------------------------------------- size


def test_the_number_of_statements_does_not_grow_with_loads_or_places() -> None:
    counts = []
    for many, bays in ((10, 20), (100, 80)):
        here = dock(bays=bays)
        for sku in catalog.skus(many):
            arrive(here, 3, sku_id=sku.pk)
        with CaptureQueriesContext(connection) as asked:
            report = planned(here)
        assert len(report.planned) == many
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_place_under_a_hold_is_not_used() -> None:
    from hecang.inventory.services import hold_place

    here = dock(aisles=1, bays=1)
    hold_place(kind="location", location_id=here.at("A01-01-1").pk, reason="Broken shelf")
    arrive(here, 3)
    planned(here)

    assert [code for code, *_ in places(here)] == ["A01-02-1"]


def test_what_a_place_costs_is_learned_from_past_walks() -> None:
    from hecang.inbound.putting import scoring

    here = dock(aisles=3, bays=6)
    busy = Place(here.warehouse, catalog.sku(), here.owner)
    busy.put(1000, "A03-11-1")
    for hour in range(25):
        _picked_at(busy, hour)
    assert scoring.walks_learn(here.warehouse.pk)
    walks, scorer = scoring.walks_of(here.warehouse.pk, [here.at("A03-12-1").pk, here.at("A01-11-1").pk])

    # pickers come by the third aisle anyway: one more stop there costs less than one in the first
    assert scorer == "extra_walking"
    assert walks[here.at("A03-12-1").pk] < walks[here.at("A01-11-1").pk]


def _picked_at(busy: Place, hour: int) -> None:
    from datetime import timedelta
    from unittest.mock import patch

    from hecang.kernel import clock

    moment = clock.now() - timedelta(hours=hour)
    with patch("hecang.inventory.services.books.clock.now", return_value=moment):
        busy.take(1, "A03-11-1", to="STAGE-1", reason="pick")
