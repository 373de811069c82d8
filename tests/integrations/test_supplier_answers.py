"""What suppliers answer by EDI (X12 855): taken line by line, once, or refused with segment and element."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.factories.accounts import api_client
from tests.factories.purchasing import Market, market

from hecang.accounts.models import AuditEntry
from hecang.integrations.channels.edi_envelope import interchange_read
from hecang.integrations.models import SupplierFile
from hecang.integrations.services.supplier_answers import answers_take, supplier_files_forget
from hecang.integrations.services.supplier_inbox import answers_pull
from hecang.kernel import clock
from hecang.purchasing.models import PurchaseOrder
from hecang.purchasing.services import LineChange, dispatches_send, order_change, order_send
from hecang.purchasing.services.links import link_set

pytestmark = pytest.mark.django_db


def interchange(
    *sets: Sequence[str], number: int = 1, sender: str = "THEM", receiver: str = "US", kind: str = "855"
) -> str:
    """An interchange as the supplier's program writes it."""
    control = f"{number:09}"
    group = {"855": "PR", "856": "SH", "997": "FA"}[kind]
    texts = [
        f"ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*{receiver:<15}*260301*0900*U*00401*{control}*0*P*>",
        f"GS*{group}*{sender}*{receiver}*20260301*0900*{number}*X*004010",
    ]
    for n, body in enumerate(sets, start=1):
        texts += [f"ST*{kind}*{n:04}", *body, f"SE*{len(body) + 2}*{n:04}"]
    return "".join(f"{text}~\n" for text in [*texts, f"GE*{len(sets)}*{number}", f"IEA*1*{control}"])


def later(days: int) -> date:
    return clock.today() + timedelta(days=days)


@dataclass
class Buying:
    """A buyer and a supplier with EDI, and what the supplier's program sends."""

    shop: Market
    folder: Path
    sent: int = 0

    @property
    def supplier_id(self) -> int:
        return int(self.shop.suppliers["ACME"].pk)

    def order(self, **goods: int) -> PurchaseOrder:
        return self.shop.sent("ACME", goods or {"milk": 10, "bread": 4})

    def answer(self, order: PurchaseOrder, kind: str, *lines: str) -> list[str]:
        return [f"BAK*00*{kind}*{order.number}*20260301****S-77", *lines]

    def take(self, *sets: Sequence[str], **more: Any) -> Any:
        self.sent += 1
        content = interchange(*sets, **({"number": self.sent} | more)).encode()
        return answers_take(supplier_id=self.supplier_id, content=content)

    def refused(self, *sets: Sequence[str], **more: Any) -> list[tuple[str, int | None, str]]:
        """(code, segment, element) of what is wrong."""
        return [(one.code, one.row, one.field) for one in self.take(*sets, **more).problems]

    def said(self, order: PurchaseOrder) -> list[tuple[int | None, date | None, Decimal | None]]:
        return [
            (line.confirmed_quantity, line.confirmed_on, line.confirmed_price)
            for line in order.lines.order_by("number")
        ]

    def state(self, order: PurchaseOrder) -> str:
        order.refresh_from_db()
        return order.state


@pytest.fixture
def buying(settings: Any, tmp_path: Path) -> Buying:
    settings.DROP_ROOT = tmp_path
    shop = market({"ACME": {"milk": "3.00", "bread": "2.00"}, "BEST": {"milk": "2.50"}})
    link_set(
        supplier_id=shop.suppliers["ACME"].pk,
        way="edi",
        settings={"our_id": "US", "partner_id": "THEM", "folder": "acme", "transport": "folder"},
    )
    return Buying(shop, tmp_path / "acme")


class TestLines:
    def test_accepted_changed_refused_and_for_later(self, buying: Buying) -> None:
        order = buying.order(milk=10, bread=4)

        taken = buying.take(
            buying.answer(
                order, "AC",
                "PO1*1*10*EA*3.25*PE*BP*milk",
                f"ACK*IQ*6*EA*067*{later(5):%Y%m%d}", f"ACK*IB*2*EA*067*{later(9):%Y%m%d}", "ACK*IB*2*EA",
                "PO1*2*4*EA*2*PE*BP*bread",
                "ACK*IR*4*EA",
                "CTT*2",
            )
        )  # fmt: skip

        assert (taken.orders, taken.problems) == ([order.number], [])
        # six on the fifth day and two on the ninth; two that nobody knows a day of are not counted on
        assert buying.said(order) == [
            (8, later(9), Decimal("3.2500")),
            (0, order.lines.get(number=2).expected_on, None),
        ]
        assert buying.state(order) == "confirmed"
        assert order.supplier_number == "S-77"
        # and what was agreed stands until the buyer changes the order
        milk = order.lines.get(number=1)
        assert (milk.unit_price, milk.quantity) == (Decimal("3.0000"), 10)
        entry = AuditEntry.objects.get(action="purchasing.order.confirmed")
        assert entry.after["differences"][0]["price_asked"] == "3.25"

    @pytest.mark.parametrize("kind", ["AK", "AT", "AE", "AD"])
    def test_an_answer_without_lines_accepts_all_of_it(self, buying: Buying, kind: str) -> None:
        order = buying.order()
        lines = ["PO1*1*10*EA**PE*BP*milk", "PO1*2*4*EA**PE*BP*bread"] if kind == "AD" else []
        assert buying.take(buying.answer(order, kind, *lines)).problems == []
        assert [one[0] for one in buying.said(order)] == [10, 4]

    @pytest.mark.parametrize("kind", ["RJ", "RD", "RF", "RN", "RV"])
    def test_a_refusal_confirms_nothing_to_come(self, buying: Buying, kind: str) -> None:
        order = buying.order()
        assert buying.take(buying.answer(order, kind)).problems == []
        assert [one[0] for one in buying.said(order)] == [0, 0]

    def test_exceptions_alone_leave_the_rest_as_ordered(self, buying: Buying) -> None:
        order = buying.order()
        buying.take(buying.answer(order, "AE", "PO1*2*4*EA", "ACK*IQ*3*EA"))
        assert [one[0] for one in buying.said(order)] == [10, 3]

    def test_lines_that_are_not_named_wait_for_their_answer_and_so_do_held_ones(self, buying: Buying) -> None:
        order = buying.order()
        buying.take(buying.answer(order, "AC", "PO1*1*10*EA", "ACK*IA*10*EA", "PO1*2*4*EA", "ACK*IH"))
        assert [one[0] for one in buying.said(order)] == [10, None]

    def test_a_shipping_day_makes_a_line_later_and_never_earlier(self, buying: Buying) -> None:
        order = buying.order()
        due = later(6)
        order.lines.update(expected_on=due)
        buying.take(
            buying.answer(
                order, "AC",
                "PO1*1*10*EA", f"ACK*IA*10*EA*068*{later(2):%Y%m%d}",
                "PO1*2*4*EA", f"ACK*DR*4*EA*068*{later(12):%Y%m%d}",
            )
        )  # fmt: skip
        assert [one[1] for one in buying.said(order)] == [due, later(12)]

    def test_a_day_of_the_whole_answer_holds_for_lines_without_one(self, buying: Buying) -> None:
        order = buying.order()
        buying.take(buying.answer(order, "AK", f"DTM*067*{later(7):%Y%m%d}"))
        assert [one[1] for one in buying.said(order)] == [later(7), later(7)]

    def test_a_line_is_found_by_its_goods_where_its_number_is_left_out(self, buying: Buying) -> None:
        order = buying.order()
        buying.take(buying.answer(order, "AC", "PO1**4*EA**PE*BP*bread", "ACK*IQ*1*EA"))
        assert [one[0] for one in buying.said(order)] == [None, 1]

    def test_the_price_that_is_asked_for_goes_when_the_buyer_agrees(self, buying: Buying) -> None:
        order = buying.order(milk=10)
        buying.take(buying.answer(order, "AC", "PO1*1*10*EA*3.25", "ACK*IP*10*EA"))
        line = order.lines.get()
        assert line.confirmed_price == Decimal("3.25")

        one = api_client(roles=("purchaser",)).get(f"/purchase-orders/{order.pk}").json()
        assert Decimal(one["lines"][0]["confirmed_price"]) == Decimal("3.25")
        order_change(order_id=order.pk, lines=[LineChange(line.pk, unit_price=Decimal("3.25"))])
        line.refresh_from_db()
        assert line.confirmed_price is None


class TestRefusals:
    @pytest.mark.parametrize(
        ("lines", "wrong"),
        [
            (["PO1*9*1*EA", "ACK*IA*1*EA"], ("unknown_line", 5, "PO101")),
            (["PO1*1*10*EA**PE*BP*bread", "ACK*IA*10*EA"], ("line_differs", 5, "PO107")),
            (["PO1**1*EA", "ACK*IA*1*EA"], ("unknown_line", 5, "PO101")),
            (["PO1*1*10*EA", "PO1*1*10*EA"], ("line_twice", 6, "PO101")),
            (["PO1*1*10*CA", "ACK*IA*10*CA"], ("unit", 5, "PO103")),
            (["PO1*1*10*EA", "ACK*IA*10*CA"], ("unit", 6, "ACK03")),
            (["PO1*1*10*EA", "ACK*IQ*11*EA"], ("too_many", 5, "ACK02")),
            (["PO1*1*10*EA", "ACK*IQ*1.5*EA"], ("quantity", 6, "ACK02")),
            (["PO1*1*x*EA"], ("quantity", 5, "PO102")),
            (["PO1*1*10*EA*cheap"], ("price", 5, "PO104")),
            (["PO1*1*10*EA", "ACK*IP*10*EA"], ("price", 5, "PO104")),
            (["PO1*1*10*EA", "ACK*IA*10*EA*067*20200101"], ("day", 5, "ACK05")),
            (["PO1*1*10*EA", "ACK*IA*10*EA*067*soon"], ("date", 6, "ACK05")),
            (["PO1*1*10*EA", "ACK*IS*10*EA"], ("substitution", 6, "ACK01")),
            (["PO1*1*10*EA", "ACK*QQ*10*EA"], ("status", 6, "ACK01")),
            (["PO1*1*10*EA", "ACK*BP"], ("quantity", 6, "ACK02")),
            (["PO1*1*10*EA", "SCH*5*EA***067*20270101"], ("schedule", 6, "SCH")),
            (["PO1*1*10*EA", "CTT*3"], ("line_count", 6, "CTT01")),
            (["ACK*IA*10*EA", "PO1*1*10*EA"], ("no_line", 5, "ACK")),
            ([], ("no_lines", 4, "BAK02")),
        ],
    )
    def test_a_wrong_answer_names_its_place_and_changes_nothing(
        self, buying: Buying, lines: list[str], wrong: tuple[str, int, str]
    ) -> None:
        order = buying.order()
        assert buying.refused(buying.answer(order, "AC", *lines)) == [wrong]
        assert buying.state(order) == "sent"
        assert buying.said(order) == [(None, None, None)] * 2

    @pytest.mark.parametrize(
        ("head", "wrong"),
        [
            ("BAK*00*AK*PO-NOBODY*20260301", ("unknown_order", 4, "BAK03")),
            ("BAK*01*AK*{number}*20260301", ("purpose", 4, "BAK01")),
            ("BAK*00*AH*{number}*20260301", ("type", 4, "BAK02")),
            ("BAK*00*AK**20260301", ("no_number", 4, "BAK03")),
            ("N1*SU*ACME", ("no_bak", 1, "BAK")),
        ],
    )
    def test_a_wrong_head_names_its_element(
        self, buying: Buying, head: str, wrong: tuple[str, int, str]
    ) -> None:
        order = buying.order()
        assert buying.refused([head.format(number=order.number)]) == [wrong]

    def test_orders_of_others_and_those_that_were_not_sent_are_unknown(self, buying: Buying) -> None:
        other, draft = buying.shop.sent("BEST", {"milk": 1}), buying.shop.draft("ACME", {"milk": 1})
        unknown = ("unknown_order", 4, "BAK03")
        assert buying.refused(buying.answer(other, "AK")) == [unknown]
        assert buying.refused(buying.answer(draft, "AK")) == [unknown]

    def test_an_answer_to_an_older_revision_is_refused(self, buying: Buying) -> None:
        order = buying.order()
        order_change(order_id=order.pk, lines=[LineChange(order.lines.get(number=1).pk, quantity=6)])
        order_send(order_id=order.pk)
        old = ("purchase_revision_outdated", 4, "BAK03")
        assert buying.refused(buying.answer(order, "AK", "REF*PP*0")) == [old]
        assert buying.refused(buying.answer(order, "AK", "REF*PP*1")) == []

    def test_less_than_has_come_is_refused_at_its_line(self, buying: Buying) -> None:
        order = buying.order()
        order.lines.filter(number=2).update(received=3)
        wrong = buying.refused(buying.answer(order, "AC", "PO1*1*10*EA", "PO1*2*4*EA", "ACK*IQ*2*EA"))
        assert wrong == [("below_received", 6, "ACK02")]
        assert buying.said(order) == [(None, None, None)] * 2

    def test_one_wrong_answer_does_not_keep_the_others(self, buying: Buying) -> None:
        first, second = buying.order(), buying.order()
        taken = buying.take(
            buying.answer(first, "AK"), ["BAK*00*AK*NOBODY*20260301"], buying.answer(second, "AK")
        )
        assert taken.orders == [first.number, second.number]
        assert list(taken.rejected) == ["0002"]

    def test_files_that_are_not_between_us_are_not_taken(self, buying: Buying) -> None:
        order = buying.order()
        for more in ({"sender": "SOMEBODY"}, {"receiver": "SOMEBODY"}):
            taken = buying.take(buying.answer(order, "AK"), **more)
            assert (taken.is_failed, taken.orders) == (True, [])
        assert answers_take(supplier_id=buying.supplier_id, content=b"\x00 no x12").is_failed
        assert buying.refused(["BAK*00*AK*PO\x00*20260301"]) == [("unknown_order", 4, "BAK03")]
        assert buying.refused(["BSN*00*1*20260301*0900"], kind="856") == [("unknown_set", 1, "ST01")]
        assert buying.state(order) == "sent"


class TestOnce:
    def test_the_same_file_again_changes_nothing(self, buying: Buying) -> None:
        order = buying.order()
        first = buying.answer(order, "AC", "PO1*1*10*EA", "ACK*IQ*6*EA")
        buying.take(first, number=5)
        buying.take(buying.answer(order, "AC", "PO1*1*10*EA", "ACK*IQ*9*EA"), number=6)

        again = buying.take(first, number=5)

        assert (again.is_known, again.is_failed, again.orders) == (True, False, [order.number])
        assert buying.said(order)[0][0] == 9
        assert AuditEntry.objects.filter(action="purchasing.order.confirmed").count() == 2

    def test_its_number_with_other_content_is_refused(self, buying: Buying) -> None:
        order = buying.order()
        buying.take(buying.answer(order, "AK"), number=5)
        assert buying.refused(buying.answer(order, "RJ"), number=5) == [("number_used", None, "")]
        assert buying.said(order)[0][0] == 10

    def test_old_files_are_forgotten(self, buying: Buying) -> None:
        buying.take(buying.answer(buying.order(), "AK"))
        assert supplier_files_forget() == 0
        SupplierFile.objects.update(taken_at=clock.now() - timedelta(days=500))
        assert supplier_files_forget() == 1


class TestTheFolder:
    def lay(self, buying: Buying, name: str, content: str) -> None:
        place = buying.folder / "in" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content)
        long_ago = clock.now().timestamp() - 3600
        os.utime(place, (long_ago, long_ago))

    def test_what_we_sent_is_answered_acknowledged_and_put_away(self, buying: Buying) -> None:
        from hecang.partners.services import supplier_change

        supplier_change(supplier_id=buying.supplier_id, changes={"send_by": "edi"})
        order = buying.order()
        assert dispatches_send() == 1
        (ours,) = (buying.folder / "out").glob("850-*.edi")
        sent = interchange_read(ours.read_text()).groups[0].transactions[0].segments
        echoed = [
            f"PO1*{one.get(1)}*{one.get(2)}*{one.get(3)}*{one.get(4)}*PE*{one.get(6)}*{one.get(7)}"
            for one in sent
            if one.name == "PO1"
        ]
        self.lay(
            buying, "a.edi", interchange(buying.answer(order, "AD", *echoed), ["BAK*00*AK*NOBODY*20260301"])
        )

        assert answers_pull() == 1
        assert answers_pull() == 0

        assert [one[0] for one in buying.said(order)] == [10, 4]
        (told,) = (buying.folder / "out").glob("997-*.edi")
        assert {"AK9*P*2*2*1", "AK5*A", "AK5*R*5"} <= set(told.read_text().replace("~", "").split("\n"))
        assert len(list((buying.folder / "archive").glob("*a.edi"))) == 1
        (report,) = (buying.folder / "failed").glob("*.report.csv")
        assert "unknown_order" in report.read_text()
        entry = AuditEntry.objects.get(action="purchasing.order.confirmed")
        assert entry.actor_kind == "supplier"

    def test_a_file_that_was_left_by_the_dead_is_acknowledged_once(self, buying: Buying) -> None:
        order = buying.order()
        content = interchange(buying.answer(order, "AK"))
        answers_take(supplier_id=buying.supplier_id, content=content.encode())
        self.lay(buying, "a.edi", content)

        assert answers_pull() == 1

        assert len(list((buying.folder / "out").glob("997-*.edi"))) == 1
        self.lay(buying, "b.edi", content)
        assert answers_pull() == 1
        assert len(list((buying.folder / "out").glob("997-*.edi"))) == 1
        assert AuditEntry.objects.filter(action="purchasing.order.confirmed").count() == 1

    def test_what_cannot_be_read_is_put_aside_and_does_not_stop_the_next(self, buying: Buying) -> None:
        order = buying.order()
        self.lay(buying, "a.edi", "hello")
        self.lay(buying, "b.edi", interchange(buying.answer(order, "AK")))
        self.lay(buying, "c.edi", interchange(["AK1*PO*17", "AK9*R*1*1*0"], number=3, kind="997"))

        assert answers_pull() == 3

        failed = {one.name.partition("-")[2] for one in (buying.folder / "failed").iterdir()}
        assert failed == {"a.edi", "a.edi.report.csv", "c.edi.report.csv"}
        assert buying.state(order) == "confirmed"


class TestTheApi:
    def test_an_interchange_is_taken_and_listed(self, buying: Buying) -> None:
        order = buying.order()
        desk = api_client(roles=("purchaser",))
        body = {
            "content": interchange(buying.answer(order, "AK"), ["BAK*00*AK*NOBODY*20260301"]),
            "name": "answer.edi",
        }

        answer = desk.post(f"/suppliers/{buying.supplier_id}/edi-answers", body)

        assert answer.status_code == 200, answer.content
        assert answer.json()["orders"] == [order.number]
        assert [(one["code"], one["field"]) for one in answer.json()["problems"]] == [
            ("unknown_order", "BAK03")
        ]
        assert desk.post(f"/suppliers/{buying.supplier_id}/edi-answers", body).json()["is_known"] is True
        listed = api_client().get(f"/supplier-files?supplier_id={buying.supplier_id}").json()["items"]
        assert [(one["name"], one["state"], one["orders"]) for one in listed] == [
            ("answer.edi", "taken", [order.number])
        ]

    def test_what_is_no_interchange_or_nobodys_is_refused(self, buying: Buying) -> None:
        desk = api_client(roles=("purchaser",))
        wrong = desk.post(f"/suppliers/{buying.supplier_id}/edi-answers", {"content": "hello"})
        assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "not_x12")
        other = buying.shop.suppliers["BEST"].pk
        assert desk.post(f"/suppliers/{other}/edi-answers", {"content": "x"}).status_code == 404
        picker = api_client(roles=("operator",))
        assert picker.post(f"/suppliers/{other}/edi-answers", {"content": "x"}).status_code == 403

    def test_whoever_sees_other_warehouses_only_answers_for_none_of_these(self, buying: Buying) -> None:
        from tests.factories import facility

        order = buying.order()
        stranger = api_client(roles=("purchaser",), warehouse_ids=[facility.warehouse("ELSE", aisles=0).pk])
        body = {"content": interchange(buying.answer(order, "AK"))}
        refused = stranger.post(f"/suppliers/{buying.supplier_id}/edi-answers", body)
        assert refused.json()["orders"] == []
        assert buying.state(order) == "sent"
