"""What can be checked and mended: each app says it in its ``checks.py``.

::

    @check(
        code="sku_weight_missing", entity_kind="sku", title=_("Products without weight"), severity="warning",
        permission="catalog.sku.view", url="/products/{id}", message=lambda data: _("The weight is missing."),
        fixes=(Fix("set_weight", _("Set the weight"), "catalog.sku.change", weight_set, fields=(FixField("weight_g", "integer"),)),),
    )
    def weightless() -> Iterable[Found]: ...

A check is asked whole: it answers everything that is odd now, by statements whose number does not grow with the
records. What it does not answer any more counts as mended.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Found:
    """Something odd about one record.

    :param label: its code or number; ``data`` facts for the message, without personal data.
    :param suggestion: what a fix would write, by the names of its fields.
    """

    entity_id: int
    label: str
    field: str = ""
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    related_id: int | None = None
    related_label: str = ""
    suggestion: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FixField:
    """What a person types for a fix: ``kind`` is ``text``, ``integer`` or ``region``."""

    name: str
    kind: str
    title: Any


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as a fix gets it. ``values``: the suggestion, overridden by what the person typed."""

    id: int
    entity_id: int
    label: str
    field: str
    data: Mapping[str, Any]
    related_id: int | None
    values: Mapping[str, Any]


#: Mends one record in the transaction at hand; raises a HecangError that says why not.
Apply = Callable[[Finding], None]


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to mend what a check found.

    :param needs_suggestion: only for findings with a suggestion; else every field has to be typed.
    """

    code: str
    title: Any
    permission: str
    apply: Apply
    fields: Sequence[FixField] = ()
    needs_suggestion: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    code: str
    entity_kind: str
    title: Any
    severity: str
    permission: str
    #: Where the desk shows the record; ``{id}`` is its id.
    url: str
    message: Callable[[Mapping[str, Any]], str]
    find: Callable[[], Iterable[Found]]
    fixes: Sequence[Fix] = ()

    def fix(self, code: str) -> Fix | None:
        return next((one for one in self.fixes if one.code == code), None)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a migration from spreadsheets: a kind of import and what is there of it already.

    :param rank: the order in which files are brought in; ``count`` how many records there are.
    """

    rank: int
    import_kind: str
    title: Any
    why: Any
    count: Callable[[], int]
    check_codes: Sequence[str] = ()
    is_optional: bool = False


_checks: dict[str, Check] = {}
_steps: dict[str, Step] = {}


def check(
    *,
    code: str,
    entity_kind: str,
    title: Any,
    permission: str,
    url: str,
    message: Callable[[Mapping[str, Any]], str],
    severity: str = "warning",
    fixes: Sequence[Fix] = (),
) -> Callable[[Callable[[], Iterable[Found]]], Callable[[], Iterable[Found]]]:
    """Let the decorated function be a check."""

    def register(find: Callable[[], Iterable[Found]]) -> Callable[[], Iterable[Found]]:
        _checks[code] = Check(code, entity_kind, title, severity, permission, url, message, find, fixes)
        return find

    return register


def step(one: Step) -> Step:
    """Make a step of the migration known."""
    _steps[one.import_kind] = one
    return one


def checks() -> dict[str, Check]:
    """All checks by code."""
    return dict(sorted(_checks.items()))


def steps() -> list[Step]:
    """The steps of a migration in their order."""
    return sorted(_steps.values(), key=lambda one: one.rank)
