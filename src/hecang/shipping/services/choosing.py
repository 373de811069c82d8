"""Rate shopping: which service each parcel takes, with what it costs, when it arrives and why."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext_noop

from hecang.kernel import db
from hecang.shipping.carriers.gateway import Ability, abilities
from hecang.shipping.choosing.base import Choice, ChoiceAsk, Offer, Policy, ServiceChooser
from hecang.shipping.services.tariffs import STAMP, Tariff, tariff_read

STRATEGY: Final = "shipping.service_choice"
DEFAULT: Final = "policy"
KNOWN: Final = {"policy": "hecang.shipping.choosing.policy.PolicyChoice"}

#: Shipped parcels of a lane from which on shares are told.
SHARES_FROM: Final = 30

REASONS: Final = {
    "none": gettext_noop("No carrier service reaches this address with this weight."),
    "wish": gettext_noop("Chosen by a person or a rule."),
    "cheapest": gettext_noop("The cheapest that reaches this address."),
    "cheapest_in_time": gettext_noop(
        "The cheapest that keeps the promise; %(cheaper_but_late)s cheaper would be late."
    ),
    "fastest_late": gettext_noop("None keeps the promise: the fastest, with %(hours)s hours."),
    "fastest_under": gettext_noop("The fastest up to %(most)s."),
    "cheapest_over": gettext_noop("None costs %(most)s or less: the cheapest."),
    "preferred": gettext_noop("Number %(place)s of the shop's preferred services."),
    "weighted": gettext_noop("The best of price, speed and reliability, weighed."),
}


def services_choose_many(*, asks: Sequence[ChoiceAsk]) -> list[Choice]:
    """Choose a service for each parcel, by the strategy in force and the policy of its shop or owner.

    The number of statements does not depend on the number of parcels. No lock.
    """
    if not asks:
        return []
    tariff = _tariff()
    shares = _shares(asks)
    able = abilities() if any(ask.sealed_channel for ask in asks) else {}
    pooled = _pooled() if able or any(ask.sealed_channel for ask in asks) else frozenset()
    offers = [_offers(ask, tariff, shares, able, pooled) for ask in asks]
    return chooser().choose(asks, offers, _policies(asks))


def choice_words(choice: Choice) -> str:
    """Why, in the language at hand."""
    return translation.gettext(REASONS[choice.why]) % choice.detail if choice.why in REASONS else choice.why


def chooser() -> ServiceChooser:
    """The choice named in ``settings.STRATEGIES["shipping.service_choice"]``: a known name or a dotted path."""
    return _loaded(settings.STRATEGIES.get(STRATEGY, DEFAULT))


@functools.cache
def _loaded(name: str) -> ServiceChooser:
    found: ServiceChooser = import_string(KNOWN.get(name, name))()
    return found


_kept: list[tuple[str, Tariff]] = []


def _tariff() -> Tariff:
    """All rates and lead times, kept in memory as long as nothing of them has changed."""
    row = db.fetch_one(f"SELECT {STAMP}")
    stamp = str(row[0]) if row else ""
    if not _kept or _kept[0][0] != stamp:
        _kept[:] = [(stamp, tariff_read())]
    return _kept[0][1]


def tariff_lead_hours(lanes: Sequence[tuple[int, int, str]], lead_days: Mapping[int, int]) -> list[int]:
    """Hours to the door for each (service, warehouse, region), as measured, entered, or as the service has it."""
    tariff = _tariff()
    services = {service.id: service for service in tariff.services}
    return [
        tariff.lead(services[service_id], warehouse_id, region_code)[0]
        if service_id in services
        else max(1, lead_days[service_id] * 24)
        for service_id, warehouse_id, region_code in lanes
    ]


def _offers(
    ask: ChoiceAsk,
    tariff: Tariff,
    shares: Mapping[tuple[int, int, str], tuple[float | None, float]],
    able: Mapping[int, Ability],
    pooled: frozenset[int],
) -> list[Offer]:
    found = []
    for travel in tariff.travels(ask.parcel.warehouse_id, ask.parcel.region_code):
        service = travel.service
        if service.id in ask.never or (
            ask.sealed_channel
            and not _reads(ask.sealed_channel, service.carrier_id, service.id, able, pooled)
        ):
            continue
        quote = tariff.quote(service, ask.parcel, allow_split=ask.allow_split)
        if quote is None:
            continue
        on_time, trouble = (
            shares.get((service.id, ask.parcel.warehouse_id, ask.parcel.region_code[:2]))
            or shares.get((service.id, ask.parcel.warehouse_id, ""))
            or (None, None)
        )
        found.append(
            Offer(
                quote=quote,
                lead_hours=travel.lead_hours,
                lead_source=travel.lead_source,
                arrives_at=ask.leaves_at + timedelta(hours=travel.lead_hours),
                on_time=on_time,
                trouble=trouble,
            )
        )
    return found


def _reads(
    channel: str, carrier_id: int, service_id: int, able: Mapping[int, Ability], pooled: frozenset[int]
) -> bool:
    """Whether a service may be given a recipient that only ``channel`` can read: platform waybills alone."""
    ability = able.get(carrier_id)
    return service_id not in pooled and ability is not None and channel.upper() in ability.sealed_channels


def _pooled() -> frozenset[int]:
    return frozenset(row[0] for row in db.fetch("SELECT id FROM carrier_service WHERE source = 'pool'"))


def _shares(asks: Sequence[ChoiceAsk]) -> dict[tuple[int, int, str], tuple[float | None, float]]:
    """(service, warehouse, province) → share on time, share lost or damaged; of lanes with parcels enough."""
    rows = db.fetch(
        """
        SELECT service_id, warehouse_id, region_prefix, promised, on_time, lost + damaged, shipped FROM lane_measure
         WHERE kind = 'lead' AND service_id IS NOT NULL AND warehouse_id = ANY(%s) AND region_prefix = ANY(%s)
           AND shipped >= %s
        """,
        (
            sorted({ask.parcel.warehouse_id for ask in asks}),
            sorted({"", *(ask.parcel.region_code[:2] for ask in asks)}),
            SHARES_FROM,
        ),
    )
    return {
        (service, warehouse, prefix): (
            on_time / promised if promised >= SHARES_FROM else None,
            trouble / shipped,
        )
        for service, warehouse, prefix, promised, on_time, trouble, shipped in rows
    }


def _policies(asks: Sequence[ChoiceAsk]) -> list[Policy]:
    """The policy of each ask: its shop's, else its owner's, else the one for all, else the plain one."""
    rows = db.fetch(
        "SELECT shop_id, owner_id, rule, max_price, preferred, weight_price, weight_speed, weight_reliability"
        " FROM service_policy WHERE shop_id IS NULL OR shop_id = ANY(%s)",
        (sorted({ask.shop_id for ask in asks if ask.shop_id is not None}),),
    )
    known = {(row[0], row[1]): _policy(row[2:]) for row in rows}
    plain = known.get((None, None), Policy())
    return [
        (known.get((ask.shop_id, None)) if ask.shop_id is not None else None)
        or (known.get((None, ask.owner_id)) if ask.owner_id is not None else None)
        or plain
        for ask in asks
    ]


def _policy(row: Sequence[Any]) -> Policy:
    rule, max_price, preferred, price, speed, reliability = row
    return Policy(
        rule=rule,
        max_price=None if max_price is None else Decimal(max_price),
        preferred=tuple(json.loads(preferred) if isinstance(preferred, str) else preferred),
        weight_price=price,
        weight_speed=speed,
        weight_reliability=reliability,
    )
