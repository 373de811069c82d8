"""Signing in and out."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from tests.e2e.conftest import PASSWORD, sign_in

from hecang.accounts.services.users import user_create


def test_a_wrong_password_is_told_and_the_right_one_lets_in(page: Page) -> None:
    user_create(username="lin", roles=["order_desk"], password=PASSWORD, language="en")
    page.goto("/orders")
    expect(page).to_have_url(re.compile("/login"))

    page.get_by_label("Username").fill("lin")
    page.locator("input[type=password]").fill("not-my-password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()

    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/orders"))


def test_nobody_sees_pages_that_their_role_may_not_use(page: Page) -> None:
    sign_in(page, roles=["customer_service"])
    expect(page.get_by_role("link", name="Orders").first).to_be_visible()
    expect(page.get_by_role("link", name="Users")).to_have_count(0)
