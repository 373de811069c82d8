"""What is taken in at the door: the policy of receiving, and the judgement of each scan. Pure: no database, no clock.

A scan that makes no sense (no lot where there must be one, a serial that is known) is *refused* and changes nothing.
Goods that may not come in are *stopped*: left at the door or taken into quarantine, and a discrepancy is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

GOOD, DAMAGED, QUARANTINE, RETURNED = "good", "damaged", "quarantine", "returned"
REFUSE, TO_QUARANTINE, ACCEPT = "refuse", "quarantine", "accept"
#: In which conditions a receiver can judge goods to be.
SEEN: Final = frozenset({GOOD, DAMAGED, RETURNED})


@dataclass(frozen=True, slots=True)
class DoorPolicy:
    """What holds for one SKU of one supplier and owner.

    :param over_percent: percent above what was expected that is taken in without a word.
    :param min_life_percent: percent of the shelf life that must remain, beside the SKU's own ``min_remaining_days``.
    """

    is_blind: bool = False
    over_percent: int = 0
    over_action: str = REFUSE
    unannounced_action: str = ACCEPT
    min_life_percent: int = 0
    short_life_action: str = REFUSE
    expired_action: str = REFUSE
    held_action: str = REFUSE


DEFAULTS: Final = DoorPolicy()
#: Numbers that a discrepancy names.
MOST_NAMED: Final = 50


@dataclass(frozen=True, slots=True)
class GoodsIn:
    """One scan: units of one SKU, of one lot, in one container.

    :param scan_id: made by the handheld or the caller; a repetition is answered and changes nothing.
    :param quantity: base units, all packages together.
    :param packages: how many packages were counted, where the receiver counted those.
    :param lot_code: where the SKU is kept by lot and the goods name none, made of the date.
    :param container_code: the pallet or carton that they come in: SSCC or number; made where it is new.
    :param condition: as the receiver sees them.
    :param photo_ids: pictures from the floor, for the discrepancy that is found.
    """

    scan_id: UUID
    sku_id: int
    quantity: int
    packages: int | None = None
    per_package: int = 1
    lot_code: str = ""
    produced_on: date | None = None
    expires_on: date | None = None
    serials: tuple[str, ...] = ()
    container_code: str = ""
    condition: str = GOOD
    note: str = ""
    photo_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SkuFacts:
    """What judging has to know of a SKU."""

    id: int
    code: str
    is_lot_tracked: bool
    is_serial_tracked: bool
    is_expiry_tracked: bool
    shelf_life_days: int | None
    min_remaining_days: int
    is_exploded: bool = False


@dataclass(frozen=True, slots=True)
class LotFacts:
    """A lot that is known."""

    id: int
    expires_on: date | None
    is_held: bool


@dataclass(slots=True)
class Expected:
    """A line that goods are expected for; counted up while scans are judged.

    :param taken: units that have come in for it.
    :param serials: the numbers of its units, where they were announced.
    """

    sku_id: int
    quantity: int
    taken: int
    asn_line_id: int | None = None
    purchase_line_id: int | None = None
    container_code: str = ""
    lot_code: str = ""
    serials: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """A discrepancy of a part."""

    kind: str
    quantity: int
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Part:
    """Units of a scan that go the same way. Either ``quantity`` is booked or ``refused`` is left at the door."""

    quantity: int
    refused: int
    condition: str
    asn_line_id: int | None = None
    purchase_line_id: int | None = None
    serials: tuple[str, ...] = ()
    found: list[Found] = field(default_factory=list)


@dataclass(slots=True)
class Judgement:
    """What becomes of one scan.

    :param code: why it was refused; empty where it was taken.
    :param lot_code: as it is booked, made of the date where none was named.
    """

    goods: GoodsIn
    code: str = ""
    message: str = ""
    lot_code: str = ""
    expires_on: date | None = None
    parts: list[Part] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return bool(self.code)


@dataclass(slots=True)
class Door:
    """Everything that judging looks at.

    :param today: where the warehouse stands.
    :param has_document: an announcement or an order says what should come.
    :param containers: code of a container that stands elsewhere, or is out of use → what is wrong.
    :param serials: (SKU, number) that are in the house or came in by an earlier scan of this run.
    :param holds: SKUs that are held in the warehouse.
    """

    today: date
    has_document: bool
    skus: Mapping[int, SkuFacts]
    policies: Mapping[int, DoorPolicy]
    lots: dict[tuple[int, str], LotFacts]
    expected: Mapping[int, Sequence[Expected]]
    containers: Mapping[str, str] = field(default_factory=dict)
    serials: set[tuple[int, str]] = field(default_factory=set)
    holds: AbstractSet[int] = frozenset()
    #: (SKU, lot) → expiry date that an earlier scan of this run has given.
    given: dict[tuple[int, str], date | None] = field(default_factory=dict)

    def judge(self, goods: GoodsIn) -> Judgement:
        """What becomes of a scan; counts expected lines and serials up where it is taken."""
        sku = self.skus.get(goods.sku_id)
        verdict = Judgement(goods)
        if sku is None:
            return _refuse(verdict, "unknown_sku", _("There is no such SKU. Scan the goods again."))
        fault = self._fault(goods, sku)
        if fault is None:
            self._date(verdict, goods, sku)
            fault = self._lot_fault(verdict, sku)
        if fault is not None:
            return _refuse(verdict, *fault)
        if sku.is_lot_tracked:
            self.given[sku.id, verdict.lot_code] = verdict.expires_on
        if sku.is_serial_tracked:
            self.serials.update((sku.id, number) for number in goods.serials)
        self._part(verdict, sku, self.policies.get(sku.id, DEFAULTS))
        return verdict

    # ------------------------------------------------------------ does it make sense

    def _fault(self, goods: GoodsIn, sku: SkuFacts) -> tuple[str, str] | None:
        if sku.is_exploded:
            return "kit_has_no_stock", _("%(sku)s is sold as its components; receive these.") % {
                "sku": sku.code
            }
        if goods.quantity < 1:
            return "quantity_not_positive", _("Give a quantity of at least 1.")
        if goods.condition not in SEEN:
            return "unknown_condition", _("Goods are received as good, damaged or returned.")
        if goods.container_code in self.containers:
            return "container_unusable", self.containers[goods.container_code]
        if goods.produced_on is not None and goods.produced_on > self.today:
            return "produced_in_future", _("The production date %(day)s has not come yet. Read it again.") % {
                "day": goods.produced_on
            }
        return self._serial_fault(goods, sku) if sku.is_serial_tracked else None

    def _serial_fault(self, goods: GoodsIn, sku: SkuFacts) -> tuple[str, str] | None:
        if len(goods.serials) != goods.quantity:
            return "serials_missing", _(
                "%(sku)s is kept by serial number: %(quantity)s units need as many numbers, %(count)s were given."
                " Scan each one."
            ) % {"sku": sku.code, "quantity": goods.quantity, "count": len(goods.serials)}
        seen = set(goods.serials)
        if len(seen) != len(goods.serials):
            twice = next(one for one in goods.serials if goods.serials.count(one) > 1)
            return "serial_twice", _("Serial %(number)s was scanned twice. Scan each unit once.") % {
                "number": twice
            }
        known = next((one for one in goods.serials if (sku.id, one) in self.serials), None)
        if known is not None:
            return "serial_known", _(
                "Serial %(number)s of %(sku)s is in the house already. Check the unit; a number belongs to one unit"
                " for ever."
            ) % {"number": known, "sku": sku.code}
        return None

    def _date(self, verdict: Judgement, goods: GoodsIn, sku: SkuFacts) -> None:
        """Work out the expiry date and the code of the lot."""
        expires_on = goods.expires_on
        if expires_on is None and goods.produced_on is not None and sku.shelf_life_days:
            expires_on = goods.produced_on + timedelta(days=sku.shelf_life_days)
        if not sku.is_lot_tracked:
            verdict.expires_on = expires_on
            return
        code = goods.lot_code
        if not code and (day := goods.expires_on or goods.produced_on) is not None:
            code = f"{day:%Y%m%d}"
        known = self.lots.get((sku.id, code))
        verdict.lot_code = code
        verdict.expires_on = expires_on or (known.expires_on if known else self.given.get((sku.id, code)))

    def _lot_fault(self, verdict: Judgement, sku: SkuFacts) -> tuple[str, str] | None:
        if not sku.is_lot_tracked:
            return None
        if not verdict.lot_code:
            return "lot_missing", _("%(sku)s is kept by lot; name the lot.") % {"sku": sku.code}
        if sku.is_expiry_tracked and verdict.expires_on is None:
            return "expiry_missing", _("%(sku)s has an expiry date; name it.") % {"sku": sku.code}
        known = self.lots.get((sku.id, verdict.lot_code))
        before = known.expires_on if known else self.given.get((sku.id, verdict.lot_code), verdict.expires_on)
        if verdict.expires_on != before:
            return "lot_differs", _(
                "Lot %(lot)s is known with the expiry date %(known)s, not %(given)s. Read both again; goods of"
                " another date are another lot."
            ) % {"lot": verdict.lot_code, "known": before or "–", "given": verdict.expires_on or "–"}
        return None

    # ------------------------------------------------------------ may it come in

    def _part(self, verdict: Judgement, sku: SkuFacts, policy: DoorPolicy) -> None:
        goods = verdict.goods
        stop = self._stop(verdict, sku, policy)
        if stop is not None and stop[1] == REFUSE:
            line = next(iter(self._lines(verdict, sku)), None)
            verdict.parts.append(
                Part(
                    0, goods.quantity, QUARANTINE,
                    line.asn_line_id if line else None, line.purchase_line_id if line else None,
                    goods.serials if sku.is_serial_tracked else (),
                    [Found(stop[0], goods.quantity, stop[2])],
                )
            )  # fmt: skip
            return
        condition = goods.condition
        if stop is not None and stop[1] == TO_QUARANTINE and condition == GOOD:
            condition = QUARANTINE
        verdict.parts = self._divided(verdict, sku, policy, condition)
        for part in verdict.parts:
            units = part.quantity
            if not units:
                continue
            if stop is not None:
                part.found.append(
                    Found(stop[0], units, {**stop[2], "quarantined": part.condition == QUARANTINE})
                )
            if goods.condition == DAMAGED:
                part.found.append(Found("damaged", units))

    def _stop(
        self, verdict: Judgement, sku: SkuFacts, policy: DoorPolicy
    ) -> tuple[str, str, dict[str, Any]] | None:
        """(kind, what to do, detail) where goods of this date or lot may not simply come in."""
        lot = self.lots.get((sku.id, verdict.lot_code))
        if verdict.expires_on is not None:
            left = (verdict.expires_on - self.today).days
            detail = {"expires_on": verdict.expires_on.isoformat(), "remaining_days": left}
            if left < 0:
                return "expired", policy.expired_action, detail
            wanted = least_days(sku, policy)
            if left < wanted:
                return "short_life", policy.short_life_action, {**detail, "wanted_days": wanted}
        if (lot is not None and lot.is_held) or sku.id in self.holds:
            return "held", policy.held_action, {"lot": verdict.lot_code}
        return None

    def _lines(self, verdict: Judgement, sku: SkuFacts) -> list[Expected]:
        """Lines that the goods may be for, the likeliest first."""
        goods = verdict.goods

        def rank(line: Expected) -> tuple[int, bool, bool]:
            return (
                (2 if line.serials.isdisjoint(goods.serials) else 0) if line.serials else 1,
                line.container_code != goods.container_code,
                bool(line.lot_code) and line.lot_code != verdict.lot_code,
            )

        return sorted(self.expected.get(sku.id, ()), key=rank)

    def _divided(self, verdict: Judgement, sku: SkuFacts, policy: DoorPolicy, condition: str) -> list[Part]:
        """Units onto the lines that expect them, then into their tolerance; the rest is over or unannounced."""
        left = verdict.goods.quantity
        lines = self._lines(verdict, sku)
        shares: dict[int, int] = {}
        for allowance in (0, policy.over_percent):
            for index, line in enumerate(lines):
                room = line.quantity + line.quantity * allowance // 100 - line.taken
                units = min(left, max(room, 0))
                if units:
                    line.taken += units
                    shares[index] = shares.get(index, 0) + units
                    left -= units
        parts = [
            Part(units, 0, condition, lines[index].asn_line_id, lines[index].purchase_line_id)
            for index, units in shares.items()
        ]
        if left:
            parts.append(self._beyond(left, lines, policy, condition))
        if sku.is_serial_tracked:
            _deal(verdict.goods.serials, parts, lines)
            parts = [one for part in parts for one in _strangers(part, lines, policy, condition)]
        return parts

    def _beyond(self, units: int, lines: Sequence[Expected], policy: DoorPolicy, condition: str) -> Part:
        """What nobody expects."""
        if lines:
            kind, action = "over", policy.over_action
            detail = {
                "expected": sum(line.quantity for line in lines),
                "received": sum(line.taken for line in lines) + units,
            }
        else:
            kind, action, detail = "unannounced", policy.unannounced_action, {}
        last = lines[-1] if lines else None
        part = Part(
            0 if action == REFUSE else units,
            units if action == REFUSE else 0,
            QUARANTINE if action != ACCEPT and condition == GOOD else condition,
            last.asn_line_id if last else None,
            last.purchase_line_id if last else None,
        )
        if last is not None and part.quantity:
            last.taken += part.quantity
        if self.has_document or action != ACCEPT:
            quarantined = part.condition == QUARANTINE and bool(part.quantity)
            part.found.append(Found(kind, units, {**detail, "quarantined": quarantined}))
        return part


def least_days(sku: SkuFacts, policy: DoorPolicy) -> int:
    """Days that must be left: the SKU's own, or the policy's part of its shelf life, whichever is more."""
    share = -(-(sku.shelf_life_days or 0) * policy.min_life_percent // 100)
    return max(sku.min_remaining_days, share)


def _deal(serials: Sequence[str], parts: Sequence[Part], lines: Sequence[Expected]) -> None:
    """Give each part as many numbers as it has units: those that were announced for its line, then strange ones, in the
    order of the scan."""
    announced = {number: line.asn_line_id for line in lines for number in line.serials}
    left = list(serials)
    for part in parts:
        theirs = part.asn_line_id
        if announced:
            left.sort(
                key=lambda number, line=theirs: (  # type: ignore[misc]
                    0 if announced.get(number) == line and number in announced else 1 + (number in announced)
                )
            )
        count = part.quantity or part.refused
        part.serials, left = tuple(left[:count]), left[count:]


def _strangers(part: Part, lines: Sequence[Expected], policy: DoorPolicy, condition: str) -> list[Part]:
    """A part, and apart from it its units whose numbers nobody announced though numbers were."""
    line = next((one for one in lines if one.asn_line_id == part.asn_line_id), None)
    if part.found or not part.quantity or line is None or not line.serials:
        return [part]
    announced: set[str] = set().union(*(one.serials for one in lines))
    strange = tuple(number for number in part.serials if number not in announced)
    if not strange:
        return [part]
    action, units = policy.unannounced_action, len(strange)
    if action == REFUSE:
        line.taken -= units
    aside = Part(
        0 if action == REFUSE else units,
        units if action == REFUSE else 0,
        QUARANTINE if action != ACCEPT and condition == GOOD else condition,
        part.asn_line_id,
        part.purchase_line_id,
        strange,
    )
    is_quarantined = aside.condition == QUARANTINE and bool(aside.quantity)
    aside.found.append(
        Found("unannounced", units, {"serials": list(strange[:MOST_NAMED]), "quarantined": is_quarantined})
    )
    part.quantity -= units
    part.serials = tuple(number for number in part.serials if number in announced)
    return [part, aside] if part.quantity else [aside]


def _refuse(verdict: Judgement, code: str, message: str) -> Judgement:
    verdict.code, verdict.message = code, message
    return verdict
