"""Orders come in by pulling: each once, whatever the platform does meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import Context
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from tests.factories import catalog
from tests.factories.orders import assert_lawful, holds, life
from tests.integrations.shopfloor import Shopfloor, shopfloor
from tests.integrations.toy_channel import ToyChannel

from hecang.integrations.channels.base import Feature
from hecang.integrations.models import PlatformOrder, PlatformProduct, PullCursor
from hecang.integrations.services.channels import intake, pulling
from hecang.integrations.services.channels.housekeeping import payloads_purge
from hecang.integrations.services.channels.intake import orders_follow_codes, orders_retry_mapped
from hecang.integrations.services.channels.products import MappingIn, products_map
from hecang.integrations.services.channels.pulling import connection_pull
from hecang.integrations.services.channels.rules import pull_from
from hecang.integrations.services.channels.values import order_open
from hecang.integrations.services.connections import connection_save
from hecang.integrations.services.links import failure_note, settings_of
from hecang.integrations.services.outside import through
from hecang.integrations.simulators.base import wall_clock
from hecang.kernel.connectors import Throttled, TokenExpired, Unreachable
from hecang.orders.models import SalesOrder
from hecang.orders.selectors import order_recipients

pytestmark = pytest.mark.django_db
State = PlatformOrder.State


@pytest.fixture
def floor() -> Iterator[Shopfloor]:
    with shopfloor() as made:
        yield made


def test_an_order_comes_in_with_all_that_matters(floor: Shopfloor) -> None:
    placed = floor.place(
        ("SKU-1", 2), ("SKU-2", 1), freight=Decimal("8.00"), discount=Decimal("3.00"), seller_remark="老客户"
    )

    done = floor.pull()

    order = floor.sales_order(placed)
    assert (done.seen, done.imported, done.failed) == (1, 1, 0)
    assert (order.state, order.total_amount, order.freight_amount) == ("approved", 35, 8)
    assert order.seller_remark == "老客户"
    assert life(order) == [(2, 0, 0, 0, 0), (1, 0, 0, 0, 0)]
    assert list(order.lines.order_by("line_no").values_list("external_line", flat=True)) == [
        f"{placed.number}-1", f"{placed.number}-2",
    ]  # fmt: skip
    assert order_recipients([order.pk])[order.pk].phone == placed.phone
    assert floor.platform_order(placed).state == State.IMPORTED
    assert_lawful()


def test_pulling_again_changes_nothing(floor: Shopfloor) -> None:
    for _n in range(3):
        floor.place(("SKU-1", 1))
    floor.pull()

    done = [floor.pull(minutes=1) for _again in range(3)]

    assert [one.imported for one in done] == [0, 0, 0]
    assert SalesOrder.objects.count() == 3
    assert floor.world.reserved("SKU-1") == {"SH": 3}


def test_many_pages_and_windows_bring_every_order_once(floor: Shopfloor) -> None:
    for n in range(130):
        floor.place(("SKU-1", 1), modified_at=floor.moment.now + timedelta(seconds=n))
    floor.misbehave(duplicates=1.0, disorder=1.0)

    done = floor.pull(hours=2)

    assert done.imported == 100 + 30  # 100 in stock, the rest waits for more
    assert SalesOrder.objects.count() == 130
    assert floor.sim.refusals == {}
    assert_lawful()


def test_a_run_ends_where_it_began_though_time_goes_on(floor: Shopfloor) -> None:
    """With a clock that runs, there is always another moment to ask for: that is the next run's."""
    floor.sim._clock = wall_clock
    PullCursor.objects.update(high_water=wall_clock() - timedelta(minutes=5))

    def pull() -> None:
        with through(httpx.WSGITransport(app=floor.sim)):
            connection_pull(connection_id=floor.connection_id)

    floor.sim.calls.clear()
    Context().run(pull)

    assert (floor.sim.calls["orders"], floor.sim.calls["refunds"]) == (1, 1)
    assert not PullCursor.objects.filter(ok_at=None).exists()


def test_a_platform_that_fails_half_way_is_gone_on_with(floor: Shopfloor) -> None:
    for n in range(130):
        floor.place(("SKU-1", 1), modified_at=floor.moment.now + timedelta(seconds=n))
    floor.pass_time(minutes=5)
    floor.misbehave(errors=0.6, seed=5)

    tries = 0
    while floor.connection.last_ok_at is None:
        tries += 1
        assert tries < 100
        floor.pull(minutes=1)

    assert tries > 1
    assert SalesOrder.objects.count() == 130
    assert floor.connection.failures == 0
    assert floor.connection.last_error_code == "500"


def test_a_killed_worker_leaves_page_and_window_behind(floor: Shopfloor) -> None:
    for n in range(120):
        floor.place(("SKU-1", 1), modified_at=floor.moment.now + timedelta(seconds=n))
    floor.pass_time(minutes=10)
    floor.pull()
    before = SalesOrder.objects.count()
    PullCursor.objects.filter(stream="orders").update(
        window_since=floor.moment.now - timedelta(minutes=10), window_until=floor.moment.now,
        page_cursor="", high_water=floor.moment.now - timedelta(minutes=10),
    )  # fmt: skip

    floor.pull()

    assert before == SalesOrder.objects.count() == 120
    assert PullCursor.objects.get(stream="orders").window_since is None


def test_an_unpaid_order_is_remembered_and_taken_in_when_paid(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 1), status="unpaid")
    floor.pull()
    assert floor.platform_order(placed).state == State.REMEMBERED
    assert SalesOrder.objects.count() == 0

    floor.sim.change(placed.number, status="to_ship")
    floor.pull()

    assert floor.sales_order(placed).state == "approved"


def test_an_order_that_ended_elsewhere_is_not_taken_in(floor: Shopfloor) -> None:
    for status in ("shipped", "done", "cancelled"):
        floor.place(("SKU-1", 1), status=status)

    floor.pull()

    assert SalesOrder.objects.count() == 0
    assert set(PlatformOrder.objects.values_list("state", flat=True)) == {State.IGNORED}


def test_a_blocked_order_is_taken_in_held_and_let_go(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 1), status="blocked")
    floor.pull()
    order = floor.sales_order(placed)
    assert holds(order) == ["platform"]
    assert floor.world.reserved("SKU-1") == {"SH": 1}

    floor.sim.change(placed.number, status="to_ship")
    floor.pull()

    order.refresh_from_db()
    assert (holds(order), order.state, order.is_held) == ([], "approved", False)


def test_an_order_cancelled_on_the_platform_is_cancelled(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 2))
    floor.pull()

    floor.sim.change(placed.number, status="cancelled")
    floor.pull()

    assert floor.sales_order(placed).state == "cancelled"
    assert floor.world.reserved("SKU-1") == {}
    assert_lawful()


def test_a_line_under_refund_is_cut_and_the_rest_goes(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 2), ("SKU-2", 1))
    floor.pull()

    placed.lines[0].refunding = True
    floor.sim.change(placed.number)
    floor.pull()

    order = floor.sales_order(placed)
    assert (order.state, life(order)) == ("approved", [(0, 0, 0, 0, 2), (1, 0, 0, 0, 0)])


def test_a_shop_may_want_a_person_to_decide_on_refunds(floor: Shopfloor) -> None:
    from hecang.integrations.services.channels.rules import channel_rules_change

    channel_rules_change(connection_id=floor.connection_id, changes={"on_cancel": "hold"})
    placed = floor.place(("SKU-1", 2), ("SKU-2", 1))
    floor.pull()

    placed.lines[0].refunding = True
    floor.sim.change(placed.number)
    floor.pull()
    assert holds(floor.sales_order(placed)) == ["refund"]
    placed.lines[0].refunding = False
    floor.sim.change(placed.number)
    floor.pull()

    assert holds(floor.sales_order(placed)) == []
    assert life(floor.sales_order(placed)) == [(2, 0, 0, 0, 0), (1, 0, 0, 0, 0)]


def test_remarks_and_recipient_follow_the_platform(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 1))
    floor.pull()

    floor.sim.change(placed.number, seller_remark="改地址", address="张江路 1 号", name="李雷")
    floor.pull()

    order = floor.sales_order(placed)
    recipient = order_recipients([order.pk])[order.pk]
    assert order.seller_remark == "改地址"
    assert recipient.name == "李雷"
    assert recipient.address.endswith("浦东新区张江路 1 号")


def test_an_older_version_that_comes_late_changes_nothing(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 1), seller_remark="新")
    floor.pull()
    floor.sim.change(
        placed.number, seller_remark="旧", modified_at=placed.modified_at - timedelta(seconds=30)
    )

    floor.pull()

    assert floor.sales_order(placed).seller_remark == "新"


def test_an_order_with_an_unknown_product_waits_for_its_mapping(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 1), ("THEIR-CODE", 3))
    other = floor.place(("SKU-1", 1))
    done = floor.pull()
    assert (done.imported, done.unmapped) == (1, 1)
    assert floor.platform_order(placed).state == State.UNMAPPED
    product = PlatformProduct.objects.get(outer_sku="THEIR-CODE")

    changed = products_map(mappings=[MappingIn(product.pk, floor.world.skus["SKU-2"].pk, units=2)])
    again = orders_retry_mapped(product_ids=changed)

    assert again.imported == 1
    order = floor.sales_order(placed)
    assert life(order) == [(1, 0, 0, 0, 0), (6, 0, 0, 0, 0)]
    assert order.total_amount == 40
    assert floor.platform_order(placed).state == State.IMPORTED
    assert floor.platform_order(other).state == State.IMPORTED


def test_one_bad_order_does_not_keep_the_others_out(floor: Shopfloor) -> None:
    catalog.sku("EMPTY-KIT", kind="kit")
    good = [floor.place(("SKU-1", 1)) for _n in range(3)]
    bad = floor.place(("EMPTY-KIT", 1))

    done = floor.pull()

    assert (done.imported, done.failed) == (3, 1)
    assert [floor.platform_order(one).state for one in good] == [State.IMPORTED] * 3
    failed = floor.platform_order(bad)
    assert (failed.state, failed.error) == (State.FAILED, "order_rejected")
    assert [one["code"] for one in failed.problems] == ["empty_kit"]
    assert failed.order_id is None


def test_an_expired_token_is_renewed_and_kept(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 1))
    floor.sim.expire_tokens()

    floor.pull()

    assert floor.sales_order(placed).state == "approved"
    assert floor.sim.tokens == 2
    before = floor.connection.token_expires_at
    floor.pull(hours=13)
    assert floor.sim.tokens == 3
    assert floor.connection.token_expires_at is not None
    assert before is not None
    assert floor.connection.token_expires_at > before


def test_two_shops_do_not_hold_each_other_up(floor: Shopfloor) -> None:
    floor.place(("SKU-1", 1))
    floor.sim.is_down = True

    floor.pull()

    connection = floor.connection
    assert (connection.failures, connection.last_error_code) == (1, "500")
    assert connection.retry_at is not None
    assert connection.retry_at > floor.moment.now


def test_an_outage_that_several_works_see_at_once_is_one_failure(floor: Shopfloor) -> None:
    # Given orders, stock and confirmations under way when the platform goes down, each with its own connection
    works = [floor.connection for _n in range(4)]

    # When each of them notes what it has seen
    for one in works:
        failure_note(one, Unreachable("down"))

    # Then it is one failure with a short pause; the next after the pause is another, with a longer one
    first = floor.connection
    assert first.failures == 1
    assert first.retry_at is not None
    assert first.retry_at - floor.moment.now <= timedelta(seconds=2)
    floor.pass_time(minutes=1)
    failure_note(floor.connection, Unreachable("still down"))
    second = floor.connection
    assert second.failures == 2
    assert second.retry_at is not None
    assert timedelta(seconds=2) <= second.retry_at - floor.moment.now <= timedelta(seconds=4)

    # And who is told to come slowly meanwhile waits as long as that says, without a failure
    failure_note(floor.connection, Throttled("slowly", retry_after=timedelta(minutes=5)))
    assert floor.connection.failures == 2
    assert floor.connection.retry_at is not None
    assert floor.connection.retry_at >= floor.moment.now + timedelta(minutes=5)


def test_a_connection_that_a_person_has_mended_is_tried_at_once(floor: Shopfloor) -> None:
    # Given a connection that rests, since its platform no longer takes its tokens
    placed = floor.place(("SKU-1", 1))
    broken = floor.connection
    for _n in range(6):
        failure_note(broken, TokenExpired("authorise again"))
        floor.pass_time(minutes=2)
    failure_note(broken, TokenExpired("authorise again"))
    resting = floor.connection
    assert resting.retry_at is not None
    assert resting.retry_at > floor.moment.now

    # When a person brings a new token
    connection_save(
        kind=resting.kind,
        connector=resting.connector,
        name=resting.name,
        settings=settings_of(resting).plain(),
        connection_id=resting.pk,
        token=floor.sim.token(),
    )

    # Then it is neither failing nor resting, and its orders come
    assert (floor.connection.failures, floor.connection.retry_at) == (0, None)
    floor.pull()
    assert floor.sales_order(placed).external_number == placed.number


def test_a_connection_that_is_off_is_not_pulled(floor: Shopfloor) -> None:
    from hecang.integrations.services.connections import connection_activate

    floor.place(("SKU-1", 1))
    connection_activate(connection_id=floor.connection_id, is_active=False)

    floor.pass_time(minutes=1)
    done = connection_pull(connection_id=floor.connection_id)

    assert done.seen == 0
    assert floor.sim.calls["orders"] == 0


def test_pages_cost_the_same_whatever_their_size(floor: Shopfloor) -> None:
    counts = []
    floor.place(("SKU-1", 1))
    floor.pull(minutes=3)
    for size in (5, 45):
        for _n in range(size):
            floor.place(("SKU-1", 1))
        with CaptureQueriesContext(database) as queries:
            floor.pull(minutes=3)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_connector_that_breaks_rests_like_any_failure(
    floor: Shopfloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = floor.place(("SKU-1", 1))

    def broken(*_given: object) -> None:
        raise KeyError("orders")

    with monkeypatch.context() as patch:
        patch.setattr(ToyChannel, "pull_orders", broken)
        floor.pull()
    connection = floor.connection
    assert (connection.failures, connection.last_error_code) == (1, "malformed")
    assert connection.retry_at is not None

    floor.pull(minutes=5)

    assert floor.sales_order(placed).state == "approved"


def test_an_order_comes_in_when_its_code_becomes_a_sku(floor: Shopfloor) -> None:
    placed = floor.place(("NEW-CODE", 1))
    floor.pull()
    assert orders_follow_codes().imported == 0

    floor.world.put("NEW-CODE", 5)

    assert orders_follow_codes().imported == 1
    assert life(floor.sales_order(placed)) == [(1, 0, 0, 0, 0)]


def test_what_platforms_told_is_erased_after_a_while(floor: Shopfloor) -> None:
    placed, waiting = floor.place(("SKU-1", 1)), floor.place(("NOBODY-KNOWS", 1))
    floor.pull()
    floor.pass_time(days=29)
    assert payloads_purge() == 0

    floor.pass_time(days=2)

    assert payloads_purge() == 1
    assert floor.platform_order(placed).payload_cipher is None
    assert floor.platform_order(waiting).payload_cipher is not None


def test_a_slow_platform_is_left_after_a_while_and_gone_on_with(
    floor: Shopfloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(120):
        floor.place(("SKU-1", 1), modified_at=floor.moment.now + timedelta(seconds=n))
    floor.pass_time(minutes=4)
    monkeypatch.setattr(pulling, "RUN_SECONDS", -1.0)

    counts = [floor.pull(seconds=0).imported for _n in range(4)]

    assert counts == [50, 50, 20, 0]
    assert pulling.pulls_wait() is False


def test_pulling_from_a_moment_on_holds_though_a_pull_is_under_way(
    floor: Shopfloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = floor.moment.now - timedelta(days=2)
    asked = ToyChannel.pull_orders

    def person_comes_between(self: ToyChannel, *given: Any) -> Any:
        page = asked(self, *given)
        if not PullCursor.objects.filter(high_water__lte=since).exists():
            pull_from(connection_id=floor.connection_id, since=since)
        windows.append(given[0].since)
        return page

    windows: list[datetime] = []
    monkeypatch.setattr(ToyChannel, "pull_orders", person_comes_between)

    floor.pull(minutes=1)

    assert windows[1] <= since


def test_pulling_from_a_moment_on_makes_no_stream_that_the_platform_lacks(
    floor: Shopfloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    PullCursor.objects.all().delete()
    monkeypatch.setattr(ToyChannel, "features", ToyChannel.features - {Feature.PULL_REFUNDS})

    pull_from(connection_id=floor.connection_id, since=floor.moment.now)

    assert list(PullCursor.objects.values_list("stream", flat=True)) == ["orders"]


def test_a_kept_version_that_a_later_one_has_overtaken_is_not_applied_again(floor: Shopfloor) -> None:
    placed = floor.place(("SKU-1", 1), seller_remark="旧")
    floor.pull()
    kept = order_open(floor.platform_order(placed).payload_cipher or b"")
    floor.sim.change(placed.number, seller_remark="新", modified_at=floor.moment.now)
    floor.pull()

    intake._apply(connection=floor.connection, orders=[kept], again=True)

    assert floor.sales_order(placed).seller_remark == "新"
    assert floor.platform_order(placed).modified_at == floor.sim.orders[placed.number].modified_at


def test_an_order_with_an_impossible_price_does_not_keep_the_others_out(floor: Shopfloor) -> None:
    good, bad = floor.place(("SKU-1", 1)), floor.place(("SKU-2", 1))
    bad.lines[0].unit_price = Decimal("1E+30")

    done = floor.pull()

    assert (done.imported, done.failed) == (1, 1)
    assert floor.platform_order(good).state == State.IMPORTED
    assert (floor.platform_order(bad).state, floor.platform_order(bad).error) == (State.FAILED, "unforeseen")
