"""What follows from readings: pure, so that every rule has a test of its own.

Goods of one kind at one place (same SKU, lot, owner and container, whatever the condition) are judged together: two
units that are damaged and not good are a change of condition, not a loss of two and a find of two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hecang.stockkeeping.models import CountLineState as State
from hecang.stockkeeping.services.counts.policies import Policy


@dataclass(frozen=True, slots=True)
class Reading:
    """One line of a group as it was read now.

    :param serials_differ: other numbered units lay there than the books have.
    """

    counted: int
    book: int
    in_motion: bool = False
    serials_differ: bool = False

    @property
    def difference(self) -> int:
        return self.counted - self.book


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one kind of goods at one place.

    :param earlier: the net difference of each earlier round, oldest first.
    """

    lines: Sequence[Reading]
    abc_class: str
    unit_value: Decimal
    round: int = 1
    earlier: Sequence[int] = ()

    @property
    def net(self) -> int:
        return sum(line.difference for line in self.lines)

    @property
    def book(self) -> int:
        return sum(line.book for line in self.lines)

    @property
    def value(self) -> Decimal:
        return self.net * self.unit_value


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of the lines of a group, and why."""

    state: str
    cause: str = ""


def judge(group: Group, policy: Policy) -> Verdict:
    """Accept, count again, or ask somebody.

    - All agrees: nothing to do.
    - Goods moved there at that time, and something differs: count again.
    - Only the condition differs: accepted.
    - Within the tolerance of the class: accepted.
    - An earlier round found the same difference: accepted, or approved by somebody else from the limit on.
    - Otherwise counted again, as long as there are rounds left; then somebody decides.
    """
    differs = any(line.serials_differ for line in group.lines)
    if not differs and all(line.difference == 0 for line in group.lines):
        return Verdict(State.MATCHED.value)
    if group.net and any(line.in_motion for line in group.lines) and group.round < policy.max_rounds + 2:
        return Verdict(State.RECOUNT.value, "in_motion")
    if group.net == 0 and not differs:
        return Verdict(State.ACCEPTED.value, "condition")
    if not differs and is_tolerated(group, policy):
        return Verdict(State.ACCEPTED.value, "tolerance")
    if group.net in group.earlier or policy.max_rounds == 1:
        if is_beyond_limit(group, policy):
            return Verdict(State.APPROVE.value, "limit")
        return Verdict(State.ACCEPTED.value, "confirmed")
    if group.round >= policy.max_rounds:
        return Verdict(State.APPROVE.value, "readings_differ")
    return Verdict(State.RECOUNT.value, "beyond_tolerance")


def is_tolerated(group: Group, policy: Policy) -> bool:
    """Within percent or units of the class, and within its value."""
    rule = policy.tolerance(group.abc_class)
    allowed = max(Decimal(rule.units), group.book * rule.percent / 100)
    return 0 < abs(group.net) <= allowed and abs(group.value) <= rule.value


def is_beyond_limit(group: Group, policy: Policy) -> bool:
    """So much that somebody else has to agree."""
    return abs(group.net) >= policy.approve_units or abs(group.value) >= policy.approve_value


def spread(
    sound: int, told: Mapping[str, int], books: Mapping[str, int], suspect: frozenset[str] = frozenset()
) -> dict[str, int]:
    """Which units that a counter found lie there in which condition.

    A counter sees whether goods look sound, not whether they are held. So sound units fill what the books hold there
    in conditions that nobody named (returned, expired, quarantine), then the rest is good. Quarantine that only says
    “not found by a picker, to be counted” (``suspect``) is what this count settles: it becomes nothing.

    :param sound: units without a condition.
    :param told: condition → units that the counter named.
    :param books: condition → units by the books.
    :return: condition → units counted, for all that are named on either side.
    """
    counted = dict(told)
    left = sound
    for condition in sorted(set(books) - set(told) - {"good"} - suspect):
        counted[condition] = min(left, books[condition])
        left -= counted[condition]
    for condition in suspect - set(told):
        counted[condition] = 0
    if left or "good" in books:
        counted["good"] = counted.get("good", 0) + left
    return counted
