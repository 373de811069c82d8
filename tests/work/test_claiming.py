"""The next task: what one has, else the best that fits and is near."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.facility import warehouse
from tests.factories.work import by, place, state, task, worker

from hecang.facility.models import Warehouse
from hecang.kernel.actor import SYSTEM, acting
from hecang.kernel.clock import now
from hecang.kernel.errors import InvalidInput, NotFound
from hecang.work.services import task_claim_next, task_pause, task_start, tasks_done

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Warehouse:
    return warehouse(aisles=3, bays=10)


def test_nothing_to_do_is_no_error(site: Warehouse) -> None:
    with by(worker(site)):
        assert task_claim_next(warehouse_id=site.pk) is None


def test_the_nearest_of_the_same_urgency(site: Warehouse) -> None:
    far, near = task(site, at="A03-19-1"), task(site, at="A01-03-1")
    with by(worker(site, at="A01-01-1")):
        assert _next(site) == near.pk
    with by(worker(site, at="A03-17-1")):
        assert _next(site) == far.pk


def test_priority_goes_before_nearness(site: Warehouse) -> None:
    task(site, at="A01-03-1")
    urgent = task(site, at="A03-19-1", priority=50)
    with by(worker(site, at="A01-01-1")):
        assert _next(site) == urgent.pk


def test_what_is_late_goes_before_what_is_near(site: Warehouse) -> None:
    near = task(site, at="A01-03-1")
    late = task(site, at="A03-19-1", due_at=now() - timedelta(minutes=1))
    with by(worker(site, at="A01-01-1")):
        assert _next(site) == late.pk
        tasks_done(task_ids=[late.pk])
        assert _next(site) == near.pk


def test_an_hour_of_slack_is_worth_a_short_way_only(site: Warehouse) -> None:
    # Given one due in two hours close by, and one due in one hour on the other side
    near = task(site, at="A01-03-1", due_at=now() + timedelta(hours=2))
    far = task(site, at="A03-19-1", due_at=now() + timedelta(hours=1))
    with by(worker(site, at="A01-01-1")):
        assert _next(site) == far.pk  # 15 metres are nothing against an hour
        tasks_done(task_ids=[far.pk])
        assert _next(site) == near.pk


def test_a_putaway_lies_on_the_way_back_from_a_pick(site: Warehouse) -> None:
    # Given a worker who has just brought a pick to staging, goods at the dock beside it, and picks at the far end
    task(site, "pick", at="A03-19-1", to="STAGE-1")
    putaway = task(site, "putaway", at="DOCK-1", to="A03-15-1")
    with by(worker(site, at="STAGE-1")):
        assert _next(site) == putaway.pk


def test_ones_own_comes_first_begun_before_given(site: Warehouse) -> None:
    user = worker(site)
    with by(user):
        first = _next_of(site, task(site).pk)
        second = task(site)
        task_start(task_id=second.pk)
        assert _next(site) == second.pk
        tasks_done(task_ids=[second.pk])
        assert _next(site) == first


def test_what_was_set_aside_waits(site: Warehouse) -> None:
    with by(worker(site)):
        one, other = task(site), task(site)
        task_start(task_id=one.pk)
        task_pause(task_id=one.pk)
        assert _next(site) == other.pk


def test_only_what_fits_and_is_asked_for(site: Warehouse) -> None:
    task(site, skill="forklift", priority=1)
    task(site, equipment="cart", priority=2)
    task(site, "count", priority=3)
    task(site, "pick", priority=4, ready_at=now() + timedelta(minutes=1))
    pick = task(site, "pick", priority=5)
    move = task(site, "move", priority=6)
    with by(worker(site, kinds=["pick", "move"])):
        assert _next(site, "move") == move.pk
        assert _next(site, "count") is None
        assert _next(site, "pick") == pick.pk
    with by(worker(site, skills=["forklift"])):
        row = task_claim_next(warehouse_id=site.pk)
        assert row is not None
        assert row.skill == "forklift"


def test_behind_a_hundred_that_others_hold(site: Warehouse) -> None:
    for _ in range(70):
        task(site, skill="forklift")
    last = task(site)
    with by(worker(site)):
        assert _next(site) == last.pk


def test_not_for_programs_and_not_elsewhere(site: Warehouse) -> None:
    one = task(site)
    with acting(SYSTEM), pytest.raises(InvalidInput):
        task_claim_next(warehouse_id=site.pk)
    with by(worker(warehouse())), pytest.raises(NotFound):
        task_claim_next(warehouse_id=site.pk)
    assert state(one) == ("open", None)


def test_statements_do_not_grow_with_tasks(site: Warehouse) -> None:
    counts = []
    at = place(site, "A01-01-1")
    for size in (10, 100):
        for _ in range(size):
            task(site, from_location_id=at)
        with by(worker(site, at="A01-01-1")), CaptureQueriesContext(connection) as queries:
            assert _next(site) is not None
        counts.append(len(queries))
    assert counts[0] == counts[1]


def _next(site: Warehouse, *kinds: str) -> int | None:
    row = task_claim_next(warehouse_id=site.pk, kinds=list(kinds) or None)
    return None if row is None else row.id


def _next_of(site: Warehouse, wanted: int) -> int:
    found = _next(site)
    assert found == wanted
    return found
