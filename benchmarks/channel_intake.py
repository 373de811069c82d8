"""From a platform's answer to a reserved order, connector by connector, beside the bulk path alone."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

from benchmarks import company
from benchmarks.harness import Context, Result, stopwatch
from benchmarks.platforms import Platform, platform, sim_orders
from hecang.kernel import clock
from hecang.kernel.connectors import Token
from hecang.kernel.db import fetch_one
from hecang.orders.models import Channel, Shop
from hecang.orders.services import LineIn, OrderIn, RecipientIn, orders_intake

NAME = "channel_intake"
SUMMARY = "orders of each simulated platform over real HTTP, pulled, read, audited, sourced and reserved"
ORDERS = 2_000
SKUS = 400
CHUNK = 1_000
#: The orders were modified within these minutes, old enough for platforms that want windows to lie in the past.
SINCE, UNTIL = timedelta(minutes=25), timedelta(minutes=5)


def run(context: Context) -> list[Result]:
    from benchmarks.channel_day.street import platforms

    count = context.sized(ORDERS, least=200)
    codes = [f"SKU-{n:04}" for n in range(SKUS)]
    site = company.build(codes, units=10_000_000)
    baseline = _bulk(site, codes, count)
    context.say(f"bulk path alone: {baseline:,.0f} orders/s")
    results = []
    for code in platforms():
        rate, detail = _channel(site, code, codes, count)
        context.say(f"{code}: {rate:,.0f} orders/s")
        results.append(Result(f"channel_intake.{code}", rate, "orders/s", baseline, rate / baseline, detail))
    return results


def _bulk(site: company.Site, codes: list[str], count: int) -> float:
    """The same orders by the foundation's bulk path, orders a second."""
    orders = [_order(one) for one in sim_orders("bulk", count, codes, clock.now(), over=SINCE - UNTIL)]
    with stopwatch() as watch:
        for start in range(0, count, CHUNK):
            orders_intake(shop_id=site.shop_id, orders=orders[start : start + CHUNK])
    return count / watch.seconds


def _order(one: Any) -> OrderIn:
    to = RecipientIn(
        name=one.name,
        phone=one.phone,
        province=one.province,
        city=one.city,
        district=one.district,
        address=one.address,
    )
    lines = [
        LineIn(line.outer_sku, line.quantity, line.unit_price, external_line=line.external_line)
        for line in one.lines
    ]
    return OrderIn(
        external_number=one.number, placed_at=one.created_at, buyer=one.buyer, recipient=to, lines=lines
    )


def _channel(site: company.Site, code: str, codes: list[str], count: int) -> tuple[float, dict[str, Any]]:
    from hecang.integrations.services.channels.pulling import connection_pull
    from hecang.integrations.services.channels.rules import pull_from

    now = clock.now()
    with (
        platform(code, orders=count, skus=codes, until=now - UNTIL, over=SINCE - UNTIL) as there,
        _unhurried(code),
    ):
        key, shop = _connect(site, there)
        pull_from(connection_id=key, since=now - SINCE - timedelta(minutes=1))
        with stopwatch() as watch:
            for _again in range(20):
                connection_pull(connection_id=key)
                if _taken(shop) == count:
                    break
        taken = _taken(shop)
    if taken != count:
        raise RuntimeError(f"{code}: {taken} of {count} orders came in")
    return count / watch.seconds, {"orders": count, "seconds": round(watch.seconds, 2)}


def _connect(site: company.Site, there: Platform) -> tuple[int, int]:
    from hecang.integrations.services.connections import connection_activate, connection_save

    channel, _is_new = Channel.objects.get_or_create(code=there.code, defaults={"name": there.code})
    shop = Shop.objects.create(
        channel=channel, code=there.code, name=there.code, owner_id=site.owner_id, duplicate_hours=24
    )
    key = connection_save(
        kind="channel",
        connector=there.code,
        name=there.code,
        shop_id=shop.pk,
        settings={**there.settings, "base_url": there.address},
        token=Token(**there.token) if there.token else None,
    )
    connection_activate(connection_id=key, is_active=True)
    return key, shop.pk


class _unhurried:  # noqa: N801 - reads as what it does
    """The connector without its platform's rate limit."""

    def __init__(self, code: str) -> None:
        from hecang.integrations.channels.registry import connectors

        self.kind: Any = connectors()[code]

    def __enter__(self) -> None:
        self.before = self.kind.limits
        self.kind.limits = dataclasses.replace(self.before, calls_per_second=0.0)

    def __exit__(self, *args: object) -> None:
        self.kind.limits = self.before


def _taken(shop_id: int) -> int:
    row = fetch_one("SELECT count(*) FROM sales_order WHERE shop_id = %s", [shop_id])
    assert row is not None
    return int(row[0])
