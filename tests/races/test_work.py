"""Many workers at one pool: each task to one of them, and never lost."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from tests.factories.accounts import user_make
from tests.factories.facility import warehouse
from tests.factories.outbound import world
from tests.factories.threads import race
from tests.factories.work import by, place, state, task, worker

from hecang.kernel.clock import now
from hecang.outbound.errors import BatchTaken
from hecang.outbound.models import Batch
from hecang.outbound.planning.base import Cart
from hecang.outbound.services.picking import batch_claim_next, batch_give_back, batch_pick
from hecang.work.errors import TaskStateConflict, TaskTaken
from hecang.work.models import Task, TaskEvent
from hecang.work.services import (
    TaskIn,
    leases_expire,
    task_claim,
    task_claim_next,
    task_hand_over,
    task_release,
    task_start,
    tasks_create,
    tasks_done,
)
from hecang.work.services.planning import Assignment, work_plan, work_plan_apply

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def test_many_workers_empty_the_pool_and_each_task_is_claimed_once() -> None:
    site = warehouse(aisles=4, bays=10)
    for number in range(120):
        task(site, at=f"A0{1 + number % 4}-{1 + number % 20:02}-1")
    users = [worker(site, f"A0{1 + number % 4}-01-1") for number in range(12)]

    def work(number: int) -> None:
        with by(users[number]):
            while (row := task_claim_next(warehouse_id=site.pk)) is not None:
                task_start(task_id=row.id)
                tasks_done(task_ids=[row.id])

    assert race(work, threads=12) == []
    # A worker may find nothing while the last ones are in others' hands, but none is left and none done twice
    assert Task.objects.filter(state="done").count() == 120
    for event in ("assigned", "started", "done"):
        assert TaskEvent.objects.filter(event=event).count() == 120


def test_one_task_wanted_by_all_is_one_workers() -> None:
    site = warehouse()
    one = task(site)
    users = [worker(site) for _ in range(12)]
    got: list[int] = []

    def work(number: int) -> None:
        with by(users[number]):
            try:
                task_claim(task_id=one.pk)
            except TaskTaken:
                return
            got.append(users[number].pk)

    assert race(work, threads=12) == []
    assert len(got) == 1
    assert state(one) == ("assigned", got[0])


def test_a_subject_told_by_many_is_one_task() -> None:
    site = warehouse()
    wanted = [
        TaskIn(kind="move", warehouse_id=site.pk, subject_kind="thing", subject_id=n) for n in range(50)
    ]
    ids: list[set[int]] = []

    def work(number: int) -> None:
        mixed = random.Random(number).sample(wanted, len(wanted))
        ids.append(set(tasks_create(tasks=mixed)))

    assert race(work, threads=10) == []
    assert Task.objects.count() == 50
    assert len({frozenset(one) for one in ids}) == 1


def test_a_late_scan_and_the_end_of_a_lease_leave_the_batch_with_one_picker() -> None:
    # Given eight batches whose pickers have been silent for too long
    shop = world(goods={"milk": 200, "bread": 200})
    shop.orders([{"milk": 1, "bread": 1}] * 16)
    shop.released(cart=Cart(slots=2))
    users = [user_make(roles=["operator"]) for _ in range(8)]
    mine: dict[int, int] = {}
    for number, user in enumerate(users):
        with by(user):
            found = batch_claim_next(warehouse_id=shop.warehouse.pk)
            assert found is not None
            mine[number] = found
    Task.objects.filter(state="started").update(lease_until=now() - timedelta(seconds=1))

    # When they scan at last while their leases end and others ask for work
    def work(number: int) -> None:
        if number < 8:
            batch = Batch.objects.get(pk=mine[number])
            for one in shop.tasks(batch=batch):
                with by(users[number]):
                    try:
                        batch_pick(batch_id=batch.pk, scans=[shop.scan(one)])
                    except BatchTaken:
                        return
        elif number < 10:
            for _ in range(3):
                leases_expire()
        else:
            with by(user_make(roles=["operator"])):
                batch_claim_next(warehouse_id=shop.warehouse.pk)

    assert race(work, threads=14) == []
    # Then every batch is somebody's, nobody's, or done: and its task says the same
    shop.verify()
    for batch in Batch.objects.exclude(state="picked"):
        one = Task.objects.get(
            subject_kind="batch", subject_id=batch.pk, state__in=["open", "assigned", "started"]
        )
        assert batch.picker_id == one.assignee_id
    shop.pick_all()
    shop.verify()


def test_handing_over_against_finishing() -> None:
    site = warehouse()
    tasks = [task(site) for _ in range(40)]
    user, other = worker(site), worker(site)
    for one in tasks:
        with by(user):
            task_start(task_id=one.pk)

    def work(number: int) -> None:
        mixed = random.Random(number).sample(tasks, len(tasks))
        with by(user):
            for one in mixed:
                try:
                    if number % 2:
                        tasks_done(task_ids=[one.pk])
                    else:
                        task_hand_over(task_id=one.pk, user_id=other.pk)
                except (TaskStateConflict, TaskTaken):
                    continue

    assert race(work, threads=8) == []
    assert Task.objects.filter(state="done").count() == 40
    assert TaskEvent.objects.filter(event="done").count() == 40
    # Nothing was handed over after it was done
    last = {one.pk: one.events.order_by("id").last() for one in tasks}
    assert {event.event for event in last.values() if event} == {"done"}


def test_plans_claims_expiry_and_giving_back_at_once() -> None:
    site = warehouse(aisles=2, bays=10)
    for number in range(60):
        task(site, at=f"A0{1 + number % 2}-{1 + number % 20:02}-1")
    users = [worker(site, "A01-01-1") for _ in range(6)]

    def work(number: int) -> None:
        chosen = random.Random(number)
        if number < 6:
            with by(users[number]):
                for _ in range(15):
                    row = task_claim_next(warehouse_id=site.pk)
                    if row is None:
                        continue
                    try:
                        if chosen.random() < 0.3:
                            task_release(task_id=row.id)
                        else:
                            task_start(task_id=row.id)
                            tasks_done(task_ids=[row.id])
                    except (TaskStateConflict, TaskTaken):
                        continue
        elif number < 8:
            for _ in range(3):
                plan = work_plan(warehouse_id=site.pk)
                steps = [
                    Assignment(step.task_id, queue.user_id)
                    for queue in plan.queues
                    for step in queue.steps
                    if step.is_now and step.state != "started"
                ]
                work_plan_apply(warehouse_id=site.pk, assignments=steps)
        else:
            for _ in range(5):
                Task.objects.filter(state="assigned").update(lease_until=now() - timedelta(seconds=1))
                leases_expire()

    assert race(work, threads=9) == []
    done = Task.objects.filter(state="done").count()
    assert TaskEvent.objects.filter(event="done").count() == done
    assert done > 20
    # Whatever is left is consistent and can be finished
    for one in Task.objects.exclude(state="done"):
        assert (one.assignee_id is None) == (one.state == "open")
        tasks_done(task_ids=[one.pk])


def test_pickers_who_claim_and_give_back_leave_batches_and_tasks_the_same() -> None:
    shop = world(goods={"milk": 200, "bread": 200})
    shop.orders([{"milk": 1, "bread": 1}] * 12)
    shop.released(cart=Cart(slots=2))
    users = [user_make(roles=["operator"]) for _ in range(8)]

    def work(number: int) -> None:
        with by(users[number]):
            for _ in range(6):
                found = batch_claim_next(warehouse_id=shop.warehouse.pk)
                if found is not None:
                    batch_give_back(batch_id=found)

    assert race(work, threads=8) == []
    shop.verify()
    assert set(Batch.objects.values_list("state", "picker_id")) == {("released", None)}
    assert place(shop.warehouse, "STAGE-1")
