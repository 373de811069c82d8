"""Leases: a scan keeps a task, silence gives it back; shifts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import user_make
from tests.factories.facility import warehouse
from tests.factories.work import by, history, place, state, task, worker

from hecang.facility.models import Warehouse
from hecang.kernel.clock import now
from hecang.kernel.errors import InvalidInput
from hecang.work.models import Task, Worker
from hecang.work.services import (
    WorkerIn,
    leases_expire,
    shift_begin,
    shift_end,
    task_pause,
    task_start,
    tasks_claim,
    worker_save,
    worker_seen,
)
from hecang.work.services.locking import LEASE

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Warehouse:
    return warehouse()


def silence(*tasks: Task, minutes: int = 40) -> None:
    """So long has nobody heard of them."""
    Task.objects.filter(pk__in=[one.pk for one in tasks], lease_until__isnull=False).update(
        lease_until=now() - timedelta(minutes=minutes) + LEASE
    )


class TestLeases:
    def test_silence_gives_a_task_back_and_says_so(self, site: Warehouse) -> None:
        one, fresh, user = task(site), task(site), worker(site)
        with by(user):
            task_start(task_id=one.pk)
            task_start(task_id=fresh.pk)
        silence(one)

        assert leases_expire() == 1
        assert (state(one), state(fresh)) == (("open", None), ("started", user.pk))
        assert history(one)[-1] == "expired"
        assert one.events.get(event="expired").user_id == user.pk
        assert leases_expire() == 0

    def test_a_scan_in_time_keeps_it(self, site: Warehouse) -> None:
        one, user = task(site), worker(site)
        with by(user):
            task_start(task_id=one.pk)
            silence(one, minutes=29)
            worker_seen(warehouse_id=site.pk, location_id=place(site, "A01-01-1"))
        one.refresh_from_db()
        assert one.lease_until is not None
        assert one.lease_until > now() + LEASE - timedelta(minutes=1)
        seen = Worker.objects.get(user=user)
        assert (seen.last_location_id, seen.last_seen_at is not None) == (place(site, "A01-01-1"), True)

    def test_what_is_set_aside_on_purpose_does_not_expire(self, site: Warehouse) -> None:
        one = task(site)
        with by(worker(site)):
            task_start(task_id=one.pk)
            task_pause(task_id=one.pk)
        silence(one)
        assert leases_expire() == 0

    def test_whoever_scans_is_a_worker(self, site: Warehouse) -> None:
        user = user_make(roles=["operator"])
        with by(user):
            worker_seen(warehouse_id=site.pk)
        found = Worker.objects.get(user=user)
        assert (found.warehouse_id, found.is_on_shift, found.last_location_id) == (site.pk, False, None)

    def test_statements_do_not_grow_with_tasks(self, site: Warehouse) -> None:
        counts = []
        for size in (10, 100):
            mine = [task(site) for _ in range(size)]
            with by(worker(site)):
                tasks_claim(task_ids=[one.pk for one in mine])
            silence(*mine)
            with CaptureQueriesContext(connection) as queries:
                assert leases_expire() == size
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestShifts:
    def test_who_goes_home_gives_everything_back(self, site: Warehouse) -> None:
        user = user_make(roles=["operator"], warehouse_ids=[site.pk])
        one, paused = task(site), task(site)
        with by(user):
            shift_begin(warehouse_id=site.pk)
            task_start(task_id=one.pk)
            task_start(task_id=paused.pk)
            task_pause(task_id=paused.pk)
            assert shift_end() == 2
            assert shift_end() == 0
        assert (state(one), state(paused)) == (("open", None), ("open", None))
        assert not Worker.objects.get(user=user).is_on_shift

    def test_what_is_known_of_a_worker_outlasts_shifts(self, site: Warehouse) -> None:
        user = user_make(roles=["operator"])
        worker_save(
            worker=WorkerIn(
                user.pk, site.pk, skills=("hazard", "forklift"), equipment=("cart",), kinds=("pick",)
            )
        )
        with by(user):
            shift_begin(warehouse_id=site.pk)
        found = Worker.objects.get(user=user)
        assert (found.skills, found.equipment, found.kinds, found.is_on_shift) == (
            ["forklift", "hazard"],
            ["cart"],
            ["pick"],
            True,
        )

    def test_nonsense_is_named_by_its_field(self, site: Warehouse) -> None:
        other = warehouse()
        zone = other.zones.first()
        assert zone is not None
        with pytest.raises(InvalidInput) as caught:
            worker_save(
                worker=WorkerIn(
                    user_make().pk, site.pk, skills=("Fork Lift",), kinds=("fly",), home_zone_id=zone.pk
                )
            )
        assert {one.loc for one in caught.value.problems} == {"skills.0", "kinds", "home_zone_id"}
