"""The task pool: 8 workers at a time ask for their next task. Each task must go to exactly one of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count
from typing import Any

import psycopg
from django.db import connections

from benchmarks import company
from benchmarks.harness import Context, Result, stopwatch
from hecang.accounts.models import User
from hecang.kernel.actor import Actor, acting
from hecang.kernel.clock import now
from hecang.work.services import TaskIn, task_claim_next, tasks_create

NAME = "task_claims"
SUMMARY = "8 workers at a time claim the next task of one warehouse"
CLIENTS = 8
TASKS = 4_000

# The least that PostgreSQL can be told: the first open task that nobody is claiming becomes somebody's.
BARE = """
update task set state = 'assigned', assignee_id = %s, assigned_at = %s, lease_until = %s
 where id = (select id from task where warehouse_id = %s and state = 'open'
              order by priority, due_at, id limit 1 for no key update skip locked) returning id
"""


def run(context: Context) -> list[Result]:
    tasks = context.sized(TASKS, least=CLIENTS * 40)
    site = company.build(["GOODS"], units=1).warehouse_ids[0]
    users = _users(tasks)
    _pool(context, site, tasks)
    turn = count()

    def ours() -> int | None:
        user_id = users[next(turn) % len(users)]
        with acting(Actor(kind="user", name="bench", user_id=user_id, permissions=frozenset({"*"}))):
            row = task_claim_next(warehouse_id=site)
        return None if row is None else row.id

    claimed, seconds = _race(tasks, lambda: ours, connections.close_all)
    _check(claimed, tasks)
    with psycopg.connect(context.dsn, autocommit=True) as database:
        database.execute("truncate task cascade")
    _pool(context, site, tasks)
    local = threading.local()
    turn = count()

    def bare_client() -> Callable[[], int | None]:
        database = local.database = psycopg.connect(context.dsn, autocommit=True, prepare_threshold=1)
        moment = now()

        def claim() -> int | None:
            row = database.execute(BARE, (users[next(turn) % len(users)], moment, moment, site)).fetchone()
            return None if row is None else int(row[0])

        return claim

    bare, bare_seconds = _race(
        tasks,
        bare_client,
        lambda: local.database.close(),  # noqa: PLW0108 - bound late: each thread has its own
    )
    _check(bare, tasks)
    return [
        Result(
            name="task_claims.claims",
            value=tasks / seconds,
            unit="claims/s",
            baseline=tasks / bare_seconds,
            ratio=bare_seconds / seconds,
            detail={"clients": CLIENTS, "tasks": tasks, "claimed_twice": len(claimed) - len(set(claimed))},
        )
    ]


def _users(number: int) -> list[int]:
    """So many users: each claims one task."""
    made = User.objects.bulk_create(
        [
            User(username=f"bench-{n}", roles=["operator"], password="!", created_at=now())
            for n in range(number)
        ]
    )
    return [user.pk for user in made]


def _pool(context: Context, site: int, number: int) -> None:
    """So many tasks, beginning at all places of the warehouse."""
    with psycopg.connect(context.dsn) as database:
        places = [
            row[0]
            for row in database.execute(
                "select id from location where warehouse_id = %s and not is_virtual order by id", [site]
            )
        ]
    tasks_create(
        tasks=[
            TaskIn(
                kind="move", warehouse_id=site, subject_kind="bench", subject_id=n + 1,
                from_location_id=places[n * 7 % len(places)], quantity=1, est_seconds=60,
            )
            for n in range(number)
        ]
    )  # fmt: skip
    with psycopg.connect(context.dsn, autocommit=True) as database:
        database.execute("analyze task")


def _race(
    tasks: int, client: Callable[[], Callable[[], int | None]], close: Callable[[], None]
) -> tuple[list[int], float]:
    """Let the clients empty the pool; what each has claimed, and the seconds that it took them."""
    start = threading.Barrier(CLIENTS + 1)
    claimed: list[int] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            claim = client()
            start.wait()
            claimed.extend(one for one in (claim() for _ in range(tasks // CLIENTS)) if one is not None)
            close()
        except BaseException as error:
            failures.append(error)
            start.abort()
            raise

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    start.wait()
    with stopwatch() as watch:
        for thread in threads:
            thread.join()
    if failures:
        raise RuntimeError("a client failed") from failures[0]
    return claimed, watch.seconds


def _check(claimed: list[Any], tasks: int) -> None:
    wanted = tasks // CLIENTS * CLIENTS
    if len(claimed) != wanted or len(set(claimed)) != wanted:
        raise RuntimeError(
            f"{len(claimed)} claims of {len(set(claimed))} tasks, where {wanted} were asked for"
        )
