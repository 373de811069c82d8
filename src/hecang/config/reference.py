"""Tables of the reference that are made from the code: errors, permissions, events, periodic work."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from typing import TypeVar

from django.apps import apps

from hecang.accounts.models import Role
from hecang.accounts.roles import PATTERNS, permissions_of
from hecang.kernel import periodic, permissions
from hecang.kernel.errors import HecangError
from hecang.kernel.outbox import Event, consumers

T = TypeVar("T")


def tables() -> dict[str, str]:
    """Name of a table → its Markdown. Call with the API assembled."""
    from hecang.config.api import api

    assert api.operations
    return {
        "errors": _table(("code", "status", "class", "meaning"), _errors()),
        "permissions": _table(("permission", *(role.value for role in Role)), _permissions()),
        "roles": _table(("role", "patterns"), _roles()),
        "events": _table(("event", "what happened", "fields", "read by"), _events()),
        "periodic": _table(("work", "when (UTC)", "what it does"), _periodic()),
    }


def replaced(text: str) -> str:
    """A page with the content between its ``<!-- table: NAME -->`` and ``<!-- end -->`` made anew."""
    made = tables()
    result = []
    skipping = False
    for line in text.splitlines():
        if line.startswith("<!-- end"):
            skipping = False
        if not skipping:
            result.append(line)
        if line.startswith("<!-- table:"):
            name = line.removeprefix("<!-- table:").removesuffix("-->").strip()
            result += ["", made[name], ""]
            skipping = True
    return "\n".join(result) + "\n"


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _subclasses(kind: type[T]) -> Iterator[type[T]]:
    for one in kind.__subclasses__():
        yield one
        yield from _subclasses(one)


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").split("\n")[0]


def _errors() -> Iterator[tuple[str, ...]]:
    # The demo's own errors never come out of the API; whether they are known depends on who imported it.
    found = {
        one
        for one in _subclasses(HecangError)
        if one.__module__.startswith("hecang.") and not one.__module__.startswith("hecang.demo")
    }
    for one in sorted(found, key=lambda one: (one.status, one.code, one.__module__, one.__name__)):
        meaning = _first_line(one) if "__doc__" in vars(one) and one.__doc__ else ""
        yield (
            f"`{one.code}`",
            str(one.status),
            f"`{one.__module__.removeprefix('hecang.')}.{one.__name__}`",
            meaning,
        )


def _permissions() -> Iterator[tuple[str, ...]]:
    held = {role: permissions_of([role]) for role in Role}
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("hecang.")}
    for code in sorted(code for code in permissions.declared() if code.split(".")[0] in ours):
        marks = ("●" if code in held[role] or "*" in held[role] else "" for role in Role)
        yield f"`{code}`", *marks


def _roles() -> Iterator[tuple[str, ...]]:
    for role in Role:
        yield f"`{role.value}`", ", ".join(f"`{pattern}`" for pattern in sorted(PATTERNS[role]))


def _events() -> Iterator[tuple[str, ...]]:
    readers: dict[str, list[str]] = {}
    for consumer in consumers().values():
        for name in consumer.handlers:
            readers.setdefault(name, []).append(f"`{consumer.name}`")
    found = {one for one in _subclasses(Event) if one.__module__.startswith("hecang.")}
    for one in sorted(found, key=lambda one: one.name):
        fields = ", ".join(f"`{name}`" for name in (field.name for field in dataclasses.fields(one)))
        yield f"`{one.name}`", _first_line(one), fields, ", ".join(sorted(readers.get(one.name, [])))


def _periodic() -> Iterator[tuple[str, ...]]:
    for one in sorted(periodic.declared().values(), key=lambda one: one.name):
        yield f"`{one.name}`", f"`{one.cron}`", _first_line(one.work)
