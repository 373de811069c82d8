"""pytest plugin: tests run on their own cluster, which trades durability for speed.

Loaded early (``-p hecang.kernel.database.testing`` in pyproject.toml), before pytest-django reads
the settings. With ``DATABASE_URL`` set that server is used and nothing is started here.
"""

from __future__ import annotations

import os

import pytest

from hecang.kernel import database

if not database.is_external():
    os.environ["HECANG_DB_DURABLE"] = "0"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start the server once, in the process that hands out the tests; workers find it running."""
    if config.getoption("help", False) or config.getoption("version", 0) or config.option.collectonly:
        return
    database.ensure_running()
