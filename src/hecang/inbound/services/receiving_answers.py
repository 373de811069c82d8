"""What a receiver is told about a scan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from hecang.inbound.door import Part


@dataclass(frozen=True, slots=True)
class ReceiveResult:
    """The answer to one scan.

    :param ok: whether it was taken; a refused scan has changed nothing.
    :param code: why not, such as ``lot_missing``.
    :param booked: base units that are in the house now; the others were left at the door.
    :param found: discrepancies that were written: kind → units.
    :param conditions: condition → units booked in it.
    :param repeated: this is the first answer, given again.
    """

    scan_id: UUID
    ok: bool
    code: str = ""
    message: str = ""
    booked: int = 0
    left_out: int = 0
    found: Mapping[str, int] = field(default_factory=dict)
    conditions: Mapping[str, int] = field(default_factory=dict)
    lot_code: str = ""
    line_ids: tuple[int, ...] = ()
    repeated: bool = False
    undone: bool = False


def answer_of(scan_id: UUID, parts: Sequence[tuple[Part, int, str]]) -> ReceiveResult:
    conditions: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for part, _line_id, _lot in parts:
        if part.quantity:
            conditions[part.condition] += part.quantity
        for one in part.found:
            found[one.kind] += one.quantity
    booked = sum(part.quantity for part, *_rest in parts)
    left_out = sum(part.refused for part, *_rest in parts)
    return ReceiveResult(
        scan_id,
        True,
        "" if booked else "left_at_the_door",
        message_of(booked, left_out, found),
        booked,
        left_out,
        dict(found),
        dict(conditions),
        parts[0][2],
        tuple(line_id for _part, line_id, _lot in parts),
    )


def message_of(booked: int, left_out: int, found: Mapping[str, int]) -> str:
    """What became of a scan, in one sentence for the receiver; empty where there is nothing to say."""
    if left_out and "expired" in found:
        return _("Expired: leave %(units)s units at the door and give them back.") % {"units": left_out}
    if left_out and "short_life" in found:
        return _("Too little life left: leave %(units)s units at the door and give them back.") % {
            "units": left_out
        }
    if left_out and "held" in found:
        return _("The lot is held: leave %(units)s units at the door.") % {"units": left_out}
    if left_out and "over" in found:
        return _("More than was ordered: %(booked)s units taken, leave %(units)s at the door.") % {
            "booked": booked,
            "units": left_out,
        }
    if left_out:
        return _("Nobody has announced this: leave %(units)s units at the door.") % {"units": left_out}
    if set(found) - {"damaged"}:
        return _("Taken, but somebody has to decide about it. Put it aside if it is marked so.")
    return ""
