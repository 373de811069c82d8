"""What can go wrong with the embedded database, always told in three parts.

DatabaseError
├── BinariesMissing      no usable PostgreSQL programs on this machine
├── StartFailed          the server does not start, or not in time
├── VersionMismatch      the data folder belongs to another PostgreSQL release
├── NotEmbedded          the operation makes sense for the embedded server only
└── DumpFailed           a backup or a restore could not be completed

No Django here: settings import this package before Django is configured.
"""

from __future__ import annotations


class DatabaseError(Exception):
    """A message a person can act on: what happened, why, and what to do."""

    def __init__(self, what: str, *, why: str, todo: str) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.todo = todo

    def __str__(self) -> str:
        return f"{self.what}\n  Why: {self.why}\n  What to do: {self.todo}"


class BinariesMissing(DatabaseError):
    """No usable PostgreSQL programs on this machine."""


class StartFailed(DatabaseError):
    """The server does not start, or not in time."""


class VersionMismatch(DatabaseError):
    """The data folder belongs to another PostgreSQL release."""


class NotEmbedded(DatabaseError):
    """The operation makes sense for the embedded server only."""


class DumpFailed(DatabaseError):
    """A backup or a restore could not be completed."""
