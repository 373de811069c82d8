"""Customers from files."""

from __future__ import annotations

import io
from typing import Any

import pytest

from hecang.kernel.imports import jobs
from hecang.kernel.models import ImportFinding, ImportJob
from hecang.partners.selectors import customer_contact, customers_by_code
from hecang.partners.services import contact_block

pytestmark = pytest.mark.django_db

TEXT = """客户编码,姓名,手机号,省,市,区,详细地址,黑名单
C1,王小明,138-1234-5678,上海,,浦东新区,张江路1号,
C1,,,,,,广东省深圳市南山区科技园,
C2,李雷,13900000000,,,,某处,是
"""


@pytest.fixture(autouse=True)
def _files(tmp_path: Any, settings: Any) -> None:
    settings.HOME = tmp_path


def run(text: str = TEXT) -> ImportJob:
    path, digest = jobs.file_store(io.BytesIO(text.encode()), name="file.csv")
    job = jobs.import_create(kind="customer", path=path, file_name="file.csv", sha256=digest, on_error="skip")
    jobs.import_run(job.pk)
    job.refresh_from_db()
    return job


def test_customers_with_several_addresses_once() -> None:
    contact_block(phone="13900000000", reason="fraud")

    job = run()

    assert (job.created_count, job.skipped_count) == (2, 0)
    found = customers_by_code(["C1", "C2"])
    contact = customer_contact(found["C1"].id)
    assert (contact["name"], contact["phone"]) == ("王小明", "138-1234-5678")
    assert [(one["region_code"], one["is_default"]) for one in contact["addresses"]] == [
        ("310115", True),
        ("440305", False),
    ]
    assert found["C2"].is_blocked
    assert sorted(ImportFinding.objects.values_list("row", "code")) == [
        (4, "blocked_contact"),
        (4, "unknown_region"),
    ]
    again = run()
    assert (again.created_count, again.updated_count, again.unchanged_count) == (0, 0, 2)
