"""The steps of kitting, as handhelds show them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from hecang.catalog.units import unit_text
from hecang.stockkeeping.selectors.kit_floor import KitPart, KitWork
from hecang.work.floor.protocol import Fact, Input, Step, Tone

#: Characters of a serial or lot.
LONGEST = 64


def over(said: str, tone: Tone) -> Step:
    """Nothing more to do."""
    return Step("over", _("No kit job waits"), said=said, tone=tone if said else "good", is_over=True)


def place(work: KitWork, *, said: str, tone: Tone, can_undo: bool) -> Step:
    """Where the job begins."""
    return Step(
        "place", _("Go to %(place)s and scan it") % {"place": work.from_code},
        (Input("scan", "place", _("Place"), accepts=("location",)),),
        facts=(*_facts(work), *(_part(part) for part in work.used)), said=said, tone=tone,
        progress=(work.done, work.quantity), can_undo=can_undo,
    )  # fmt: skip


def goods(work: KitWork, seen: Collection[int]) -> Step:
    """Each kind of goods once, in any order."""
    left = [part for part in work.used if part.sku_id not in seen]
    return Step(
        "goods", _("Scan %(sku)s") % {"sku": left[0].sku},
        (Input("scan", "goods", _("Goods"), accepts=("sku", "lot", "serial")),),
        facts=tuple(_part(part, "good" if part.sku_id in seen else "plain") for part in work.used),
        progress=(len(seen), len(work.used)), can_undo=True,
    )  # fmt: skip


def kits(work: KitWork) -> Step:
    """How many."""
    return Step(
        "kits",
        _("How many kits do you put together?") if work.assembles else _("How many kits do you take apart?"),
        (Input("quantity", "kits", _("Kits"), value=str(work.most), minimum=1, maximum=work.most, unit=work.kit.unit),),
        facts=_facts(work), can_undo=True,
    )  # fmt: skip


def serial(work: KitWork, memory: Mapping[str, Any]) -> Step:
    """The number of each kit."""
    done = len(memory["serials"])
    return Step(
        "serial", _("Scan the serial number of %(sku)s") % {"sku": work.kit.sku},
        (Input("scan", "serial", _("Serial number"), accepts=("serial",)),),
        facts=_facts(work), progress=(done, memory["kits"]), can_undo=True,
    )  # fmt: skip


def lot(work: KitWork, part: KitPart) -> Step:
    """The lot of what is made."""
    return Step(
        "lot", _("Scan or type the lot of %(sku)s") % {"sku": part.sku},
        (Input("text", "lot", _("Lot"), value=work.number),), facts=_facts(work), can_undo=True,
    )  # fmt: skip


def target(work: KitWork, count: int) -> Step:
    """Where what is made goes."""
    return Step(
        "target", _("Bring %(units)s to %(place)s") % {"units": count, "place": work.to_code},
        (Input("scan", "target", _("Place"), accepts=("location",)),), facts=_facts(work), can_undo=True,
    )  # fmt: skip


def _facts(work: KitWork) -> tuple[Fact, ...]:
    return (
        Fact(_("Put together") if work.assembles else _("Take apart"), f"{work.kit.sku} {work.kit.name}"),
        Fact(_("Kit job"), work.number),
        Fact(_("Still to do"), f"{work.left} {unit_text(work.kit.unit)}"),
        *((Fact(_("Note"), work.note),) if work.note else ()),
    )


def _part(part: KitPart, tone: Tone = "plain") -> Fact:
    text = _("%(need)s in one kit, %(free)s free here") % {"need": part.quantity, "free": part.free}
    return Fact(f"{part.sku} {part.name}", text, "warn" if part.free < part.quantity else tone)
