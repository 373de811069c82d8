"""What codes name: everything of ours by one call, within one's scope, at a constant price."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories import facility
from tests.factories.accounts import actor_make
from tests.factories.inventory import Place, place

from hecang.catalog.models import Barcode
from hecang.config import api  # noqa: F401 - roles are patterns over what the operations declare
from hecang.inventory.models import Container
from hecang.kernel import permissions
from hecang.kernel.actor import Scope, acting
from hecang.kernel.errors import LimitExceeded, NotFound
from hecang.work.scanning import documents, scan_read, scans_read
from hecang.work.scanning.documents import document_kinds, documents_find

pytestmark = pytest.mark.django_db
GTIN = "6901234567892"


@pytest.fixture
def goods() -> Place:
    made = place(code="MILK-1", is_lot_tracked=True)
    Barcode.objects.create(sku=made.sku, code=GTIN)
    Barcode.objects.create(sku=made.sku, code="16901234567899", quantity=12)
    made.put(5, lot=made.lot("L1"))
    return made


def _kinds(goods: Place, text: str) -> list[tuple[str, str]]:
    return [(one.kind, one.code) for one in scan_read(text, warehouse_id=goods.warehouse.pk).matches]


def test_skus_by_every_barcode(goods: Place) -> None:
    for text in (GTIN, f"0{GTIN}", f"]E0{GTIN}", f"(01)0{GTIN}", f"https://id.gs1.org/01/0{GTIN}", "milk-1"):
        match = scan_read(text, warehouse_id=goods.warehouse.pk).first("sku")
        assert match is not None, text
        assert (match.id, match.code, match.quantity) == (goods.sku.pk, "MILK-1", 1)
    case = scan_read("(01)16901234567899(37)2", warehouse_id=goods.warehouse.pk)
    assert (case.kind, case.matches[0].quantity, case.elements.count) == ("sku", 12, 2)


def test_a_lot_in_the_code_is_that_skus(goods: Place) -> None:
    other = place(warehouse=goods.warehouse, is_lot_tracked=True)
    other.put(1, lot=other.lot("L1"))
    scanned = scan_read(f"(01)0{GTIN}(10)L1", warehouse_id=goods.warehouse.pk)
    assert [one.kind for one in scanned.matches] == ["sku", "lot"]
    assert scanned.matches[1].sku_id == goods.sku.pk
    alone = scan_read("L1", warehouse_id=goods.warehouse.pk)
    assert {one.sku_id for one in alone.matches} == {goods.sku.pk, other.sku.pk}


def test_places_are_those_of_the_warehouse(goods: Place) -> None:
    other = facility.warehouse(aisles=1, bays=1)
    mine = scan_read("a01-01-1", warehouse_id=goods.warehouse.pk)
    theirs = scan_read("A01-01-1", warehouse_id=other.pk)
    assert mine.kind == theirs.kind == "location"
    assert mine.matches[0].id == goods.at("A01-01-1").pk != theirs.matches[0].id
    assert _kinds(goods, "V-SUPPLIER") == []


def test_containers_by_code_and_by_sscc(goods: Place) -> None:
    Container.objects.create(code="LP260101-000001", kind="pallet")
    Container.objects.create(code="106141412345678908", kind="pallet", location=goods.at("STAGE-1"))
    assert _kinds(goods, "lp260101-000001") == [("container", "LP260101-000001")]
    for text in ("00106141412345678908", "(00)106141412345678908", "urn:epc:id:sscc:0614141.1234567890"):
        assert _kinds(goods, text) == [("container", "106141412345678908")]


def test_nothing_outside_of_ones_scope(goods: Place) -> None:
    other = place(is_lot_tracked=True)
    other.put(1, lot=other.lot("SECRET"))
    Container.objects.create(code="BOX-1", location=other.at("STAGE-1"))
    scope = Scope(warehouses=frozenset({goods.warehouse.pk}), owners=frozenset({goods.owner.pk}))
    assert _kinds(goods, "SECRET")
    assert _kinds(goods, "BOX-1")
    with acting(actor_make(roles=["operator"], scope=scope)):
        assert _kinds(goods, "SECRET") == []
        assert _kinds(goods, "BOX-1") == []
        assert _kinds(goods, "L1") == [("lot", "L1")]
        with pytest.raises(NotFound):
            scan_read("A01-01-1", warehouse_id=other.warehouse.pk)


def test_documents_by_their_number(goods: Place) -> None:
    from tests.factories.outbound import world

    shop = world(goods={"milk": 5})
    order = shop.order({"milk": 1})
    scanned = scan_read(order.number.lower(), warehouse_id=goods.warehouse.pk)
    assert (scanned.kind, scanned.matches[0].document, scanned.matches[0].code) == (
        "document", "sales_order", order.number,
    )  # fmt: skip
    with acting(actor_make(roles=["operator"])):  # may not see orders
        assert _kinds(goods, order.number) == []
    with acting(actor_make(scope=Scope(shops=frozenset({0})))):
        assert _kinds(goods, order.number) == []


def test_every_kind_of_document_can_be_asked_for() -> None:
    scope = Scope(warehouses=frozenset({1}), owners=frozenset({1}), shops=frozenset({1}))
    numbers = [f"{documents.PREFIXES[kind]}260101-000001" for kind in document_kinds()]
    assert len(numbers) >= 10
    unknown = {one.permission for one in document_kinds().values()} - permissions.declared()
    assert unknown == set()
    for actor in (actor_make(), actor_make(scope=scope)):
        assert documents_find(actor, numbers) == {}


def test_the_price_does_not_grow_with_the_codes(goods: Place) -> None:
    def statements(count: int) -> int:
        texts = [
            f"{kind}{number % 10 if kind.startswith('SO') else number}"
            for number in range(count)
            for kind in ("A", "SO260101-00000", "(01)", "10")
        ]
        texts += [GTIN, f"(01)0{GTIN}(10)L1(21)S1", "00106141412345678908"]
        with CaptureQueriesContext(connection) as seen:
            scans_read(texts, warehouse_id=goods.warehouse.pk)
        return len(seen.captured_queries)

    assert statements(10) == statements(200) <= 9


def test_too_many_codes_are_refused(goods: Place) -> None:
    with pytest.raises(LimitExceeded):
        scans_read((str(number) for number in range(10_001)), warehouse_id=goods.warehouse.pk)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.one_of(st.text(max_size=300), st.text("0123456789()\x1dA-%_'\"\\", max_size=80)), max_size=8)
)
def test_hostile_strings_reach_the_database_unharmed(goods: Place, texts: list[str]) -> None:
    result = scans_read(texts, warehouse_id=goods.warehouse.pk)
    assert set(result) == set(texts)
