"""The company of the day: two warehouses, one stock, a shop on every platform, connected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from benchmarks import company
from benchmarks.channel_day.plan import PULL_SECONDS, Plan
from benchmarks.channel_day.street import product_of
from hecang.catalog.services import SkuRow, skus_upsert
from hecang.integrations.channels.base import ChannelProduct
from hecang.integrations.models import Connection
from hecang.integrations.services.channels.products import products_see
from hecang.integrations.services.channels.rules import channel_rules_change, pull_from
from hecang.integrations.services.connections import connection_activate, connection_save
from hecang.kernel import clock
from hecang.kernel.connectors import Token
from hecang.kernel.db import execute
from hecang.orders.models import Channel, Shop
from hecang.partners.models import Region
from hecang.partners.services import regions_load
from hecang.shipping.models import Carrier, CarrierService, Carton, RateRule, WaybillPool

WAREHOUSES = 2


@dataclass(frozen=True, slots=True)
class Connected:
    """One shop on its platform."""

    code: str
    connection_id: int
    shop_id: int
    #: Path that its platform sends messages to.
    inbox: str


@dataclass(frozen=True, slots=True)
class World:
    site: company.Site
    shops: Mapping[str, Connected]


def build(plan: Plan, platforms: Sequence[Mapping[str, Any]]) -> World:
    """Make it, in an empty, migrated database. Nothing is told to any platform yet."""
    if not Region.objects.exists():
        regions_load()
    units = {code: (count + WAREHOUSES - 1) // WAREHOUSES for code, count in plan.units().items()}
    site = company.build(plan.codes(), units=units, warehouses=WAREHOUSES)
    skus_upsert(rows=[SkuRow(code=code, barcodes=((f"69{n:09}", 1),)) for n, code in enumerate(plan.codes())])
    _shipping(plan)
    shops = {one["code"]: _connect(plan, site, one) for one in platforms}
    execute("ANALYZE")
    return World(site, shops)


def _shipping(plan: Plan) -> None:
    """A carrier that every platform knows, with numbers enough, and cartons."""
    carrier = Carrier.objects.create(code="SF", name="SF")
    service = CarrierService.objects.create(code="SF-STD", name="SF", carrier=carrier)
    RateRule.objects.create(service=service, region_prefix="", first_price=10, step_price=2)
    WaybillPool.objects.create(
        service=service,
        prefix="SF1",
        first_number=1,
        next_number=1,
        last_number=plan.orders * 4,
        alert_below=0,
    )
    for code, edge in (("S", 200), ("M", 400), ("L", 600)):
        Carton.objects.create(
            code=code,
            name=code,
            length_mm=edge,
            width_mm=edge,
            height_mm=edge,
            max_weight_g=edge * 50,
            tare_g=edge // 4,
        )


def _connect(plan: Plan, site: company.Site, there: Mapping[str, Any]) -> Connected:
    code = there["code"]
    channel, _is_new = Channel.objects.get_or_create(code=code, defaults={"name": code})
    shop = Shop.objects.create(
        channel=channel, code=code, name=code, owner_id=site.owner_id, duplicate_hours=24, hold_remarks=False
    )
    key = connection_save(
        kind="channel",
        connector=code,
        name=code,
        shop_id=shop.pk,
        settings={**there["settings"], "base_url": there["address"]},
        token=Token(**there["token"]) if there["token"] else None,
    )
    channel_rules_change(connection_id=key, changes={"pull_seconds": PULL_SECONDS, "stock_quota": plan.quota})
    offers = [ChannelProduct(*product_of(n), sku, sku) for n, sku in enumerate(plan.codes())]
    products_see(connection_id=key, products=offers)
    connection_activate(connection_id=key, is_active=True)
    pull_from(connection_id=key, since=clock.now() - timedelta(seconds=5))
    inbox = Connection.objects.values_list("inbox_key", flat=True).get(pk=key)
    return Connected(code, key, shop.pk, f"/api/v1/channels/{inbox}/push")
