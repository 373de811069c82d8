"""Owners, customers and regions for tests."""

from __future__ import annotations

import itertools
from typing import Any

from hecang.kernel import clock
from hecang.partners.models import Customer, Owner, Region

_numbers = itertools.count(1)

SHANGHAI_PUDONG = "310115"
GUANGZHOU_TIANHE = "440106"
CHENGDU_WUHOU = "510107"


def owner(code: str = "OWNER", **fields: Any) -> Owner:
    """The owner with this code, made where it is missing."""
    found, _ = Owner.objects.get_or_create(code=code, defaults={"name": f"Owner {code}", **fields})
    return found


def customer(code: str | None = None, **fields: Any) -> Customer:
    """A customer without contact data."""
    return Customer.objects.create(
        **{
            "code": code or f"CU-{next(_numbers):05}",
            "display_name": "王*",
            "created_at": clock.now(),
            **fields,
        }
    )


def regions() -> None:
    """Load the regions of China where they are missing: after a transactional test has emptied all tables."""
    from hecang.partners.services import regions_load

    if not Region.objects.exists():
        regions_load()
