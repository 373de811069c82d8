"""What the order desk sees: the list, its tabs, one order whole. Rows, never lazy objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from hecang.facility.selectors import warehouses_by_id
from hecang.kernel.actor import Actor
from hecang.orders.errors import OrderNotFound
from hecang.orders.hashes import name_digest
from hecang.orders.models import OrderHold, OrderState, SalesOrder, SalesOrderLine, Shop
from hecang.orders.selectors.merging import orders_hinted
from hecang.orders.selectors.relatives import order_relatives
from hecang.orders.states import BEFORE_WAVE, CLOSED, MERGED
from hecang.partners.phones import phone_hash
from hecang.partners.selectors import region_names

#: Days in filters are days where the desk sits.
DESK = ZoneInfo("Asia/Shanghai")

ROW = (
    "id", "number", "external_number", "state", "is_held", "is_short", "is_cancelling", "shop__id", "shop__code",
    "shop__name", "recipient_masked", "region_code", "currency", "total_amount", "line_count", "unit_count",
    "priority", "buyer_remark", "seller_remark", "placed_at", "promised_at", "kind", "awaits_release",
    "tags", "ship_after",
)  # fmt: skip

Orders = QuerySet[SalesOrder, SalesOrder]

#: Tabs of the list. Every one is answered by an index that is ordered like the list.
TABS: dict[str, Q] = {
    "all": Q(),
    "held": Q(is_held=True),
    "short": Q(is_short=True),
    "cancelling": Q(is_cancelling=True),
    "waiting": Q(state__in=BEFORE_WAVE) & (Q(awaits_release=True) | Q(ship_after__gt=Now())),
    **{state: Q(state=state) for state in OrderState.values},
}


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """What the desk looks for; ``None`` and empty mean anything.

    :param text: a whole number (ours or the channel's), a phone number, its last four digits, a SKU code or
        the recipient's whole name.
    :param channel: code of a channel.
    :param several: the recipient has several orders of the owner that no wave has taken.
    """

    tab: str | None = None
    states: Sequence[str] = ()
    text: str = ""
    shop_id: int | None = None
    hold: str = ""
    sku: str = ""
    region: str = ""
    placed_from: date | None = None
    placed_to: date | None = None
    priority_up_to: int | None = None
    tag: str = ""
    kind: str = ""
    channel: str = ""
    several: bool | None = None


def orders_rows(actor: Actor, wanted: OrderQuery) -> QuerySet[SalesOrder, dict[str, Any]]:
    """The list, for the kernel's paging and export."""
    orders = _in_scope(actor)
    if wanted.tab:
        orders = orders.filter(TABS[wanted.tab])
    if wanted.states:
        orders = orders.filter(state__in=wanted.states)
    if wanted.shop_id:
        orders = orders.filter(shop_id=wanted.shop_id)
    if wanted.region:
        orders = orders.filter(region_code__startswith=wanted.region.rstrip("0") or "0")
    if wanted.priority_up_to is not None:
        orders = orders.filter(priority__lte=wanted.priority_up_to)
    orders = _by_nature(orders, wanted)
    if wanted.hold:
        standing = OrderHold.objects.filter(order=OuterRef("pk"), code=wanted.hold, released_at__isnull=True)
        orders = orders.filter(Exists(standing), is_held=True)
    if wanted.sku:
        orders = orders.filter(
            Exists(SalesOrderLine.objects.filter(order=OuterRef("pk"), sku__code=wanted.sku))
        )
    if wanted.placed_from:
        orders = orders.filter(placed_at__gte=_midnight(wanted.placed_from))
    if wanted.placed_to:
        orders = orders.filter(placed_at__lt=_midnight(wanted.placed_to + timedelta(days=1)))
    if wanted.text:
        orders = orders.filter(found_by(wanted.text))
    rows: QuerySet[SalesOrder, dict[str, Any]] = orders.values(*ROW)
    return rows


def _by_nature(orders: Orders, wanted: OrderQuery) -> Orders:
    """What orders are, and whether others could travel along."""
    if wanted.tag:
        # The second condition is that of the index.
        orders = orders.filter(tags__contains=[wanted.tag]).exclude(tags=[])
    if wanted.kind:
        orders = orders.filter(kind=wanted.kind)
    if wanted.channel:
        orders = orders.filter(shop_id__in=_shops_of(wanted.channel))
    if wanted.several:
        orders = orders.filter(state__in=BEFORE_WAVE, recipient_digest__in=_several()).exclude(
            recipient_digest=""
        )
    return orders


def _shops_of(channel: str) -> list[int]:
    return list(Shop.objects.filter(channel__code=channel).values_list("id", flat=True))


def _several() -> QuerySet[SalesOrder, str]:
    """Digests of recipients of more than one open order of an owner, from the index of what may be merged."""
    waiting = SalesOrder.objects.filter(state__in=BEFORE_WAVE).exclude(recipient_digest="")
    groups = waiting.order_by().values("recipient_digest", "owner").annotate(orders=Count("*"))
    return groups.filter(orders__gt=1).values_list("recipient_digest", flat=True)


def found_by(text: str) -> Q:
    """Orders that a person means by ``text``; each kind of it is answered by an index of its own."""
    found = Q(number=text.upper()) | Q(external_number=text)
    digits = "".join(character for character in text if character.isdigit())
    if len(digits) == 4 and digits == text:
        found |= Q(phone_tail=digits)
    elif len(digits) >= 7:
        found |= Q(phone_hash=phone_hash(text))
    if not text.isascii() and len(text) <= 30:
        found |= Q(name_hash=name_digest(text))
    return found


def orders_enrich(_actor: Actor, rows: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Names of regions, standing holds, and whether another order could travel along. Two queries."""
    names = region_names({row["region_code"] for row in rows})
    held = [row["id"] for row in rows if row["is_held"]]
    holds: dict[int, list[str]] = {}
    if held:
        standing = OrderHold.objects.filter(order__in=held, released_at__isnull=True).order_by("id")
        for order_id, code in standing.values_list("order_id", "code"):
            holds.setdefault(order_id, []).append(code)
    hinted = orders_hinted([row["id"] for row in rows if row["state"] in BEFORE_WAVE])
    for row in rows:
        row["can_merge"] = row["id"] in hinted
        name = names.get(row["region_code"])
        row["region_name"] = " ".join(filter(None, (name.province, name.city, name.district))) if name else ""
        row["holds"] = holds.get(row["id"], [])
    return rows


def orders_tabs(actor: Actor, shop_id: int | None) -> dict[str, QuerySet[SalesOrder, SalesOrder]]:
    """The rows behind each tab, to be counted. “All” is not: nobody works a tab of everything empty."""
    orders = _in_scope(actor)
    if shop_id:
        orders = orders.filter(shop_id=shop_id)
    return {tab: orders.filter(condition) for tab, condition in TABS.items() if tab != "all"}


def order_detail(actor: Actor, order_id: int) -> dict[str, Any]:
    """One order with its lines and holds and what may be done with it now. Six queries, or seven.

    :raises OrderNotFound: there is none, or it lies outside the actor's scope.
    """
    more = (
        "owner__id", "owner__code", "owner__name", "customer__id", "customer__code", "buyer", "goods_amount",
        "discount_amount", "freight_amount", "created_at", "updated_at", "ship_after", "deposit_amount", "balance_due",
        "balance_paid_at", "ship_by", "expected_at", "is_sealed", "service__id", "service__code", "service__name",
        "warehouses_only", "warehouses_never", "shop__channel__code", "shop__channel__name",
    )  # fmt: skip
    order: dict[str, Any] | None = _in_scope(actor).filter(pk=order_id).values(*ROW, *more).first()
    if order is None:
        raise OrderNotFound(_("There is no such order, or it lies outside your shops."))
    orders_enrich(actor, [order])
    order["channel"] = {key: order.pop(f"shop__channel__{key}") for key in ("code", "name")}
    places = warehouses_by_id({*order["warehouses_only"], *order["warehouses_never"]})
    for name in ("warehouses_only", "warehouses_never"):
        order[name] = [places[key].name for key in order[name] if key in places]
    for name in ("shop", "owner", "customer", "service"):
        parts = {key.split("__")[1]: order.pop(key) for key in list(order) if key.startswith(f"{name}__")}
        order[name] = parts if parts["id"] is not None else None
    order["lines"] = order_lines(order_id)
    order["relatives"] = order_relatives(order_id)
    order["holds"] = list(
        OrderHold.objects.filter(order=order_id)
        .order_by("released_at", "id")
        .values("id", "code", "detail", "placed_by", "placed_at", "released_by", "released_at", "note")
    )
    order["actions"] = order_actions(actor, order)
    return order


def order_lines(order_id: int) -> list[dict[str, Any]]:
    """Lines of an order with the names of what was bought."""
    lines = SalesOrderLine.objects.filter(order=order_id).order_by("line_no")
    rows = lines.values(
        "id", "line_no", "quantity", "unit_price", "amount", "reserved", "backordered", "allocated", "shipped",
        "cancelled", "kind", "reason", "source_order__id", "source_order__number", "sku__id", "sku__code", "sku__name", "sku__base_unit", "kit_sku__id", "kit_sku__code",
        "kit_sku__name",
    )  # fmt: skip
    result: list[dict[str, Any]] = []
    for found in rows:
        row: dict[str, Any] = dict(found)
        kit = {key: row.pop(f"kit_sku__{key}") for key in ("id", "code", "name")}
        row["sku"] = {key: row.pop(f"sku__{key}") for key in ("id", "code", "name", "base_unit")}
        source = {key: row.pop(f"source_order__{key}") for key in ("id", "number")}
        row["source_order"] = source if source["id"] is not None else None
        row["kit_sku"] = kit if kit["id"] is not None else None
        result.append(row)
    return result


def order_actions(actor: Actor, order: dict[str, Any]) -> list[dict[str, Any]]:
    """Each action with whether it is possible now, and the reason where it is not."""
    state, held = order["state"], order["is_held"]
    ended = (
        _("Its goods travel in another order; act on that one, or part them first.")
        if state == MERGED
        else _("The order has ended: nothing is open in it any more.")
    )
    no = {
        "approve": ""
        if state == OrderState.PENDING or held
        else ended
        if state in CLOSED
        else _("The order is approved and no hold stands."),
        "hold": ended if state in CLOSED else "",
        "release-hold": "" if held else _("No hold stands."),
        "cancel": ended
        if state in CLOSED - {MERGED}
        else _("The warehouse has been asked already and will answer.")
        if order["is_cancelling"]
        else "",
        "change": ended if state in CLOSED else "",
        **_moves(state, order, ended),
    }
    needed = {"release-hold": "release"}
    missing = _("Your roles lack the permission for this.")
    return [
        {
            "code": code,
            "allowed": not reason and actor.may(f"orders.order.{needed.get(code, code)}"),
            "reason": reason or ("" if actor.may(f"orders.order.{needed.get(code, code)}") else missing),
        }
        for code, reason in no.items()
    ]


def _moves(state: str, order: dict[str, Any], ended: str) -> dict[str, str]:
    """Why lines cannot be moved or replaced now, by action; empty where they can."""
    late = ended if state in CLOSED else _("The warehouse works on it, so its lines stay where they are.")
    moving = "" if state in BEFORE_WAVE else late
    some = sum(line["reserved"] + line["backordered"] for line in order["lines"]) > 1
    return {
        "split": moving or ("" if some else _("There is only one unit in it.")),
        "merge": moving
        or (_("It is a pre-sale that waits for its release.") if order["awaits_release"] else ""),
        "unmerge": "" if state == MERGED else _("It is not merged into another order."),
        "substitute": moving
        or ("" if any(line["backordered"] for line in order["lines"]) else _("Nothing in it is short.")),
        "exchange": _("Nothing of it is on its way yet; change the order itself.")
        if state in {*BEFORE_WAVE, OrderState.CANCELLED}
        else "",
    }


def order_require(actor: Actor, order_id: int) -> None:
    """Raise :class:`OrderNotFound` unless the order exists within the actor's scope."""
    if not _in_scope(actor).filter(pk=order_id).exists():
        raise OrderNotFound(_("There is no such order, or it lies outside your shops."))


def _in_scope(actor: Actor) -> QuerySet[SalesOrder, SalesOrder]:
    orders = SalesOrder.objects.all()
    if actor.scope.shops is not None:
        orders = orders.filter(shop_id__in=actor.scope.shops)
    if actor.scope.owners is not None:
        orders = orders.filter(owner_id__in=actor.scope.owners)
    return orders


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=DESK)
