"""Posting to the ledger: what is refused, what adds up, how old goods are, how many statements it takes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import catalog, facility
from tests.factories import inventory as make

from hecang.inventory.errors import InsufficientStock, PostingInvalid
from hecang.inventory.events import StockRaised
from hecang.inventory.models import Movement, Stock
from hecang.inventory.services import AdjustIn, PostingIn, stock_adjust, stock_post, stock_post_once
from hecang.inventory.verify import inventory_verify
from hecang.kernel import clock
from hecang.kernel.actor import Actor, acting
from hecang.kernel.models import OutboxEvent

pytestmark = pytest.mark.django_db


def entry(place: make.Place, quantity: int, source: str, target: str, **more: object) -> PostingIn:
    fields = {"reason": "move", **more}
    return PostingIn(
        sku_id=place.sku.id,
        owner_id=place.owner.id,
        quantity=quantity,
        from_location_id=place.at(source).id,
        to_location_id=place.at(target).id,
        **fields,  # type: ignore[arg-type]
    )


def test_an_entry_is_signed_by_who_made_it() -> None:
    with acting(Actor(kind="user", name="lin"), request_id="r-1"):
        movement_id = make.place().put(5)
    made = Movement.objects.get(id=movement_id)
    assert (made.actor, made.request_id, made.reason, made.quantity) == ("lin", "r-1", "receipt", 5)


def test_only_goods_at_sellable_places_can_be_promised() -> None:
    place = make.place()
    place.put(10)
    place.put(3, "STAGE-1")
    place.put(2, "DAMAGED", to_condition="damaged")
    place.put(1, to_condition="quarantine")
    assert place.availability() == (10, 0)
    assert inventory_verify().differences == 0


def test_entries_count_together() -> None:
    place = make.place()
    stock_post(
        entries=[
            entry(place, 5, "V-SUPPLIER", "DOCK-1", reason="receipt"),
            entry(place, 5, "DOCK-1", "A01-01-1", reason="putaway"),
            entry(place, 2, "A01-01-1", "A01-02-1"),
        ]
    )
    assert [place.stock(code)[0] for code in ("DOCK-1", "A01-01-1", "A01-02-1")] == [0, 3, 2]
    assert place.availability() == (5, 0)


def test_more_than_is_free_is_refused_with_place_and_numbers() -> None:
    place = make.place(quantity=10)
    place.allocate(4)

    with pytest.raises(InsufficientStock) as refused:
        place.take(7)

    short = refused.value.data["short"][0]
    assert {key: short[key] for key in ("location", "requested", "free", "quantity", "allocated")} == {
        "location": "A01-01-1", "requested": 7, "free": 6, "quantity": 10, "allocated": 4,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"quantity": 0}, "quantity_not_positive"),
        ({"quantity": -1}, "quantity_not_positive"),
        ({"source": "V-SUPPLIER", "target": "V-CUSTOMER"}, "nothing_moves"),
        ({"source": "A01-01-1", "target": "A01-01-1"}, "nothing_moves"),
        ({"reason": "magic"}, "unknown_code"),
        ({"to_condition": "shiny"}, "unknown_code"),
        ({"lot_id": 10**12}, "lot_of_another_sku"),
        ({"to_container_id": 10**12}, "unknown_container"),
    ],
)
def test_entries_that_make_no_sense_are_named(fields: dict[str, object], code: str) -> None:
    place = make.place(quantity=5)
    values = {"quantity": 1, "source": "V-SUPPLIER", "target": "A01-01-1", **fields}

    with pytest.raises(PostingInvalid) as refused:
        stock_post(entries=[entry(place, 1, "V-SUPPLIER", "A01-01-1"), entry(place, **values)])  # type: ignore[arg-type]

    assert [(problem.row, problem.code) for problem in refused.value.problems] == [(1, code)]
    assert place.stock() == (5, 0)


def test_goods_kept_by_lot_need_one_and_kits_have_no_stock() -> None:
    dated = make.place(is_expiry_tracked=True)
    kit = make.Place(dated.warehouse, catalog.kit([(make.place().sku, 2)]), dated.owner)
    for place, code in ((dated, "lot_missing"), (kit, "kit_has_no_stock")):
        with pytest.raises(PostingInvalid) as refused:
            place.put(1)
        assert [problem.code for problem in refused.value.problems] == [code]


def test_age_travels_with_the_goods() -> None:
    place = make.place()
    old = clock.now() - timedelta(days=30)
    place.put(5, received_at=old)
    place.take(2, to="A01-02-1", reason="move")
    place.take(3)
    place.put(1)

    age = dict(Stock.objects.filter(sku=place.sku).values_list("location__code", "received_at"))

    assert age["A01-02-1"] == old
    assert age["A01-01-1"] > old  # emptied and filled anew


def test_the_same_key_posts_once() -> None:
    place = make.place()
    items = [
        ("k1", entry(place, 5, "V-SUPPLIER", "A01-01-1")),
        ("k2", entry(place, 1, "V-SUPPLIER", "A01-01-1")),
    ]

    first = stock_post_once(entries=items)
    again = stock_post_once(entries=[*items, ("k3", entry(place, 2, "V-SUPPLIER", "A01-01-1"))])

    assert [posted.created for posted in first] == [True, True]
    assert [posted.created for posted in again] == [False, False, True]
    assert [posted.movement_id for posted in again[:2]] == [posted.movement_id for posted in first]
    assert place.stock() == (8, 0)


def test_what_is_scrapped_lost_and_found_goes_to_its_own_side() -> None:
    place = make.place(quantity=10)

    def adjust(change: int, reason: str) -> tuple[str, str]:
        ids = stock_adjust(
            adjustments=[AdjustIn(place.at("A01-01-1").id, place.sku.id, place.owner.id, change=change)],
            reason=reason,
        )
        made = Movement.objects.select_related("from_location", "to_location").get(id=ids[0])
        return made.from_location.code, made.to_location.code

    assert adjust(-1, "scrap") == ("A01-01-1", "V-SCRAP")
    assert adjust(-1, "count") == ("A01-01-1", "V-ADJUSTMENT")
    assert adjust(2, "adjustment") == ("V-ADJUSTMENT", "A01-01-1")


def test_what_can_be_sold_anew_is_told() -> None:
    place = make.place(quantity=10)
    place.put(1, "STAGE-1")
    place.take(1)
    keys = [event.payload["keys"] for event in OutboxEvent.objects.filter(name=StockRaised.name)]
    assert keys == [[list(place.key)]]


def test_as_many_statements_for_a_hundred_entries_as_for_ten() -> None:
    house = facility.warehouse(aisles=1, bays=3)
    counts = []
    for number in (10, 100):
        places = [make.place(warehouse=house) for _ in range(number)]
        supplier, shelf = places[0].at("V-SUPPLIER").id, places[0].at("A01-01-1").id
        entries = [PostingIn(p.sku.id, p.owner.id, 3, supplier, shelf, "receipt") for p in places]
        with CaptureQueriesContext(connection) as queries:
            stock_post(entries=entries)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15
