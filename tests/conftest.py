"""Fixtures for all tests.

The database is started by the plugin ``hecang.kernel.database.testing`` (see pyproject.toml); the
network is closed but for this machine (pytest-socket, same place).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

_ALLOW_TRUNCATE = """
DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT tgrelid::regclass AS owner, tgname FROM pg_trigger WHERE tgname LIKE '%\\_no\\_truncate' LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', found.owner, found.tgname);
    END LOOP;
END $$
"""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any
) -> None:
    """Every worker copies one migrated database instead of migrating its own."""
    from django.db import connection
    from tests.template import template_ensure

    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = template_ensure()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database, whose append-only tables may be emptied between transactional tests."""
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(_ALLOW_TRUNCATE)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Messages are asserted in English; tests of translations override the language themselves."""
    with translation.override("en"):
        yield
