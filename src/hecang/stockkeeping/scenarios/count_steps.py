"""The steps of counting as handhelds show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from hecang.catalog.units import unit_text
from hecang.inventory.models import Condition
from hecang.stockkeeping.scenarios.count_memory import Memory
from hecang.stockkeeping.selectors.counts import floor
from hecang.work.floor.protocol import Fact, Input, Option, Step, Tone

MOST = 1_000_000_000
#: Conditions that a person can see.
_SEEN = (Condition.DAMAGED, Condition.QUARANTINE, Condition.RETURNED, Condition.EXPIRED)


def place(memory: Memory, *, said: str = "", tone: Tone = "plain") -> Step:
    """Go to a place and scan it."""
    assert memory.at is not None
    return Step(
        state="place",
        prompt=_("Go to %(place)s and scan it") % {"place": memory.at.code},
        inputs=(
            Input("scan", "location", _("Place"), accepts=("location",)),
            Input("choice", "skip", _("Cannot be counted"), options=_skip_options()),
        ),
        facts=(Fact(_("Zone"), memory.at.zone), Fact(_("Count"), memory.number)),
        said=said,
        tone=tone,
        progress=memory.progress,
    )


def any_place() -> Step:
    """No task waits; a place that is doubted may be counted."""
    return Step(
        state="any_place",
        prompt=_("No count waits. Scan a place that you doubt"),
        inputs=(Input("scan", "location", _("Place"), accepts=("location",)),),
    )


def over(said: str) -> Step:
    """Nothing more to count."""
    return Step(state="over", prompt=_("Nothing more to count"), said=said, tone="good", is_over=True)


def goods(memory: Memory, *, said: str = "", tone: Tone = "plain") -> Step:
    """Scan what lies there; say that it is all, or that there is nothing."""
    assert memory.at is not None
    place_ = memory.at.code
    inside = memory.container
    prompt = (
        _("Scan what is in %(container)s") % {"container": inside["code"]}
        if inside
        else _("Scan what lies at %(place)s") % {"place": place_}
    )
    inputs = [
        Input("scan", "goods", _("Goods or container"), accepts=("sku", "serial", "container", "location"))
    ]
    if memory.counted or memory.sealed:
        inputs.append(Input("confirm", "done", _("That is all at %(place)s") % {"place": place_}))
    else:
        inputs.append(Input("confirm", "empty", _("%(place)s is empty") % {"place": place_}, tone="warn"))
    if inside:
        inputs.append(Input("confirm", "loose", _("%(container)s is done") % {"container": inside["code"]}))
    return Step(
        state="goods",
        prompt=prompt,
        inputs=tuple(inputs),
        facts=(*_counted(memory), *_expected(memory)),
        said=said,
        tone=tone,
        progress=memory.progress,
        can_undo=bool(memory.counted),
    )


def confirm(memory: Memory) -> Step:
    """What was not scanned counts as nothing."""
    assert memory.at is not None
    return Step(
        state="confirm",
        prompt=_("Is that all at %(place)s? What you have not scanned is not there")
        % {"place": memory.at.code},
        inputs=(
            Input("confirm", "all", _("Yes, that is all")),
            Input("confirm", "more", _("No, there is more")),
        ),
        facts=_counted(memory),
        progress=memory.progress,
        can_undo=True,
    )


def container(memory: Memory) -> Step:
    """A container stands here: what to do with it."""
    assert memory.asking is not None
    assert memory.at is not None
    options = [
        Option("contents", _("Count what is in it")),
        Option("sealed", _("It is sealed"), _("taken to hold what the books say")),
    ]
    facts = [Fact(_("Container"), str(memory.asking["code"]))]
    if memory.asking["elsewhere"]:
        options = [
            Option("bring", _("It stands here"), _("the books will have it here, with all in it"), "good"),
            Option("contents", _("Count what is in it")),
        ]
        facts.append(Fact(_("The books have it at"), str(memory.asking["elsewhere"]), "warn"))
    return Step(
        state="container",
        prompt=_("Container %(code)s") % {"code": memory.asking["code"]},
        inputs=(Input("choice", "opened", _("What with it?"), options=tuple(options)),),
        facts=tuple(facts),
        progress=memory.progress,
        can_undo=True,
    )


def owner(memory: Memory, owners: Sequence[tuple[int, str]]) -> Step:
    """Several owners have such goods."""
    options = tuple(Option(str(key), name) for key, name in owners)
    return _asked(
        memory, "owner", _("Whose goods are they?"), Input("choice", "owner", _("Owner"), options=options)
    )


def lot(memory: Memory, lots: Sequence[tuple[int, str, date | None]]) -> Step:
    """Which lot, of those that are known here, or another one."""
    options = tuple(
        Option(str(key), code, _("expires %(day)s") % {"day": day.isoformat()} if day else "")
        for key, code, day in lots
    )
    inputs = [Input("text", "lot_code", _("Lot code"))]
    if options:
        inputs.append(Input("choice", "lot", _("Lot"), options=options))
    return _asked(memory, "lot", _("Which lot?"), *inputs)


def expiry(memory: Memory) -> Step:
    """A lot that nobody knows yet has an expiry date."""
    assert memory.pending is not None
    return _asked(
        memory,
        "expiry",
        _("Lot %(lot)s is new. When does it expire?") % {"lot": memory.pending.lot_code},
        Input("date", "expires_on", _("Expires on")),
    )


def serials(memory: Memory) -> Step:
    """Every unit has a number."""
    assert memory.pending is not None
    numbers = memory.pending.serials
    inputs = [Input("scan", "serial", _("Serial number"), accepts=("serial",))]
    if numbers:
        inputs.append(Input("confirm", "enough", _("These %(count)s are all") % {"count": len(numbers)}))
    return _asked(
        memory,
        "serials",
        _("Scan the number of each unit"),
        *inputs,
        more=(
            Fact(_("Scanned"), str(len(numbers))),
            *(Fact(_("Number"), number) for number in numbers[-5:][::-1]),
        ),
    )


def quantity(memory: Memory) -> Step:
    """How many are there."""
    pending = memory.pending
    assert pending is not None
    options = (
        Option("sound", _("Looks sound")),
        *(Option(one.value, str(one.label)) for one in _SEEN),
    )
    more = (
        (Fact(_("Condition"), str(Condition(pending.condition).label), "warn"),) if pending.condition else ()
    )
    return _asked(
        memory,
        "quantity",
        _("How many %(sku)s?") % {"sku": pending.sku},
        Input(
            "quantity", "quantity", _("Quantity"), minimum=0, maximum=MOST, unit=pending.unit,
            value=str(pending.quantity) if pending.quantity > 1 else "",
        ),
        Input("choice", "condition", _("Condition"), options=options),
        more=more,
    )  # fmt: skip


def skip_reason(code: str) -> str:
    """Why a place cannot be counted, in the language of who says it."""
    return {option.value: option.label for option in _skip_options()}.get(code, code)


def _skip_options() -> tuple[Option, ...]:
    return (
        Option("blocked", _("Something stands in the way")),
        Option("unsafe", _("It is not safe")),
        Option("unreachable", _("I cannot reach it")),
        Option("no_label", _("It has no label")),
    )


def _asked(memory: Memory, state: str, prompt: str, *inputs: Input, more: tuple[Fact, ...] = ()) -> Step:
    pending = memory.pending
    assert pending is not None
    facts = [Fact(_("Goods"), f"{pending.sku} {pending.name}".strip())]
    if pending.lot_code:
        facts.append(Fact(_("Lot"), pending.lot_code))
    return Step(
        state=state,
        prompt=prompt,
        inputs=inputs,
        facts=(*facts, *more),
        progress=memory.progress,
        can_undo=True,
    )


def _counted(memory: Memory) -> tuple[Fact, ...]:
    """What was counted here so far, summed."""
    sums: dict[tuple[str, str, str, str], int] = defaultdict(int)
    for one in memory.counted:
        sums[one.sku, one.lot, one.condition, one.container] += one.quantity
    units = {one.sku: one.unit for one in memory.counted}
    facts = [
        Fact(
            " · ".join(
                part
                for part in (sku, lot_, str(Condition(condition).label) if condition else "", box)
                if part
            ),
            f"{total} {unit_text(units[sku])}",
            "good",
        )
        for (sku, lot_, condition, box), total in sums.items()
    ]
    facts += [Fact(str(box["code"]), _("sealed"), "good") for box in memory.sealed]
    return tuple(facts)


def _expected(memory: Memory) -> tuple[Fact, ...]:
    """What the books have there; nothing in a blind count."""
    if memory.is_blind or memory.at is None:
        return ()
    return tuple(
        Fact(
            _("Books: %(goods)s")
            % {"goods": " · ".join(part for part in (one.sku, one.lot, one.container) if part)},
            f"{one.quantity} {unit_text(one.unit)}",
        )
        for one in floor.expected_at(memory.at.location_id)[:12]
    )
