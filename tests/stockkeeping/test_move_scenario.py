"""Move on a handheld: goods, serials, whole containers, into and out of them, by task, with undo."""

from __future__ import annotations

import pytest
from tests.factories import inventory as make
from tests.factories.floor import Handheld

from hecang.inventory.models import Container, Serial, Stock
from hecang.inventory.services import ContainerIn, containers_make
from hecang.inventory.verify import inventory_verify
from hecang.kernel.errors import InvalidInput
from hecang.stockkeeping.services.moving import MoveIn, moves_ask
from hecang.work.models import Task

pytestmark = pytest.mark.django_db


def begin(place: make.Place, **given: str) -> Handheld:
    return Handheld(place.warehouse).begin("move", given)


def box(place: make.Place, code: str, at: str = "A01-01-1", kind: str = "tote") -> int:
    return containers_make(specs=[ContainerIn(kind, code, place.at(at).pk)])[0].id


def test_goods_go_from_place_to_place_and_back() -> None:
    place = make.place(quantity=10)
    pda = begin(place).scan("A01-01-1", place.sku.code).give("quantity", 4).scan("A01-02-1")
    assert place.stock("A01-02-1") == (4, 0)
    pda.give("undo")
    assert (place.stock(), place.stock("A01-02-1")) == ((10, 0), (0, 0))
    assert inventory_verify().differences == 0


def test_what_is_promised_and_what_is_not_there_is_told() -> None:
    place = make.place(quantity=5)
    place.allocate(3)
    pda = begin(place)
    pda.refused("from", "NOWHERE", code="code_unknown")
    pda.refused("from", "A01-03-1", code="empty_place")
    pda.scan("A01-01-1").refused("goods", make.place(warehouse=place.warehouse).sku.code, code="not_here")
    pda.scan(place.sku.code).refused("quantity", 3, code="quantity_invalid")
    pda.give("quantity", 2).scan("A01-02-1")
    assert place.stock() == (3, 3)
    pda.refused("goods", place.sku.code, code="all_promised")


def test_a_serial_is_carried_itself() -> None:
    place = make.place(is_serial_tracked=True)
    place.put(3, serials=("SN-A1", "SN-B2", "SN-C3"))
    begin(place).scan("SN-B2", "A01-02-1")
    assert Serial.objects.get(number="SN-B2").stock == Stock.objects.get(location=place.at("A01-02-1"))
    assert inventory_verify().differences == 0


def test_goods_into_a_new_container_and_the_container_onto_a_pallet() -> None:
    place = make.place(quantity=10)
    pallet = box(place, "PAL-1", "A01-03-1", "pallet")
    pda = begin(place).scan("A01-01-1", place.sku.code).give("quantity", 6).give("new", "carton")
    carton = Container.objects.get(kind="carton")
    assert place.stock(container=carton) == (6, 0)
    pda = begin(place).scan(carton.code, "PAL-1")
    carton.refresh_from_db()
    assert carton.parent_id == pallet
    assert place.stock("A01-03-1") == (6, 0)
    pda.give("undo")
    carton.refresh_from_db()
    assert (carton.parent_id, place.stock()) == (None, (10, 0))
    begin(place).scan(carton.code, "PAL-1")
    begin(place).scan(carton.code).give("out")
    carton.refresh_from_db()
    assert carton.parent_id is None
    begin(place).scan(carton.code).give("goods").scan(place.sku.code).give("quantity", 6).scan("A01-02-1")
    assert place.stock("A01-02-1") == (6, 0)
    assert inventory_verify().differences == 0


def test_a_task_says_from_where_to_where() -> None:
    place = make.place(quantity=10)
    row = Stock.objects.get(location=place.at("A01-01-1"))
    (task_id,) = moves_ask(moves=[MoveIn(place.at("A01-02-1").pk, stock_id=row.pk, quantity=4)])
    assert moves_ask(moves=[MoveIn(place.at("A01-02-1").pk, stock_id=row.pk, quantity=4)]) == [task_id]
    pda = begin(place, task_id=str(task_id))
    pda.refused("from", "A01-03-1", code="wrong_place")
    pda.scan("A01-01-1", place.sku.code).give("quantity", 3).refused("to", "A01-03-1", code="wrong_place")
    pda.scan("A01-02-1")
    assert Task.objects.get(id=task_id).state == "started"
    pda.scan(place.sku.code).give("quantity", 1).scan("A01-02-1")
    assert Task.objects.get(id=task_id).state == "done"
    assert place.stock("A01-02-1") == (4, 0)


def test_a_container_by_task() -> None:
    place = make.place()
    tote = box(place, "T-9")
    place.put(5, to_container_id=tote)
    (task_id,) = moves_ask(moves=[MoveIn(place.at("A01-02-1").pk, container_id=tote)])
    begin(place, task_id=str(task_id)).scan("T-9", "A01-02-1")
    assert place.stock("A01-02-1") == (5, 0)
    assert Task.objects.get(id=task_id).state == "done"
    with pytest.raises(InvalidInput):
        moves_ask(moves=[MoveIn(make.place().at("A01-01-1").pk, container_id=tote)])
    with pytest.raises(InvalidInput):
        moves_ask(moves=[MoveIn(place.at("A01-01-1").pk)])
