"""The plan for all workers on shift: proposed by the optimiser, applied with a look at what happened since."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import user_make
from tests.factories.facility import warehouse
from tests.factories.work import by, history, state, task, worker

from hecang.facility.models import Warehouse
from hecang.facility.selectors import layout_geometry
from hecang.kernel.clock import now
from hecang.kernel.errors import NotFound
from hecang.work.models import Task
from hecang.work.services import task_claim_next, task_start, tasks_done, worker_seen
from hecang.work.services.planning import Assignment, Proposal, work_plan, work_plan_apply

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Warehouse:
    return warehouse(aisles=3, bays=10)


def given(plan: Proposal) -> dict[int, list[int]]:
    """Worker → the tasks that they are given, in their order."""
    return {queue.user_id: [step.task_id for step in queue.steps if step.is_now] for queue in plan.queues}


def assignments(plan: Proposal) -> list[Assignment]:
    return [Assignment(task_id, user_id) for user_id, tasks in given(plan).items() for task_id in tasks]


class TestProposing:
    def test_everybody_gets_what_is_near_and_fits(self, site: Warehouse) -> None:
        left, right = worker(site, "A01-01-1"), worker(site, "A03-01-1")
        lifter = worker(site, "A02-01-1", skills=["forklift"], kinds=["putaway"])
        tasks = [task(site, at=code) for code in ("A01-03-1", "A03-03-1")]
        lift = task(site, "putaway", at="DOCK-1", to="A03-19-1", skill="forklift")
        nobody = task(site, at="A01-05-1", skill="hazard")
        worker(site, "A01-01-1", on_shift=False, skills=["hazard"])

        plan = work_plan(warehouse_id=site.pk)

        assert given(plan) == {left.pk: [tasks[0].pk], right.pk: [tasks[1].pk], lifter.pk: [lift.pk]}
        assert plan.unassigned == ((nobody.pk, "no_skill"),)
        assert Task.objects.filter(state="open").count() == 4  # a proposal changes nothing

    def test_a_putaway_is_done_on_the_way_back(self, site: Warehouse) -> None:
        # Given one worker at staging, a pick that ends there, and goods to be put away beside where the pick begins
        user = worker(site, "STAGE-1")
        pick = task(site, "pick", at="A03-19-1", to="STAGE-1", est_seconds=60)
        putaway = task(site, "putaway", at="DOCK-1", to="A03-17-1", est_seconds=60)

        # Then the putaway goes out and the pick comes back, and hardly a step is walked in vain
        plan = work_plan(warehouse_id=site.pk)
        assert given(plan) == {user.pk: [putaway.pk, pick.pk]}
        assert plan.travel_seconds < 15

    def test_what_is_begun_stays_and_what_is_due_comes_first(self, site: Warehouse) -> None:
        user = worker(site, "A01-01-1")
        begun = task(site, at="A03-19-1", est_seconds=300)
        with by(user):
            task_start(task_id=begun.pk)
        task(site, at="A01-03-1", est_seconds=600)
        urgent = task(site, at="A02-19-1", due_at=now() + timedelta(minutes=7), est_seconds=60)

        plan = work_plan(warehouse_id=site.pk, max_queue=1)
        [queue] = plan.queues
        assert [(step.task_id, step.is_now) for step in queue.steps][:2] == [
            (begun.pk, True),
            (urgent.pk, True),
        ]
        assert [step.is_now for step in queue.steps] == [True, True, False]

    def test_with_nobody_on_shift_it_says_so(self, site: Warehouse) -> None:
        one = task(site)
        assert work_plan(warehouse_id=site.pk).unassigned == ((one.pk, "nobody_on_shift"),)

    def test_an_empty_warehouse_has_an_empty_plan(self, site: Warehouse) -> None:
        user = worker(site)
        assert given(work_plan(warehouse_id=site.pk)) == {user.pk: []}

    def test_a_warehouse_without_a_layout_is_planned_all_the_same(self) -> None:
        bare = warehouse(aisles=0)
        user, one = worker(bare), task(bare)
        assert given(work_plan(warehouse_id=bare.pk)) == {user.pk: [one.pk]}

    def test_other_warehouses_do_not_exist(self, site: Warehouse) -> None:
        with by(worker(warehouse())), pytest.raises(NotFound):
            work_plan(warehouse_id=site.pk)


class TestApplying:
    def test_each_worker_gets_theirs_in_order(self, site: Warehouse) -> None:
        user = worker(site, "A01-01-1")
        tasks = [task(site, at=code) for code in ("A01-19-1", "A01-03-1", "A01-11-1")]
        plan = work_plan(warehouse_id=site.pk, max_queue=3)

        told = work_plan_apply(warehouse_id=site.pk, assignments=assignments(plan))

        assert all(one.ok for one in told)
        assert {state(one) for one in tasks} == {("assigned", user.pk)}
        for expected in given(plan)[user.pk]:
            with by(user):
                row = task_claim_next(warehouse_id=site.pk)
                assert row is not None
                assert row.id == expected
                task_start(task_id=row.id)
                tasks_done(task_ids=[row.id])

    def test_what_happened_since_is_respected(self, site: Warehouse) -> None:
        user, other, gone = worker(site), worker(site), worker(site, on_shift=False)
        begun, done, soon, free, skilled = (
            task(site), task(site), task(site, ready_at=now() + timedelta(minutes=9)), task(site),
            task(site, skill="hazard"),
        )  # fmt: skip
        with by(other):
            task_start(task_id=begun.pk)
        tasks_done(task_ids=[done.pk])
        wanted = [Assignment(one.pk, user.pk) for one in (begun, done, soon, skilled)]

        told = work_plan_apply(warehouse_id=site.pk, assignments=[*wanted, Assignment(free.pk, gone.pk)])

        assert [one.code for one in told] == [
            "task_taken", "task_state_conflict", "task_not_ready", "task_unfit", "task_unfit",
        ]  # fmt: skip
        assert state(begun) == ("started", other.pk)
        assert state(free) == ("open", None)

    def test_what_only_waits_changes_hands(self, site: Warehouse) -> None:
        user, other, one = worker(site), worker(site), task(site)
        first = [Assignment(one.pk, user.pk)]
        work_plan_apply(warehouse_id=site.pk, assignments=first)
        assert [row.code for row in work_plan_apply(warehouse_id=site.pk, assignments=first)] == ["unchanged"]
        work_plan_apply(warehouse_id=site.pk, assignments=[Assignment(one.pk, other.pk)])
        assert state(one) == ("assigned", other.pk)
        assert history(one) == ["created", "assigned", "handed_over"]

    def test_statements_do_not_grow_with_tasks(self, site: Warehouse) -> None:
        user, counts = worker(site), []
        layout_geometry(site.pk)  # read once for each layout
        for size in (10, 100):
            wanted = [Assignment(task(site).pk, user.pk) for _ in range(size)]
            with CaptureQueriesContext(connection) as queries:
                plan = work_plan(warehouse_id=site.pk)
                work_plan_apply(warehouse_id=site.pk, assignments=wanted)
            assert plan.queues
            counts.append(len(queries))
        assert counts[0] == counts[1]


def test_the_plan_follows_where_workers_are_seen(site: Warehouse) -> None:
    user, other = worker(site, "A03-01-1"), worker(site, "A02-01-1")
    one = task(site, at="A01-03-1")
    assert given(work_plan(warehouse_id=site.pk))[other.pk] == [one.pk]
    with by(user):
        worker_seen(warehouse_id=site.pk, location_id=one.from_location_id)
    assert given(work_plan(warehouse_id=site.pk))[user.pk] == [one.pk]


def test_unfit_reports_reach_managers_in_words(site: Warehouse) -> None:
    one = task(site, skill="hazard")
    with by(user_make(roles=["warehouse_manager"])):
        [told] = work_plan_apply(warehouse_id=site.pk, assignments=[Assignment(one.pk, worker(site).pk)])
    assert "hazard" in told.message
