"""Webhooks in the browser: make an endpoint, see a message arrive signed, replay it. The receiver listens on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect
from standardwebhooks.webhooks import Webhook
from tests.factories.receiver import Receiver, receiving

from hecang.integrations.models import WebhookDelivery, WebhookEndpoint
from hecang.integrations.services.webhooks.sending import deliveries_send
from hecang.kernel.outbox import drain
from hecang.tickets.services import ticket_open


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one, override_settings(ALLOW_PRIVATE_URLS=True):
        yield one


def test_from_the_endpoint_to_the_replay(desk: Page, receiver: Receiver) -> None:
    # given an endpoint that a person makes (in the server, only public addresses may be typed in)
    desk.goto("/webhooks")
    desk.get_by_role("button", name="New endpoint").first.click()
    form = desk.get_by_role("dialog")
    form.get_by_label("Name").fill("ERP")
    form.get_by_label("Address").fill("http://127.0.0.1/in")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("This address cannot be used").first).to_be_visible()
    form.get_by_label("Address").fill("https://erp.shop.example/in")
    form.get_by_role("button", name="Save").click()
    secret = desk.get_by_test_id("secret").inner_text()
    desk.get_by_role("button", name="I have saved it").click()
    expect(desk.get_by_text("https://erp.shop.example/in")).to_be_visible()
    WebhookEndpoint.objects.update(url=receiver.url("/in"))
    # when something happens
    ticket_open(kind="other", subject="x")
    drain()
    assert deliveries_send() == 1
    # then it has arrived, signed with that secret, and the log shows it
    _path, headers, body = receiver.got[0]
    assert Webhook(secret).verify(body, headers)["type"] == "ticket.opened"
    desk.goto("/webhooks/deliveries?tab=delivered")
    desk.get_by_text("ticket.opened").first.click()
    expect(desk.get_by_role("dialog").get_by_text("204").first).to_be_visible()
    # and what was given up is sent again from the list of dead letters, in Chinese
    WebhookDelivery.objects.update(state="dead")
    desk.evaluate("localStorage.setItem('hecang.language', 'zh-CN')")
    desk.goto("/webhooks/deliveries?tab=dead")
    expect(desk.get_by_role("heading", name="推送记录")).to_be_visible()
    desk.get_by_role("row").filter(has_text="ticket.opened").get_by_role("checkbox").check()
    desk.get_by_role("button", name="重新推送").click()
    expect(desk.get_by_text("没有推送记录")).to_be_visible()
    assert deliveries_send() == 1
    desk.goto("/webhooks")
    expect(desk.get_by_text("正常").first).to_be_visible()
