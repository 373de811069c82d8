"""Products in the search box."""

from __future__ import annotations

import pytest
from tests.factories import catalog, facility
from tests.factories.accounts import api_client

pytestmark = pytest.mark.django_db


def test_by_scan_code_and_name() -> None:
    apple = catalog.sku("APPLE-1", name="红苹果", barcode="6901234567892")
    client = api_client()

    for text in ("6901234567892", "06901234567892", "apple", "苹果"):
        (hit,) = client.get("/search", {"q": text}).json()["items"]
        assert (hit["kind"], hit["id"], hit["title"], hit["url_path"]) == (
            "sku", apple.pk, "APPLE-1", f"/products/{apple.pk}",
        )  # fmt: skip


def test_locations_within_scope() -> None:
    mine, other = facility.warehouse(aisles=1, bays=1), facility.warehouse(aisles=1, bays=1)
    client = api_client(warehouse_ids=[mine.pk])

    hits = client.get("/search", {"q": "a01-01"}).json()["items"]

    assert [(hit["kind"], hit["id"]) for hit in hits] == [("location", facility.location(mine).pk)]
    assert facility.location(other).pk not in {hit["id"] for hit in hits}
