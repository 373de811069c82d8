"""Fixtures for all tests.

The database is started by the plugin ``hecang.kernel.database.testing`` (see pyproject.toml); the
network is closed but for this machine (pytest-socket, same place).
"""

from __future__ import annotations
