"""Approval by amount, sending, changing, ending; and what customers' orders hear of it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from tests.factories import partners
from tests.factories.purchasing import Market, day, market, person, policy

from hecang.inbound.models import InboundLink
from hecang.inbound.services.links import link_make, link_open, link_revoke
from hecang.integrations.channels.edi_documents import purchase_order_read
from hecang.integrations.channels.edi_envelope import interchange_read
from hecang.inventory.models import SupplySuggestion
from hecang.kernel import clock
from hecang.kernel.actor import acting
from hecang.kernel.errors import StateConflict
from hecang.kernel.outbox import drain
from hecang.orders.models import ExpectedSupply
from hecang.partners.errors import CodeTaken
from hecang.partners.services import SupplierFields, supplier_change, supplier_create
from hecang.purchasing.errors import (
    ApprovalMissing,
    BelowReceived,
    NoPrice,
    NotReachable,
    OwnOrder,
    SupplierBusy,
)
from hecang.purchasing.models import PurchaseDispatch, PurchaseOrderChange, PurchaseRequest
from hecang.purchasing.services import (
    LineChange,
    LineConfirmed,
    OrderLineIn,
    PurchaseReceived,
    RequestIn,
    dispatches_recover,
    dispatches_send,
    order_approve,
    order_cancel,
    order_change,
    order_confirm,
    order_reject,
    order_send,
    order_submit,
    orders_close,
    purchase_lines_receive,
    purchases_make,
    requests_cancel,
    requests_create,
    requests_order,
)
from hecang.purchasing.services.links import link_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Market:
    return market({"ACME": {"milk": "3.00", "bread": "2.00"}, "BEST": {"milk": "2.50"}})


class TestApproval:
    def test_small_orders_need_nobody_else(self, shop: Market) -> None:
        order = shop.draft("ACME", {"milk": 100})
        with acting(person("purchaser")):
            assert order_submit(order_id=order.pk).state == "approved"

    def test_large_ones_need_others_step_by_step(self, shop: Market) -> None:
        # Given an order of 150,000, above both steps
        order = shop.draft("ACME", {"milk": 50_000})
        buyer, clerk, boss = person("purchaser"), person("finance"), person("admin")
        with acting(buyer):
            assert order_submit(order_id=order.pk).missing == ("finance", "admin")
            with pytest.raises(OwnOrder):
                order_approve(order_id=order.pk)
        with acting(person("purchaser")), pytest.raises(ApprovalMissing):
            order_approve(order_id=order.pk)
        with acting(clerk):
            assert order_approve(order_id=order.pk).missing == ("admin",)
            with pytest.raises(ApprovalMissing):
                order_approve(order_id=order.pk)
        with acting(boss):
            assert order_approve(order_id=order.pk).state == "approved"
        order.refresh_from_db()
        assert (order.approved_by, order.approved_amount) == (boss.name, Decimal(150_000))

    def test_nobody_approves_their_own_above_the_limit_whatever_role(self, shop: Market) -> None:
        order = shop.draft("ACME", {"milk": 5_000})
        boss = person("admin")
        with acting(boss):
            assert order_submit(order_id=order.pk).missing == ("finance",)
            with pytest.raises(OwnOrder):
                order_approve(order_id=order.pk)
        policy(self_limit=20_000)
        with acting(boss):
            assert order_approve(order_id=order.pk).state == "approved"

    def test_foreign_money_counts_by_its_rate_and_without_one_everybody_is_asked(self, shop: Market) -> None:
        shop.sells("ACME", "milk", "3.00", currency="USD")
        order = shop.draft("ACME", {"milk": 1000}, currency="USD")
        with acting(person("purchaser")):
            assert order_submit(order_id=order.pk).missing == ("finance", "admin")
            order_reject(order_id=order.pk, note="say a rate first")
        policy(rates={"USD": "7.1"})
        with acting(person("purchaser")):
            assert order_submit(order_id=order.pk).missing == ("finance",)

    def test_changing_an_approved_order_asks_again(self, shop: Market) -> None:
        order = shop.draft("ACME", {"milk": 10})
        order_submit(order_id=order.pk)
        (line,) = shop.lines(order)
        order_change(order_id=order.pk, lines=[LineChange(line.pk, quantity=20)])
        order.refresh_from_db()
        assert (order.state, order.amount, order.revision) == ("draft", Decimal(60), 0)


class TestRequests:
    def test_requests_of_one_article_become_one_line_rounded_up_once(self, shop: Market) -> None:
        shop.sells("BEST", "milk", "2.50", min_order_quantity=50, order_multiple=12)
        ids = requests_create(
            requests=[RequestIn(shop.skus["milk"].pk, shop.owner.pk, shop.warehouse.pk, 30) for _ in range(2)]
        )
        made = requests_order(request_ids=ids)
        (order_id,) = made.ids
        (line,) = [line for key, lines in made.lines.items() for line in lines]
        found = PurchaseRequest.objects.filter(order_line=line)
        assert found.count() == 2
        assert {one.state for one in found} == {"ordered"}
        order_cancel(order_id=order_id, reason="not needed")
        assert set(PurchaseRequest.objects.values_list("state", "order_line")) == {("open", None)}

    def test_what_nobody_sells_is_named_and_nothing_is_ordered(self, shop: Market) -> None:
        from tests.factories import catalog

        strange = catalog.sku("strange")
        ids = requests_create(
            requests=[
                RequestIn(strange.pk, shop.owner.pk, shop.warehouse.pk, 3),
                RequestIn(shop.skus["milk"].pk, shop.owner.pk, shop.warehouse.pk, 3),
            ]
        )
        with pytest.raises(NoPrice) as caught:
            requests_order(request_ids=ids)
        assert len(caught.value.problems) == 1
        requests_cancel(request_ids=[ids[0]], note="gone")
        with pytest.raises(StateConflict):
            requests_cancel(request_ids=[ids[0]])

    def test_the_watchers_of_stock_wish_once(self, shop: Market) -> None:
        wish = RequestIn(shop.skus["milk"].pk, shop.owner.pk, shop.warehouse.pk, 30, source="reorder")
        first = requests_create(requests=[wish])
        second = requests_create(
            requests=[RequestIn(wish.sku_id, wish.owner_id, wish.warehouse_id, 40, source="reorder")]
        )
        assert first == second
        assert PurchaseRequest.objects.get().quantity == 40


class TestSending:
    def test_by_mail_with_the_order_as_pdf(self, shop: Market, settings: Any) -> None:
        settings.EMAIL_HOST = "mail.example.com"
        seller = shop.suppliers["ACME"]
        supplier_change(supplier_id=seller.pk, changes={"send_by": "email"})
        order = shop.draft("ACME", {"milk": 10})
        order_submit(order_id=order.pk)
        with pytest.raises(NotReachable):
            order_send(order_id=order.pk)
        supplier_change(supplier_id=seller.pk, changes={"email": "orders@example.com"})

        order_send(order_id=order.pk)
        assert dispatches_send() == 1
        assert dispatches_send() == 0

        (letter,) = mail.outbox
        assert letter.to == ["orders@example.com"]
        name, content, kind = letter.attachments[0]
        assert (name, kind, content[:4]) == (f"{order.number}.pdf", "application/pdf", b"%PDF")
        assert PurchaseDispatch.objects.get().state == "sent"

    def test_the_mail_names_the_suppliers_own_page_until_staff_revoke_it(
        self, shop: Market, settings: Any
    ) -> None:
        settings.EMAIL_HOST, settings.PUBLIC_URL = "mail.example.com", "https://oms.example.com"
        seller, where = shop.suppliers["ACME"], {"warehouse_id": shop.warehouse.pk, "owner_id": shop.owner.pk}
        supplier_change(supplier_id=seller.pk, changes={"send_by": "email", "email": "orders@example.com"})

        # given a first order, then a changed one, then one after the page was revoked
        order = shop.sent("ACME", {"milk": 10})
        assert dispatches_send() == 1
        (line,) = order.lines.all()
        order_change(order_id=order.pk, lines=[LineChange(line.pk, quantity=8)])
        order_send(order_id=order.pk)
        assert dispatches_send() == 1
        link_revoke(supplier_id=seller.pk, **where)
        shop.sent("ACME", {"bread": 1})
        assert dispatches_send() == 1
        order_cancel(order_id=order.pk)
        assert dispatches_send() == 1

        # then both languages name the one page, which shows this supplier's orders only
        first, changed, after_revoking, cancelled = (str(letter.body) for letter in mail.outbox)
        addresses = set(re.findall(r"https://oms\.example\.com/s/[a-z2-7]{32}", first))
        assert len(addresses) == 1
        assert first.count("/s/") == changed.count("/s/") == 2
        assert addresses <= set(changed.split())
        assert "逐行确认" in first
        assert "without a login" in first
        assert "/s/" not in after_revoking + cancelled

        # and a page that staff make again is named again, under another address
        link_make(supplier_id=seller.pk, **where)
        shop.sent("ACME", {"milk": 1})
        assert dispatches_send() == 1
        again = str(mail.outbox[-1].body)
        assert "/s/" in again
        assert not addresses & set(again.split())
        held = link_open(again.rpartition("/s/")[2].split()[0])
        assert (held.supplier_id, held.warehouse_id, held.owner_id) == (
            seller.pk,
            shop.warehouse.pk,
            shop.owner.pk,
        )

    def test_a_mail_names_no_page_where_its_address_would_not_be_whole(
        self, shop: Market, settings: Any
    ) -> None:
        settings.EMAIL_HOST, settings.PUBLIC_URL = "mail.example.com", ""
        supplier_change(
            supplier_id=shop.suppliers["ACME"].pk,
            changes={"send_by": "email", "email": "orders@example.com"},
        )
        shop.sent("ACME", {"milk": 10})
        assert dispatches_send() == 1
        assert "/s/" not in str(mail.outbox[-1].body)
        assert InboundLink.objects.count() == 0

    def test_by_edi_a_file_that_our_own_reader_understands(
        self, shop: Market, settings: Any, tmp_path: Path
    ) -> None:
        settings.DROP_ROOT = tmp_path
        seller = shop.suppliers["ACME"]
        link_set(
            supplier_id=seller.pk,
            way="edi",
            settings={"our_id": "US", "partner_id": "THEM", "folder": "acme", "transport": "folder"},
        )
        supplier_change(supplier_id=seller.pk, changes={"send_by": "edi"})
        shop.sells("ACME", "milk", "3.00", supplier_sku="M-1")
        order = shop.sent("ACME", {"milk": 10, "bread": 2})
        assert dispatches_send() == 1
        (file,) = (tmp_path / "acme" / "out").glob("*.edi")
        interchange = interchange_read(file.read_text())
        assert interchange.problems == []
        read = purchase_order_read(interchange.groups[0].transactions[0], ["VP", "BP"], clock.now())
        assert read.problems == []
        assert read.order is not None
        assert read.order.number == order.number
        assert [(one.product_id, one.quantity) for one in read.order.lines] == [("M-1", 10), ("bread", 2)]

    def test_by_a_signed_call_that_is_repeated_until_it_arrives(
        self, shop: Market, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from hecang.kernel.outgoing import Answer, NotReached
        from hecang.kernel.signing import secret_make
        from hecang.notifications.ways import posting

        seller = shop.suppliers["ACME"]
        link_set(
            supplier_id=seller.pk,
            way="api",
            settings={"url": "https://acme.example.com/po", "secret": secret_make()},
        )
        supplier_change(supplier_id=seller.pk, changes={"send_by": "api"})
        order = shop.sent("ACME", {"milk": 10})
        calls: list[tuple[dict[str, str], Any]] = []

        def post(url: str, *, content: bytes, headers: dict[str, str]) -> Answer:
            calls.append((headers, json.loads(content)))
            if len(calls) == 1:
                raise NotReached("no answer in time")
            return Answer(200, {}, b"", 3)

        monkeypatch.setattr(posting, "post", post)
        assert dispatches_send() == 0
        waiting = PurchaseDispatch.objects.get()
        assert (waiting.state, waiting.attempts, waiting.last_error) == ("waiting", 1, "no answer in time")
        PurchaseDispatch.objects.update(due_at=clock.now())
        assert dispatches_send() == 1
        assert {headers["webhook-id"] for headers, _body in calls} == {f"purchase-{order.number}-0"}
        assert calls[0][1]["data"]["lines"][0]["quantity"] == 10

    def test_what_a_dead_worker_had_is_tried_again_unless_it_was_a_mail(self, shop: Market) -> None:
        for way in ("api", "email"):
            order = shop.draft("ACME", {"milk": 1})
            PurchaseDispatch.objects.create(
                order=order, revision=0, kind="order", way=way, state="sending", due_at=clock.now(),
                claimed_at=clock.now() - timedelta(hours=1), created_by="x", created_at=clock.now(),
            )  # fmt: skip
        assert dispatches_recover() == 2
        assert dict(PurchaseDispatch.objects.values_list("way", "state")) == {
            "api": "waiting",
            "email": "failed",
        }


class TestChanging:
    def test_after_sending_every_change_is_a_revision(self, shop: Market) -> None:
        order = shop.sent("ACME", {"milk": 10, "bread": 4})
        milk, bread = shop.lines(order)
        purchase_lines_receive(received=[PurchaseReceived(milk.pk, 4)])

        with pytest.raises(BelowReceived):
            order_change(order_id=order.pk, lines=[LineChange(milk.pk, quantity=3)])
        assert (
            order_change(
                order_id=order.pk, lines=[LineChange(milk.pk, quantity=8, expected_on=day(20))], reason="less"
            )
            == 1
        )
        assert order_change(order_id=order.pk, remove=[bread.pk]) == 2
        assert order_change(order_id=order.pk, add=[OrderLineIn(shop.skus["bread"].pk, 6)]) == 3
        assert order_change(order_id=order.pk, note="please in boxes") == 3

        order.refresh_from_db()
        assert (order.state, order.revision, order.sent_revision, order.unit_count) == ("receiving", 3, 0, 14)
        first = PurchaseOrderChange.objects.get(order=order, revision=1)
        assert (first.before["lines"][0]["quantity"], first.after["lines"][0]["quantity"]) == (10, 8)
        order_send(order_id=order.pk)
        assert list(PurchaseDispatch.objects.order_by("id").values_list("kind", "revision")) == [
            ("order", 0),
            ("change", 3),
        ]

    def test_growing_beyond_what_was_approved_takes_somebody_who_could_approve_it(self, shop: Market) -> None:
        with acting(person("purchaser")):
            order = shop.sent("ACME", {"milk": 3000})
            (line,) = shop.lines(order)
            with pytest.raises(ApprovalMissing), transaction.atomic():
                order_change(order_id=order.pk, lines=[LineChange(line.pk, quantity=4000)])
        policy(self_limit=50_000)
        with acting(person("admin")):
            assert order_change(order_id=order.pk, lines=[LineChange(line.pk, quantity=4000)]) == 1


class TestPromises:
    def test_confirmed_purchases_are_announced_and_taken_back(self, shop: Market) -> None:
        order = shop.sent("ACME", {"milk": 10})
        (line,) = shop.lines(order)
        drain()
        assert not ExpectedSupply.objects.exists()

        order_confirm(order_id=order.pk, lines=[LineConfirmed(line.pk, 8, day(9))])
        drain()
        told = ExpectedSupply.objects.get()
        assert (told.quantity, told.reference, clock.today() < told.expected_at.date()) == (
            8,
            order.number,
            True,
        )

        purchase_lines_receive(received=[PurchaseReceived(line.pk, 3)])
        drain()
        assert ExpectedSupply.objects.get().quantity == 5
        orders_close(order_ids=[order.pk])
        drain()
        assert not ExpectedSupply.objects.exists()

    def test_closing_settles_the_suggestions_that_nothing_waits_for(self, shop: Market) -> None:
        now = clock.now()
        suggestion = SupplySuggestion.objects.create(
            sku=shop.skus["milk"], owner=shop.owner, warehouse=shop.warehouse, source="purchase", quantity=5,
            order_count=1, waiting_since=now, created_at=now, updated_at=now,
        )  # fmt: skip
        (bought,) = purchases_make(suggestion_ids=[suggestion.pk], send=True)
        (line,) = shop.lines(PurchaseDispatch.objects.get().order)
        purchase_lines_receive(received=[PurchaseReceived(line.pk, 5)])
        orders_close(order_ids=[bought.order_id])
        drain()
        suggestion.refresh_from_db()
        assert suggestion.settled_at is not None


class TestEnding:
    def test_a_sent_order_is_cancelled_with_a_word_to_the_supplier(self, shop: Market) -> None:
        order = shop.sent("ACME", {"milk": 10})
        order_cancel(order_id=order.pk, reason="too late")
        order.refresh_from_db()
        assert (order.state, order.unit_count, order.end_reason) == ("cancelled", 0, "too late")
        assert PurchaseDispatch.objects.filter(kind="cancel").exists()

    def test_what_has_come_is_closed_and_not_cancelled(self, shop: Market) -> None:
        order = shop.sent("ACME", {"milk": 10})
        (line,) = shop.lines(order)
        purchase_lines_receive(received=[PurchaseReceived(line.pk, 4)])
        with pytest.raises(StateConflict):
            order_cancel(order_id=order.pk)
        orders_close(order_ids=[order.pk])
        line.refresh_from_db()
        assert (line.cancelled, line.short) == (6, 6)

    def test_a_supplier_with_open_orders_stays(self, shop: Market) -> None:
        order = shop.sent("ACME", {"milk": 10})
        seller = shop.suppliers["ACME"]
        with pytest.raises(SupplierBusy):
            supplier_change(supplier_id=seller.pk, changes={"is_active": False})
        orders_close(order_ids=[order.pk])
        supplier_change(supplier_id=seller.pk, changes={"is_active": False})
        with pytest.raises(CodeTaken):
            supplier_create(code="ACME", fields=SupplierFields(name="again"))
        assert partners.owner().is_active
