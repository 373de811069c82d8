"""What an inspector answers: the items of a plan's checklist, and whether an answer is good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal

from django.utils.translation import gettext as _

from hecang.inbound.errors_quality import PlanInvalid, ResultInvalid
from hecang.inbound.models import DefectClass
from hecang.kernel.errors import Problem

ItemKind = Literal["yes_no", "measure", "photo", "text"]
KINDS: Final = ("yes_no", "measure", "photo", "text")
#: More than anybody answers for a lot.
MOST_ITEMS: Final = 60


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    :param kind: ``yes_no`` (yes is good), ``measure`` (a number within limits), ``photo``, ``text``.
    :param unit: of a measure, such as ``mm``.
    :param low: smallest good value, as text, empty for none.
    :param high: largest good value, as text, empty for none.
    :param defect_class: what a bad answer counts as.
    :param required: the lot cannot be accepted without an answer.
    """

    code: str
    label: str
    kind: str
    unit: str = ""
    low: str = ""
    high: str = ""
    defect_class: str = DefectClass.MAJOR.value
    required: bool = True

    def limits(self) -> tuple[Decimal | None, Decimal | None]:
        return (Decimal(self.low) if self.low else None, Decimal(self.high) if self.high else None)


def items_of(stored: Sequence[Mapping[str, Any]]) -> list[Item]:
    """The items as they are stored with a plan or an inspection."""
    return [Item(**entry) for entry in stored]


def items_checked(items: Sequence[Item]) -> list[dict[str, Any]]:
    """The items as they are stored. Raises :class:`PlanInvalid` naming the rows."""
    problems = []
    if len(items) > MOST_ITEMS:
        problems.append(
            Problem(_("A checklist has at most %(most)s items.") % {"most": MOST_ITEMS}, code="too_many")
        )
    codes = [item.code for item in items]
    for row, item in enumerate(items):
        fault = _fault(item, codes)
        if fault:
            problems.append(Problem(fault[1], code=fault[0], loc=f"checklist.{row}", row=row, field=fault[2]))
    if problems:
        raise PlanInvalid(
            _("The checklist cannot be used. %(first)s") % {"first": problems[0].message}, problems=problems
        )
    return [asdict(item) for item in items]


def _fault(item: Item, codes: Sequence[str]) -> tuple[str, str, str] | None:
    if not item.code or codes.count(item.code) > 1:
        return "duplicate", _("Each item needs a code of its own."), "code"
    if not item.label.strip():
        return "required", _("Say what is to be looked at."), "label"
    if item.kind not in KINDS:
        return "unknown_value", _("An item is yes/no, a measure, a photo or a text."), "kind"
    if item.defect_class not in DefectClass.values:
        return "unknown_value", _("A defect is critical, major or minor."), "defect_class"
    if item.kind == "measure":
        try:
            low, high = item.limits()
        except InvalidOperation:
            low = high = Decimal("NaN")
        if not all(limit is None or limit.is_finite() for limit in (low, high)):
            return "not_a_number", _("A limit is a number such as 12.5."), "low"
        if low is None and high is None:
            return "required", _("A measure needs a lower or an upper limit."), "low"
        if low is not None and high is not None and low > high:
            return "wrong_order", _("The lower limit is above the upper one."), "low"
    return None


@dataclass(frozen=True, slots=True)
class Answer:
    """An item's answer, judged.

    :param value: of a measure.
    :param photo: id of an uploaded photo.
    """

    is_good: bool
    value: Decimal | None = None
    text: str = ""
    photo: str = ""


def judged(item: Item, given: str) -> Answer:
    """Whether what was given for an item is good. Raises :class:`ResultInvalid` where it is no answer at all."""
    text = given.strip()
    if item.kind == "yes_no":
        if text not in ("yes", "no"):
            raise ResultInvalid(_("“%(item)s” is answered by yes or no.") % {"item": item.label})
        return Answer(text == "yes")
    if item.kind == "measure":
        try:
            value = Decimal(text.replace(",", "."))
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or abs(value) >= Decimal(10) ** 10:
            raise ResultInvalid(
                _("“%(given)s” is no number. Key what was measured, such as 12.5 %(unit)s.")
                % {"given": text[:32], "unit": item.unit}
            )
        low, high = item.limits()
        good = (low is None or value >= low) and (high is None or value <= high)
        return Answer(good, value=round(value, 4))
    if not text:
        raise ResultInvalid(_("“%(item)s” has no answer yet.") % {"item": item.label})
    if item.kind == "photo":
        return Answer(True, photo=text[:64])
    return Answer(True, text=text[:500])
