"""``hecang serve`` tells who can sign in, and lets somebody in where nobody can yet."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from hecang.accounts.models import User
from hecang.cli.main import build

pytestmark = pytest.mark.django_db


def first() -> str:
    result = CliRunner().invoke(build(), ["user", "first"])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_an_empty_installation_gets_an_administrator() -> None:
    told = first()

    admin = User.objects.get()
    password = re.search(r"one-time password (\S+)\.", told)
    assert password is not None
    assert (admin.username, admin.roles) == ("admin", ["admin"])
    assert admin.check_password(password[1])


def test_later_only_the_names_are_told() -> None:
    first()

    told = first()

    assert told == "Sign in as admin. A new password: hecang user password NAME"
    assert User.objects.count() == 1
