"""From what a channel sent to what will be written: SKUs found, kits opened, regions resolved, names hidden.

Nothing is locked and nothing is written here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from hecang.catalog.selectors import SkuRef, kit_components, skus_by_code
from hecang.inventory.selectors import availability_for
from hecang.kernel.crypto import encrypt_json, keyed_hash, mask_name, mask_phone
from hecang.orders.audit import AuditHold, OrderFacts
from hecang.orders.audit.ruling import Ruling
from hecang.orders.hashes import name_digest
from hecang.orders.selectors.shops import ShopRef
from hecang.orders.services.intake.inputs import (
    MAX_AMOUNT,
    MAX_QUANTITY,
    ZERO,
    LineIn,
    OrderIn,
    Problems,
    RecipientIn,
    bad_quantity,
)
from hecang.orders.services.offers import Wish
from hecang.orders.sourcing import SourcingPlan
from hecang.partners.phones import phone_hash, phone_normalise
from hecang.partners.selectors import (
    CustomerRef,
    customers_by_code,
    region_from_text,
    region_resolve,
    regions_by_code,
)

CENT: Final = Decimal("0.01")
PRICE: Final = Decimal("0.0001")
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_OTHER_PHONE: Final = re.compile(r"\+?\d{7,15}")


class DraftLine(NamedTuple):
    """A line as it will be written, still without its key and its promises."""

    line_no: int
    sku_id: int
    kit_sku_id: int | None
    quantity: int
    unit_price: Decimal
    amount: Decimal
    kind: str = "goods"
    external_line: str = ""


@dataclass(slots=True)
class Recipient:
    """Who gets it, as it is stored: encrypted, masked, and hashed for search."""

    cipher: bytes | None = None
    masked: str = ""
    phone_hash: str = ""
    phone_tail: str = ""
    name_hash: str = ""
    region_code: str = ""
    region_level: str = ""
    digest: str = ""
    is_sealed: bool = False
    missing: tuple[str, ...] = ("name", "phone", "address")


@dataclass(slots=True)
class Draft:
    """One order on its way into the tables.

    :param index: of the order in the call.
    :param items: SKU id → units, summed over the lines; ``gifts`` those of them that are gifts.
    :param ruling: what rules said before sourcing, and ``late`` what they said after it; ``before_late`` are tags and
        service as they were until then, ``waived`` the holds that rules took away.
    """

    index: int
    order: OrderIn
    shop: ShopRef
    recipient: Recipient
    customer_id: int | None
    lines: list[DraftLine]
    items: dict[int, int]
    goods_amount: Decimal
    total_amount: Decimal
    unit_count: int
    content_hash: str
    facts: OrderFacts
    gifts: dict[int, int] = field(default_factory=dict)
    priority: int = 100
    tags: Sequence[str] = ()
    service_id: int | None = None
    warehouses_only: list[int] = field(default_factory=list)
    warehouses_never: list[int] = field(default_factory=list)
    ruling: Ruling | None = None
    late: Ruling | None = None
    before_late: tuple[Sequence[str], int | None] | None = None
    waived: list[AuditHold] = field(default_factory=list)
    holds: list[AuditHold] = field(default_factory=list)
    plan: SourcingPlan | None = None
    expected_at: datetime | None = None
    promised_at: datetime | None = None
    weighing: str = ""
    id: int = 0
    line_ids: Sequence[int] = ()
    number: str = ""
    state: str = ""

    @property
    def key(self) -> tuple[int, str]:
        """The natural key."""
        return self.shop.id, self.order.external_number

    @property
    def wish(self) -> Wish:
        """What decides from where it can come."""
        return Wish(
            self.recipient.region_code,
            self.service_id,
            tuple(self.warehouses_only),
            tuple(self.warehouses_never),
        )

    @property
    def awaits_release(self) -> bool:
        """A pre-sale takes no stock before it is released."""
        return self.order.kind == "presale"

    @property
    def short_of_goods(self) -> dict[int, int]:
        """SKU id → units that the order lacks and that may hold it: neither gifts nor what waits for its release."""
        if self.plan is None or self.awaits_release:
            return {}
        short = {sku: units - self.gifts.get(sku, 0) for sku, units in self.plan.short.items()}
        return {sku: units for sku, units in short.items() if units > 0}

    @property
    def is_short(self) -> bool:
        return self.plan is not None and bool(self.plan.short)


def drafts_make(
    pairs: Sequence[tuple[int | str, OrderIn]], shops: dict[int | str, ShopRef], problems: Problems
) -> list[Draft]:
    """One draft for each order that nothing is wrong with; what is wrong goes to ``problems``.

    Two to four statements: SKUs, components of kits, customers; regions the first time.
    """
    codes = {line.sku for _shop, order in pairs for line in order.lines}
    skus = skus_by_code(codes)
    kits = [sku.id for sku in skus.values() if sku.kind == "kit"]
    components = kit_components(kits) if kits else {}
    whole = _kits_whole(pairs, shops, skus)
    customer_codes = {order.customer_code for _shop, order in pairs if order.customer_code}
    customers = customers_by_code(customer_codes) if customer_codes else {}
    drafts = []
    for index, (shop, order) in enumerate(pairs):
        recipient = recipient_make(order.recipient, index, problems)
        customer = _customer(index, order, customers, problems)
        lines, items = _lines(
            index, order.lines, skus, components, whole.get(shops[shop].owner_id, {}), problems
        )
        if index not in problems.bad_orders:
            drafts.append(_draft(index, order, shops[shop], recipient, customer, lines, items))
    return drafts


def lines_open(lines: Sequence[LineIn], problems: Problems, *, owner_id: int) -> list[DraftLine]:
    """Lines with SKUs found and kits opened, as drafts do it; noted as those of order 0. Two statements."""
    skus = skus_by_code({line.sku for line in lines})
    kits = [sku.id for sku in skus.values() if sku.kind == "kit"]
    components = kit_components(kits) if kits else {}
    return _lines(0, lines, skus, components, _whole_of(owner_id, skus), problems)[0]


def _kits_whole(
    pairs: Sequence[tuple[int | str, OrderIn]], shops: dict[int | str, ShopRef], skus: dict[str, SkuRef]
) -> dict[int, dict[int, int]]:
    """Owner id → :func:`_whole_of`. Nothing is asked where no kit may be kept whole."""
    if all(sku.kind != "kit" or sku.is_exploded for sku in skus.values()):
        return {}
    owners = {shops[shop].owner_id for shop, _order in pairs}
    return {owner: _whole_of(owner, skus) for owner in sorted(owners)}


def _whole_of(owner_id: int, skus: dict[str, SkuRef]) -> dict[int, int]:
    """Kit id → how many of it an order may have in one piece: any number, or as many as one warehouse has packed."""
    kits = {sku.id: sku.kit_mode for sku in skus.values() if sku.kind == "kit" and not sku.is_exploded}
    whole = {kit: MAX_QUANTITY for kit, mode in kits.items() if mode == "keep"}
    maybe = sorted(kits.keys() - whole.keys())
    if maybe:
        for (_warehouse, kit), units in availability_for(sku_ids=maybe, owner_id=owner_id).items():
            whole[kit] = max(units, whole.get(kit, 0))
    return whole


def _draft(
    index: int,
    order: OrderIn,
    shop: ShopRef,
    recipient: Recipient,
    customer: CustomerRef | None,
    lines: list[DraftLine],
    items: dict[int, int],
) -> Draft:
    goods = sum((line.amount for line in lines), ZERO)
    total = order.total_amount
    if total is None:
        total = max(ZERO, goods - order.discount_amount + order.freight_amount)
    digest = content_digest(recipient, items)
    facts = OrderFacts(
        index=index,
        shop=shop.rules,
        placed_at=order.placed_at,
        total_amount=total,
        missing=recipient.missing,
        region_level=recipient.region_level,
        phone_hash=recipient.phone_hash,
        customer_blocked=customer.blocked_reason if customer is not None and customer.is_blocked else None,
        content_hash=digest,
        buyer_remark=order.buyer_remark,
        shop_id=shop.id,
        skus=frozenset(line.sku_id for line in lines if line.kind != "gift"),
    )
    return Draft(
        index=index,
        order=order,
        shop=shop,
        recipient=recipient,
        customer_id=None if customer is None else customer.id,
        lines=lines,
        items=items,
        goods_amount=goods,
        total_amount=total,
        unit_count=sum(items.values()),
        content_hash=digest,
        facts=facts,
        gifts=_gifts(lines),
        priority=order.priority,
        tags=order.tags,
        service_id=order.service_id,
        warehouses_only=list(order.warehouses_only),
    )


def _gifts(lines: Sequence[DraftLine]) -> dict[int, int]:
    gifts: dict[int, int] = {}
    for line in lines:
        if line.kind == "gift":
            gifts[line.sku_id] = gifts.get(line.sku_id, 0) + line.quantity
    return gifts


def _customer(
    index: int, order: OrderIn, customers: dict[str, CustomerRef], problems: Problems
) -> CustomerRef | None:
    if not order.customer_code:
        return None
    customer = customers.get(order.customer_code)
    if customer is None:
        problems.add(index, "customer_code", "unknown_customer", _("There is no customer with this code."))
    return customer


# ------------------------------------------------------------------ lines


def _lines(
    index: int,
    lines: Sequence[LineIn],
    skus: dict[str, SkuRef],
    components: dict[int, list[tuple[int, int]]],
    whole: dict[int, int],
    problems: Problems,
) -> tuple[list[DraftLine], dict[int, int]]:
    """The lines with kits opened, and the units per SKU. The one loop that runs for every line of a call."""
    made: list[DraftLine] = []
    items: dict[int, int] = {}
    number = 0
    for position, line in enumerate(lines):
        sku = skus.get(line.sku)
        if sku is None or sku.status != "active":
            _refuse_sku(index, position, line.sku, sku, problems)
            continue
        quantity = line.quantity
        amount = line.amount
        if amount is None:
            amount = (line.unit_price * quantity).quantize(CENT, ROUND_HALF_UP)
        if amount > MAX_AMOUNT:
            problems.add(
                index, "unit_price", "bad_amount", _("Price times quantity is too large."), line=position
            )
            continue
        if sku.kind == "kit" and quantity > whole.get(sku.id, 0):
            parts = components.get(sku.id)
            if not parts or any(each * quantity > MAX_QUANTITY for _sku, each in parts):
                _refuse_kit(index, position, bool(parts), problems)
                continue
            for part in _kit_lines(number, sku.id, parts, line, amount):
                number = part.line_no
                made.append(part)
                items[part.sku_id] = items.get(part.sku_id, 0) + part.quantity
        else:
            number += 1
            made.append(
                DraftLine(
                    number, sku.id, None, quantity, line.unit_price, amount, line.kind, line.external_line
                )
            )
            items[sku.id] = items.get(sku.id, 0) + quantity
    return made, items


def _kit_lines(
    number: int, kit_id: int, parts: Sequence[tuple[int, int]], sold: LineIn, amount: Decimal
) -> list[DraftLine]:
    """A kit as its components; its price is spread over their units, the last cent falls to the last."""
    units = sum(each for _sku, each in parts)
    left = amount
    lines = []
    for place, (sku_id, each) in enumerate(parts, 1):
        share = left if place == len(parts) else (amount * each / units).quantize(CENT, ROUND_HALF_UP)
        share = min(share, left)
        left -= share
        quantity = each * sold.quantity
        price = (share / quantity).quantize(PRICE, ROUND_HALF_UP)
        lines.append(
            DraftLine(number + place, sku_id, kit_id, quantity, price, share, sold.kind, sold.external_line)
        )
    return lines


def _refuse_sku(index: int, position: int, code: str, sku: SkuRef | None, problems: Problems) -> None:
    if sku is None:
        message = _("There is no SKU with the code “%(code)s”. Create it, or correct the code.")
        problems.add(index, "sku", "unknown_sku", message % {"code": code[:64]}, line=position)
    else:
        message = _("SKU “%(code)s” is not for sale (%(status)s). Activate it, or take another.")
        problems.add(
            index, "sku", "inactive_sku", message % {"code": code, "status": sku.status}, line=position
        )


def _refuse_kit(index: int, position: int, has_parts: bool, problems: Problems) -> None:
    if has_parts:
        problems.add(index, "quantity", "bad_quantity", bad_quantity(), line=position)
    else:
        message = _("This kit has no components yet. Say what it is made of first.")
        problems.add(index, "sku", "empty_kit", message, line=position)


# ------------------------------------------------------------------ recipient


def recipient_make(given: RecipientIn, index: int, problems: Problems) -> Recipient:
    """The recipient as it is stored. Notes an unknown region code; other gaps are for the audit."""
    name, phone, address = given.name.strip(), given.phone.strip(), given.address.strip()
    region = _region(given, index, problems)
    if not (name or phone or address or region or given.country or given.sealed):
        return Recipient()
    hidden = "*" in phone
    number = "" if hidden else phone_normalise(phone)
    missing = []
    if not name:
        missing.append("name")
    if not (_MOBILE if len(number) == 11 and number[0] == "1" else _OTHER_PHONE).fullmatch(number):
        missing.append("phone")
    if len(address) < 4:
        missing.append("address")
    clear = {
        "name": name,
        "phone": phone,
        "address": address,
        "postcode": given.postcode.strip(),
        "province": given.province,
        "city": given.city,
        "district": given.district,
        "country": given.country,
        "sealed": given.sealed,
    }
    phone_key, name_key = phone_hash(phone) if number else "", name_digest(name)
    return Recipient(
        cipher=encrypt_json({key: value for key, value in clear.items() if value}),
        masked=" ".join(part for part in (mask_name(name), mask_phone(number or phone)) if part)[:100],
        phone_hash=phone_key,
        phone_tail=number[-4:] if len(number) >= 4 else "",
        name_hash=name_key,
        region_code=region,
        region_level=region_level(region),
        digest=_recipient_digest(given.sealed, phone_key, name_key, region, address),
        is_sealed=bool(given.sealed),
        # What the platform keeps to itself it prints on the waybill itself.
        missing=() if given.sealed else tuple(missing),
    )


def _recipient_digest(sealed: dict[str, str], phone: str, name: str, region: str, address: str) -> str:
    """32 hex digits that are equal for the same person at the same address; empty where that is not known."""
    if sealed:
        told = sealed.get("oaid") or "|".join(f"{key}={sealed[key]}" for key in sorted(sealed))
        return keyed_hash(f"sealed:{told}")[:32]
    if not (phone and name and region and address):
        return ""
    return keyed_hash(f"recipient:{phone}|{name}|{region}|{''.join(address.casefold().split())}")[:32]


def region_level(code: str) -> str:
    """Level of a region code, as its zeros tell it; empty for none."""
    if not code:
        return ""
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "district"


def _region(given: RecipientIn, index: int, problems: Problems) -> str:
    if given.region_code:
        if given.region_code not in regions_by_code([given.region_code]):
            message = _("There is no region with the code “%(code)s”. Leave it empty to have it looked up.")
            problems.add(
                index,
                "region_code",
                "unknown_region",
                message % {"code": given.region_code[:6]},
                inside="recipient",
            )
        return given.region_code
    if given.province or given.city or given.district:
        found = region_resolve(given.province, given.city, given.district)
        if found is not None and not found.endswith("00"):
            return found
        # The district may stand in the street's field only.
        longer = region_from_text(f"{given.province}{given.city}{given.district}{given.address}")
        if found is None or (longer is not None and longer[:2] == found[:2] and not longer.endswith("00")):
            return longer or ""
        return found
    if given.address:
        return region_from_text(given.address) or ""
    return ""


def content_digest(recipient: Recipient, items: dict[int, int]) -> str:
    """32 hex digits that are equal for the same recipient and the same goods; empty without a recipient.

    Made of keyed hashes, so that it tells nothing to whoever reads a dump.
    """
    if not (recipient.phone_hash or recipient.name_hash or recipient.is_sealed):
        return ""
    # A name alone is no person, and masked texts of a sealed one are nobody's: their token is.
    who = recipient.phone_hash or (recipient.digest if recipient.is_sealed else recipient.region_code)
    text = f"{who}|{recipient.name_hash}|{sorted(items.items())}"
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
