"""Why an order comes from where it comes, and why it arrives when it arrives: for the desk, in words."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from hecang.inventory.selectors import reservations_active
from hecang.kernel.db import fetch, fetch_one
from hecang.orders.services import promises
from hecang.orders.services.expectations import supply_days, supply_expected
from hecang.orders.services.locking import missing
from hecang.orders.services.offers import Offers, Wish, offers_now
from hecang.orders.sourcing import Candidate, Take
from hecang.orders.sourcing.weighing import Recorder, Weighed, Weighing, reason, weigh
from hecang.orders.states import BEFORE_WAVE

_ORDER = """
SELECT o.owner_id, o.state, o.promised_at, o.expected_at, o.placed_at, o.ship_after, o.region_code, o.service_id,
    o.warehouses_only, o.warehouses_never, s.reason, s.decided_at, s.decision
FROM sales_order o LEFT JOIN order_sourcing s ON s.order_id = o.id WHERE o.id = %s
"""
_LINES = """
SELECT id, sku_id, reserved, backordered, allocated, shipped FROM sales_order_line
WHERE order_id = %s AND quantity > cancelled ORDER BY line_no
"""
_SERVICES = """
SELECT s.id, s.code, c.name || ' ' || s.name FROM carrier_service s JOIN carrier c ON c.id = s.carrier_id
WHERE s.id = ANY(%s::bigint[])
"""


@dataclass(frozen=True, slots=True)
class _Order:
    owner_id: int
    state: str
    promised_at: datetime | None
    expected_at: datetime | None
    placed_at: datetime
    ship_after: datetime | None
    region_code: str
    service_id: int | None
    only: list[int]
    never: list[int]
    reason: str | None
    decided_at: datetime | None
    decision: Any

    @property
    def wish(self) -> Wish:
        return Wish(self.region_code, self.service_id, tuple(self.only), tuple(self.never))


def order_sourcing_explain(*, order_id: int) -> dict[str, Any]:
    """What was known and chosen when an order was last sourced, and how that looks now. Reads only.

    ``now`` is there as long as no wave has taken the order. Raises :class:`OrderNotFound`.
    """
    order = _order(order_id)
    offers = offers_now()
    answer: dict[str, Any] = {
        "reason": order.reason, "decided_at": order.decided_at, "decided": None, "now": None,
        "only": list(order.only), "never": list(order.never),
    }  # fmt: skip
    if order.decision is not None:
        record = json.loads(order.decision) if isinstance(order.decision, str) else order.decision
        answer["decided"] = _told(weigh(record, offers.money, order.promised_at), offers)
    if order.state in BEFORE_WAVE:
        answer["now"] = _told(_weighing_now(order_id, order, offers), offers)
    return answer


def _order(order_id: int) -> _Order:
    row = fetch_one(_ORDER, [order_id])
    if row is None:
        raise missing()
    return _Order(*row)


def _weighing_now(order_id: int, order: _Order, offers: Offers) -> Weighing:
    """The warehouses at this moment, with what the order has reserved itself."""
    lines = fetch(_LINES, [order_id])
    items: dict[int, int] = defaultdict(int)
    for _line, sku, reserved, backordered, _allocated, _shipped in lines:
        if reserved + backordered:
            items[sku] += reserved + backordered
    own: dict[tuple[int, int], int] = defaultdict(int)
    for row in reservations_active("sales_order_line", [line[0] for line in lines if line[2]]):
        own[row.warehouse_id, row.sku_id] += row.quantity
    demands = promises.demands_of({order_id: dict(items)}, offers)
    free = {row[:3]: row[3] for row in promises.free_rows(demands)}
    for (warehouse, sku), units in own.items():
        key = (warehouse, sku, order.owner_id)
        free[key] = free.get(key, 0) + units
    stock = promises.stock_view((*key, units) for key, units in free.items())
    takes = [Take(warehouse, sku, units) for (warehouse, sku), units in sorted(own.items())]
    record = json.loads(Recorder(stock).record(demands[0], takes))
    return weigh(record, offers.money, order.promised_at)


def _told(weighing: Weighing, offers: Offers) -> dict[str, Any]:
    services = _service_names(
        {one.candidate.offer.service_id for one in weighing.candidates if one.candidate.offer}
    )
    code, other, part = reason(weighing)
    return {
        "candidates": [
            {
                "warehouse": _warehouse(offers, one.warehouse_id),
                "service": services.get(one.candidate.offer.service_id) if one.candidate.offer else None,
                "km": one.candidate.km,
                "missing": one.missing,
                "units": sum(weighing.taken.get(one.warehouse_id, {}).values()),
                "leaves_at": one.candidate.offer and one.candidate.offer.leaves_at,
                "arrives_at": one.candidate.offer and one.candidate.offer.arrives_at,
                "lead_hours": one.candidate.offer.lead_hours if one.candidate.offer else None,
                "is_certain": one.candidate.offer is None or one.candidate.offer.is_certain,
                "parts": one.parts,
                "cost": one.cost,
            }
            for one in sorted(weighing.candidates, key=lambda one: (one.missing > 0, one.cost))
        ],
        "warehouses": [_warehouse(offers, key) for key in sorted(weighing.taken)],
        "parts": weighing.parts,
        "cost": weighing.cost,
        "open_units": weighing.open_units,
        "code": code,
        "words": _words(weighing, offers, code, other, part),
    }


def _warehouse(offers: Offers, warehouse_id: int) -> dict[str, Any]:
    terms = offers.book.warehouses.get(warehouse_id)
    if terms is None:
        return {"id": warehouse_id, "code": str(warehouse_id), "name": "", "kind": "warehouse"}
    return {"id": terms.id, "code": terms.code, "name": terms.name, "kind": terms.kind}


def _service_names(ids: set[int | None]) -> dict[int | None, dict[str, Any]]:
    known = [key for key in ids if key is not None]
    return {row[0]: {"id": row[0], "code": row[1], "name": row[2]} for row in fetch(_SERVICES, [known])}


def _part_name(part: str) -> str:
    return {
        "freight": _("freight"),
        "handling": _("handling"),
        "split": _("further parcels"),
        "wait": _("waiting"),
        "late": _("lateness"),
        "scarcity": _("scarcity"),
    }.get(part, part)


def _words(weighing: Weighing, offers: Offers, code: str, other: Weighed | None, part: str) -> str:
    """The reason as a sentence."""
    names = [_warehouse(offers, key)["name"] for key in sorted(weighing.taken)]
    here = names[0] if names else ""
    for more in names[1:]:
        here = _("%(first)s and %(more)s") % {"first": here, "more": more}
    there = _warehouse(offers, other.warehouse_id)["name"] if other is not None else ""
    dearer = f"{abs(other.cost - weighing.cost):.2f}" if other is not None else ""
    texts = {
        "none": _("No warehouse has any of it."),
        "only": _("%(here)s is the only warehouse that may ship this order."),
        "split": _("No warehouse has everything, so it comes from %(here)s."),
        "stock": _("Of the warehouses that could ship it, only %(here)s has everything."),
        "others": _(
            "%(there)s would be %(money)s cheaper, but its goods were needed more by other orders, or had not"
            " arrived yet."
        ),
        "equal": _("%(here)s costs no more than %(there)s, and was preferred."),
        "cheapest": _("%(here)s is cheapest: from %(there)s it would cost %(money)s more, mostly %(part)s."),
    }
    return texts[code] % {"here": here, "there": there, "money": dearer, "part": _part_name(part)}


# ------------------------------------------------------------------ promises


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that has to happen until an order arrives.

    :param code: ``placed``, ``stock``, ``supply``, ``release_by``, ``leaves``, ``arrives``, ``in_hand``,
        ``expected``, ``promised``.
    """

    code: str
    at: datetime | None
    text: str
    is_certain: bool = True


def promise_explain(*, order_id: int) -> list[dict[str, Any]]:
    """The steps from the order to its arrival, with their times and what they rest on. Reads only.

    Raises :class:`OrderNotFound`.
    """
    order = _order(order_id)
    offers = offers_now()
    steps = [Step("placed", order.placed_at, _("The customer ordered."))]
    lines = fetch(_LINES, [order_id])
    candidates = {one.warehouse_id: one for one in offers.candidates([order.wish])[order.wish]}
    reserved: dict[int, int] = defaultdict(int)
    for row in reservations_active("sales_order_line", [line[0] for line in lines if line[2]]):
        reserved[row.warehouse_id] += row.quantity
    for warehouse, units in sorted(reserved.items()):
        steps += _leg_steps(offers, candidates.get(warehouse), warehouse, units, order.ship_after)
    waiting = {line[1]: line[3] for line in lines if line[3]}
    if waiting:
        steps += _supply_steps(offers, order, waiting, candidates)
    in_hand = sum(line[4] + line[5] for line in lines)
    if in_hand:
        text = _("%(units)s units are in the hands of a warehouse or a carrier.") % {"units": in_hand}
        steps.append(Step("in_hand", None, text))
    steps.append(Step("expected", order.expected_at, _("Expected with the customer.")))
    steps.append(Step("promised", order.promised_at, _("Promised to the customer.")))
    return [asdict(step) for step in steps]


def _leg_steps(
    offers: Offers, candidate: Candidate | None, warehouse_id: int, units: int, ship_after: datetime | None
) -> list[Step]:
    name = _warehouse(offers, warehouse_id)["name"]
    text = _("%(units)s units are reserved in %(warehouse)s.") % {"units": units, "warehouse": name}
    steps = [Step("stock", offers.moment, text)]
    if candidate is None or candidate.offer is None:
        return steps
    offer = candidate.offer
    release_by, leaves, arrives = offer.release_by, offer.leaves_at, offer.arrives_at
    if ship_after is not None and ship_after > offers.moment:
        later = offers.departure(candidate, ship_after)
        if later is not None:
            release_by, leaves = later
            arrives = leaves + timedelta(hours=offer.lead_hours)
    sure = offer.is_certain
    text = _("%(warehouse)s must release it by its cut-off.") % {"warehouse": name}
    steps.append(Step("release_by", release_by, text, sure))
    text = _("Picked and packed, it is handed to the carrier.")
    if not sure:
        text += " " + _("The holidays of that year are not published yet.")
    steps.append(Step("leaves", leaves, text, sure))
    if offer.service_id is not None:
        service = _service_names({offer.service_id})[offer.service_id]["name"]
        text = _("%(service)s needs %(hours)s hours.") % {"service": service, "hours": offer.lead_hours}
        steps.append(Step("arrives", arrives, text, sure))
    else:
        steps.append(
            Step("arrives", None, _("No carrier has a rate there: nobody knows how long it travels."), False)
        )
    return steps


def _supply_steps(
    offers: Offers, order: _Order, waiting: Mapping[int, int], candidates: Mapping[int, Candidate]
) -> list[Step]:
    supply = supply_expected(waiting)
    known = [supply[sku, order.owner_id] for sku in waiting if (sku, order.owner_id) in supply]
    units = sum(waiting.values())
    if len(known) == len(waiting):
        come, sure = max(known), True
        text = _("%(units)s units are backordered; announced supply covers them by then.") % {"units": units}
    else:
        come, sure = offers.moment + timedelta(days=supply_days()), False
        text = _("%(units)s units are backordered and no supply is announced; this is a guess.") % {
            "units": units
        }
    steps = [Step("supply", come, text, sure)]
    first: Sequence[Candidate] = list(candidates.values())[:1]
    for candidate in first:
        arrives = offers.arrival(candidate, max(come, order.ship_after) if order.ship_after else come)
        steps.append(Step("arrives", arrives, _("Then it still has to be shipped."), sure))
    return steps
