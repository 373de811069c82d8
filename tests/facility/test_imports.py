"""Locations from files."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from tests.factories.accounts import actor_make, user_make

from hecang.facility.models import Aisle, CrossAisle, Location
from hecang.facility.services import warehouse_create
from hecang.kernel.actor import acting
from hecang.kernel.imports import jobs
from hecang.kernel.models import ImportFinding, ImportJob

pytestmark = pytest.mark.django_db

TEXT = """仓库,库区,库位,类型,巷道,左右,列,层,承重(kg)
SH,A,A1-1,拣货位,1,左,1,1,500
SH,A,A1-2,拣货位,1,右,1,1,500
SH,A,A1-3,存储位,1,左,2,2,
SH,FRONT,PACK-1,打包台,,,,,
"""


@pytest.fixture(autouse=True)
def _files(tmp_path: Any, settings: Any) -> None:
    settings.HOME = tmp_path


def run(text: str = TEXT, **options: str) -> ImportJob:
    path, digest = jobs.file_store(io.BytesIO(text.encode()), name="file.csv")
    job = jobs.import_create(
        kind="location",
        path=path,
        file_name="file.csv",
        sha256=digest,
        on_error="skip",
        mapping={"options": options},
    )
    jobs.import_run(job.pk)
    job.refresh_from_db()
    return job


def counts(job: ImportJob) -> tuple[int, int, int, int]:
    return job.created_count, job.updated_count, job.unchanged_count, job.skipped_count


def test_a_list_becomes_a_layout_once() -> None:
    warehouse_create(code="SH", name="上海仓")

    assert counts(run(renumber="1")) == (4, 0, 0, 0)

    location = Location.objects.get(code="A1-3")
    assert (location.kind, location.side, location.level, location.max_weight_g) == ("reserve", "L", 2, None)
    assert Location.objects.get(code="A1-1").max_weight_g == 500_000
    assert Location.objects.get(code="PACK-1").kind == "pack_station"
    assert (Aisle.objects.count(), CrossAisle.objects.count()) == (1, 2)
    assert list(Location.objects.exclude(aisle=None).order_by("pick_sequence").values_list("code", flat=True)) == [
        "A1-1", "A1-2", "A1-3",
    ]  # fmt: skip
    assert counts(run()) == (0, 0, 4, 0)


def test_unknown_warehouses_kinds_and_places_are_told() -> None:
    warehouse_create(code="SH", name="上海仓")

    job = run(
        "warehouse,zone,code,kind,aisle\nXX,A,A1,pick_face,1\nSH,A,A2,customer,1\nSH,A,A3,,1\nSH,A,A3,,1\n"
    )

    assert counts(job) == (1, 0, 0, 2)
    assert sorted(ImportFinding.objects.values_list("row", "code")) == [
        (2, "unknown_warehouse"), (3, "unknown_value"), (5, "duplicate"), (5, "place_unknown"),
    ]  # fmt: skip


def test_a_warehouse_outside_the_scope_is_unknown() -> None:
    warehouse_create(code="SH", name="上海仓")
    other = warehouse_create(code="GZ", name="广州仓")
    user = user_make(roles=["warehouse_manager"], warehouse_ids=[other])

    with acting(replace(actor_make(roles=["warehouse_manager"]), user_id=user.pk)):
        job = run()

    assert counts(job) == (0, 0, 0, 4)
