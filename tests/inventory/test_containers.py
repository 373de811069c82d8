"""Containers: made, nested, carried whole, held, and put out of use (ADR 0010)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import facility
from tests.factories import inventory as make

from hecang.inventory.errors import ContainerMisplaced, PostingInvalid
from hecang.inventory.holders import on_allocations_moved
from hecang.inventory.models import Allocation, Container, Movement, Serial, Stock
from hecang.inventory.services import (
    ContainerIn,
    ContainerMove,
    PickMove,
    allocations_pick,
    container_move,
    containers_empty_close,
    containers_make,
    containers_move,
    containers_nest,
    containers_unnest,
    hold_place,
    hold_release,
)
from hecang.inventory.services.containers import container_code, sscc_digit
from hecang.inventory.verify import inventory_verify

pytestmark = pytest.mark.django_db


def pallet(place: make.Place, cartons: int = 2, code: str = "DOCK-1") -> tuple[int, list[int]]:
    """A pallet with cartons on it at a place."""
    made = containers_make(
        specs=[
            ContainerIn("pallet", location_id=place.at(code).id),
            *(ContainerIn("carton", parent_index=0) for _carton in range(cartons)),
        ]
    )
    return made[0].id, [item.id for item in made[1:]]


def where(*ids: int) -> list[tuple[str | None, int | None]]:
    found = Container.objects.in_bulk(ids)
    return [(c.location.code if c.location else None, c.parent_id) for c in (found[key] for key in ids)]


def test_numbers_are_drawn_and_nested_ones_stand_where_their_parent_does() -> None:
    place = make.place()
    base, (first, second) = pallet(place)
    assert where(base, first, second) == [("DOCK-1", None), ("DOCK-1", base), ("DOCK-1", base)]
    assert Container.objects.get(id=base).code.startswith("LP")
    assert containers_make(specs=[ContainerIn(parent_id=first)])[0].id > second
    assert inventory_verify().differences == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("(00)106141411234567897", "106141411234567897"),
        ("00106141411234567897", "106141411234567897"),
        (" lp-7 ", "LP-7"),
        ("106141411234567897", "106141411234567897"),
    ],
)
def test_codes_as_they_are_kept(text: str, code: str) -> None:
    assert container_code(text) == code


def test_a_wrong_sscc_is_refused() -> None:
    assert sscc_digit("10614141123456789") == "7"
    with pytest.raises(PostingInvalid) as refused:
        containers_make(specs=[ContainerIn(code="106141411234567890")])
    assert refused.value.instance_code == "sscc_invalid"


@pytest.mark.parametrize(
    ("specs", "code"),
    [
        ([ContainerIn("crate")], "unknown_kind"),
        ([ContainerIn(code="A"), ContainerIn(code="a")], "code_taken"),
        ([ContainerIn(location_id=10**12)], "unknown_location"),
        ([ContainerIn(parent_id=10**12)], "unknown_container"),
        ([ContainerIn(parent_index=0)], "unknown_container"),
        ([ContainerIn(code="x" * 41)], "code_too_long"),
    ],
)
def test_specifications_that_make_no_sense(specs: list[ContainerIn], code: str) -> None:
    with pytest.raises(PostingInvalid) as refused:
        containers_make(specs=specs)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert not Container.objects.exists()


def test_a_code_is_given_once() -> None:
    containers_make(specs=[ContainerIn(code="T-1")])
    with pytest.raises(PostingInvalid, match="T-1"):
        containers_make(specs=[ContainerIn(code="t-1")])


def test_a_pallet_takes_goods_serials_and_allocations_along() -> None:
    place = make.place(is_serial_tracked=True)
    base, (first, second) = pallet(place, code="A01-01-1")
    place.put(3, to_container_id=first, serials=("A", "B", "C"))
    place.put(2, to_container_id=second, serials=("D", "E"))
    place.put(4)
    allocation = place.allocate(4, policy="fifo")[0]
    told: list[int] = []
    on_allocations_moved(told.extend)

    ids = container_move(container_id=base, to_location_id=place.at("A01-02-1").id)

    assert len(ids) == 2
    assert where(base, first, second) == [("A01-02-1", None), ("A01-02-1", base), ("A01-02-1", base)]
    assert (place.stock(), place.stock("A01-02-1")) == ((4, 0), (5, 4)) or place.stock("A01-02-1")[0] == 5
    moved = Allocation.objects.filter(stock__location=place.at("A01-02-1"), state="open")
    assert {a.id for a in moved} <= set(told) | {allocation.id}
    assert Serial.objects.filter(stock__location=place.at("A01-02-1")).count() == 5
    assert container_move(container_id=base, to_location_id=place.at("A01-02-1").id) == []
    assert inventory_verify().differences == 0


def test_out_of_what_can_be_sold_and_back() -> None:
    place = make.place()
    base, (first, _second) = pallet(place, code="A01-01-1")
    place.put(5, to_container_id=first)
    place.reserve(4)
    assert place.availability() == (5, 4)
    container_move(container_id=base, to_location_id=place.at("STAGE-1").id)
    assert place.availability() == (0, 0)
    container_move(container_id=base, to_location_id=place.at("A01-03-1").id)
    assert place.availability() == (5, 0)
    assert inventory_verify().differences == 0


def test_a_carton_leaves_its_pallet() -> None:
    place = make.place()
    base, (first, second) = pallet(place)
    place.put(5, "DOCK-1", to_container_id=first)
    container_move(container_id=first, to_location_id=place.at("A01-01-1").id)
    assert where(base, first, second) == [("DOCK-1", None), ("A01-01-1", None), ("DOCK-1", base)]
    assert inventory_verify().differences == 0


def test_where_a_container_may_not_go() -> None:
    place, other = make.place(), make.place()
    base, (first, _second) = pallet(place)
    for target in (place.at("V-SCRAP").id, other.at("A01-01-1").id, 10**12):
        with pytest.raises(PostingInvalid):
            container_move(container_id=base, to_location_id=target)
    with pytest.raises(ContainerMisplaced):
        containers_nest(container_ids=[base], parent_id=first)
    with pytest.raises(ContainerMisplaced):
        containers_nest(container_ids=[base], parent_id=base)
    with pytest.raises(ContainerMisplaced):
        containers_move(
            moves=[
                ContainerMove(base, place.at("A01-01-1").id),
                ContainerMove(first, place.at("A01-02-1").id),
            ]
        )
    assert where(base) == [("DOCK-1", None)]


def test_nesting_needs_one_place() -> None:
    place = make.place()
    base, _cartons = pallet(place)
    loose, empty = (
        made.id
        for made in containers_make(
            specs=[ContainerIn("tote", location_id=place.at("A01-01-1").id), ContainerIn("tote")]
        )
    )
    place.put(1, to_container_id=loose)
    with pytest.raises(ContainerMisplaced):
        containers_nest(container_ids=[loose], parent_id=base)
    containers_nest(container_ids=[empty], parent_id=base)
    containers_nest(container_ids=[empty], parent_id=base)
    assert where(empty) == [("DOCK-1", base)]
    containers_unnest(container_ids=[empty])
    assert where(empty) == [("DOCK-1", None)]
    assert inventory_verify().differences == 0


def test_goods_go_only_where_the_container_stands_and_take_an_empty_one_along() -> None:
    place = make.place(quantity=5)
    tote = containers_make(specs=[ContainerIn("tote")])[0].id
    place.put(2, "DOCK-1", to_container_id=tote)
    assert where(tote) == [("DOCK-1", None)]
    with pytest.raises(ContainerMisplaced, match="DOCK-1"):
        place.put(1, to_container_id=tote)
    place.take(2, "DOCK-1", from_container_id=tote)
    allocation = place.allocate(2)[0]
    allocations_pick(picks=[PickMove(allocation.id, 2, place.at("STAGE-1").id, tote)])
    assert where(tote) == [("STAGE-1", None)]
    assert inventory_verify().differences == 0


def test_a_hold_stands_over_all_that_is_in_a_container_and_comes_in_later() -> None:
    place = make.place()
    base, (first, second) = pallet(place, code="A01-01-1")
    place.put(5, to_container_id=first)
    hold = hold_place(kind="container", container_id=base, reason="wet")
    assert place.availability() == (0, 0)
    place.put(2, to_container_id=second)
    assert place.availability() == (0, 0)
    container_move(container_id=first, to_location_id=place.at("A01-02-1").id)
    assert place.availability() == (5, 0), "taken off the pallet"
    container_move(container_id=base, to_location_id=place.at("A01-02-1").id)
    containers_nest(container_ids=[first], parent_id=base)
    assert place.availability() == (0, 0)
    assert inventory_verify().differences == 0
    hold_release(hold_id=hold)
    assert place.availability() == (7, 0)
    assert inventory_verify().differences == 0


def test_an_empty_one_is_put_out_of_use() -> None:
    place = make.place()
    base, (first, _second) = pallet(place)
    with pytest.raises(ContainerMisplaced) as refused:
        containers_empty_close(container_ids=[base])
    assert refused.value.instance_code == "container_not_empty"
    containers_empty_close(container_ids=[first])
    containers_empty_close(container_ids=[first])
    with pytest.raises(ContainerMisplaced) as refused:
        place.put(1, "DOCK-1", to_container_id=first)
    assert refused.value.instance_code == "container_closed"
    assert inventory_verify().differences == 0


@pytest.mark.parametrize("count", [10, 100])
def test_the_number_of_statements_does_not_depend_on_what_is_in_it(count: int) -> None:
    place = make.place(is_serial_tracked=True, warehouse=facility.warehouse(aisles=1, bays=3))
    base, cartons = pallet(place, cartons=count)
    for index, carton in enumerate(cartons):
        place.put(2, "DOCK-1", to_container_id=carton, serials=(f"{index}a", f"{index}b"))
    with CaptureQueriesContext(connection) as captured:
        container_move(container_id=base, to_location_id=place.at("A01-01-1").id)
    assert len(captured) <= 26
    assert Movement.objects.filter(reason="move").count() == count
    assert Stock.objects.filter(location=place.at("A01-01-1"), quantity=2).count() == count
    assert inventory_verify().differences == 0
