"""The page of suppliers and carriers over HTTP: what they may, what they see, and what they send that is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import ApiClient
from tests.factories.purchasing import supplier
from tests.factories.receiving import Gate, gate

from hecang.inbound.models import Appointment, Asn, AsnContainer
from hecang.inbound.services.appointments import appointment_arrive, appointment_no_show
from hecang.inbound.services.links import asn_link_make, link_make
from hecang.inbound.services.sscc_numbers import sscc_prefix_save
from hecang.kernel import clock
from hecang.purchasing.models import PurchaseOrder, PurchaseOrderLine
from hecang.purchasing.services import LineChange, order_change

pytestmark = pytest.mark.django_db


@dataclass
class Visit:
    """A supplier's browser on their page."""

    hall: Gate
    address: str

    def get(self, path: str = "") -> Any:
        return ApiClient().get(f"{self.address}{path}")

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return ApiClient().post(f"{self.address}{path}", body or {}, **more)

    def answer(self, order: PurchaseOrder, **fields: Any) -> Any:
        """Confirm every line with what is given, else as it was asked for."""
        order.refresh_from_db()
        lines = [
            {"line_id": line.pk, "quantity": line.quantity, "on": None, **fields}
            for line in order.lines.order_by("number")
        ]
        return self.post(f"/orders/{order.pk}/confirm", {"revision": order.revision, "lines": lines})

    def book(self, asn: Asn, place: int = 4, **fields: Any) -> Any:
        day = (clock.now() + timedelta(days=2)).date()
        slot = self.get(f"/slots?asn_id={asn.pk}&day={day}").json()["items"][place]
        return self.post(
            f"/asns/{asn.pk}/book", {"dock_id": slot["dock_id"], "start": slot["start"], **fields}
        )


def visit(*names: str) -> Visit:
    hall = gate(*names)
    hall.dock(opens=0, closes=23)
    made = link_make(warehouse_id=hall.warehouse.pk, owner_id=hall.owner.pk, supplier_id=hall.supplier.pk)
    return Visit(hall, f"/inbound-page/{made.address.rsplit('/', 1)[1]}")


def sent(hall: Gate, goods: dict[str, int]) -> PurchaseOrder:
    order = hall.order(goods)
    PurchaseOrder.objects.filter(pk=order.pk).update(state="sent", confirmed_at=None, sent_revision=0)
    order.refresh_from_db()
    return order


class TestAnswering:
    def test_line_by_line_and_the_buyer_sees_who_said_it(self) -> None:
        them = visit("milk", "bread")
        order = sent(them.hall, {"milk": 10, "bread": 5})
        milk, bread = order.lines.order_by("number")
        day = clock.today() + timedelta(days=3)
        page = them.get().json()
        assert [(one["number"], one["needs_answer"]) for one in page["orders"]] == [(order.number, True)]
        assert "price" not in str(page)

        after = them.post(
            f"/orders/{order.pk}/confirm",
            {
                "revision": 0, "supplier_number": "S-9",
                "lines": [
                    {"line_id": milk.pk, "quantity": 8, "on": str(day)}, {"line_id": bread.pk, "quantity": 5},
                ],
            },
        )  # fmt: skip

        assert after.status_code == 200, after.content
        assert after.json()["orders"][0]["needs_answer"] is False
        order.refresh_from_db()
        milk.refresh_from_db()
        assert (order.state, order.supplier_number) == ("confirmed", "S-9")
        assert (milk.confirmed_quantity, milk.confirmed_on) == (8, day)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT actor, actor_kind FROM audit_entry WHERE action = 'purchasing.order.confirmed'"
            )
            assert cursor.fetchall() == [(f"supplier {them.hall.supplier.name}", "supplier")]

    def test_a_change_asks_again_and_an_old_answer_is_refused(self) -> None:
        them = visit("milk")
        order = sent(them.hall, {"milk": 10})
        assert them.answer(order).status_code == 200
        (line,) = order.lines.all()
        order_change(order_id=order.pk, lines=[LineChange(line.pk, quantity=6)])

        assert them.get().json()["orders"][0]["needs_answer"] is True
        old = {"revision": 0, "lines": [{"line_id": line.pk, "quantity": 6}]}
        late = them.post(f"/orders/{order.pk}/confirm", old)
        assert (late.status_code, late.json()["code"]) == (409, "purchase_revision_outdated")
        assert them.answer(order, quantity=6).json()["orders"][0]["needs_answer"] is False

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"quantity": 11}, "too_many"),
            ({"on": "2020-01-01"}, "day"),
            ({"on": "2199-01-01"}, "day"),
            ({"line_id": 1}, "unknown"),
        ],
    )
    def test_wrong_answers_name_line_and_field(self, fields: dict[str, Any], code: str) -> None:
        them = visit("milk")
        order = sent(them.hall, {"milk": 10})
        refused = them.answer(order, **fields)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)
        order.refresh_from_db()
        assert order.state == "sent"

    def test_what_was_not_sent_to_them_or_is_over_cannot_be_seen(self) -> None:
        them = visit("milk")
        order = sent(them.hall, {"milk": 10})
        (line,) = order.lines.all()
        announced = {"lines": [{"line_id": line.pk, "quantity": 1}]}
        for state in ("draft", "submitted", "approved", "closed", "cancelled"):
            PurchaseOrder.objects.filter(pk=order.pk).update(state=state)
            page = them.get().json()
            assert (page["orders"], page["lines"]) == ([], []), state
            assert them.answer(order).status_code == 404
            assert them.get(f"/orders/{order.pk}/pdf").status_code == 404
            assert them.post("/asns", announced).status_code == 422

    def test_nothing_of_another_supplier_is_seen_or_answered(self) -> None:
        them = visit("milk")
        order = sent(them.hall, {"milk": 10})
        PurchaseOrder.objects.filter(pk=order.pk).update(supplier=supplier())
        assert them.get().json()["orders"] == []
        for answer in (them.answer(order), them.get(f"/orders/{order.pk}/pdf")):
            assert (answer.status_code, order.number in answer.content.decode()) == (404, False)

    def test_the_paper_of_an_order(self) -> None:
        them = visit("milk")
        assert them.get(f"/orders/{sent(them.hall, {'milk': 10}).pk}/pdf").content.startswith(b"%PDF") is True


class TestBooking:
    def test_a_truck_that_did_not_come_is_booked_again(self) -> None:
        them = visit("milk")
        asn = them.hall.asn({"milk": 5})
        assert them.book(asn).status_code == 200
        appointment_no_show(appointment_id=Appointment.objects.get().pk)

        again = them.book(asn, 8)

        assert again.json()["asns"][0]["appointment_state"] == "booked"
        assert sorted(Appointment.objects.values_list("state", flat=True)) == ["booked", "no_show"]

    def test_another_driver_at_the_same_time(self) -> None:
        them = visit("milk")
        asn = them.hall.asn({"milk": 5})
        them.book(asn, plate="沪A1", carrier_name="SF")
        after = them.book(asn, plate="沪 B2").json()["asns"][0]
        assert (after["plate"], after["truck_carrier"]) == ("沪B2", "SF")

    def test_a_truck_that_is_here_or_brings_others_is_the_warehouses_affair(self) -> None:
        them = visit("milk")
        asn, other = them.hall.asn({"milk": 5}), them.hall.asn({"milk": 5})
        them.book(asn)
        truck = Appointment.objects.get()
        Asn.objects.filter(pk=other.pk).update(appointment=truck)
        assert them.book(asn, 8).json()["code"] == "shared_truck"
        assert them.post(f"/asns/{other.pk}/unbook").json()["code"] == "shared_truck"
        assert them.post(f"/asns/{other.pk}/cancel").status_code == 204
        truck.refresh_from_db()
        assert truck.state == "booked"  # it still brings the first

        Asn.objects.filter(pk=asn.pk).update(appointment=truck)
        appointment_arrive(appointment_id=truck.pk)
        assert them.book(asn, 8).json()["code"] == "too_late"
        assert them.get().json()["asns"][0]["waiting_ahead"] == 0

    def test_withdrawing_gives_the_dock_back(self) -> None:
        them = visit("milk")
        asn = them.hall.asn({"milk": 5})
        them.book(asn)
        assert them.post(f"/asns/{asn.pk}/cancel").status_code == 204
        assert Appointment.objects.get().state == "cancelled"

    def test_a_carrier_sees_one_delivery_and_neither_orders_nor_announces(self) -> None:
        them = visit("milk")
        order = sent(them.hall, {"milk": 10})
        asn, other = them.hall.asn({"milk": 5}), them.hall.asn({"milk": 5})
        carrier = Visit(them.hall, f"/inbound-page/{asn_link_make(asn_id=asn.pk).address.rsplit('/', 1)[1]}")
        page = carrier.get().json()
        assert ([one["id"] for one in page["asns"]], page["orders"], page["lines"]) == ([asn.pk], [], [])
        assert page["may_announce"] is False
        assert carrier.book(asn).status_code == 200
        for answer in (
            carrier.answer(order),
            carrier.post(f"/asns/{asn.pk}/cancel"),
            carrier.post(f"/asns/{other.pk}/unbook"),
            carrier.get(f"/asns/{other.pk}/labels"),
            carrier.post("/asns", {"lines": [{"line_id": order.lines.get().pk, "quantity": 1}]}),
        ):
            assert answer.status_code == 404


class TestAnnouncing:
    def test_the_same_key_announces_once(self) -> None:
        them = visit("milk")
        line = sent(them.hall, {"milk": 10}).lines.get()
        body = {"lines": [{"line_id": line.pk, "quantity": 4}]}
        first = them.post("/asns", body, headers={"Idempotency-Key": "k" * 32})
        second = them.post("/asns", body, headers={"Idempotency-Key": "k" * 32})
        assert (first.json(), Asn.objects.count()) == (second.json(), 1)

    def test_without_a_company_prefix_cartons_are_counted_only(self) -> None:
        them = visit("milk")
        line = sent(them.hall, {"milk": 10}).lines.get()
        assert them.get().json()["may_number"] is False
        body = {"lines": [{"line_id": line.pk, "quantity": 10, "cartons": 3}]}
        assert them.post("/asns", body).status_code == 201
        asn = Asn.objects.get()
        assert (asn.carton_count, asn.line_count, AsnContainer.objects.count()) == (3, 1, 0)
        assert them.post(f"/asns/{asn.pk}/numbers", {"count": 2}).status_code == 409

        sscc_prefix_save(owner_id=None, company_prefix="0614141", extension=0)
        made = them.post(f"/asns/{asn.pk}/numbers", {"count": 2, "kind": "pallet"})
        assert made.json()["asns"][0]["container_count"] == 2
        assert them.get(f"/asns/{asn.pk}/labels").content.startswith(b"%PDF")

    def test_nobody_makes_numbers_without_end(self) -> None:
        them = visit("milk")
        sscc_prefix_save(owner_id=None, company_prefix="0614141", extension=0)
        line = sent(them.hall, {"milk": 10**6}).lines.get()
        lines = [{"line_id": line.pk, "quantity": 500, "cartons": 500}] * 5
        assert them.post("/asns", {"lines": lines}).json()["code"] == "too_many_cartons"
        assert AsnContainer.objects.count() == 0


BIG = 10**30
WRONG: list[tuple[str, Any]] = [
    ("/asns", {}),
    ("/asns", {"lines": []}),
    ("/asns", {"lines": "x"}),
    ("/asns", {"lines": [{"line_id": 1, "quantity": -1}]}),
    ("/asns", {"lines": [{"line_id": BIG, "quantity": 1}]}),
    ("/asns", {"lines": [{"line_id": 1, "quantity": 1.5}]}),
    ("/asns", {"lines": [{"line_id": 1, "quantity": True}]}),
    ("/asns", {"lines": [{"line_id": 1, "quantity": 1}] * 501}),
    ("/asns", {"lines": [{"line_id": 1, "quantity": 1, "lot_code": "a\x00b"}]}),
    ("/asns", {"lines": [{"line_id": 1, "quantity": 1}], "note": "x" * 501}),
    ("/asns", {"lines": [{"line_id": 1, "quantity": 1}], "expected_at": "yesterday"}),
    ("/asns", {"lines": [{"line_id": 1, "quantity": 1}], "warehouse_id": 1}),
    ("/orders/1/confirm", {"revision": -1, "lines": [{"line_id": 1, "quantity": 1}]}),
    ("/orders/1/confirm", {"revision": 0, "lines": [{"line_id": 1, "quantity": -1}]}),
    ("/orders/1/confirm", {"revision": 0, "lines": [{"line_id": 1, "quantity": BIG}]}),
    (f"/orders/{BIG}/confirm", {"revision": 0, "lines": [{"line_id": 1, "quantity": 1}]}),
    ("/orders/-1/confirm", {"revision": 0, "lines": [{"line_id": 1, "quantity": 1}]}),
    ("/asns/1/book", {"dock_id": 1, "start": "2026-01-01"}),
    ("/asns/1/book", {"dock_id": BIG, "start": "2026-01-01T00:00:00Z"}),
    (f"/asns/{BIG}/book", {"dock_id": 1, "start": "2026-01-01T00:00:00Z"}),
    (f"/asns/{BIG}/cancel", {}),
    (f"/asns/{BIG}/unbook", {}),
    ("/asns/1/numbers", {"count": 0}),
    ("/asns/1/numbers", {"count": 10**9}),
    ("/asns/1/numbers", {"count": 1, "kind": "ship"}),
]


class TestWhatIsWrong:
    @pytest.mark.parametrize(("path", "body"), WRONG)
    def test_is_said_to_be_so(self, path: str, body: Any) -> None:
        answer = visit().post(path, body)
        assert answer.status_code in {404, 422}, answer.content
        assert answer["Content-Type"].startswith("application/problem+json")
        assert not Asn.objects.exists()

    @pytest.mark.parametrize(
        "path",
        [
            "/slots?asn_id=0&day=2026-01-01",
            f"/slots?asn_id={BIG}&day=2026-01-01",
            "/slots?asn_id=1&day=x",
            "/slots?asn_id=1&day=0001-01-01",
            f"/asns/{BIG}/labels",
            f"/orders/{BIG}/pdf",
            "/orders/-1/pdf",
        ],
    )
    def test_is_not_found(self, path: str) -> None:
        answer = visit().get(path)
        assert answer.status_code in {404, 422}
        assert answer["Content-Type"].startswith("application/problem+json")

    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1970-01-01"])
    def test_days_at_the_ends_of_time_have_no_free_times(self, day: str) -> None:
        them = visit("milk")
        answer = them.get(f"/slots?asn_id={them.hall.asn({'milk': 1}).pk}&day={day}")
        assert answer.status_code == 422 or answer.json()["items"] == []

    @pytest.mark.parametrize("token", ["a" * 32, "x", "a" * 65, "%00" * 16, "'--" * 8, "Ａ" * 20])
    def test_tokens_that_are_none_all_look_the_same(self, token: str) -> None:
        answer = ApiClient().get(f"/inbound-page/{token}")
        assert answer.status_code in {400, 404, 422}
        assert "supplier_id" not in answer.content.decode()

    def test_a_body_without_end_is_not_read(self) -> None:
        them = visit()
        answer = Client().post(
            f"/api/v1{them.address}/asns", b"[" * (21 * 1024 * 1024), content_type="application/json"
        )
        assert answer.status_code == 413
        deep = Client().post(f"/api/v1{them.address}/asns", b"[" * 100_000, content_type="application/json")
        assert (deep.status_code, deep["Content-Type"]) == (400, "application/problem+json")

    def test_a_day_has_an_end(self) -> None:
        them = visit("milk")
        asn = them.hall.asn({"milk": 5})
        with connection.cursor() as cursor:
            cursor.execute("UPDATE inbound_link SET uses = 200, used_on = %s", [clock.today()])
        busy = them.book(asn)
        assert (busy.status_code, busy.json()["code"]) == (429, "inbound_link_busy")


def test_statements_do_not_grow_with_orders_lines_or_deliveries() -> None:
    them = visit(*(f"g{number}" for number in range(20)))

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert them.get().status_code == 200
        return len(queries)

    sent(them.hall, {"g0": 5})
    them.hall.asn({"g0": 1})
    few = count()
    for _ in range(10):
        sent(them.hall, {f"g{number}": 5 for number in range(20)})
        them.hall.asn({f"g{number}": 1 for number in range(20)})
    assert PurchaseOrderLine.objects.count() > 200
    assert count() == few
