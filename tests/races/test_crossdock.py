"""Goods come in for a store while its transfer is approved, put on the floor or given up: nothing is promised twice."""

from __future__ import annotations

import pytest
from tests.factories import facility
from tests.factories.goods_in import arrive, verify
from tests.factories.inventory import Place
from tests.factories.outbound import world
from tests.factories.threads import race

from hecang.facility.models import Location, Zone
from hecang.inbound.models import Putaway
from hecang.inbound.services.crossdocks import crossdocks_keep
from hecang.inbound.services.putaway_policies import PolicyIn, policy_save
from hecang.inbound.services.putaways import putaway_confirm
from hecang.inventory.models import Allocation, Reservation
from hecang.kernel.errors import Conflict, InvalidInput
from hecang.kernel.outbox import drain
from hecang.stockkeeping.models import Transfer
from hecang.stockkeeping.services.store_orders import store_orders_release
from hecang.stockkeeping.services.transfers import (
    TransferLineIn,
    transfer_approve,
    transfer_cancel,
    transfer_create,
    transfer_release,
)

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
STORES, EACH, COME = 6, 5, 24


@pytest.mark.parametrize("gives_up", [False, True])
def test_stores_never_get_more_than_came_nor_more_than_they_asked_for(gives_up: bool) -> None:
    # Given six stores that want thirty, and twenty-four that were carried to the cross-docking place for them
    shop = world()
    shop.sku("milk")
    zone = Zone.objects.get(warehouse=shop.warehouse, code="A")
    place = Location.objects.create(warehouse=shop.warehouse, zone=zone, code="XDOCK", kind="pick_face")
    policy_save(warehouse_id=shop.warehouse.pk, policy=PolicyIn(crossdock_location_id=place.pk))
    keys = [
        transfer_create(
            from_warehouse_id=shop.warehouse.pk, to_warehouse_id=facility.warehouse(kind="store").pk,
            owner_id=shop.owner.pk, lines=[TransferLineIn(shop.skus["milk"].pk, EACH)],
        )
        for _n in range(STORES)
    ]  # fmt: skip
    arrive(Place(shop.warehouse, shop.skus["milk"], shop.owner), COME)
    drain()
    ids = list(Putaway.objects.filter(kind="crossdock").values_list("pk", flat=True))
    for key in Putaway.objects.filter(kind="crossdock", state="planned").values_list("pk", flat=True):
        putaway_confirm(putaway_id=key)

    # When everybody acts at once, over and over
    def work(number: int) -> None:
        for turn in range(6):
            key = keys[(number + turn) % STORES]
            try:
                if number % 4 == 0:
                    crossdocks_keep(putaway_ids=ids)
                elif number % 4 == 1:
                    transfer_approve(transfer_id=key, partial=True)
                elif number % 4 == 2:
                    store_orders_release(transfer_ids=keys)
                elif gives_up and turn % 2:
                    transfer_cancel(transfer_id=key)
                else:
                    transfer_release(transfer_id=key)
            except (Conflict, InvalidInput):  # it has moved on, or there is nothing for it
                continue

    assert race(work, threads=8) == []
    drain()

    # Then what was promised is no more than came, no store has more than it asked for, and who gave up keeps nothing
    lines = [line for key in keys for line in Transfer.objects.get(pk=key).lines.all()]
    assert sum(line.reserved + line.allocated for line in lines) <= COME
    for line in lines:
        assert line.reserved + line.allocated + line.cut <= line.quantity
        assert line.kept <= line.reserved
    if not gives_up:
        assert sum(line.reserved + line.allocated for line in lines) == COME
    gone = Transfer.objects.filter(state="cancelled").values("lines")
    mine = {"source_kind": "transfer_line", "source_id__in": gone}
    assert not Reservation.objects.filter(state="active", **mine).exists()
    assert not Allocation.objects.filter(state__in=["open", "picked"], **mine).exists()
    verify()
