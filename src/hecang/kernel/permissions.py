"""Every permission code there is. Declaring an operation of the API declares its permission.

Codes are ``<app>.<entity>.<verb>``. A code that only services ask for is declared by hand:
``RECIPIENT_VIEW = declare("orders.recipient.view")``.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

_CODE = re.compile(r"[a-z_]+\.[a-z_]+\.[a-z_]+\Z")
_declared: set[str] = set()


def declare(code: str) -> str:
    """Make ``code`` known and return it. Raises ValueError if it is not ``<app>.<entity>.<verb>``."""
    if not _CODE.match(code):
        raise ValueError(f"{code!r} is no permission code <app>.<entity>.<verb>")
    _declared.add(code)
    return code


def declared() -> frozenset[str]:
    """All codes known so far; complete once the API is assembled."""
    return frozenset(_declared)


def matching(patterns: frozenset[str]) -> frozenset[str]:
    """The declared codes that any of ``patterns`` (``orders.*``, ``*.*.view``) matches."""
    return frozenset(code for code in _declared if any(fnmatchcase(code, pattern) for pattern in patterns))
