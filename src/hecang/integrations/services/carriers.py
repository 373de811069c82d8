"""The way to carriers' systems that shipping goes: connections opened, links between carriers and connections,
pushes taken."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.facility.selectors import warehouse_senders
from hecang.integrations.connectors import connector_class
from hecang.integrations.errors import ConnectionNotFound, OutsideUnavailable
from hecang.integrations.models import Connection
from hecang.integrations.services.connections import connection_locked
from hecang.integrations.services.links import Calls, calls_open, failure_note, ok_note
from hecang.kernel.connectors import BadSignature, Incoming, OutsideError, Refused, Reply
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import InvalidInput, Problem
from hecang.partners.selectors import region_names
from hecang.shipping.carriers.base import CarrierConnector, CarrierFeature, PartyAddress, RateAsk
from hecang.shipping.carriers.gateway import Ability
from hecang.shipping.errors import CarrierCannot
from hecang.shipping.services import track_events_record, tracks_wake

R = TypeVar("R")
_SHIPS = frozenset({CarrierFeature.ORDER, CarrierFeature.RATE, CarrierFeature.INTERCEPT})
_TRACKS = frozenset({CarrierFeature.TRACK, CarrierFeature.RECEIVE})

logger = structlog.get_logger("hecang.integrations")


@dataclass(frozen=True, slots=True)
class CarrierLinkIn:
    """What a connection does for a carrier; neither: nothing any more."""

    carrier_id: int
    ships: bool = False
    tracks: bool = False
    code: str = ""


@dataclass(frozen=True, slots=True)
class _NotedCalls:
    """Calls whose success or failure is written to the connection, for its health page."""

    calls: Calls

    def make(self, call: Callable[[CarrierConnector], R]) -> R:
        try:
            result = self.calls.make(call)
        except Refused:
            ok_note(self.calls.connection)  # it works: this one thing it did not want to do
            raise
        except OutsideError as error:
            failure_note(self.calls.connection, error)
            raise
        ok_note(self.calls.connection)
        return result


class Gateway:
    """What shipping sees of carriers' systems (:class:`hecang.shipping.carriers.gateway.CarrierGateway`)."""

    def abilities(self, carrier_ids: Collection[int] | None = None) -> dict[int, Ability]:
        """One statement."""
        wanted = None if carrier_ids is None else sorted(set(carrier_ids))
        rows = fetch(
            "SELECT l.carrier_id, l.role, l.code, c.connector FROM carrier_link l JOIN connection c"
            " ON c.id = l.connection_id WHERE c.is_active AND (%s::bigint[] IS NULL OR l.carrier_id = ANY(%s::bigint[]))",
            [wanted, wanted],
        )
        found: dict[int, dict[str, Any]] = {}
        for carrier_id, role, code, connector in rows:
            mine = found.setdefault(carrier_id, {"carrier_id": carrier_id})
            kind = connector_class("carrier", connector)
            if role == "ship":
                mine |= {"ships": frozenset(kind.features), "sealed_channels": kind.sealed_channels}
            else:
                mine |= {
                    "tracks": frozenset(kind.features), "track_code": code, "track_batch": kind.track_batch,
                }  # fmt: skip
        return {carrier_id: Ability(**mine) for carrier_id, mine in found.items()}

    @contextmanager
    def shipping(self, carrier_id: int) -> Iterator[_NotedCalls]:
        with calls_open(_connection(carrier_id, "ship")) as calls:
            yield _NotedCalls(calls)

    @contextmanager
    def tracking(self, carrier_id: int) -> Iterator[_NotedCalls]:
        with calls_open(_connection(carrier_id, "track")) as calls:
            yield _NotedCalls(calls)


def _connection(carrier_id: int, role: str) -> Connection:
    found = Connection.objects.filter(
        carrier_links__carrier_id=carrier_id, carrier_links__role=role, is_active=True
    ).first()
    if found is None:
        raise Refused(_("No active connection serves this carrier."))
    return found


@transactional
def carrier_links_save(*, connection_id: int, links: Sequence[CarrierLinkIn]) -> None:
    """Say which carriers a connection serves, and with what; carriers that are not named it serves no more.

    What another connection did for them before, this one does from now on. Parcels on their way are followed
    through it. Locks the connection.

    :raises InvalidInput: a carrier is unknown or named twice, or the connector cannot do that.
    """
    connection = connection_locked(connection_id)
    kind = connector_class(connection.kind, connection.connector)
    if connection.kind != Connection.Kind.CARRIER:
        raise InvalidInput(_("Only connections to carriers serve carriers."))
    _require_possible(kind, links)
    rows = [
        (link.carrier_id, role, link.code)
        for link in links
        for role, wanted in (("ship", link.ships), ("track", link.tracks))
        if wanted
    ]
    carriers, roles, codes = columns(rows, 3)
    execute("DELETE FROM carrier_link WHERE connection_id = %s", [connection_id])
    execute(
        "INSERT INTO carrier_link (carrier_id, role, connection_id, code)"
        " SELECT r.carrier_id, r.role, %s, r.code FROM unnest(%s::bigint[], %s::text[], %s::text[])"
        " AS r (carrier_id, role, code) ON CONFLICT (carrier_id, role)"
        " DO UPDATE SET connection_id = excluded.connection_id, code = excluded.code",
        [connection_id, carriers, roles, codes],
    )
    if tracked := [link.carrier_id for link in links if link.tracks]:
        tracks_wake(carrier_ids=tracked)
    audit_record(
        action="integrations.connection.carriers",
        entity_kind="connection",
        entity_id=connection_id,
        after={"links": [list(row) for row in rows]},
    )


def _require_possible(kind: Any, links: Sequence[CarrierLinkIn]) -> None:
    known = {
        row[0]
        for row in fetch("SELECT id FROM carrier WHERE id = ANY(%s)", [[link.carrier_id for link in links]])
    }
    problems = []
    seen: set[int] = set()
    for index, link in enumerate(links):
        if link.carrier_id not in known or link.carrier_id in seen:
            problems.append(
                Problem(_("There is no such carrier, or it is named twice."), "unknown", loc=f"links.{index}")
            )
        seen.add(link.carrier_id)
        if link.ships and not kind.features & _SHIPS:
            problems.append(
                Problem(_("This connector orders no waybills."), "cannot", loc=f"links.{index}.ships")
            )
        if link.tracks and not kind.features & _TRACKS:
            problems.append(
                Problem(_("This connector follows no parcels."), "cannot", loc=f"links.{index}.tracks")
            )
    if problems:
        raise InvalidInput(_("The connection cannot serve these carriers so."), problems=problems)


def carrier_push_take(*, inbox_key: str, message: Incoming) -> Reply:
    """Take scans that a carrier pushes to the address of one connection; the answer that it expects.

    A push that is not signed right is answered with the connector's refusal and changes nothing; one that
    comes twice changes nothing the second time.

    :raises ConnectionNotFound: no active connection has this address.
    """
    connection = Connection.objects.filter(inbox_key=inbox_key, kind="carrier", is_active=True).first()
    if connection is None:
        raise ConnectionNotFound(_("Nothing listens at this address."))
    with calls_open(connection) as calls:
        connector: CarrierConnector = calls.connector
        try:
            tracked = connector.receive(message)
        except BadSignature as error:
            logger.info("carrier_push_refused", connection_id=connection.pk, code=error.code)
            return connector.refusal(error)
        except (NotImplementedError, OutsideError) as error:
            return connector.refusal(error)
        except Exception as error:  # whatever a stranger sends must not be a fault of ours
            logger.warning("carrier_push_unreadable", connection_id=connection.pk, error=type(error).__name__)
            return connector.refusal(error)
    track_events_record(events=tracked.events, source="push")
    return tracked.reply


def carrier_rates(
    *, carrier_id: int, warehouse_id: int, region_code: str, weight_g: int, volume_mm3: int = 0
) -> list[dict[str, Any]]:
    """Prices and times that a carrier's system offers now, cheapest first; holds no lock.

    :raises CarrierCannot: no connection of the carrier tells prices.
    :raises OutsideUnavailable: the system did not answer, or refused.
    """
    gateway = Gateway()
    ability = gateway.abilities([carrier_id]).get(carrier_id)
    if ability is None or CarrierFeature.RATE not in ability.ships:
        raise CarrierCannot(
            _("This carrier's system tells no prices; use the rates that are entered."),
            data={"carrier_id": carrier_id, "feature": CarrierFeature.RATE},
        )
    services = dict(
        fetch(
            "SELECT coalesce(nullif(product, ''), code), code FROM carrier_service WHERE carrier_id = %s",
            [carrier_id],
        )
    )
    ask = _rate_ask(warehouse_id, region_code, weight_g, volume_mm3)
    try:
        with gateway.shipping(carrier_id) as calls:
            offers = calls.make(lambda connector: connector.rate(ask))
    except OutsideError as error:
        raise OutsideUnavailable(
            _("The carrier's system gave no price: %(error)s") % {"error": error.message}
        ) from error
    return [
        {
            "product": offer.product,
            "service_code": services.get(offer.product),
            "price": offer.price,
            "currency": offer.currency,
            "delivery_at": offer.delivery_at,
        }
        for offer in sorted(offers, key=lambda offer: (offer.price, offer.product))
    ]


def _rate_ask(warehouse_id: int, region_code: str, weight_g: int, volume_mm3: int) -> RateAsk:
    sender = warehouse_senders([warehouse_id])[warehouse_id]
    region = region_names([region_code]).get(region_code)
    return RateAsk(
        product="",
        sender=PartyAddress(
            sender.contact or sender.name, sender.phone, sender.province, sender.city, sender.district, sender.address
        ),
        recipient=PartyAddress(
            "", "", region.province if region else "", (region.city if region else "") or "",
            (region.district if region else "") or "", "",
        ),
        weight_g=weight_g,
        volume_mm3=volume_mm3,
    )  # fmt: skip
