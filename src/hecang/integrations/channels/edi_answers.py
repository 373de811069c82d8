"""What an X12 855 says: a supplier's answer to one of our purchase orders, line by line.

Which codes mean what follows the public lists of BAK02 (element 587, stedi.com/edi/x12-006010/element/587) and of
acknowledgement codes (Oracle Supply Chain, “Acknowledgment Codes”); where a line may be accepted for later or in part,
we read it as what can be counted on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from hecang.integrations.channels.edi_envelope import Segment, Transaction

#: BAK01: original, change, replace, confirmation, duplicate.
PURPOSES: Final = frozenset({"00", "04", "05", "06", "07"})
#: BAK02 → what holds for lines that the answer does not name: accepted as ordered, refused, or still to be answered.
TYPES: Final[Mapping[str, str]] = {
    "AK": "accepted", "AT": "accepted", "AE": "accepted", "AC": "open", "AD": "open", "RO": "open",
    "RD": "refused", "RF": "refused", "RJ": "refused", "RN": "refused", "RV": "refused",
}  # fmt: skip
#: BAK02 that needs no line: all of it is accepted, or refused.
WHOLE: Final = frozenset({"AK", "AT", "AE", "AD", "RD", "RF", "RJ", "RN", "RV"})
#: ACK01: units that come, the changed ones among them.
TAKEN: Final = frozenset({"IA", "AA", "AC", "AR", "IC", "IP", "IQ", "DR", "SP", "BP"})
BACKORDERED: Final = "IB"
REFUSED: Final = frozenset({"IR", "ID", "RJ", "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8"})
#: No answer yet: the line waits for another 855.
HELD: Final = frozenset({"IE", "IF", "IH", "IW"})
SUBSTITUTED: Final = "IS"
#: ACK04 and DTM01: days on which goods are delivered, and on which they leave, which is never later.
DELIVERY_DAYS: Final = frozenset({"002", "017", "067", "069", "074", "371"})
SHIPPING_DAYS: Final = frozenset({"010", "068", "079"})
MOST_LINES: Final = 5000

Problem = tuple[str, str, int, str]


@dataclass(slots=True)
class AnsweredLine:
    """A PO1 with its ACKs.

    :param number: PO101, the line's number in our order; empty where the answer names none.
    :param codes: qualifier → product number.
    :param ordered: PO102, where it is named.
    :param units: that come; ``None`` where nothing says how many, so those of the order.
    :param statuses: all ACK01.
    """

    row: int
    number: str
    codes: dict[str, str]
    ordered: int | None
    unit: str
    price: Decimal | None
    units: int | None = None
    statuses: list[str] = field(default_factory=list)
    on: date | None = None
    ships_on: date | None = None

    @property
    def is_held(self) -> bool:
        """It is not answered yet."""
        return bool(self.statuses) and set(self.statuses) <= HELD


@dataclass(slots=True)
class Answer:
    """An 855 that was read. ``problems`` are (code, message, row, element)."""

    transaction: Transaction
    number: str = ""
    kind: str = ""
    revision: int | None = None
    supplier_number: str = ""
    on: date | None = None
    ships_on: date | None = None
    lines: list[AnsweredLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    counted: int = 0
    bak_row: int = 1


def answer_read(transaction: Transaction) -> Answer:
    """One 855; what cannot be understood is among its problems, each with segment and element."""
    answer = Answer(transaction, problems=[(*one, "") for one in transaction.problems])
    for segment in transaction.segments:
        _take(answer, segment)
    if not answer.kind and not answer.problems:
        answer.problems.append(("no_bak", "there is no BAK", 1, "BAK"))
    if answer.kind in TYPES and answer.kind not in WHOLE and not answer.lines and not answer.problems:
        text = f"BAK02 {answer.kind} needs lines, there is no PO1"
        answer.problems.append(("no_lines", text, answer.bak_row, "BAK02"))
    return answer


def _take(answer: Answer, segment: Segment) -> None:
    match segment.name:
        case "BAK":
            _head(answer, segment)
        case "REF" if segment.get(1) == "PP" and not answer.lines:
            if segment.get(2).isdecimal():
                answer.revision = int(segment.get(2))
        case "DTM":
            _day(answer, answer.lines[-1] if answer.lines else answer, segment, 1)
        case "PO1":
            answer.counted += 1
            _line(answer, segment)
        case "ACK":
            _status(answer, segment)
        case "SCH":
            answer.problems.append(
                ("schedule", "SCH is not taken: give each part an ACK of its own", segment.row, "SCH")
            )
        case "CTT" if segment.get(1) and segment.get(1) != str(answer.counted):
            text = f"CTT01 says {segment.get(1)[:10]} lines, there are {answer.counted}"
            answer.problems.append(("line_count", text, segment.row, "CTT01"))


def _head(answer: Answer, segment: Segment) -> None:
    answer.bak_row = segment.row
    answer.kind, answer.number = segment.get(2), segment.get(3)[:64]
    answer.supplier_number = segment.get(8)[:64]
    if segment.get(1) not in PURPOSES:
        text = f"BAK01 {segment.get(1)} is not taken here"
        answer.problems.append(("purpose", text, segment.row, "BAK01"))
    if answer.kind not in TYPES:
        text = f"BAK02 {segment.get(2)} is no answer that is taken here"
        answer.problems.append(("type", text, segment.row, "BAK02"))
    if not answer.number:
        answer.problems.append(("no_number", "BAK03 has no number of an order", segment.row, "BAK03"))


def _line(answer: Answer, segment: Segment) -> None:
    if len(answer.lines) >= MOST_LINES:
        if answer.counted == MOST_LINES + 1:
            answer.problems.append(("too_many_lines", f"more than {MOST_LINES} lines", segment.row, "PO1"))
        return
    ordered = _units(answer, segment, 2) if segment.get(2) else None
    price = None
    if segment.get(4):
        price = _decimal(segment.get(4))
        if price is None or not 0 <= price < 10**9:
            text = f"PO104 is no price: {segment.get(4)[:20]}"
            answer.problems.append(("price", text, segment.row, "PO104"))
            price = None
    codes = {segment.get(at): segment.get(at + 1) for at in range(6, 26, 2) if segment.get(at)}
    answer.lines.append(
        AnsweredLine(segment.row, segment.get(1).strip(), codes, ordered, segment.get(3), price)
    )


def _status(answer: Answer, segment: Segment) -> None:
    if not answer.lines:
        answer.problems.append(("no_line", "this ACK belongs to no PO1", segment.row, "ACK"))
        return
    line, status = answer.lines[-1], segment.get(1)
    line.statuses.append(status)
    if status == SUBSTITUTED:
        text = "ACK01 IS offers other goods: the buyer has to change the order"
        answer.problems.append(("substitution", text, segment.row, "ACK01"))
        return
    if status not in TAKEN | REFUSED | HELD | {BACKORDERED}:
        answer.problems.append(("status", f"ACK01 {status[:4]} is not known", segment.row, "ACK01"))
        return
    if segment.get(3) and line.unit and segment.get(3) != line.unit:
        text = f"ACK03 {segment.get(3)[:4]} is not the unit of PO103, {line.unit[:4]}"
        answer.problems.append(("unit", text, segment.row, "ACK03"))
        return
    if status in HELD:
        return
    units = 0 if status in REFUSED else _units(answer, segment, 2) if segment.get(2) else line.ordered
    has_day = _day(answer, line, segment, 4)
    if status == "BP" and not segment.get(2):
        answer.problems.append(
            ("quantity", "ACK02 has to say how many of the line come", segment.row, "ACK02")
        )
    if status == BACKORDERED and not has_day:
        units = 0  # nobody knows when it comes: nothing can be promised of it
    if units is not None:
        line.units = (line.units or 0) + units


def _day(answer: Answer, of: AnsweredLine | Answer, segment: Segment, at: int) -> bool:
    """Note the day behind a qualifier, the latest of several; whether there was one."""
    qualifier, text = segment.get(at), segment.get(at + 1)
    if qualifier not in DELIVERY_DAYS | SHIPPING_DAYS or not text:
        return False
    try:
        found = datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 - a calendar day
    except ValueError:
        name = f"{segment.name}{at + 1:02}"
        answer.problems.append(("date", f"{name} is no date: {text[:12]}", segment.row, name))
        return False
    if qualifier in DELIVERY_DAYS:
        of.on = max(found, of.on or found)
    else:
        of.ships_on = max(found, of.ships_on or found)
    return True


def _units(answer: Answer, segment: Segment, at: int) -> int | None:
    number = _decimal(segment.get(at))
    if number is not None and number == number.to_integral_value() and 0 <= number <= 10**12:
        return int(number)
    name = f"{segment.name}{at:02}"
    text = f"{name} is no number of units: {segment.get(at)[:20]}"
    answer.problems.append(("quantity", text, segment.row, name))
    return None


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
