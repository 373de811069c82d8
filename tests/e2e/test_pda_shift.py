"""The worker's own day on the handheld: shift, break, tasks that are laid aside, handed over and given back."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.e2e.handheld import Phone
from tests.factories.facility import warehouse
from tests.factories.work import by, state, task, worker

from hecang.accounts.models import User
from hecang.facility.models import Warehouse
from hecang.work.models import Task, Worker
from hecang.work.services import task_start

SHOTS = os.environ.get("HECANG_SHOTS", "")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.fixture
def site(transactional_db: None) -> Warehouse:
    return warehouse("WH1", aisles=2, bays=5)


def given(site: Warehouse) -> Task:
    """A task of the worker who holds the phone, begun."""
    me = User.objects.get(username="worker")
    one = task(site, "putaway", at="DOCK-1", to="A01-03-1", quantity=40, note="PA26-0001")
    with by(me):
        task_start(task_id=one.pk)
    return one


def at_work(context: BrowserContext, site: Warehouse) -> tuple[Phone, Task]:
    """A phone whose worker has begun the shift and a task, which lies open."""
    phone = Phone(context, site)
    phone.page.get_by_role("button", name="Begin shift").click()
    expect(phone.page.get_by_role("button", name="End shift")).to_be_visible()
    return phone, opened(phone.page, given(site))


def opened(page: Page, one: Task) -> Task:
    """The task, after a reload and a tap on it."""
    page.reload()
    page.locator(f"[data-task='{one.pk}'] .resume").click()
    return one


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_day_from_the_beginning_of_the_shift_to_its_end(
    context: BrowserContext, site: Warehouse, language: str
) -> None:
    begin, rest, back, end = (
        ("Begin shift", "Take a break", "Back to work", "End shift")
        if language == "en"
        else ("上班", "休息", "继续上班", "下班")
    )
    phone = Phone(context, site, language=language)
    page = phone.page
    shot(page, f"shift-before-{language}")
    page.get_by_role("button", name=begin, exact=True).click()
    expect(page.get_by_role("button", name=rest, exact=True)).to_be_visible()
    assert Worker.objects.get(user__username="worker").is_on_shift

    one = given(site)
    page.reload()
    expect(page.locator(f"[data-task='{one.pk}'][data-state=started]")).to_be_visible()
    shot(page, f"shift-at-work-{language}")
    page.get_by_role("button", name=rest, exact=True).click()
    expect(page.locator(f"[data-task='{one.pk}'][data-state=paused]")).to_be_visible()
    shot(page, f"shift-break-{language}")
    page.get_by_role("button", name=back, exact=True).click()
    expect(page.locator(f"[data-task='{one.pk}'][data-state=started]")).to_be_visible()

    # Whoever still has a task is asked once more; then it goes back to the others.
    page.get_by_role("button", name=end, exact=True).click()
    shot(page, f"shift-end-asked-{language}")
    assert state(one)[0] == "started"
    page.locator(".shift").get_by_role("button").last.click()
    expect(page.get_by_role("button", name=begin, exact=True)).to_be_visible()
    expect(page.locator("[data-task]")).to_have_count(0)
    assert state(one) == ("open", None)
    assert not Worker.objects.get(user__username="worker").is_on_shift
    assert phone.troubles == []


def test_a_task_is_paused_handed_over_and_given_back(context: BrowserContext, site: Warehouse) -> None:
    wei = worker(site, "A02-01-1", name="wei")
    phone, first = at_work(context, site)
    page = phone.page

    page.get_by_role("button", name="Pause").click()
    phone.expect_notice("it stays yours", "good")
    expect(page.locator(f"[data-task='{first.pk}'][data-state=paused]")).to_be_visible()
    shot(page, "task-paused-en")
    second = given(site)
    opened(page, first)
    page.get_by_role("button", name="Hand over").click()
    shot(page, "task-hand-over-en")
    page.get_by_role("group", name="To whom?").get_by_role("button", name="wei").click()
    phone.expect_notice("Handed over to wei", "good")
    expect(page.locator(f"[data-task='{first.pk}']")).to_have_count(0)
    assert state(first)[1] == wei.pk

    page.locator(f"[data-task='{second.pk}'] .resume").click()
    page.get_by_role("button", name="Give back").click()  # is asked once more
    page.locator(".mine-acts > button").last.click()
    phone.expect_notice("Given back", "good")
    assert state(second) == ("open", None)
    assert phone.troubles == []


def test_nobody_to_hand_over_to_is_said(context: BrowserContext, site: Warehouse) -> None:
    phone, one = at_work(context, site)
    page = phone.page
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("Nobody else at work now can do this task")).to_be_visible()
    assert state(one)[0] == "started"
