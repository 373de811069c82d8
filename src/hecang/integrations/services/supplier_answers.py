"""Answers of suppliers to our purchase orders (X12 855): each interchange once, each order by itself.

An answer with anything that cannot be understood changes nothing of its order; the others of the file are taken.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from hecang.integrations.channels.base import FileProblem
from hecang.integrations.channels.edi import judged, refusals, text_of
from hecang.integrations.channels.edi_answers import TYPES, Answer, AnsweredLine, Problem, answer_read
from hecang.integrations.channels.edi_envelope import Interchange, interchange_read
from hecang.integrations.models import SupplierFile
from hecang.integrations.supplier_edi import UNITS, partner_of
from hecang.kernel import clock
from hecang.kernel.db import execute, fetch, fetch_one, transactional
from hecang.kernel.errors import HecangError, InvalidInput, NotFound
from hecang.purchasing.selectors.for_answers import AnswerableLine, AnswerableOrder, answerable_order
from hecang.purchasing.services import LineConfirmed, order_confirm
from hecang.purchasing.services.links import link_settings

#: A day on which goods come lies within so many days.
FURTHEST: Final = timedelta(days=730)
#: Problems of a file that are kept.
MOST_PROBLEMS: Final = 100
#: How long a file is known again.
KEPT: Final = timedelta(days=400)
#: Numbers of the line's goods, as our 850 names them.
_CODES: Final = (("VP", "supplier_sku"), ("VN", "supplier_sku"), ("BP", "sku"), ("IN", "sku"))


@dataclass(slots=True)
class AnswersTaken:
    """What became of an interchange.

    :param is_known: it was taken before, and has changed nothing now.
    :param is_failed: nothing of it could be read, or its number was used for another file.
    :param orders: numbers of the orders that were answered.
    :param rejected: number of a transaction set → what is wrong in it.
    """

    interchange: Interchange
    is_known: bool = False
    is_failed: bool = False
    orders: list[str] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)
    rejected: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)


@transactional
def answers_take(*, supplier_id: int, content: bytes, name: str = "") -> AnswersTaken:
    """Read an interchange with 855s of a supplier and write its answers down; the same one again changes nothing.

    Locks the row of the file, then each order with its lines. Raises NotFound where the supplier has no EDI settings.

    :param name: of the file, for people.
    """
    settings = link_settings(supplier_id, "edi")
    if settings is None:
        raise NotFound(_("This supplier has no EDI connection. Set it up on the supplier's page."))
    digest = hashlib.sha256(content).hexdigest()
    interchange = interchange_read(text_of(content))
    taken = AnswersTaken(interchange)
    wrong = judged(interchange, partner_of(settings))
    key = f"sha256:{digest}" if wrong else f"isa:{interchange.number}"
    known = _remember(supplier_id, key, digest, name)
    if known is not None:
        taken.is_known = known.digest == digest
        taken.is_failed = not taken.is_known or known.state == SupplierFile.State.FAILED
        if taken.is_known:
            taken.orders = known.orders
            taken.problems = [FileProblem(**one) for one in known.problems]
            taken.rejected = {number: [(*one,) for one in wrong] for number, wrong in known.rejected.items()}
        else:
            text = _("The number of this file was used before, with other content.")
            taken.problems = [FileProblem("number_used", text)]
        return taken
    if wrong:
        taken.is_failed = True
        taken.problems = [FileProblem(code, message, row) for code, message, row in wrong]
    else:
        _apply(supplier_id, taken)
    _note(supplier_id, key, taken)
    return taken


def _remember(supplier_id: int, key: str, digest: str, name: str) -> SupplierFile | None:
    """Claim the file: ``None`` where nobody has; else what became of it. Waits for whoever takes it just now."""
    row = fetch_one(
        "INSERT INTO supplier_file (supplier_id, key, digest, name, state, orders, problems, rejected, taken_at)"
        " VALUES (%s, %s, %s, %s, 'taken', '[]', '[]', '{}', %s) ON CONFLICT (supplier_id, key) DO NOTHING RETURNING id",
        [
            supplier_id,
            key,
            digest,
            name.replace("\x00", "").encode("utf-8", "replace").decode()[:255],
            clock.now(),
        ],
    )
    if row is not None:
        return None
    return SupplierFile.objects.get(supplier_id=supplier_id, key=key)


def _note(supplier_id: int, key: str, taken: AnswersTaken) -> None:
    problems = [
        {"code": one.code, "message": one.message, "row": one.row, "field": one.field}
        for one in taken.problems[:MOST_PROBLEMS]
    ]
    execute(
        "UPDATE supplier_file SET state = %s, orders = %s, problems = %s, rejected = %s WHERE supplier_id = %s AND key = %s",
        [
            "failed" if taken.is_failed else "taken", json.dumps(taken.orders),
            json.dumps(problems, ensure_ascii=False), json.dumps(taken.rejected, ensure_ascii=False), supplier_id, key,
        ],
    )  # fmt: skip


def _apply(supplier_id: int, taken: AnswersTaken) -> None:
    for group in taken.interchange.groups:
        if group.kind == "FA":
            taken.problems += refusals(group)
            continue
        for one in group.transactions:
            if one.kind != "855":
                wrong: list[Problem] = [("unknown_set", f"{one.kind} is not taken here", 1, "ST01")]
            else:
                answer = answer_read(one)
                wrong = answer.problems or _answer(supplier_id, answer)
                if not wrong:
                    taken.orders.append(answer.number)
            if wrong:
                taken.rejected[one.number] = [(code, text, row) for code, text, row, _place in wrong]
                taken.problems += [
                    FileProblem(code, f"ST {one.number}: {text}", row, place)
                    for code, text, row, place in wrong
                ]


def _answer(supplier_id: int, answer: Answer) -> list[Problem]:
    """Write one answer down; what is wrong with it, and then nothing was written."""
    order = answerable_order(supplier_id=supplier_id, number=answer.number)
    if order is None:
        return [("unknown_order", f"BAK03 {answer.number} is no order of yours", answer.bak_row, "BAK03")]
    lines, wrong = _lines(order, answer)
    if wrong or not lines:
        return wrong
    try:
        with transaction.atomic():
            order_confirm(
                order_id=order.id,
                lines=[said for said, _row in lines],
                supplier_number=answer.supplier_number,
                revision=answer.revision,
            )
    except InvalidInput as error:
        rows = {f"lines.{place}.quantity": row for place, (_said, row) in enumerate(lines)}
        return [
            (one.code, one.message, rows.get(one.loc or "", answer.bak_row), "ACK02")
            for one in error.problems
        ]
    except HecangError as error:
        return [(error.instance_code, str(error), answer.bak_row, "BAK03")]
    return []


def _lines(order: AnswerableOrder, answer: Answer) -> tuple[list[tuple[LineConfirmed, int]], list[Problem]]:
    """What is said of each line, with the row that says it."""
    said: dict[int, tuple[LineConfirmed, int]] = {}
    held: set[int] = set()
    wrong: list[Problem] = []
    today = clock.today()
    for one in answer.lines:
        line, fault = _line_of(order, one)
        if line is None:
            wrong.append(fault)
        elif line.id in said or line.id in held:
            wrong.append(("line_twice", f"line {line.number} is answered twice", one.row, "PO101"))
        elif one.is_held:
            held.add(line.id)
        else:
            wrong += _faults(line, one, answer, today)
            said[line.id] = (_said(line, one, answer), one.row)
    rest = TYPES[answer.kind]
    if rest != "open":
        for line in order.lines:
            if line.id not in said and line.id not in held:
                units = line.quantity if rest == "accepted" else 0
                day = _day(line, answer.on, answer.ships_on)
                said[line.id] = (LineConfirmed(line.id, units, day), answer.bak_row)
    return list(said.values()), wrong


def _line_of(order: AnswerableOrder, one: AnsweredLine) -> tuple[AnswerableLine | None, Problem]:
    """The line that a PO1 means: by its number, else by the only one of its goods."""
    fault: Problem = (
        "unknown_line",
        f"PO101 {one.number[:20]} is no line of {order.number}",
        one.row,
        "PO101",
    )
    codes = {name: one.codes[qualifier] for qualifier, name in _CODES if one.codes.get(qualifier)}
    if one.number:
        line = next((line for line in order.lines if str(line.number) == one.number.lstrip("0")), None)
        if line is not None and any(getattr(line, name) not in {"", code} for name, code in codes.items()):
            given = ", ".join(codes.values())[:60]
            return None, ("line_differs", f"line {line.number} is {line.sku}, not {given}", one.row, "PO107")
        return line, fault
    found = [line for line in order.lines if codes and all(getattr(line, n) == c for n, c in codes.items())]
    if len(found) == 1:
        return found[0], fault
    return None, ("unknown_line", "PO1 names neither a line nor goods of one line only", one.row, "PO101")


def _faults(line: AnswerableLine, one: AnsweredLine, answer: Answer, today: date) -> list[Problem]:
    wrong: list[Problem] = []
    sent = UNITS.get(line.unit, "EA")
    if one.unit and one.unit != sent:
        wrong.append(("unit", f"PO103 is not {sent}, the unit of the order", one.row, "PO103"))
    said = _said(line, one, answer)
    if said.quantity > line.quantity:
        text = f"line {line.number} asks for {line.quantity}, not {said.quantity}: the buyer has to change the order"
        wrong.append(("too_many", text, one.row, "ACK02"))
    if (
        said.on not in {line.expected_on, line.confirmed_on}
        and said.on
        and not today <= said.on <= today + FURTHEST
    ):
        wrong.append(("day", f"{said.on} lies in the past, or too far ahead", one.row, "ACK05"))
    if "IP" in one.statuses and one.price is None:
        wrong.append(("price", "ACK01 IP changes the price: PO104 has to name it", one.row, "PO104"))
    return wrong


def _said(line: AnswerableLine, one: AnsweredLine, answer: Answer) -> LineConfirmed:
    units = one.units
    if units is None:  # no ACK, or one that says no number: what the PO1 says, or all that was ordered
        is_refused = not one.statuses and TYPES[answer.kind] == "refused"
        units = 0 if is_refused else line.quantity if one.ordered is None else one.ordered
    day = _day(line, one.on or answer.on, one.ships_on or answer.ships_on)
    return LineConfirmed(line.id, units, day, one.price)


def _day(line: AnswerableLine, on: date | None, ships_on: date | None) -> date | None:
    """The day of delivery; one of shipping only ever makes it later."""
    if on is not None or ships_on is None:
        return on
    return max(ships_on, line.expected_on) if line.expected_on else ships_on


def supplier_files_forget() -> int:
    """Forget files that were taken long ago; how many."""
    gone = fetch("DELETE FROM supplier_file WHERE taken_at < %s RETURNING id", [clock.now() - KEPT])
    return len(gone)
