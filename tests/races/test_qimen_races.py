"""Qimen messages that come at once: one takes effect, all hear the same, and the books are right."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from tests.factories.orders import assert_lawful
from tests.factories.threads import race
from tests.integrations.qimen_world import Partner, partner
from tests.integrations.test_qimen_erp import confirm

from hecang.integrations.models import QimenDocument, QimenSending
from hecang.integrations.services.outside import through
from hecang.integrations.services.qimen.entries import Received, qimen_entry_receive
from hecang.integrations.services.qimen.sending import sendings_send
from hecang.integrations.simulators.qimen import delivery_order, entry_order
from hecang.kernel.outbox import drain
from hecang.orders.models import SalesOrder
from hecang.outbound.models import Parcel

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def erp() -> Iterator[Partner]:
    with partner("erp") as made:
        yield made


def test_equal_orders_at_once_are_one(erp: Partner) -> None:
    heard: list[str] = []

    def send(_number: int) -> None:
        answer = erp.ok("deliveryorder.create", delivery_order("CK1", [("SKU-1", 2)]))
        heard.append(answer.findtext("deliveryOrderId") or "")

    assert race(send, threads=8) == []
    assert set(heard) == {SalesOrder.objects.get().number}
    assert erp.world.availability("SKU-1") == (100, 2)
    assert_lawful()


def test_parts_at_once_make_one_order(erp: Partner) -> None:
    def send(number: int) -> None:
        part = delivery_order("CK1", [("SKU-1", 1)], total=4, first_line=number % 4 + 1)
        erp.ok("deliveryorder.create", part)

    assert race(send, threads=8) == []
    assert SalesOrder.objects.get().unit_count == 4
    assert_lawful()


def test_a_receipt_at_once_is_booked_once(erp: Partner) -> None:
    erp.ok("entryorder.create", entry_order("RK1", [("SKU-1", 10)]))
    document = QimenDocument.objects.get()
    new: list[bool] = []

    def receive(number: int) -> None:
        new.append(
            qimen_entry_receive(
                document_id=document.pk,
                received=[Received(1, 2)],
                out_biz_code=f"R{number % 2}",
                is_final=False,
            )
        )

    assert race(receive, threads=8) == []
    assert new.count(True) == 2
    assert erp.world.stock("SKU-1", "DOCK-1") == (4, 0)
    assert QimenSending.objects.count() == 2
    assert_lawful()


def test_several_workers_tell_each_message_once(erp: Partner) -> None:
    for number in range(5):
        erp.ok("deliveryorder.create", delivery_order(f"CK{number}", [("SKU-1", 1)]))
    drain()

    def send(_number: int) -> None:
        with through(httpx.WSGITransport(app=erp.sim)):  # a thread does not know the way of another one
            sendings_send(connection_id=erp.connection.pk)

    assert race(send, threads=6) == []
    sendings_send(connection_id=erp.connection.pk)
    assert len(erp.sim.of("orderprocess.report")) == 5
    assert erp.sim.repeats == 0


def test_confirmations_at_once_book_every_parcel_once() -> None:
    """Different orders of one warehouse and carrier, each told twice at the same moment."""
    with partner("wms") as wms:
        orders = [wms.world.order({"SKU-1": 2}) for _n in range(4)]
        numbers = [wms.world.fulfilment(order).number for order in orders]

        def tell(number: int) -> None:
            code = numbers[number % 4]
            wms.ok("deliveryorder.confirm", confirm(code, [(f"SF-{code}", {"SKU-1": 2})], key=f"K-{code}"))

        assert race(tell, threads=8) == []
        drain()
        assert Parcel.objects.filter(state="shipped").count() == 4
        assert wms.world.availability("SKU-1") == (92, 0)
        wms.world.verify()
        assert_lawful()
