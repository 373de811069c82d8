"""Tasks: into the pool, to a worker, through the work, out of the pool."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import user_make
from tests.factories.facility import warehouse
from tests.factories.work import by, history, state, task, worker

from hecang.facility.models import Warehouse
from hecang.kernel.actor import SYSTEM, acting
from hecang.kernel.clock import now
from hecang.kernel.errors import InvalidInput, NotFound, PermissionMissing
from hecang.work.errors import TaskNotReady, TaskStateConflict, TaskTaken, TaskUnfit
from hecang.work.models import Task, TaskEvent
from hecang.work.services import (
    TaskIn,
    task_claim,
    task_hand_over,
    task_pause,
    task_release,
    task_resume,
    task_start,
    tasks_cancel,
    tasks_claim,
    tasks_create,
    tasks_done,
    tasks_release,
    tasks_reprioritise,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Warehouse:
    return warehouse()


def many(site: Warehouse, count: int, first: int = 1) -> list[TaskIn]:
    return [
        TaskIn(
            kind="move",
            warehouse_id=site.pk,
            subject_kind="thing",
            subject_id=first + number,
            quantity=number,
        )
        for number in range(count)
    ]


class TestCreating:
    def test_tasks_are_made_in_the_order_given_with_their_first_event(self, site: Warehouse) -> None:
        ids = tasks_create(tasks=many(site, 3))

        assert ids == sorted(ids)
        assert list(Task.objects.order_by("id").values_list("id", "state", "quantity")) == [
            (ids[0], "open", 0), (ids[1], "open", 1), (ids[2], "open", 2),
        ]  # fmt: skip
        assert set(TaskEvent.objects.values_list("task_id", "event")) == {(one, "created") for one in ids}

    def test_the_zone_is_that_of_the_place_unless_it_is_said(self, site: Warehouse) -> None:
        made = task(site, at="A01-01-1", to="STAGE-1")
        assert made.zone is not None
        assert made.zone.code == "A"

    def test_a_subject_with_a_standing_task_keeps_it(self, site: Warehouse) -> None:
        [first] = tasks_create(tasks=many(site, 1))
        assert tasks_create(tasks=many(site, 2))[0] == first
        assert Task.objects.count() == 2

        # When that is done, the subject may have another one
        tasks_done(task_ids=[first])
        assert tasks_create(tasks=many(site, 1))[0] != first

    def test_an_unknown_kind_names_its_row(self, site: Warehouse) -> None:
        wrong = TaskIn(kind="fly", warehouse_id=site.pk, subject_kind="thing", subject_id=9)
        with pytest.raises(InvalidInput) as caught:
            tasks_create(tasks=[*many(site, 1), wrong])
        assert [(one.row, one.field) for one in caught.value.problems] == [(1, "kind")]
        assert not Task.objects.exists()

    def test_statements_do_not_grow_with_tasks(self, site: Warehouse) -> None:
        counts = []
        for first, count in ((1000, 10), (2000, 100)):
            with CaptureQueriesContext(connection) as queries:
                tasks_create(tasks=many(site, count, first))
            counts.append(len(queries))
        assert counts == [counts[0]] * 2


class TestWorking:
    def test_the_whole_way(self, site: Warehouse) -> None:
        one, user = task(site), worker(site)
        with by(user):
            assert task_claim(task_id=one.pk).assignee_id == user.pk
            assert state(one) == ("assigned", user.pk)
            task_start(task_id=one.pk)
            task_pause(task_id=one.pk, note="lunch")
            one.refresh_from_db()
            assert (one.state, one.lease_until, one.working_since) == ("paused", None, None)
            task_resume(task_id=one.pk)
            tasks_done(task_ids=[one.pk])
        one.refresh_from_db()
        assert (one.state, one.assignee_id, one.done_by) == ("done", user.pk, user.username)
        assert one.done_at is not None
        assert history(one) == ["created", "assigned", "started", "paused", "resumed", "done"]

    def test_only_time_at_work_counts(self, site: Warehouse) -> None:
        one, user = task(site), worker(site)
        with by(user):
            task_start(task_id=one.pk)
            Task.objects.filter(pk=one.pk).update(working_since=now() - timedelta(seconds=90))
            task_pause(task_id=one.pk)
            task_resume(task_id=one.pk)
            Task.objects.filter(pk=one.pk).update(working_since=now() - timedelta(seconds=30))
            tasks_done(task_ids=[one.pk])
        one.refresh_from_db()
        assert 120 <= one.worked_seconds <= 123

    def test_everything_may_be_said_twice(self, site: Warehouse) -> None:
        one, user = task(site), worker(site)
        with by(user):
            for step in (task_claim, task_start, task_pause, task_resume):
                step(task_id=one.pk)
                step(task_id=one.pk)
            tasks_done(task_ids=[one.pk])
            tasks_done(task_ids=[one.pk])
        assert history(one) == ["created", "assigned", "started", "paused", "resumed", "done"]

    def test_what_somebody_else_has_is_refused(self, site: Warehouse) -> None:
        one, user, other = task(site), worker(site), worker(site)
        with by(user):
            task_claim(task_id=one.pk)
        with by(other):
            for step in (task_claim, task_start, task_release):
                with pytest.raises(TaskTaken):
                    step(task_id=one.pk)
        assert state(one) == ("assigned", user.pk)

    def test_a_finished_task_goes_nowhere(self, site: Warehouse) -> None:
        one, user = task(site), worker(site)
        tasks_cancel(task_ids=[one.pk])
        with by(user), pytest.raises(TaskStateConflict):
            task_claim(task_id=one.pk)
        with pytest.raises(TaskStateConflict):
            tasks_done(task_ids=[one.pk])

    def test_given_back_it_is_anybodys(self, site: Warehouse) -> None:
        one, user, other = task(site), worker(site), worker(site)
        with by(user):
            task_start(task_id=one.pk)
            assert task_release(task_id=one.pk).assignee_id is None
        with by(other):
            assert task_start(task_id=one.pk).assignee_id == other.pk
        assert history(one) == ["created", "assigned", "started", "released", "assigned", "started"]

    def test_a_manager_takes_tasks_away(self, site: Warehouse) -> None:
        one, user = task(site), worker(site)
        with by(user):
            task_start(task_id=one.pk)
        with by(user_make(roles=["warehouse_manager"])):
            [told] = tasks_release(task_ids=[one.pk], note="needed elsewhere")
        assert (told.ok, state(one)) == (True, ("open", None))
        event = one.events.get(event="released")
        assert (event.user_id, event.data) == (user.pk, {"note": "needed elsewhere"})

    def test_programs_do_what_nobody_has_but_claim_nothing(self, site: Warehouse) -> None:
        one = task(site)
        with acting(SYSTEM):
            with pytest.raises(InvalidInput):
                task_claim(task_id=one.pk)
            tasks_done(subjects=[(one.subject_kind, one.subject_id)])
        assert state(one) == ("done", None)

    def test_many_at_once_are_told_one_by_one(self, site: Warehouse) -> None:
        user = worker(site)
        ok, taken, done = task(site), task(site), task(site)
        with by(worker(site)):
            task_claim(task_id=taken.pk)
        tasks_done(task_ids=[done.pk])
        with by(user):
            told = tasks_claim(task_ids=[ok.pk, taken.pk, done.pk, 999_999_999, ok.pk])
        assert [(one.task_id, one.ok, one.code) for one in told] == [
            (ok.pk, True, ""),
            (taken.pk, False, "task_taken"),
            (done.pk, False, "task_state_conflict"),
            (999_999_999, False, "not_found"),
        ]

    def test_other_warehouses_do_not_exist(self, site: Warehouse) -> None:
        one = task(warehouse())
        with by(worker(site)), pytest.raises(NotFound):
            task_claim(task_id=one.pk)

    def test_statements_do_not_grow_with_tasks(self, site: Warehouse) -> None:
        user, counts = worker(site), []
        for first, count in ((1000, 10), (2000, 100)):
            ids = tasks_create(tasks=many(site, count, first))
            with by(user), CaptureQueriesContext(connection) as queries:
                tasks_claim(task_ids=ids)
                tasks_release(task_ids=ids)
                tasks_cancel(task_ids=ids)
            counts.append(len(queries))
        assert counts == [counts[0]] * 2


class TestFitting:
    @pytest.mark.parametrize(
        ("asks", "has", "lacks"),
        [
            ({"skill": "forklift"}, {}, "skill"),
            ({"skill": "forklift"}, {"skills": ["forklift"]}, ""),
            ({"equipment": "cart"}, {"skills": ["cart"]}, "equipment"),
            ({"equipment": "cart"}, {"equipment": ["cart"]}, ""),
            ({"kind": "count"}, {"kinds": ["move"]}, "kind"),
            ({"kind": "count"}, {"kinds": ["move", "count"]}, ""),
            ({}, {"skills": ["forklift"]}, ""),
        ],
    )
    def test_a_worker_takes_only_what_fits(
        self, site: Warehouse, asks: dict[str, str], has: dict[str, list[str]], lacks: str
    ) -> None:
        one = task(site, **asks)
        with by(worker(site, **has)):
            if not lacks:
                assert task_claim(task_id=one.pk).state == "assigned"
                return
            with pytest.raises(TaskUnfit) as caught:
                task_claim(task_id=one.pk)
        assert caught.value.data["lacks"] == lacks

    def test_somebody_of_whom_nothing_is_known_takes_what_asks_for_nothing(self, site: Warehouse) -> None:
        with by(user_make(roles=["operator"])):
            assert task_claim(task_id=task(site).pk).state == "assigned"
            with pytest.raises(TaskUnfit):
                task_claim(task_id=task(site, skill="hazard").pk)

    def test_not_before_its_time(self, site: Warehouse) -> None:
        one = task(site, ready_at=now() + timedelta(minutes=5))
        with by(worker(site)), pytest.raises(TaskNotReady):
            task_start(task_id=one.pk)
        assert state(one) == ("open", None)


class TestHandingOver:
    def test_ones_own_goes_to_somebody_who_can(self, site: Warehouse) -> None:
        one, user, other = (
            task(site, skill="hazard"),
            worker(site, skills=["hazard"]),
            worker(site, skills=["hazard"]),
        )
        with by(user):
            task_start(task_id=one.pk)
            task_hand_over(task_id=one.pk, user_id=other.pk, note="end of shift")
        assert state(one) == ("assigned", other.pk)
        event = one.events.get(event="handed_over")
        assert (event.user_id, event.data) == (other.pk, {"from": user.pk, "note": "end of shift"})
        with by(other), pytest.raises(TaskUnfit):
            task_hand_over(task_id=one.pk, user_id=worker(site).pk)

    def test_an_open_one_is_given_by_a_manager_only(self, site: Warehouse) -> None:
        one, user = task(site), worker(site)
        with by(user), pytest.raises(PermissionMissing):
            task_hand_over(task_id=one.pk, user_id=user.pk)
        with by(user_make(roles=["warehouse_manager"])):
            task_hand_over(task_id=one.pk, user_id=user.pk)
        assert state(one) == ("assigned", user.pk)

    def test_not_what_others_have_and_not_to_nobody(self, site: Warehouse) -> None:
        one, user, other = task(site), worker(site), worker(site)
        with by(user):
            task_claim(task_id=one.pk)
            with pytest.raises(InvalidInput):
                task_hand_over(task_id=one.pk, user_id=999_999_999)
        with by(other), pytest.raises(TaskTaken):
            task_hand_over(task_id=one.pk, user_id=other.pk)


class TestPriority:
    def test_standing_tasks_change_finished_ones_do_not(self, site: Warehouse) -> None:
        one, done = task(site), task(site)
        tasks_done(task_ids=[done.pk])
        due = now() + timedelta(hours=1)
        told = tasks_reprioritise(task_ids=[one.pk, done.pk], priority=10, due_at=due)
        assert [(row.ok, row.code) for row in told] == [(True, ""), (False, "task_state_conflict")]
        one.refresh_from_db()
        assert (one.priority, one.due_at) == (10, due)
        assert [row.code for row in tasks_reprioritise(task_ids=[one.pk], priority=10)] == ["unchanged"]
        assert history(one) == ["created", "reprioritised"]
