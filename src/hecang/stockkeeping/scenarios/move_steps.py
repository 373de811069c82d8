"""The steps of moving, as handhelds show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from hecang.catalog.units import unit_text
from hecang.inventory.models import Condition, Container
from hecang.stockkeeping.selectors.moving import Lying, Standing
from hecang.work.floor.protocol import Fact, Input, Option, Step

_SHOWN = 6


def source(memory: Mapping[str, Any], *, said: str = "", tone: Any = "plain") -> Step:
    """Where from, or what."""
    task = memory.get("task")
    if task and task["container"]:
        prompt = _("Scan container %(code)s at %(place)s") % {
            "code": task["container"],
            "place": task["from"],
        }
    elif task:
        prompt = _("Go to %(place)s and scan it") % {"place": task["from"]}
    else:
        prompt = _("Scan the place, container or serial to move from")
    return Step(
        "from", prompt,
        (Input("scan", "from", _("Place, container or serial"), accepts=("location", "container", "serial")),),
        facts=_task_facts(task), said=said, tone=tone, can_undo=bool(memory.get("last")),
    )  # fmt: skip


def goods(memory: Mapping[str, Any], rows: Sequence[Lying], *, said: str = "", tone: Any = "plain") -> Step:
    """Which goods of the place."""
    options = tuple(_option(row) for row in rows[:_SHOWN] if row.free > 0)
    inputs: tuple[Input, ...] = (
        Input("scan", "goods", _("Goods"), accepts=("sku", "serial", "lot", "container")),
    )
    if options:
        inputs += (Input("choice", "row", _("Or choose"), options=options),)
    facts = (Fact(_("From"), memory["place"]["code"]), *_task_facts(memory.get("task")))
    return Step("goods", _("Scan the goods"), inputs, facts=facts, said=said, tone=tone, can_undo=True)


def rows(memory: Mapping[str, Any], found: Sequence[Lying]) -> Step:
    """Several kinds fit: which lot, owner, condition or container."""
    return Step(
        "row", _("Which of these?"),
        (Input("choice", "row", _("Lot, owner, condition"), options=tuple(_option(row) for row in found[:9])),),
        facts=(Fact(_("From"), memory["place"]["code"]), Fact(_("Goods"), found[0].sku)), can_undo=True,
    )  # fmt: skip


def quantity(memory: Mapping[str, Any], row: Lying) -> Step:
    """How much."""
    task = memory.get("task")
    wanted = min(task["left"], row.free) if task else memory.get("pieces", 1)
    return Step(
        "quantity", _("How many?"),
        (Input("quantity", "quantity", _("Quantity"), value=str(max(min(wanted, row.free), 1)), minimum=1,
               maximum=row.free, unit=row.unit),),
        facts=(*_facts(row), Fact(_("Free"), f"{row.free} {unit_text(row.unit)}")), can_undo=True,
    )  # fmt: skip


def target(memory: Mapping[str, Any], row: Lying) -> Step:
    """Where to."""
    task = memory.get("task")
    prompt = (
        _("Take it to %(place)s and scan it") % {"place": task["to"]} if task else _("Scan where it goes")
    )
    inputs: tuple[Input, ...] = (
        Input("scan", "to", _("Place or container"), accepts=("location", "container")),
    )
    if not task:
        kinds = tuple(Option(kind.value, str(kind.label)) for kind in Container.Kind)
        inputs += (Input("choice", "new", _("Or into a new container here"), options=kinds),)
    carried = Fact(_("Carrying"), f"{memory['quantity']} {unit_text(row.unit)}")
    serials = tuple(Fact(_("Serial"), number) for number in memory.get("serials", ()))
    return Step("to", prompt, inputs, facts=(carried, *serials, *_facts(row)), can_undo=True)


def container(memory: Mapping[str, Any], box: Standing, inside: Sequence[Lying]) -> Step:
    """A whole container: where to, into what; or what of it."""
    task = memory.get("task")
    prompt = (
        _("Take it to %(place)s and scan it") % {"place": task["to"]}
        if task
        else _("Scan where the container goes, or the one to put it into")
    )
    inputs: tuple[Input, ...] = (
        Input("scan", "to", _("Place or container"), accepts=("location", "container")),
    )
    if not task:
        if inside:
            inputs += (Input("confirm", "goods", _("Take goods out")),)
        if box.parent:
            inputs += (Input("confirm", "out", _("Take it out of %(code)s") % {"code": box.parent}),)
    facts = [Fact(_("Container"), box.code), Fact(_("Stands at"), box.location or "–")]
    if box.parent:
        facts.append(Fact(_("In"), box.parent))
    facts += [Fact(row.sku, f"{row.quantity} {unit_text(row.unit)}") for row in inside[:_SHOWN]]
    return Step("container", prompt, inputs, facts=tuple(facts), can_undo=True)


def _facts(row: Lying) -> tuple[Fact, ...]:
    facts = [Fact(_("Goods"), f"{row.sku} {row.name}"), Fact(_("From"), row.container or row.location)]
    if row.lot:
        facts.append(Fact(_("Lot"), row.lot))
    if row.condition != Condition.GOOD.value:
        facts.append(Fact(_("Condition"), str(Condition(row.condition).label), "warn"))
    return tuple(facts)


def _option(row: Lying) -> Option:
    parts = [row.lot or "", row.owner, row.container or ""]
    if row.condition != Condition.GOOD.value:
        parts.append(str(Condition(row.condition).label))
    return Option(
        str(row.stock_id),
        f"{row.sku} · {row.free} {unit_text(row.unit)}",
        " · ".join(part for part in parts if part),
    )


def _task_facts(task: Mapping[str, Any] | None) -> tuple[Fact, ...]:
    if not task:
        return ()
    what = task["container"] or f"{task['sku']} × {task['left']}"
    return (Fact(_("Task"), what), Fact(_("To"), task["to"]))
