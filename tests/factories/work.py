"""Tasks and workers for tests."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.factories.accounts import user_make

from hecang.accounts.models import User
from hecang.accounts.selectors import actor_of_user
from hecang.facility.models import Location, Warehouse
from hecang.kernel.actor import acting
from hecang.work.models import Task, Worker
from hecang.work.services import TaskIn, tasks_create

_numbers = itertools.count(1)


def place(warehouse: Warehouse, code: str) -> int:
    """The id of a location."""
    return Location.objects.get(warehouse=warehouse, code=code).pk


def task(warehouse: Warehouse, kind: str = "move", at: str = "", to: str = "", **fields: Any) -> Task:
    """A task about nothing in particular (no holder), beginning ``at`` a place and ending ``to`` another."""
    one = TaskIn(
        **{
            "kind": kind,
            "warehouse_id": warehouse.pk,
            "subject_kind": "thing",
            "subject_id": next(_numbers),
            "from_location_id": place(warehouse, at) if at else None,
            "to_location_id": place(warehouse, to) if to else None,
            **fields,
        }
    )
    return Task.objects.get(pk=tasks_create(tasks=[one])[0])


def worker(
    warehouse: Warehouse, at: str = "", *, name: str = "", on_shift: bool = True, **fields: Any
) -> User:
    """An operator who works here, last seen ``at`` a place."""
    user = user_make(name, roles=["operator"], warehouse_ids=[warehouse.pk])
    Worker.objects.create(
        user=user,
        warehouse=warehouse,
        is_on_shift=on_shift,
        last_location_id=place(warehouse, at) if at else None,
        **fields,
    )
    return user


@contextmanager
def by(user: User) -> Iterator[None]:
    """Act as this user."""
    with acting(actor_of_user(user)):
        yield


def state(one: Task) -> tuple[str, int | None]:
    """(state, assignee) of a task now."""
    row = Task.objects.values_list("state", "assignee_id").get(pk=one.pk)
    return row[0], row[1]


def history(one: Task) -> list[str]:
    """What has happened to a task, in order."""
    return list(one.events.order_by("id").values_list("event", flat=True))
