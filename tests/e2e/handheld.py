"""A phone-sized page of the handheld app, driven as a wedge scanner and a thumb drive it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from hecang.accounts.services.users import user_create
from hecang.facility.models import Warehouse

PASSWORD = "correct-horse-battery-9"
PHONE = {"width": 390, "height": 844}


class Phone:
    """A handheld on which a worker has signed in.

    ::

        phone = Phone(context, warehouse)
        phone.begin("Look up").scan("A01-01-1")
        phone.expect_prompt("A01-01-1").expect_fact("Zone", "A")
    """

    def __init__(
        self,
        context: BrowserContext,
        warehouse: Warehouse,
        *,
        roles: tuple[str, ...] = ("operator",),
        language: str = "en",
        username: str = "worker",
    ) -> None:
        user_create(
            username=username, roles=list(roles), password=PASSWORD, language=language,
            warehouse_ids=[warehouse.pk],
        )  # fmt: skip
        chosen = "en" if language == "en" else "zh-CN"
        context.add_init_script(
            f"localStorage.getItem('hecang.language') ?? localStorage.setItem('hecang.language', '{chosen}')"
        )
        self.page: Page = context.new_page()
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.goto("/pda")
        self.page.locator("input[name=username]").fill(username)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".menu")).to_be_visible()

    def begin(self, title: str) -> Phone:
        """Choose a job of the menu by its title."""
        self.page.locator(".tile", has_text=title).first.click()
        expect(self.page.locator(".prompt")).to_be_visible()
        return self

    def scan(self, *codes: str) -> Phone:
        """Type codes as a scanner does, wherever the focus is, and wait for each answer."""
        for code in codes:
            # A person looks at the step before scanning for it.
            expect(self.page.locator("main[aria-busy=true]")).to_have_count(0)
            before = self.page.locator("[data-answers]").get_attribute("data-answers")
            self.page.keyboard.type(code)
            self.page.keyboard.press("Enter")
            self._answered(before)
        return self

    def quantity(self, number: int) -> Phone:
        """Type a number on the pad and send it."""
        for digit in str(number):
            self.page.locator(".pad").get_by_text(digit, exact=True).click()
        self.page.locator(".pad .press.primary").click()
        return self

    def press(self, label: str) -> Phone:
        self.page.get_by_role("button", name=label).first.click()
        return self

    def expect_prompt(self, text: Any) -> Phone:
        expect(self.page.locator(".prompt")).to_contain_text(text)
        return self

    def expect_state(self, state: str) -> Phone:
        expect(self.page.locator(f".prompt[data-state={state}]")).to_be_visible()
        return self

    def expect_fact(self, label: str, value: str) -> Phone:
        term = self.page.locator("dt", has_text=label).first
        expect(term.locator("xpath=following-sibling::dd[1]")).to_contain_text(value)
        return self

    def expect_notice(self, text: Any, tone: str = "") -> Phone:
        notice = self.page.locator(f".notice{'.' + tone if tone else ''}")
        expect(notice).to_contain_text(text)
        return self

    def _answered(self, before: str | None) -> None:
        """Every answer, taken or refused, counts up ``data-answers`` of the job."""
        expect(self.page.locator(f"[data-answers='{before}']")).to_have_count(0)
