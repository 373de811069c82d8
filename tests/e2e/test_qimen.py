"""Qimen in the browser: make a connection, receive what an ERP announces, see that it was told. English and Chinese."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from tests.factories import outbound

from hecang.integrations.models import Connection, QimenDocument, QimenSending
from hecang.integrations.services.qimen.receiving import qimen_receive
from hecang.integrations.services.qimen.sending import sendings_send
from hecang.integrations.simulators.base import serving
from hecang.integrations.simulators.qimen import QimenSimulator, entry_order
from hecang.kernel import clock
from hecang.kernel.connectors import Incoming


def test_from_the_connection_to_the_receipt(desk: Page) -> None:
    world = outbound.world(goods={"SKU-1": 5, "SKU-2": 5})
    sim = QimenSimulator(role="erp", now=clock.now)
    with serving(sim) as address:
        # given a connection that a person makes, tests and switches on
        desk.goto("/qimen")
        desk.get_by_role("button", name="New connection").first.click()
        form = desk.get_by_role("dialog")
        form.get_by_label("The other side").click()
        desk.get_by_text("Qimen: we are the warehouse of an ERP").last.click()
        form.get_by_label("Name").fill("WDT")
        for label, text in {
            "Address": address,
            "App key": sim.credentials()["app_key"],
            "App secret": sim.credentials()["app_secret"],
            "Customer id": sim.credentials()["customer_id"],
            "Shop": world.shop.code,
            "Their owner code": "O1",
            "Warehouses": f"WH01 = {world.warehouse.code}",
        }.items():
            form.get_by_label(label).first.fill(text)
        form.get_by_role("button", name="Save").click()
        drawer = desk.get_by_role("dialog")
        drawer.get_by_role("button", name="Test it").click()
        expect(desk.get_by_text("The connection works")).to_be_visible()
        drawer.get_by_role("button", name="Switch on").click()
        expect(drawer.get_by_role("button", name="Switch off")).to_be_visible()
        connection = Connection.objects.get(kind="erp")
        expect(drawer.get_by_text(f"/api/v1/qimen/{connection.inbox_key}")).to_be_visible()
        # when the ERP announces goods, and a person receives them, in Chinese
        body = entry_order("RK1", [("SKU-1", 10), ("SKU-2", 4)]).encode()
        query = sim.address("entryorder.create", body)
        qimen_receive(inbox_key=connection.inbox_key, message=Incoming("POST", "/", query, {}, body))
        desk.evaluate("localStorage.setItem('hecang.language', 'zh-CN')")
        desk.goto("/qimen/documents")
        expect(desk.get_by_role("heading", name="单据")).to_be_visible()
        desk.get_by_text("RK1").first.click()
        drawer = desk.get_by_role("dialog")
        expect(drawer.get_by_text("小心轻放")).to_be_visible()
        drawer.get_by_label("本次良品 SKU-1").fill("9")
        drawer.get_by_label("本次残品 SKU-1").fill("1")
        drawer.get_by_role("button", name="确认收货并回传").click()
        expect(desk.get_by_text("已收货，结果将回传给 ERP")).to_be_visible()
        assert QimenDocument.objects.get().state == "done"
        assert world.stock("SKU-1", "DOCK-1") == (9, 0)
        assert sendings_send(connection_id=connection.pk) == 1
        assert sim.of("entryorder.confirm")[0].text("entryOrder/status") == "FULFILLED"
        # then both messages are shown, and the one that was told can be sent again
        desk.goto("/qimen/messages")
        expect(desk.get_by_text("entryorder.create")).to_be_visible()
        desk.goto("/qimen/sendings")
        desk.get_by_role("row").filter(has_text="entryorder.confirm").get_by_role("checkbox").check()
        desk.get_by_role("button", name="重新发送").click()
        expect(desk.get_by_text("待发送").last).to_be_visible()
        assert sendings_send(connection_id=connection.pk) == 1
        assert sim.repeats == 1
        assert QimenSending.objects.get().state == "done"
