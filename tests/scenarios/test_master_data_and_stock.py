"""Changes of master data under goods that are already there."""

from __future__ import annotations

import pytest
from tests.factories.accounts import api_client
from tests.factories.inventory import place

from hecang.inventory.verify import inventory_verify

pytestmark = pytest.mark.django_db


def test_goods_at_a_location_that_is_switched_off_are_not_sold_until_it_is_back() -> None:
    goods = place(quantity=100)
    client = api_client()
    path = f"/locations/{goods.at('A01-01-1').pk}"

    assert client.patch(path, {"is_active": False}).status_code == 204
    assert goods.availability() == (0, 0)
    assert client.patch(path, {"is_active": True}).status_code == 204
    assert goods.availability() == (100, 0)
    assert client.patch(path, {"kind": "damaged"}).status_code == 204
    assert goods.availability() == (0, 0)

    assert inventory_verify().differences == 0


def test_how_a_sku_is_tracked_stays_while_there_is_stock() -> None:
    goods = place(quantity=100)
    client = api_client()
    path = f"/skus/{goods.sku.pk}"

    refused = client.patch(path, {"is_lot_tracked": True})

    assert (refused.status_code, refused.json()["code"]) == (409, "sku_has_stock")
    assert client.patch(path, {"weight_g": 700}).status_code == 204


def test_a_layout_with_goods_in_it_is_not_replaced() -> None:
    goods = place(quantity=1)

    answer = api_client().post(
        f"/warehouses/{goods.warehouse.pk}/layout", {"zones": [{"code": "Z", "aisles": 1}], "replace": True}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "layout_in_use")
