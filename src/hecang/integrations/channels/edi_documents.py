"""What X12 documents say: purchase orders (850) read, ship notices (856) and acknowledgements (997) written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from hecang.integrations.channels.base import ChannelLine, ChannelOrder, OrderStatus, Shipment
from hecang.integrations.channels.edi_envelope import Group, Segment, Transaction
from hecang.orders.services import RecipientIn

#: Purposes of a purchase order (BEG01) that ask for goods.
ORDERING = {"00", "05", "06", "07"}
CANCELLATION = "01"
#: Dates of an order by their qualifier.
DATES = {"038": "ship_by", "010": "ship_after", "037": "ship_after"}
MOST_LINES = 5000


@dataclass(slots=True)
class Read:
    """A transaction set that was read. ``problems`` are (code, message, row)."""

    transaction: Transaction
    order: ChannelOrder | None = None
    problems: list[tuple[str, str, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Draft:
    """What has been read of an order so far."""

    head: dict[str, str] = field(default_factory=dict)
    dates: dict[str, datetime] = field(default_factory=dict)
    to: dict[str, Any] = field(default_factory=dict)
    lines: list[ChannelLine] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    freight: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    party: str = ""
    #: PO1 segments, readable or not.
    counted: int = 0


def purchase_order_read(transaction: Transaction, qualifiers: Sequence[str], at: datetime) -> Read:
    """One 850.

    :param qualifiers: which of the product numbers of a PO1 is our SKU, the best first.
    :param at: when the file was written.
    """
    read = Read(transaction, problems=list(transaction.problems))
    draft = _Draft()
    for segment in transaction.segments:
        _take(draft, segment, qualifiers, read)
    number = draft.head.get("number", "")
    if not number:
        read.problems.append(("no_number", "BEG03 has no number of the order", 1))
    is_cancelled = draft.head.get("purpose") == CANCELLATION
    if not draft.lines and not is_cancelled and not read.problems:
        read.problems.append(("no_lines", "there is no PO1", 1))
    if read.problems:
        return read
    placed_at = draft.dates.get("placed_at", at)
    read.order = ChannelOrder(
        number=number,
        status=OrderStatus.CANCELLED if is_cancelled else OrderStatus.TO_SHIP,
        created_at=placed_at,
        paid_at=placed_at,
        modified_at=at,
        lines=draft.lines,
        recipient=RecipientIn(**draft.to),
        buyer=draft.head.get("buyer", ""),
        currency=draft.head.get("currency", ""),
        discount=draft.discount,
        freight=draft.freight,
        buyer_remark=" ".join(draft.remarks)[:500],
        ship_by=draft.dates.get("ship_by"),
        ship_after=draft.dates.get("ship_after"),
    )
    return read


def _take(draft: _Draft, segment: Segment, qualifiers: Sequence[str], read: Read) -> None:
    match segment.name:
        case "BEG":
            draft.head.update(purpose=segment.get(1), number=segment.get(3)[:64])
            if segment.get(1) not in {*ORDERING, CANCELLATION}:
                read.problems.append(("purpose", f"BEG01 {segment.get(1)} is not known", segment.row))
            _date(draft, "placed_at", segment.get(5), segment, read)
        case "CUR":
            draft.head["currency"] = segment.get(2)[:3]
        case "DTM" if segment.get(1) in DATES and not draft.lines:
            _date(draft, DATES[segment.get(1)], segment.get(2), segment, read)
        case "MSG" | "NTE":
            draft.remarks.append(segment.get(1 if segment.name == "MSG" else 2))
        case "N1" | "N2" | "N3" | "N4" | "PER":
            _address(draft, segment)
        case "PO1":
            draft.counted += 1
            _line(draft, segment, qualifiers, read)
        case "PID" if draft.lines and segment.get(5):
            last = draft.lines[-1]
            draft.lines[-1] = _named(last, segment.get(5))
        case _:
            _money_and_count(draft, segment, read)


def _money_and_count(draft: _Draft, segment: Segment, read: Read) -> None:
    """Charges (C) are freight, allowances (A) a discount, both with two implied decimals; CTT01 counts the lines."""
    match segment.name, segment.get(1):
        case "SAC", "C":
            draft.freight += (_number(segment.get(5)) or Decimal(0)) / 100
        case "SAC", "A":
            draft.discount += (_number(segment.get(5)) or Decimal(0)) / 100
        case "CTT", count if count and _number(count) != draft.counted:
            text = f"CTT01 says {count[:10]} lines, there are {draft.counted}"
            read.problems.append(("line_count", text, segment.row))


def _address(draft: _Draft, segment: Segment) -> None:
    """The party that goods are shipped to (ST), and the name of the buyer (BY)."""
    if segment.name == "N1":
        draft.party = segment.get(1)
        if draft.party == "BY":
            draft.head["buyer"] = (segment.get(4) or segment.get(2))[:100]
    if draft.party != "ST":
        return
    match segment.name:
        case "N1":
            draft.to["name"] = segment.get(2)[:100]
        case "N3":
            known = draft.to.get("address", "")
            draft.to["address"] = " ".join(filter(None, (known, segment.get(1), segment.get(2))))[:300]
        case "N4":
            names = {"city": 1, "province": 2, "postcode": 3, "country": 4}
            draft.to.update({name: segment.get(place) for name, place in names.items() if segment.get(place)})
        case "PER":
            for place in (3, 5, 7):
                if segment.get(place) == "TE":
                    draft.to["phone"] = segment.get(place + 1)[:40]


def _line(draft: _Draft, segment: Segment, qualifiers: Sequence[str], read: Read) -> None:
    numbers = {segment.get(place): segment.get(place + 1) for place in range(6, 26, 2) if segment.get(place)}
    qualifier = next((one for one in qualifiers if numbers.get(one)), "")
    quantity, price = _number(segment.get(2)), _number(segment.get(4) or "0")
    if not qualifier:
        read.problems.append(("no_product", f"PO1 has none of {', '.join(qualifiers)}", segment.row))
    elif (
        quantity is None or quantity <= 0 or quantity != quantity.to_integral_value() or quantity > 1_000_000
    ):
        read.problems.append(("quantity", f"PO102 is no number of units: {segment.get(2)[:20]}", segment.row))
    elif price is None or price < 0:
        read.problems.append(("price", f"PO104 is no price: {segment.get(4)[:20]}", segment.row))
    elif len(draft.lines) >= MOST_LINES:
        read.problems.append(("too_many_lines", f"more than {MOST_LINES} lines", segment.row))
    else:
        name = segment.get(1)[:56] or str(len(draft.lines) + 1)
        taken = {line.external_line for line in draft.lines}
        external = name if name not in taken else f"{name}#{len(draft.lines) + 1}"
        sku = numbers[qualifier][:64]
        draft.lines.append(ChannelLine(external, sku, qualifier, sku, "", int(quantity), price))


def _named(line: ChannelLine, title: str) -> ChannelLine:
    return ChannelLine(
        line.external_line, line.product_id, line.variant_id, line.outer_sku, title[:300], line.quantity,
        line.unit_price,
    )  # fmt: skip


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**12 else None


def _date(draft: _Draft, name: str, text: str, segment: Segment, read: Read) -> None:
    if not text:
        return
    try:
        draft.dates[name] = datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC)
    except ValueError:
        read.problems.append(("date", f"{segment.name} has no date: {text[:20]}", segment.row))


def ship_notice(shipment: Shipment, carrier: str, quantity_unit: str = "EA") -> list[list[str]]:
    """The segments of an 856: shipment, order, pack, items (BSN05 0001)."""
    at = shipment.shipped_at.astimezone(UTC)
    body = [
        ["BSN", "00", shipment.key[:30], f"{at:%Y%m%d}", f"{at:%H%M}", "0001"],
        ["HL", "1", "", "S", "1"],
        ["TD5", "B", "2", carrier[:80]],
        ["REF", "CN", shipment.waybill[:50]],
        ["DTM", "011", f"{at:%Y%m%d}", f"{at:%H%M}"],
        ["HL", "2", "1", "O", "1"],
        ["PRF", shipment.order_number],
        ["HL", "3", "2", "P", "1"],
        ["MAN", "GM", shipment.waybill]
        if is_sscc(shipment.waybill)
        else ["MAN", "CP", shipment.waybill[:48]],
    ]
    for count, line in enumerate(shipment.lines, start=4):
        body += [
            ["HL", str(count), "3", "I", "0"],
            ["LIN", line.external_line[:20], line.variant_id or "VN", line.product_id[:48]],
            ["SN1", "", str(line.quantity), quantity_unit],
        ]
    return [*body, ["CTT", str(3 + len(shipment.lines))]]


def is_sscc(text: str) -> bool:
    """Whether a number is an SSCC-18 of GS1, by its length and check digit."""
    digits = text.removeprefix("00") if len(text) == 20 else text
    if len(digits) != 18 or not (digits.isascii() and digits.isdigit()):
        return False
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits[:17]))
    return (10 - total % 10) % 10 == int(digits[17])


def acknowledgement(group: Group, rejected: Mapping[str, Sequence[tuple[str, str, int]]]) -> list[list[str]]:
    """The segments of a 997 for one functional group.

    :param rejected: number of a transaction set → what is wrong in it.
    """
    body = [["AK1", group.kind, group.number]]
    for one in group.transactions:
        body.append(["AK2", one.kind, one.number])
        problems = rejected.get(one.number, ())
        for code, _message, row in problems[:20]:
            segment = next((part for part in one.segments if part.row == row), None)
            if segment is not None and not code.startswith("x12"):
                place = one.segments.index(segment) + 2  # ST is the first
                body.append(["AK3", segment.name, str(place), "", "8"])
        body.append(["AK5", "R", "5"] if problems else ["AK5", "A"])
    total, bad = len(group.transactions), len(rejected)
    code = "A" if not bad else "R" if bad == total else "P"
    return [*body, ["AK9", code, str(total), str(total), str(total - bad)]]
