"""The floor at a glance, the task list, workers and the plan, in the desk."""

from __future__ import annotations

import os
import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from tests.factories.accounts import user_make
from tests.factories.facility import warehouse
from tests.factories.work import by, state, task, worker

from hecang.facility.models import Warehouse
from hecang.kernel.clock import now
from hecang.work.models import Task, Worker
from hecang.work.services import task_start, tasks_done

SHOTS = os.environ.get("HECANG_SHOTS", "")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


@pytest.fixture
def site(transactional_db: None) -> Warehouse:
    """A warehouse at work: one picks, one is idle, things wait and some are late."""
    site = warehouse("WH1", aisles=4, bays=10)
    lin = worker(site, "A01-03-1", name="lin", skills=["forklift"])
    worker(site, "A03-05-1", name="wei")
    begun = task(site, "pick", at="A01-05-1", to="STAGE-1", quantity=18, est_seconds=240, note="PK26-0001")
    done = task(site, "putaway", at="DOCK-1", to="A02-03-1", est_seconds=90)
    with by(lin):
        task_start(task_id=done.pk)
        tasks_done(task_ids=[done.pk])
        task_start(task_id=begun.pk)
    Task.objects.filter(pk=begun.pk).update(working_since=now() - timedelta(minutes=7))
    for number in range(6):
        task(
            site,
            "pick",
            at=f"A0{1 + number % 4}-{1 + 2 * number:02}-1",
            to="STAGE-1",
            quantity=9,
            est_seconds=180,
        )
    task(site, "putaway", at="DOCK-1", to="A04-03-1", quantity=40, est_seconds=120, skill="forklift")
    task(site, "count", at="A02-07-1", due_at=now() - timedelta(minutes=12), note="CC26-0003")
    task(site, "move", at="A03-01-1", skill="hazard")
    return site


def test_the_floor_shows_who_does_what_what_waits_and_what_is_late(desk: Page, site: Warehouse) -> None:
    desk.goto("/floor")
    row = desk.get_by_role("row").filter(has_text="lin").first
    expect(row).to_contain_text("PK26-0001")
    expect(row).to_contain_text("7 of 4 min expected")
    expect(desk.get_by_role("row").filter(has_text="wei").first).to_contain_text("Idle")
    expect(desk.get_by_role("row").filter(has_text="CC26-0003").first).to_contain_text("Nobody")
    shot(desk, "floor-en")
    desk.get_by_role("row").filter(has_text="DCK").get_by_role("link", name="1").first.click()
    expect(desk).to_have_url(re.compile(r"/tasks.*kind=putaway"))
    expect(desk.get_by_role("row").filter(has_text="DOCK-1 → A04-03-1")).to_be_visible()


def test_a_plan_is_looked_at_and_applied(desk: Page, site: Warehouse) -> None:
    desk.goto("/floor")
    desk.get_by_role("button", name="Plan work").click()
    dialog = desk.get_by_role("dialog")
    expect(dialog.get_by_role("region", name="lin")).to_contain_text("At work")
    expect(dialog.get_by_text("Nobody on shift has the skill or does this kind")).to_be_visible()
    shot(desk, "plan-en")
    dialog.get_by_role("button", name="Give out").click()
    expect(dialog).to_be_hidden()

    assert Task.objects.filter(state="assigned").count() == 4
    assert not Task.objects.filter(state="assigned", skill="hazard").exists()


def test_tasks_are_put_first_handed_over_and_looked_into(desk: Page, site: Warehouse) -> None:
    one = Task.objects.get(kind="count")
    desk.goto("/tasks?kind=count")
    desk.get_by_role("row").filter(has_text=str(one.pk)).get_by_role("checkbox").check()
    desk.get_by_role("button", name="Change priority").click()
    desk.get_by_role("combobox", name="Priority").click()
    desk.get_by_title("First of all (10)").click()
    desk.get_by_role("dialog").get_by_role("button", name="Change priority").click()
    expect(desk.get_by_role("row").filter(has_text=str(one.pk))).to_contain_text("10")
    shot(desk, "tasks-en")

    desk.goto(f"/tasks?open={one.pk}")
    drawer = desk.get_by_role("dialog").first
    drawer.get_by_role("button", name="Hand over").click()
    desk.get_by_role("combobox", name="Worker").last.click()
    desk.get_by_title("wei", exact=True).last.click()
    desk.get_by_role("dialog").last.get_by_role("button", name="Hand over").click()
    expect(drawer.get_by_text("Handed over to wei")).to_be_visible()
    shot(desk, "task-en")
    assert state(one) == ("assigned", Worker.objects.get(user__username="wei").user_id)


def test_a_worker_is_added_and_begins_a_shift(desk: Page, site: Warehouse) -> None:
    user_make("zhao", roles=["operator"], warehouse_ids=[site.pk])
    desk.goto("/workers")
    desk.get_by_role("button", name="Add a worker").first.click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Worker").click()
    desk.get_by_title("zhao", exact=True).click()
    dialog.get_by_role("combobox", name="Warehouse").click()
    desk.get_by_title("WH1 Warehouse WH1").last.click()
    dialog.get_by_role("combobox", name="Skills").press_sequentially("hazard,")
    expect(dialog.get_by_title("hazard", exact=True)).to_be_visible()
    shot(desk, "worker-en")
    dialog.get_by_role("button", name="Save").click()
    row = desk.get_by_role("row").filter(has_text="zhao")
    row.get_by_role("button", name="Begin shift").click()
    expect(row.get_by_role("button", name="End shift")).to_be_visible()
    shot(desk, "workers-en")

    found = Worker.objects.get(user__username="zhao")
    assert (found.skills, found.is_on_shift, found.warehouse_id) == (["hazard"], True, site.pk)


def test_the_floor_in_chinese_and_dark(desk: Page, site: Warehouse) -> None:
    desk.evaluate(
        "localStorage.setItem('hecang.language', 'zh-CN'); localStorage.setItem('hecang.theme', 'dark')"
    )
    desk.goto("/floor")
    expect(desk.get_by_role("row").filter(has_text="lin").first).to_be_visible()
    shot(desk, "floor-dark")
