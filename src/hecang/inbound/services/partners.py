"""What suppliers and carriers do on their page: confirm orders, announce, print labels, book a dock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from hecang.inbound.errors_receiving import AsnInvalid, AsnNotFound, SlotInvalid
from hecang.inbound.models import Appointment, AppointmentState, Asn
from hecang.inbound.selectors.partner_page import asn_is_theirs, sscc_prefix_given
from hecang.inbound.selectors.slots import policy_of, slots_find, zone_of
from hecang.inbound.services.announcing import (
    AsnContainerIn,
    AsnIn,
    AsnLineIn,
    AsnMade,
    asn_cancel,
    asn_containers_add,
    asn_create,
)
from hecang.inbound.services.announcing_serials import serial_problems, serial_skus, serials_clean
from hecang.inbound.services.appointments import (
    AppointmentIn,
    appointment_book,
    appointment_cancel,
    appointment_move,
    appointment_truck_set,
)
from hecang.inbound.services.labelling import asn_labels
from hecang.inbound.services.links import LinkHeld, link_use
from hecang.inbound.slots import Slot
from hecang.kernel import clock
from hecang.kernel.actor import acting
from hecang.kernel.db import transactional
from hecang.kernel.errors import InvalidInput, NotFound, Problem
from hecang.purchasing.pdf import order_pdf
from hecang.purchasing.selectors import OpenLine, SuppliersOrder, purchase_lines_open, suppliers_orders
from hecang.purchasing.selectors.documents import document_draft
from hecang.purchasing.services import LineConfirmed, order_confirm

#: Cartons of one announcement that are numbered from outside.
MOST_CARTONS: Final = 2000
#: A day on which goods come lies within so many days.
FURTHEST: Final = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """Units of one order line that come.

    :param cartons: in so many cartons (or pallets), each of which gets a number; 0 for no numbers.
    :param serials: of each unit, in the order in which they are packed; none, or as many as units.
    """

    line_id: int
    quantity: int
    cartons: int = 0
    lot_code: str = ""
    produced_on: date | None = None
    expires_on: date | None = None
    serials: tuple[str, ...] = ()


@transactional
def partner_confirm(
    *, held: LinkHeld, order_id: int, revision: int, lines: Sequence[LineConfirmed], supplier_number: str = ""
) -> None:
    """Answer an order line by line: how many of what was asked for, on which day. Can be said again.

    Locks the link, then the order and its lines. Raises NotFound where the order is not theirs or has ended,
    RevisionOutdated where it was changed since, InvalidInput naming lines.
    """
    link_use(held=held)
    order = _order(held, order_id)
    known = {line.id: line for line in order.lines}
    today = clock.now().astimezone(zone_of(held.warehouse_id)).date()
    problems = []
    for index, one in enumerate(lines):
        line = known.get(one.line_id)
        if line is None:
            text, code, name = (
                _("There is no such line in this order. Load the page again."),
                "unknown",
                "line_id",
            )
        elif one.quantity > line.quantity:
            text = _("Line %(line)s asks for %(quantity)s. Call the buyer if you want to deliver more.")
            text, code, name = text % {"line": line.number, "quantity": line.quantity}, "too_many", "quantity"
        elif one.on is not None and one.on != line.confirmed_on and not today <= one.on <= today + FURTHEST:
            text, code, name = _("The day of delivery lies in the past, or too far ahead."), "day", "on"
        else:
            continue
        problems.append(Problem(text, code=code, loc=f"lines.{index}.{name}", field=name))
    if problems:
        raise InvalidInput(problems[0].message, problems=problems)
    with acting(held.actor):
        order_confirm(
            order_id=order_id, lines=lines, supplier_number=supplier_number.strip(), revision=revision
        )


def partner_order_pdf(*, held: LinkHeld, order_id: int) -> tuple[str, bytes]:
    """(number, paper) of one of their orders. Raises NotFound."""
    document = document_draft(_order(held, order_id).id)
    return document.number, order_pdf(document)


def _order(held: LinkHeld, order_id: int) -> SuppliersOrder:
    _require_supplier(held)
    assert held.supplier_id is not None
    found = suppliers_orders(
        supplier_id=held.supplier_id,
        warehouse_id=held.warehouse_id,
        owner_id=held.owner_id,
        order_id=order_id,
    )
    if not found:
        raise NotFound(_("There is no such open order on your page. Load it again."))
    return found[0]


@transactional
def partner_announce(
    *,
    held: LinkHeld,
    lines: Sequence[PartnerLine],
    external_number: str = "",
    expected_at: datetime | None = None,
    carrier_name: str = "",
    waybill_number: str = "",
    pallet_count: int = 0,
    note: str = "",
) -> AsnMade:
    """Announce a delivery against the supplier's own open orders; units are spread evenly over the cartons.

    Where the house has no company prefix to number cartons from, they are only counted.

    :raises AsnInvalid: a line is not theirs, more cartons than units, or too many cartons.
    """
    _require_supplier(held)
    link_use(held=held)
    with acting(held.actor):
        known = {
            line.line_id: line
            for line in purchase_lines_open(
                line_ids=[line.line_id for line in lines],
                supplier_id=held.supplier_id,
                warehouse_id=held.warehouse_id,
                owner_id=held.owner_id,
                complete=True,
            )
            if line.state != "approved"  # they have not been told of it
        }
        problems = [
            Problem(message, code=code, loc=f"lines.{index}.{field}", field=field)
            for index, line in enumerate(lines)
            for code, message, field in _faults(line, known)
        ] or _serial_faults(held, lines, known, external_number)
        if problems:
            raise AsnInvalid(problems[0].message, problems=problems)
        count = sum(line.cartons for line in lines)
        if count > MOST_CARTONS:
            raise AsnInvalid(
                _("One announcement takes at most %(most)s cartons. Send several.") % {"most": MOST_CARTONS},
                code="too_many_cartons",
            )
        is_numbered = sscc_prefix_given(held.owner_id)
        goods: list[AsnLineIn] = []
        containers: list[AsnContainerIn] = []
        for index, line in enumerate(lines):
            serials = list(serials_clean(line.serials))
            for part, units in enumerate(_shares(line.quantity, line.cartons if is_numbered else 0)):
                packed, serials = tuple(serials[:units]), serials[units:]
                key = f"{index}-{part}" if line.cartons and is_numbered else ""
                goods.append(
                    AsnLineIn(
                        known[line.line_id].sku_id, units, line.line_id, key, line.lot_code, line.produced_on,
                        line.expires_on, packed,
                    )
                )  # fmt: skip
                if key:
                    containers.append(AsnContainerIn(key=key))
        orders = {known[line.line_id].order_id for line in lines}
        return asn_create(
            asn=AsnIn(
                held.warehouse_id, held.owner_id, tuple(goods), supplier_id=held.supplier_id,
                purchase_order_id=orders.pop() if len(orders) == 1 else None, external_number=external_number,
                carrier_name=carrier_name, waybill_number=waybill_number, expected_at=expected_at,
                pallet_count=pallet_count, carton_count=count, note=note, origin="supplier", containers=tuple(containers),
            )
        )  # fmt: skip


def _faults(line: PartnerLine, known: Mapping[int, OpenLine]) -> list[tuple[str, str, str]]:
    faults = []
    if line.line_id not in known:
        faults.append(
            ("unknown_order_line", _("This order line is not open for you. Load the page again."), "line_id")
        )
    if line.cartons > line.quantity:
        faults.append(("too_many_cartons", _("There are more cartons than units."), "cartons"))
    return faults


def _serial_faults(
    held: LinkHeld, lines: Sequence[PartnerLine], known: Mapping[int, OpenLine], external_number: str
) -> list[Problem]:
    """What is wrong with the numbers, by the lines of the page: those of the announcement are divided into cartons."""
    goods = tuple(
        AsnLineIn(known[line.line_id].sku_id, line.quantity, serials=line.serials) for line in lines
    )
    asns = [
        AsnIn(
            held.warehouse_id,
            held.owner_id,
            goods,
            supplier_id=held.supplier_id,
            external_number=external_number,
        )
    ]
    return serial_problems(asns, serial_skus(asns))


def _shares(quantity: int, cartons: int) -> list[int]:
    """Units in each carton, as even as can be; all together where there are no cartons."""
    if cartons <= 1:
        return [quantity]
    low, more = divmod(quantity, cartons)
    return [low + (number < more) for number in range(cartons)]


@transactional
def partner_withdraw(*, held: LinkHeld, asn_id: int) -> None:
    """Take an announcement back that nothing of has come, and its time at the dock. Raises what ``asn_cancel`` raises."""
    _require_supplier(held)
    _require_theirs(held, asn_id)
    link_use(held=held)
    truck = _truck(asn_id)
    with acting(held.actor):
        if truck is not None and truck.state == AppointmentState.BOOKED and not _is_shared(truck, asn_id):
            appointment_cancel(appointment_id=truck.pk, reason="withdrawn by the supplier")
        asn_cancel(asn_id=asn_id, reason="withdrawn by the supplier")


def partner_labels(*, held: LinkHeld, asn_id: int) -> bytes:
    """Logistic labels of one of their announcements, as PDF."""
    _require_theirs(held, asn_id)
    with acting(held.actor):
        return asn_labels(asn_id=asn_id)


@transactional
def partner_number(*, held: LinkHeld, asn_id: int, count: int, kind: str) -> None:
    """Make numbers for pallets or cartons of one of their announcements, to be printed. Raises SsccPrefixMissing."""
    _require_theirs(held, asn_id)
    link_use(held=held)
    with acting(held.actor):
        if Asn.objects.get(pk=asn_id).containers.count() + count > MOST_CARTONS:
            raise AsnInvalid(
                _("One announcement takes at most %(most)s cartons. Send several.") % {"most": MOST_CARTONS},
                code="too_many_cartons",
            )
        asn_containers_add(asn_id=asn_id, count=count, kind=kind)


def partner_slots(*, held: LinkHeld, asn_id: int, day: date) -> tuple[int, list[Slot]]:
    """(minutes needed, free times on a day) for one of their announcements."""
    _require_theirs(held, asn_id)
    asn = Asn.objects.get(pk=asn_id)
    policy = policy_of(held.warehouse_id)
    return slots_find(
        warehouse_id=held.warehouse_id, days=[day], pallets=asn.pallet_count, cartons=asn.carton_count,
        lines=asn.line_count, lead=timedelta(hours=policy.lead_hours), but=asn.appointment_id or 0,
    )  # fmt: skip


@transactional
def partner_book(
    *,
    held: LinkHeld,
    asn_id: int,
    dock_id: int,
    start: datetime,
    plate: str = "",
    carrier_name: str = "",
    driver_name: str = "",
    driver_phone: str = "",
) -> Appointment:
    """Book a dock for one of their announcements, or change what they have booked. Raises as booking does.

    How long it takes follows from what was announced, never from the page.
    """
    _require_theirs(held, asn_id)
    link_use(held=held)
    asn, truck = Asn.objects.get(pk=asn_id), _truck(asn_id)
    with acting(held.actor):
        if truck is None or truck.state in _OVER:
            return appointment_book(
                appointment=AppointmentIn(
                    held.warehouse_id, dock_id, start, asn_ids=(asn_id,), supplier_id=asn.supplier_id,
                    carrier_name=carrier_name or asn.carrier_name, plate=plate, driver_name=driver_name,
                    driver_phone=driver_phone, link_id=held.id, by_partner=True,
                )
            )  # fmt: skip
        _require_free(truck, asn_id)
        assert truck.during is not None
        if (truck.dock_id, truck.during.lower) != (dock_id, start):
            appointment_move(appointment_id=truck.pk, dock_id=dock_id, start=start, by_partner=True)
        appointment_truck_set(
            appointment_id=truck.pk,
            plate=plate,
            carrier_name=carrier_name,
            driver_name=driver_name,
            driver_phone=driver_phone,
        )
    return Appointment.objects.get(pk=truck.pk)


@transactional
def partner_unbook(*, held: LinkHeld, asn_id: int) -> None:
    """Give a booked time back, while the truck has not come."""
    _require_theirs(held, asn_id)
    link_use(held=held)
    truck = _truck(asn_id)
    if truck is None:
        return
    _require_free(truck, asn_id)
    with acting(held.actor):
        appointment_cancel(appointment_id=truck.pk, reason="given back by the partner")


#: Another truck may be booked for what has not come.
_OVER: Final = frozenset(
    {AppointmentState.NO_SHOW.value, AppointmentState.CANCELLED.value, AppointmentState.LEFT.value}
)


def _truck(asn_id: int) -> Appointment | None:
    return Asn.objects.select_related("appointment").get(pk=asn_id).appointment


def _is_shared(truck: Appointment, asn_id: int) -> bool:
    """Whether it brings more than the one announcement."""
    return Asn.objects.filter(appointment=truck).exclude(pk=asn_id).exists()


def _require_free(truck: Appointment, asn_id: int) -> None:
    """A partner changes what it booked until the truck comes, and nobody else's."""
    if truck.state != AppointmentState.BOOKED:
        raise SlotInvalid(
            _("The truck is here already, or its time is over. Call the warehouse."), code="too_late"
        )
    if _is_shared(truck, asn_id):
        raise SlotInvalid(
            _("This truck brings other deliveries as well. Call the warehouse to change its time."),
            code="shared_truck",
        )


def _require_supplier(held: LinkHeld) -> None:
    if held.asn_id is not None or held.supplier_id is None:
        raise AsnNotFound(
            _("This page is for booking only. Ask for a supplier's page to announce deliveries.")
        )


def _require_theirs(held: LinkHeld, asn_id: int) -> None:
    if not asn_is_theirs(
        asn_id=asn_id,
        warehouse_id=held.warehouse_id,
        owner_id=held.owner_id,
        supplier_id=held.supplier_id,
        only=held.asn_id,
    ):
        raise AsnNotFound(_("There is no such announcement on your page. Load it again."))
