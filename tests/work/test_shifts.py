"""Shifts and breaks: planned by the manager, begun and ended, heeded by the plan and by the next task."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import api_client
from tests.factories.facility import warehouse
from tests.factories.work import by, history, state, task, worker

from hecang.accounts.models import User
from hecang.facility.models import Warehouse
from hecang.inventory.verify import inventory_verify
from hecang.kernel import clock
from hecang.kernel.errors import InvalidInput, NotFound
from hecang.work.errors import NotAtWork
from hecang.work.models import ShiftTemplate, Task, TaskDuration, Worker
from hecang.work.selectors import shifts as selectors
from hecang.work.selectors.floorview import floor_view
from hecang.work.services import (
    ShiftTemplateIn,
    WorkerIn,
    break_begin,
    break_end,
    shift_begin,
    shift_end,
    shift_template_delete,
    shift_template_save,
    shift_until,
    task_claim,
    task_claim_next,
    task_hand_over,
    task_pause,
    task_start,
    tasks_done,
    worker_save,
    worker_seen,
)
from hecang.work.services.durations import FEWEST, durations_learn
from hecang.work.services.planning import work_plan
from hecang.work.shifts import ShiftHours, hours_fault, rests_ahead, shift_at, shift_nearest

pytestmark = pytest.mark.django_db

#: Noon in Shanghai.
NOON = datetime(2026, 11, 30, 4, tzinfo=UTC)
EARLY = ShiftHours(time(6), time(14), ((time(10), time(10, 30)),))
NIGHT = ShiftHours(time(22), time(6), ((time(23, 45), time(0, 15)), (time(3), time(3, 30))))


@pytest.fixture
def site() -> Warehouse:
    return warehouse(aisles=3, bays=10)


def minutes(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


def at_work(
    site: Warehouse,
    *,
    until: float | None = None,
    breaks: tuple[tuple[float, float], ...] = (),
    **more: object,
) -> User:
    """Somebody on shift until so many minutes from noon on, with breaks of which the same is said."""
    return worker(
        site, "A01-01-1", on_shift_since=minutes(-240),
        shift_ends_at=None if until is None else minutes(until),
        shift_breaks=[minutes(one) for rest in breaks for one in rest], **more,
    )  # fmt: skip


class TestHours:
    def test_a_shift_is_found_from_two_hours_before_it_begins_until_it_ends(self) -> None:
        for moment, found in (("03:59", False), ("04:00", True), ("13:59", True), ("14:00", False)):
            local = datetime.fromisoformat(f"2026-11-30T{moment}:00+08:00")
            assert (shift_at(EARLY, "Asia/Shanghai", local) is not None) is found

    def test_one_over_midnight_ends_and_rests_on_the_next_day(self) -> None:
        for moment in ("2026-11-30T21:00:00+08:00", "2026-12-01T05:00:00+08:00"):
            shift = shift_at(NIGHT, "Asia/Shanghai", datetime.fromisoformat(moment))
            assert shift is not None
            assert shift.ends_at == datetime.fromisoformat("2026-12-01T06:00:00+08:00")
            assert [(begin.isoformat(), end.isoformat()) for begin, end in shift.breaks] == [
                ("2026-11-30T23:45:00+08:00", "2026-12-01T00:15:00+08:00"),
                ("2026-12-01T03:00:00+08:00", "2026-12-01T03:30:00+08:00"),
            ]

    def test_the_clock_is_the_warehouses_also_on_the_day_on_which_it_is_put_forward(self) -> None:
        shift = shift_at(NIGHT, "Europe/Berlin", datetime(2026, 3, 28, 21, tzinfo=UTC))
        assert shift is not None
        assert shift.ends_at.astimezone(UTC) == datetime(2026, 3, 29, 4, tzinfo=UTC)

    def test_of_several_the_nearest_counts(self) -> None:
        late = ShiftHours(time(13), time(21))
        shift = shift_nearest([EARLY, late], "Asia/Shanghai", minutes(45))
        assert shift is not None
        assert shift.begins_at == minutes(60)
        assert shift_nearest([EARLY], "Asia/Shanghai", minutes(300)) is None

    @pytest.mark.parametrize(
        ("hours", "fault"),
        [
            (EARLY, ""),
            (NIGHT, ""),
            (ShiftHours(time(8), time(8)), "length"),
            (ShiftHours(time(8), time(8, 20)), "length"),
            (ShiftHours(time(8), time(7)), "length"),
            (ShiftHours(time(8), time(16), ((time(7), time(7, 30)),)), "breaks"),
            (ShiftHours(time(8), time(16), ((time(12), time(12)),)), "breaks"),
            (ShiftHours(time(8), time(16), ((time(15), time(17)),)), "breaks"),
            (ShiftHours(time(8), time(16), ((time(12), time(13)), (time(12, 30), time(14)))), "breaks"),
        ],
    )
    def test_hours_that_cannot_be_are_known(self, hours: ShiftHours, fault: str) -> None:
        assert hours_fault(hours) == fault


class TestRests:
    PLANNED = ((minutes(60), minutes(90)), (minutes(200), minutes(215)))

    def test_what_is_over_counts_no_more_and_what_goes_on_does(self) -> None:
        assert rests_ahead(self.PLANNED, minutes(89), on_break_since=None, back_since=None) == self.PLANNED
        assert (
            rests_ahead(self.PLANNED, minutes(90), on_break_since=None, back_since=None) == self.PLANNED[1:]
        )

    def test_a_break_taken_early_is_the_planned_one_as_long_as_it(self) -> None:
        assert rests_ahead(self.PLANNED, minutes(45), on_break_since=minutes(40), back_since=None) == (
            (minutes(40), minutes(70)),
            self.PLANNED[1],
        )
        assert (
            rests_ahead(self.PLANNED, minutes(50), on_break_since=None, back_since=minutes(49))
            == self.PLANNED[1:]
        )

    def test_one_that_nobody_planned_is_short_and_leaves_the_others(self) -> None:
        assert rests_ahead(self.PLANNED, minutes(5), on_break_since=minutes(0), back_since=None) == (
            (minutes(0), minutes(15)),
            *self.PLANNED,
        )

    def test_whoever_rests_longer_than_planned_is_expected_any_moment(self) -> None:
        assert (
            rests_ahead(self.PLANNED, minutes(130), on_break_since=minutes(60), back_since=None)
            == self.PLANNED[1:]
        )


class TestPlanningHours:
    def test_hours_are_saved_changed_and_forgotten(self, site: Warehouse) -> None:
        made = shift_template_save(
            template=ShiftTemplateIn(site.pk, " Early ", time(6), time(14), ((time(10), time(10, 30)),))
        )
        user = worker(site, on_shift=False)
        worker_save(worker=WorkerIn(user.pk, site.pk, shift_id=made))
        with clock.at(minutes(-120)):
            shift_begin(warehouse_id=site.pk, user_id=user.pk)
        row = Worker.objects.get(user=user)
        assert (row.shift_ends_at, row.shift_breaks) == (minutes(120), [minutes(-120), minutes(-90)])

        shift_template_save(template=ShiftTemplateIn(site.pk, "Early", time(6), time(15)), template_id=made)
        row.refresh_from_db()
        assert (row.shift_ends_at, row.shift_breaks) == (minutes(180), [])
        [told] = selectors.templates(site.pk)
        assert (told["name"], told["breaks"], told["workers"]) == ("Early", [], 1)

        shift_template_delete(template_id=made)
        row.refresh_from_db()
        assert (row.shift_id, row.shift_ends_at) == (None, minutes(180))

    def test_nonsense_is_refused_in_words(self, site: Warehouse) -> None:
        shift_template_save(template=ShiftTemplateIn(site.pk, "Early", time(6), time(14)))
        for wrong in (
            ShiftTemplateIn(site.pk, "Early", time(7), time(15)),
            ShiftTemplateIn(site.pk, "  ", time(7), time(15)),
            ShiftTemplateIn(site.pk, "Long", time(7), time(6)),
            ShiftTemplateIn(site.pk, "Odd", time(7), time(15), ((time(16), time(17)),)),
        ):
            with pytest.raises(InvalidInput):
                shift_template_save(template=wrong)
        assert ShiftTemplate.objects.count() == 1
        user = worker(warehouse(), on_shift=False)
        with pytest.raises(InvalidInput):
            worker_save(
                worker=WorkerIn(
                    user.pk,
                    Worker.objects.get(user=user).warehouse_id,
                    shift_id=ShiftTemplate.objects.get().pk,
                )
            )
        with by(user), pytest.raises(NotFound):
            shift_template_delete(template_id=ShiftTemplate.objects.get().pk)

    def test_whoever_has_no_hours_of_their_own_works_those_that_begin_now(self, site: Warehouse) -> None:
        for name, hours in (("Early", EARLY), ("Night", NIGHT)):
            shift_template_save(
                template=ShiftTemplateIn(site.pk, name, hours.begins_at, hours.ends_at, hours.breaks)
            )
        user = worker(site, on_shift=False)
        with clock.at(minutes(9 * 60)):  # nine in the evening
            shift_begin(warehouse_id=site.pk, user_id=user.pk)
        row = Worker.objects.get(user=user)
        assert row.shift_ends_at == minutes(18 * 60)
        assert len(row.shift_breaks) == 4
        with clock.at(minutes(19 * 60)):
            shift_end(user_id=user.pk)
        with clock.at(minutes(5 * 60)):  # nobody has planned work in the afternoon
            shift_begin(warehouse_id=site.pk, user_id=user.pk)
        assert Worker.objects.get(user=user).shift_ends_at is None

    def test_a_shift_that_nobody_ended_yesterday_is_no_end_today_and_a_new_one_begins(
        self, site: Warehouse
    ) -> None:
        user = at_work(site, until=-24 * 60)
        long = task(site, at="A01-03-1", est_seconds=7200)
        with clock.at(NOON):
            assert [one.task_id for one in work_plan(warehouse_id=site.pk).queues[0].steps] == [long.pk]
            shift_begin(warehouse_id=site.pk, user_id=user.pk)
        assert Worker.objects.get(user=user).on_shift_since == NOON

    def test_a_manager_lets_somebody_stay_longer(self, site: Warehouse) -> None:
        user = at_work(site, until=5)
        with clock.at(NOON):
            shift_until(user_id=user.pk, ends_at=minutes(60))
            assert Worker.objects.get(user=user).shift_ends_at == minutes(60)
            with pytest.raises(InvalidInput):
                shift_until(user_id=user.pk, ends_at=NOON)
            with pytest.raises(NotAtWork):
                shift_until(user_id=worker(site, on_shift=False).pk, ends_at=minutes(60))


class TestThePlan:
    def test_only_what_fits_before_the_end_is_planned_and_the_rest_goes_to_who_stays(
        self, site: Warehouse
    ) -> None:
        leaving, staying = at_work(site, until=10), at_work(site, until=None, last_location=None)
        short = task(site, at="A01-01-1", est_seconds=300)
        long = task(site, at="A01-03-1", est_seconds=900)
        with clock.at(NOON):
            plan = work_plan(warehouse_id=site.pk)
        queues = {queue.user_id: [step.task_id for step in queue.steps] for queue in plan.queues}
        assert queues == {leaving.pk: [short.pk], staying.pk: [long.pk]}
        assert plan.queues[0].ends_at == minutes(10)
        assert all(step.end_at <= minutes(10) for step in plan.queues[0].steps)

    @pytest.mark.parametrize(("until", "fits"), [(5, True), (4.98, False), (0, False), (-30, False)])
    def test_what_ends_on_the_minute_fits_and_a_second_more_does_not(
        self, site: Warehouse, until: float, fits: bool
    ) -> None:
        at_work(site, until=until)
        one = task(site, at="A01-01-1", est_seconds=300)
        with clock.at(NOON):
            plan = work_plan(warehouse_id=site.pk)
        assert bool(plan.queues[0].steps) is fits
        assert plan.unassigned == (() if fits else ((one.pk, "no_time_before_shift_end"),))

    def test_work_goes_around_the_breaks(self, site: Warehouse) -> None:
        at_work(site, until=120, breaks=((10, 40),))
        task(site, at="A01-01-1", est_seconds=540)
        task(site, at="A01-01-1", est_seconds=900)
        with clock.at(NOON):
            plan = work_plan(warehouse_id=site.pk)
        [queue] = plan.queues
        assert [(step.begin_at, step.end_at) for step in queue.steps] == [
            (minutes(0), minutes(9)),
            (minutes(40), minutes(55)),
        ]
        assert queue.breaks == ((minutes(10), minutes(40)),)

    def test_whoever_rests_gets_work_for_afterwards(self, site: Warehouse) -> None:
        user = at_work(site, until=120, breaks=((0, 30),))
        Worker.objects.filter(user=user).update(on_break_since=minutes(-10))
        task(site, at="A01-01-1", est_seconds=60)
        with clock.at(NOON):
            [queue] = work_plan(warehouse_id=site.pk).queues
        assert [step.begin_at for step in queue.steps] == [minutes(20)]

    def test_a_task_of_unknown_length_takes_as_long_as_its_kind_took_lately(self, site: Warehouse) -> None:
        user = at_work(site, until=10)
        with clock.at(minutes(-600)):
            for number in range(FEWEST):
                one = task(site, "inspect")
                with by(user):
                    task_start(task_id=one.pk)
                with clock.shifted(timedelta(minutes=11 + number % 3)):
                    tasks_done(task_ids=[one.pk])
            task(warehouse(), "inspect")
        with clock.at(NOON):
            assert durations_learn() == 1
            learned = TaskDuration.objects.get()
            assert (learned.kind, learned.seconds, learned.tasks) == ("inspect", 720, FEWEST)
            known = task(site, "inspect", est_seconds=60)
            unknown = task(site, "inspect")
            assert (known.est_seconds, unknown.est_seconds) == (60, 720)
            assert work_plan(warehouse_id=site.pk).unassigned == ((unknown.pk, "no_time_before_shift_end"),)
        with clock.at(NOON + timedelta(days=40)):
            assert durations_learn() == 0
        assert not TaskDuration.objects.exists()


class TestTheNextTask:
    @staticmethod
    def following(site: Warehouse, user: User) -> int | None:
        with clock.at(NOON), by(user):
            row = task_claim_next(warehouse_id=site.pk)
        return None if row is None else row.id

    def test_a_minute_before_the_end_a_long_task_waits_for_others_and_a_short_one_is_given(
        self, site: Warehouse
    ) -> None:
        leaving, staying = at_work(site, until=1), at_work(site, until=240)
        long = task(site, at="A01-01-1", est_seconds=1200, priority=50)
        short = task(site, at="A01-01-1", est_seconds=40)
        assert self.following(site, leaving) == short.pk
        tasks_done(task_ids=[short.pk])
        assert self.following(site, leaving) is None
        assert self.following(site, staying) == long.pk

    def test_what_is_urgent_is_given_all_the_same(self, site: Warehouse) -> None:
        leaving = at_work(site, until=1)
        at_work(site, until=240)
        task(site, est_seconds=1200, due_at=minutes(60))
        due = task(site, est_seconds=1200, due_at=minutes(20))  # begun after the shift, it would be late
        assert self.following(site, leaving) == due.pk
        tasks_done(task_ids=[due.pk])
        first_of_all = task(site, est_seconds=1200, priority=10)
        assert self.following(site, leaving) == first_of_all.pk

    @pytest.mark.parametrize(
        "other",
        [
            None,
            {"on_shift": False},
            {"until": 10},
            {"skills": []},
            {"skills": ["hazard"], "kinds": ["count"]},
        ],
    )
    def test_what_nobody_else_could_do_is_given_after_what_fits(
        self, site: Warehouse, other: dict[str, object] | None
    ) -> None:
        leaving = at_work(site, until=1, skills=["hazard"])
        if other is not None:
            at_work(site, **{"until": 240, "skills": ["hazard"]} | other)  # type: ignore[arg-type]
        long = task(site, est_seconds=1200, skill="hazard", priority=50)
        short = task(site, est_seconds=60)
        assert self.following(site, leaving) == short.pk
        tasks_done(task_ids=[short.pk])
        assert self.following(site, leaving) == long.pk

    @pytest.mark.parametrize(("until", "given"), [(2, True), (1.9, False), (-60, False), (-300, True)])
    def test_a_task_of_unknown_length_is_taken_to_last_two_minutes_and_old_shifts_are_forgotten(
        self, site: Warehouse, until: float, given: bool
    ) -> None:
        leaving = at_work(site, until=until)
        at_work(site, until=240)
        one = task(site)
        assert self.following(site, leaving) == (one.pk if given else None)

    def test_what_was_given_before_stays(self, site: Warehouse) -> None:
        leaving = at_work(site, until=60)
        at_work(site, until=240)
        long = task(site, est_seconds=1200)
        assert self.following(site, leaving) == long.pk
        with clock.at(minutes(59)), by(leaving):
            row = task_claim_next(warehouse_id=site.pk)
        assert row is not None
        assert row.id == long.pk


class TestBreaks:
    def test_a_break_lays_down_what_is_begun_and_its_end_takes_it_up(self, site: Warehouse) -> None:
        user = at_work(site)
        begun, aside, later = task(site), task(site), task(site)
        with by(user):
            task_start(task_id=aside.pk)
            task_pause(task_id=aside.pk)
            task_start(task_id=begun.pk)
            task_claim(task_id=later.pk)
            assert break_begin() == 1
            assert break_begin() == 0
            assert [state(one)[0] for one in (begun, aside, later)] == ["paused", "paused", "assigned"]
            assert break_end() == 1
            assert break_end() == 0
        assert [state(one)[0] for one in (begun, aside, later)] == ["started", "paused", "assigned"]
        assert history(begun) == ["created", "assigned", "started", "paused", "resumed"]
        row = Worker.objects.get(user=user)
        assert row.on_break_since is None
        assert row.break_ended_at is not None
        assert inventory_verify().differences == 0

    def test_what_was_handed_over_meanwhile_stays_where_it_is(self, site: Warehouse) -> None:
        user, other = at_work(site), at_work(site)
        one = task(site)
        with by(user):
            task_start(task_id=one.pk)
            break_begin()
            task_hand_over(task_id=one.pk, user_id=other.pk)
            assert break_end() == 0
        assert state(one) == ("assigned", other.pk)

    def test_a_scan_and_the_end_of_the_shift_end_it_and_off_shift_there_is_none(
        self, site: Warehouse
    ) -> None:
        user = at_work(site)
        with by(user):
            break_begin()
            worker_seen(warehouse_id=site.pk)
            row = Worker.objects.get(user=user)
            assert (row.on_break_since, row.break_ended_at) == (None, row.last_seen_at)
            break_begin()
            shift_end()
            assert Worker.objects.get(user=user).on_break_since is None
            with pytest.raises(NotAtWork):
                break_begin()


class TestWhatIsShown:
    def test_the_floor_shows_ends_and_breaks(self, site: Warehouse) -> None:
        at_work(site, until=60, breaks=((20, 30),))
        resting = at_work(site, until=-600)
        Worker.objects.filter(user=resting).update(on_break_since=minutes(-5))
        with clock.at(NOON):
            first, second = sorted(floor_view(site.pk)["workers"], key=lambda one: one["user"]["id"])
        assert (first["shift_ends_at"], first["on_break_since"]) == (minutes(60), None)
        assert first["next_break"] == {"begins_at": minutes(20), "ends_at": minutes(30)}
        assert (second["shift_ends_at"], second["on_break_since"]) == (None, minutes(-5))
        assert second["next_break"] == {"begins_at": minutes(-5), "ends_at": minutes(10)}

    def test_a_manager_plans_by_the_api_and_a_worker_sees_their_own(self, site: Warehouse) -> None:
        manager = api_client(roles=["warehouse_manager"], warehouse_ids=[site.pk])
        hours = {
            "warehouse_id": site.pk, "name": "Early", "begins_at": "06:00", "ends_at": "14:00",
            "breaks": [{"begins_at": "10:00", "ends_at": "10:30"}],
        }  # fmt: skip
        made = manager.post("/shift-templates", hours)
        assert made.status_code == 201
        key = made.json()["id"]
        assert manager.put(f"/shift-templates/{key}", hours | {"ends_at": "15:00"}).status_code == 204
        [told] = manager.get(f"/shift-templates?warehouse_id={site.pk}").json()["items"]
        assert (told["ends_at"], told["breaks"]) == (
            "15:00:00", [{"begins_at": "10:00:00", "ends_at": "10:30:00"}],
        )  # fmt: skip

        mine = api_client(roles=["operator"], warehouse_ids=[site.pk])
        assert mine.post("/shift-templates", hours).status_code == 403
        assert mine.get(f"/shift?warehouse_id={site.pk}").json()["is_on_shift"] is False
        assert mine.post("/shift/break/begin").json()["code"] == "not_at_work"
        mine.post("/shift/begin", {"warehouse_id": site.pk})
        one = task(site, at="A01-01-1", note="N-1")
        mine.post("/tasks/start", {"ids": [one.pk]})
        assert mine.post("/shift/break/begin").json() == {"tasks": 1}
        shown = mine.get(f"/shift?warehouse_id={site.pk}").json()
        assert shown["on_break_since"] is not None
        [row] = shown["tasks"]
        assert (row["id"], row["state"], row["from_code"], row["kind_name"]) == (
            one.pk, "paused", "A01-01-1", "Move",
        )  # fmt: skip
        other = worker(site, name="lin")
        worker(site, name="cai", kinds=["count"])
        told = mine.get(f"/shift/colleagues?task_id={one.pk}").json()["items"]
        assert [person["id"] for person in told] == [other.pk]
        assert mine.post("/shift/break/end").json() == {"tasks": 1}
        assert mine.post("/shift/end").json() == {"released": 1}
        assert manager.delete(f"/shift-templates/{key}").status_code == 204

    def test_statements_do_not_grow_with_workers(self, site: Warehouse) -> None:
        hours = ShiftTemplateIn(site.pk, "Early", time(6), time(14))
        key = shift_template_save(template=hours)

        def asked(many: int) -> int:
            for _number in range(many):
                at_work(site, until=60, shift_id=key)
            Task.objects.all().delete()
            task(site, est_seconds=6000)
            with clock.at(NOON), CaptureQueriesContext(connection) as found:
                work_plan(warehouse_id=site.pk)
                floor_view(site.pk)
                shift_template_save(template=hours, template_id=key)
            return len(found)

        few = asked(2)
        assert asked(20) <= few
