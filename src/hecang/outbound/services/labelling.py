"""Waybills for sealed parcels: from our number pools at once, from carriers' systems in three steps.

A carrier is never called while anything is locked: :func:`labels_take` writes the order down in the
transaction that seals the parcel, :func:`parcels_order` calls the carrier afterwards, and whatever it answers
(now, or minutes later to the worker) is written in by :func:`parcels_attach`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.facility.selectors import warehouse_senders
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import HecangError
from hecang.kernel.outbox import emit
from hecang.orders.selectors import order_ship_to, order_ship_wishes
from hecang.outbound.errors import NoService
from hecang.outbound.events import ParcelsLabelled
from hecang.outbound.models import Parcel, ParcelLine
from hecang.shipping.carriers.base import Goods, PartyAddress
from hecang.shipping.carriers.base import WaybillOrder as CarrierOrder
from hecang.shipping.selectors import services_by_id
from hecang.shipping.services import (
    CarrierRequest,
    ChoiceAsk,
    ParcelSpec,
    WaybillRequest,
    services_choose_many,
    waybill_orders_abandon,
    waybill_orders_place,
    waybill_orders_prepare,
    waybill_orders_standing,
    waybills_issue,
)

#: For each parcel ``waybill_id``, ``waybill_number``, ``label_error`` (empty, or why there is none yet) and
#: ``is_ordering`` (a carrier's system is being asked).
Labels = dict[int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A sealed parcel that has no waybill."""

    id: int
    number: str
    order_id: int
    service_id: int | None
    spec: ParcelSpec


def parcels_label(*, parcel_ids: Sequence[int], service_id: int | None = None) -> Labels:
    """Take waybills for sealed parcels; parcels that have one keep it. Tries again what failed before.

    :param service_id: travel with this service; by default that of the fulfilment, and where that cannot take
        the parcel, the best that can.

    Locks parcels → waybill pools in one transaction; carriers' systems are called after it. Emits
    ``ParcelsLabelled``.
    """
    result = labels_take(parcel_ids=parcel_ids, service_id=service_id)
    ordering = [key for key, entry in result.items() if entry["is_ordering"]]
    return result | parcels_order(parcel_ids=ordering) if ordering else result


@transactional
def labels_take(*, parcel_ids: Sequence[int], service_id: int | None = None) -> Labels:
    """The part of :func:`parcels_label` that belongs into one transaction: pools are used, orders written down."""
    # All of them at once, in key order, before any of them is written.
    fetch("SELECT id FROM parcel WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [sorted(parcel_ids)])
    _attach("p.id = ANY(%s)", sorted(parcel_ids))
    rows = fetch(
        "SELECT p.id, p.number, p.state, p.weight_g, p.warehouse_id, f.region_code, f.service_id, p.waybill_id,"
        " coalesce(c.length_mm::bigint * c.width_mm * c.height_mm, 0), w.number, f.order_id"
        " FROM parcel p JOIN fulfilment f ON f.id = p.fulfilment_id LEFT JOIN carton c ON c.id = p.carton_id"
        " LEFT JOIN waybill w ON w.id = p.waybill_id WHERE p.id = ANY(%s) ORDER BY p.id FOR NO KEY UPDATE OF p",
        [sorted(parcel_ids)],
    )
    result: Labels = {row[0]: _entry(row[7], row[9] or "") for row in rows}
    todo = {
        row[0]: _Sealed(
            row[0],
            row[1],
            row[10],
            service_id or row[6],
            ParcelSpec(warehouse_id=row[4], region_code=row[5], weight_g=row[3] or 1, volume_mm3=row[8]),
        )
        for row in rows
        if row[2] == Parcel.State.SEALED
    }
    chosen = {key: parcel.service_id for key, parcel in todo.items() if parcel.service_id}
    failed = _issue({key: (service, todo[key]) for key, service in chosen.items()}, result)
    retry = [parcel for key, parcel in todo.items() if key not in chosen or key in failed]
    if retry and service_id is None:
        failed |= _issue_elsewhere(retry, failed, result)
    for key, error in failed.items():
        if not result[key]["waybill_id"] and not result[key]["is_ordering"]:
            result[key]["label_error"] = error
    _write_labels(
        {key: entry["waybill_id"] for key, entry in result.items() if key in todo and entry["waybill_id"]}
    )
    return result


def parcels_order(*, parcel_ids: Sequence[int]) -> Labels:
    """Call carriers' systems for the numbers that these parcels wait for, and write in what they answer.

    Holds no lock while it calls. What got no answer is asked again by the worker, minute by minute.
    """
    references = dict(fetch("SELECT id, number FROM parcel WHERE id = ANY(%s)", [sorted(parcel_ids)]))
    orders = fetch(
        "SELECT id FROM waybill_order WHERE reference = ANY(%s) AND state = 'ordering'",
        [sorted(references.values())],
    )
    waybill_orders_place(order_ids=[row[0] for row in orders], limit=len(orders))
    parcels_attach(references=list(references.values()))
    standing = waybill_orders_standing(references.values())
    rows = fetch(
        "SELECT p.id, p.number, p.waybill_id, w.number FROM parcel p LEFT JOIN waybill w ON w.id = p.waybill_id"
        " WHERE p.id = ANY(%s)",
        [sorted(parcel_ids)],
    )
    result: Labels = {}
    for key, reference, waybill_id, number in rows:
        order = standing.get(reference)
        result[key] = _entry(waybill_id, number or "")
        if waybill_id is None and order is not None:
            result[key]["is_ordering"] = order.state == "ordering"
            result[key]["label_error"] = order_words(order.state, order.error)
    return result


@transactional
def parcels_attach(*, references: Collection[str]) -> list[int]:
    """Give sealed parcels the waybills that stand under their numbers; ids of those that got one. Idempotent.

    A waybill whose parcel was opened again meanwhile is left to whoever opened it: its order was abandoned.
    Locks the parcels. Emits ``ParcelsLabelled``.
    """
    return _attach("p.number = ANY(%s)", sorted(references))


def _attach(where: str, wanted: Sequence[Any]) -> list[int]:
    rows = fetch(
        "SELECT p.id, w.id FROM parcel p JOIN waybill w ON w.reference = p.number AND w.state = 'issued'"  # noqa: S608
        f" WHERE {where} AND p.state = 'sealed' AND p.waybill_id IS NULL ORDER BY p.id FOR NO KEY UPDATE OF p",
        [list(wanted)],
    )
    _write_labels(dict(rows))
    return [row[0] for row in rows]


def order_words(state: str, error: str) -> str:
    """What a person is told of a number that is not there yet."""
    if state == "failed":
        return _("The carrier refused: %(error)s") % {"error": error}
    if not error:
        return _("The number is being ordered from the carrier.")
    return _("The carrier does not answer (%(error)s). We ask again; or choose another service.") % {
        "error": error
    }


def parcel_numbers(fulfilment_ids: Sequence[int]) -> list[str]:
    """Numbers of the sealed parcels of these fulfilments."""
    rows = fetch(
        "SELECT number FROM parcel WHERE fulfilment_id = ANY(%s) AND state = 'sealed'", [list(fulfilment_ids)]
    )
    return [row[0] for row in rows]


def _entry(waybill_id: int | None, number: str) -> dict[str, Any]:
    return {"waybill_id": waybill_id, "waybill_number": number, "label_error": "", "is_ordering": False}


def _issue_elsewhere(retry: Sequence[_Sealed], failed: dict[int, str], result: Labels) -> dict[int, str]:
    """Take the best service that can, where the one meant cannot; parcel id → message of what failed."""
    wishes = order_ship_wishes([parcel.order_id for parcel in retry])
    moment = now()
    choices = services_choose_many(
        asks=[
            ChoiceAsk(
                parcel=parcel.spec,
                leaves_at=moment,
                promised_at=wishes[parcel.order_id].promised_at,
                shop_id=wishes[parcel.order_id].shop_id,
                owner_id=wishes[parcel.order_id].owner_id,
                sealed_channel=wishes[parcel.order_id].sealed_channel,
                never=frozenset({parcel.service_id} if parcel.service_id else ()),
            )
            for parcel in retry
        ]
    )
    missing = {
        parcel.id: failed.get(parcel.id)
        or str(NoService(_("No carrier service reaches this address with this weight. Ask the order desk.")))
        for parcel, choice in zip(retry, choices, strict=True)
        if choice.chosen is None
    }
    chosen = {
        parcel.id: (choice.chosen.quote.service_id, parcel)
        for parcel, choice in zip(retry, choices, strict=True)
        if choice.chosen is not None
    }
    return missing | _issue(chosen, result)


def _issue(parcels: dict[int, tuple[int, _Sealed]], result: Labels) -> dict[int, str]:
    """Take waybills, service by service; fills ``result``; returns parcel id → message of what failed."""
    if not parcels:
        return {}
    services = services_by_id({service_id for service_id, _parcel in parcels.values()})
    by_service: dict[int, list[_Sealed]] = defaultdict(list)
    for service_id, parcel in parcels.values():
        by_service[service_id].append(parcel)
    failed: dict[int, str] = {}
    for service_id, mine in sorted(by_service.items()):
        requests = [
            WaybillRequest(
                reference=parcel.number,
                service_id=service_id,
                warehouse_id=parcel.spec.warehouse_id,
                region_code=parcel.spec.region_code,
                weight_g=parcel.spec.weight_g,
                volume_mm3=parcel.spec.volume_mm3,
            )
            for parcel in mine
        ]
        try:
            if services[service_id].source == "carrier":
                _prepare(requests, mine, result)
            else:
                waybill_orders_abandon(references=[parcel.number for parcel in mine])
                for parcel, waybill in zip(mine, waybills_issue(requests=requests), strict=True):
                    result[parcel.id] = _entry(waybill.id, waybill.number)
        except HecangError as error:  # raised before anything is written
            failed |= {parcel.id: str(error) for parcel in mine}
    return failed


def _prepare(requests: Sequence[WaybillRequest], parcels: Sequence[_Sealed], result: Labels) -> None:
    """Write down that carriers' systems are to be asked for these numbers."""
    recipients = order_ship_to([parcel.order_id for parcel in parcels])
    senders = warehouse_senders({parcel.spec.warehouse_id for parcel in parcels})
    goods: dict[int, list[Goods]] = defaultdict(list)
    for parcel_id, name, units in ParcelLine.objects.filter(
        parcel_id__in=[parcel.id for parcel in parcels]
    ).values_list("parcel_id", "fulfilment_line__sku__name", "quantity"):
        goods[parcel_id].append(Goods(name, units))
    made = []
    for request, parcel in zip(requests, parcels, strict=True):
        to, sender = recipients[parcel.order_id], senders[parcel.spec.warehouse_id]
        order = CarrierOrder(
            reference=parcel.number,
            product="",
            sender=PartyAddress(
                name=sender.contact or sender.name,
                phone=sender.phone,
                province=sender.province,
                city=sender.city,
                district=sender.district,
                address=sender.address,
                company=sender.name,
            ),
            recipient=PartyAddress(
                name=to.name,
                phone=to.phone,
                province=to.province,
                city=to.city,
                district=to.district,
                address=to.address,
                postcode=to.postcode,
                country=to.country,
                sealed=to.sealed,
            ),
            weight_g=parcel.spec.weight_g,
            volume_mm3=parcel.spec.volume_mm3,
            goods=tuple(goods[parcel.id]),
            channel=to.channel,
            channel_order=to.external_number,
            remark=to.remark,
        )
        made.append(CarrierRequest(request, order))
    waybill_orders_prepare(requests=made)
    for parcel in parcels:
        result[parcel.id] = _entry(None, "") | {
            "is_ordering": True,
            "label_error": order_words("ordering", ""),
        }


def _write_labels(waybills: dict[int, int]) -> None:
    if not waybills:
        return
    execute(
        "UPDATE parcel p SET state = 'labelled', waybill_id = c.waybill_id"
        " FROM unnest(%s::bigint[], %s::bigint[]) AS c (id, waybill_id) WHERE p.id = c.id",
        columns(sorted(waybills.items()), 2),
    )
    audit_record_many(
        action="parcel.labelled",
        entity_kind="parcel",
        entries=[
            (key, {"state": "sealed"}, {"state": "labelled", "waybill_id": value})
            for key, value in waybills.items()
        ],
    )
    emit(ParcelsLabelled(tuple(sorted(waybills))))
