"""Entries that came too late for their step: asked about, never lost.

An entry says on what it stands: the ``version`` of the session that its worker saw, or the entry ``after`` which it
was made. Where the session has moved on meanwhile, the entry is *held* and its worker asked what to do with it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from hecang.work.floor.protocol import Fact, Input, Option, Refusal, Step
from hecang.work.floor.wire import Plain, step_dump
from hecang.work.models import FloorEntry, FloorSession

STATE = "conflict"
NAME = "conflict"
APPLY, LATER, DROP = "apply", "later", "drop"


def conflict_step(session: FloorSession, held: FloorEntry) -> Plain:
    """The question about ``held``, beside what the session asks for now."""
    meant = held.entry
    facts = [Fact(_("You entered"), _meant(meant), "warn")]
    if meant.get("asked"):
        facts.append(Fact(_("It answered"), meant["asked"]))
    facts.append(Fact(_("At"), date_format(localtime(held.happened_at or held.at), "H:i:s")))
    facts.append(Fact(_("Now it asks"), session.step.get("prompt", "")))
    options = []
    if session.is_open and _is_taken(session.step, meant):
        options.append(Option(f"{APPLY}:{held.scan_id}", _("Apply it now"), tone="good"))
    options.append(Option(f"{LATER}:{held.scan_id}", _("Decide later"), _("It stays on the list.")))
    options.append(Option(f"{DROP}:{held.scan_id}", _("Drop it"), _("It will not be booked."), tone="bad"))
    step = Step(
        state=STATE,
        prompt=_("The job has moved on since you entered this. What shall become of it?"),
        facts=tuple(facts),
        inputs=(Input("choice", NAME, _("Your decision"), options=tuple(options)),),
        tone="warn",
    )
    return step_dump(step)


def decision_read(session: FloorSession, value: str) -> tuple[str, FloorEntry]:
    """What was decided about which held entry of this session. Raises :class:`Refusal`."""
    verb, _colon, text = value.partition(":")
    try:
        if verb not in {APPLY, LATER, DROP}:
            raise ValueError(verb)
        held = session.entries.filter(scan_id=UUID(text)).first()
    except ValueError:
        held = None
    if held is None:
        raise Refusal(_("There is no such question. Reload the page."), code="choice_invalid")
    if held.outcome != FloorEntry.Outcome.HELD:
        raise Refusal(
            _("This has been decided already. Go on with what the screen says."), code="already_decided"
        )
    return verb, held


def held_first(session: FloorSession) -> FloorEntry | None:
    """The oldest entry of the session that waits for a decision."""
    return session.entries.filter(outcome=FloorEntry.Outcome.HELD).order_by("id").first()


def stands_on(session: FloorSession, after: UUID) -> bool:
    """Whether ``after`` is the last entry that changed the session, or was applied by it."""
    last = (
        session.entries.filter(outcome=FloorEntry.Outcome.ACCEPTED)
        .exclude(entry__value__startswith=f"{LATER}:")
        .exclude(entry__value__startswith=f"{DROP}:")
        .order_by("-id")
        .values("scan_id", "entry")
        .first()
    )
    if last is None:
        return False
    applied = last["entry"].get("name") == NAME and last["entry"].get("value") == f"{APPLY}:{after}"
    return bool(last["scan_id"] == after or applied)


def _meant(meant: dict[str, Any]) -> str:
    shown = meant.get("value") or meant.get("label") or meant.get("name", "")
    return str(shown)[:200]


def _is_taken(step: Plain, meant: dict[str, Any]) -> bool:
    if meant.get("name") == "undo":
        return bool(step.get("can_undo"))
    return any(one["name"] == meant.get("name") for one in step.get("inputs", ()))
