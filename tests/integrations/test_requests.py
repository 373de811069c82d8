"""What buyers want before and after their parcel leaves, and what their platform hears of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from tests.factories.orders import assert_lawful, holds, life
from tests.integrations.conformance import incoming
from tests.integrations.shopfloor import Shopfloor, shopfloor
from tests.integrations.toy_channel import ToyChannel

from hecang.integrations.channels.base import CancelWish, ChannelOrder
from hecang.integrations.models import Connection, PlatformMessage, PlatformRequest
from hecang.integrations.services.channels import inbox
from hecang.integrations.services.channels.answers import answers_send
from hecang.integrations.services.channels.inbox import message_receive, messages_purge, messages_work
from hecang.integrations.services.channels.intake import orders_apply
from hecang.integrations.services.channels.requests import requests_settle, wishes_apply
from hecang.integrations.services.channels.rules import channel_rules_change
from hecang.integrations.simulators.base import Push, SimOrder, SimRefund
from hecang.kernel.connectors import Refused, Reply
from hecang.orders.models import SalesOrder
from hecang.orders.selectors import order_recipients
from hecang.orders.services import order_cancel, order_hold_release

pytestmark = pytest.mark.django_db
State = PlatformRequest.State


@pytest.fixture
def floor() -> Iterator[Shopfloor]:
    with shopfloor() as made:
        yield made


def send(floor: Shopfloor, push: Push) -> Reply:
    return message_receive(inbox_key=floor.connection.inbox_key, message=incoming(push))


def wish(floor: Shopfloor, order: SimOrder, *, number: str = "C1", line: str = "") -> Push:
    return floor.sim.push(
        {
            "type": "cancel", "number": number, "order": order.number, "line": line, "reason": "不想要了",
            "requested_at": floor.moment.now.isoformat(),
        }
    )  # fmt: skip


def redirect(floor: Shopfloor, order: SimOrder, **recipient: Any) -> Push:
    given = {
        "name": "李雷", "phone": "13700000009", "province": "广东省", "city": "广州市", "district": "天河区",
        "address": "体育西路 1 号", **recipient,
    }  # fmt: skip
    return floor.sim.push(
        {
            "type": "address", "number": "A1", "order": order.number, "recipient": given,
            "requested_at": floor.moment.now.isoformat(),
        }
    )  # fmt: skip


def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Numbers of the orders that the platform is asked for one by one, from now on."""
    asked: list[str] = []
    whole = ToyChannel.get_order

    def noting(self: ToyChannel, number: str) -> ChannelOrder | None:
        asked.append(number)
        return whole(self, number)

    monkeypatch.setattr(ToyChannel, "get_order", noting)
    return asked


def answered(floor: Shopfloor) -> dict[str, bool]:
    answers_send(connection_id=floor.connection_id)
    return floor.sim.answers


def test_a_pushed_order_comes_in_once_with_the_pulled_one(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 1))
    push = next(iter(floor.sim.pushes(placed.number)))

    reply = send(floor, push)
    send(floor, push)
    assert messages_work() == 1
    floor.pull()

    assert reply.body == b'{"ok":true}'
    assert SalesOrder.objects.get().external_number == placed.number
    message = PlatformMessage.objects.get()
    assert (message.state, message.repeats, message.events_cipher) == ("done", 1, None)


def test_a_touched_order_is_asked_for(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 1))
    push = floor.sim.push({"type": "touched", "order": placed.number})
    send(floor, push)
    messages_work()
    floor.sim.change(placed.number, status="cancelled", modified_at=floor.moment.now.replace(second=5))

    send(floor, push)
    messages_work()

    assert floor.sales_order(placed).state == "cancelled"


def test_a_tampered_message_leaves_nothing_behind(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 1))
    push = next(iter(floor.sim.pushes(placed.number)))

    reply = send(floor, Push(push.method, push.query, push.headers, push.body + b" "))

    assert reply.status == 401
    assert PlatformMessage.objects.count() == 0


def test_a_message_that_cannot_be_worked_on_is_tried_again(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 1))
    send(floor, floor.sim.push({"type": "touched", "order": placed.number}))
    floor.sim.is_down = True
    assert messages_work() == 0

    floor.sim.is_down = False
    floor.pass_time(minutes=5)

    assert messages_work() == 1
    assert floor.sales_order(placed).state == "approved"
    floor.pass_time(days=4)
    assert messages_purge() == 1


def test_a_platform_that_does_not_answer_is_asked_once_for_all_its_messages(floor: Shopfloor) -> None:
    for _n in range(3):
        send(floor, floor.sim.push({"type": "touched", "order": floor.place(("SKU-1", 1)).number}))
    floor.sim.is_down = True

    messages_work()

    assert list(PlatformMessage.objects.order_by("pk").values_list("tries", flat=True)) == [1, 0, 0]
    assert floor.connection.failures == 1


def test_a_message_that_a_platform_refuses_does_not_count_against_the_connection(
    floor: Shopfloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> None:
        raise Refused("no such order")

    monkeypatch.setattr(ToyChannel, "get_order", refuse)
    for _n in range(2):
        send(floor, floor.sim.push({"type": "touched", "order": floor.place(("SKU-1", 1)).number}))

    messages_work()

    assert list(PlatformMessage.objects.values_list("tries", flat=True)) == [1, 1]
    assert floor.connection.failures == 0


def test_an_order_that_several_messages_name_is_asked_for_once(
    floor: Shopfloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asked_for(monkeypatch)
    placed = [floor.place(("SKU-1", 1)) for _n in range(3)]
    for n, number in enumerate([one.number for one in placed] * 2):
        send(floor, floor.sim.push({"type": "touched", "order": number, "n": n}))

    done = messages_work()

    assert done == 6
    assert sorted(asked) == sorted(one.number for one in placed)
    assert SalesOrder.objects.count() == 3


def test_an_order_that_pulling_has_brought_meanwhile_is_not_asked_for(
    floor: Shopfloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a message, and a pull that has gone well past it
    asked = asked_for(monkeypatch)
    placed = floor.place(("SKU-1", 1))
    send(floor, floor.sim.push({"type": "touched", "order": placed.number}))
    floor.pass_time(minutes=3)
    floor.pull()

    assert messages_work() == 1

    assert asked == []
    assert floor.sales_order(placed).state == "approved"


def test_an_order_that_is_touched_again_after_a_pull_is_asked_for(
    floor: Shopfloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a message that is long done, and a pull that has gone well past it
    placed = floor.place(("SKU-1", 1))
    push = floor.sim.push({"type": "touched", "order": placed.number})
    send(floor, push)
    messages_work()
    floor.pass_time(minutes=3)
    floor.pull()

    # when the same message comes again
    floor.sim.change(placed.number, status="cancelled", modified_at=floor.moment.now)
    asked = asked_for(monkeypatch)
    send(floor, push)
    messages_work()

    # then its order is looked at again
    assert asked == [placed.number]
    assert floor.sales_order(placed).state == "cancelled"


def test_a_message_that_cannot_be_applied_does_not_hold_up_the_others(
    floor: Shopfloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given three orders, one of which breaks whatever applies it
    placed = [floor.place(("SKU-1", 1)) for _n in range(3)]
    for one in placed:
        send(floor, floor.sim.push({"type": "touched", "order": one.number}))

    def breaks(*, connection: Connection, orders: Sequence[ChannelOrder]) -> Any:
        if any(order.number == placed[1].number for order in orders):
            raise ZeroDivisionError
        return orders_apply(connection=connection, orders=orders)

    monkeypatch.setattr(inbox, "orders_apply", breaks)

    assert messages_work() == 2

    assert list(PlatformMessage.objects.order_by("pk").values_list("state", "tries")) == [
        ("done", 0), ("new", 1), ("done", 0),
    ]  # fmt: skip
    assert sorted(SalesOrder.objects.values_list("external_number", flat=True)) == sorted(
        [placed[0].number, placed[2].number]
    )


def test_a_wish_to_cancel_stops_the_order_and_is_answered(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 2))
    floor.pull()

    send(floor, wish(floor, placed))
    messages_work()

    assert floor.sales_order(placed).state == "cancelled"
    assert PlatformRequest.objects.get().state == State.STOPPED
    assert answered(floor) == {"C1": True}
    assert PlatformRequest.objects.get().answer == "sent"
    assert_lawful()


def test_odd_words_of_buyers_and_sellers_do_not_stop_the_stream(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 2))
    placed.lines[0].title = "牛\0奶"
    floor.pull()
    said = CancelWish("C9", placed.number, floor.moment.now, reason="不\0要了")

    wishes_apply(connection=floor.connection, wishes=[said])

    assert PlatformRequest.objects.get().reason == "不要了"
    assert floor.sales_order(placed).state == "cancelled"


def test_a_wish_that_comes_before_its_order_waits_for_it(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 2))
    send(floor, wish(floor, placed))
    messages_work()
    assert PlatformRequest.objects.get().state == State.OPEN

    floor.pull()

    assert floor.sales_order(placed).state == "cancelled"
    assert answered(floor) == {"C1": True}


def test_a_wish_for_one_line_leaves_the_other(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 2), ("SKU-2", 1))
    floor.pull()

    send(floor, wish(floor, placed, line=placed.lines[0].external_line))
    messages_work()

    assert life(floor.sales_order(placed)) == [(0, 0, 0, 0, 2), (1, 0, 0, 0, 0)]
    assert answered(floor) == {"C1": True}


def test_a_person_decides_where_the_shop_wants_that(floor: Shopfloor) -> None:
    channel_rules_change(connection_id=floor.connection_id, changes={"on_cancel": "hold"})
    first, second = floor.place(("SKU-1", 1)), floor.place(("SKU-1", 1))
    floor.pull()
    send(floor, wish(floor, first, number="C1"))
    send(floor, wish(floor, second, number="C2"))
    messages_work()
    assert [holds(floor.sales_order(one)) for one in (first, second)] == [["refund"], ["refund"]]
    assert requests_settle() == 0

    order_cancel(order_id=floor.sales_order(first).pk)
    order_hold_release(order_id=floor.sales_order(second).pk)

    assert requests_settle() == 2
    assert answered(floor) == {"C1": True, "C2": False}
    assert floor.sales_order(second).state == "approved"


def test_an_address_is_changed_while_that_is_possible(floor: Shopfloor) -> None:
    placed, gone = floor.place(("SKU-1", 1)), floor.place(("SKU-1", 1))
    floor.pull()
    order_cancel(order_id=floor.sales_order(gone).pk)

    send(floor, redirect(floor, placed))
    messages_work()

    order = floor.sales_order(placed)
    assert (order.region_code, order_recipients([order.pk])[order.pk].name) == ("440106", "李雷")
    assert answered(floor) == {"A1": True}
    assert PlatformRequest.objects.get().payload_cipher is None


def test_an_address_is_not_changed_any_more_when_it_is_too_late(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 1))
    floor.pull()
    order_cancel(order_id=floor.sales_order(placed).pk)

    send(floor, redirect(floor, placed))
    messages_work()

    assert PlatformRequest.objects.get().state == State.TOO_LATE
    assert answered(floor) == {"A1": False}


def test_refunds_are_pulled_and_stop_what_has_not_left(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 1))
    floor.pull()
    floor.sim.ask_refund(SimRefund("R1", placed.number, modified_at=floor.moment.now))

    floor.pull()
    floor.sim.ask_refund(SimRefund("R1", placed.number, status="done", modified_at=floor.moment.now))
    floor.pull()

    request = PlatformRequest.objects.get()
    assert floor.sales_order(placed).state == "cancelled"
    assert (request.state, request.refund_status, request.answer) == (State.STOPPED, "done", "")


def test_a_refund_that_is_withdrawn_lets_the_order_go(floor: Shopfloor) -> None:
    channel_rules_change(connection_id=floor.connection_id, changes={"on_cancel": "hold"})
    placed = floor.place(("SKU-1", 1))
    floor.pull()
    floor.sim.ask_refund(SimRefund("R1", placed.number, modified_at=floor.moment.now))
    floor.pull()
    assert holds(floor.sales_order(placed)) == ["refund"]

    floor.sim.ask_refund(SimRefund("R1", placed.number, status="closed", modified_at=floor.moment.now))
    floor.pull()

    assert holds(floor.sales_order(placed)) == []
    assert PlatformRequest.objects.get().state == State.CLOSED


def test_a_refund_after_shipping_is_recorded(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 1))
    floor.pull()
    refund = SimRefund(
        "R1", placed.number, kind="return", before_shipping=False, modified_at=floor.moment.now
    )
    floor.sim.ask_refund(refund)

    floor.pull()

    request = PlatformRequest.objects.get()
    assert (request.state, request.refund_kind) == (State.RECORDED, "return")
    assert floor.sales_order(placed).state == "approved"


def test_an_answer_that_fails_is_given_again(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 1))
    floor.pull()
    send(floor, wish(floor, placed))
    messages_work()
    floor.sim.is_down = True
    assert answered(floor) == {}

    floor.sim.is_down = False
    floor.pass_time(minutes=5)

    assert answered(floor) == {"C1": True}
