"""Locations from a list and by hand; aisles drawn from where they lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import facility

from hecang.accounts.models import AuditEntry
from hecang.facility import hooks
from hecang.facility.errors import CodeTaken
from hecang.facility.layouts import LayoutSpec, ZoneSpec
from hecang.facility.models import Aisle, CrossAisle, Location, Warehouse, Zone
from hecang.facility.selectors import layout_geometry, locations_resolve
from hecang.facility.services import (
    LocationRow,
    layout_generate,
    location_change,
    locations_change,
    locations_upsert,
    warehouse_create,
)
from hecang.facility.services.inference import gaps, sequence_renumber
from hecang.kernel.errors import InvalidInput, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> Iterator[list[Sequence[int]]]:
    """What a registered listener hears of changed locations."""
    heard: list[Sequence[int]] = []
    hooks.on_locations_changed(heard.append)
    yield heard
    hooks._listeners.remove(heard.append)


def rows(aisles: int = 2, bays: int = 3) -> list[LocationRow]:
    """Locations on both sides of aisles, 5 m apart, with a gap of 3 m along y after the second bay."""
    return [
        LocationRow(
            zone="A", code=f"A{aisle}-{bay}{side}", aisle=aisle, side=side, width_mm=1000, depth_mm=1000,
            x_mm=5000 * aisle + (-1750 if side == "L" else 1750),
            y_mm=10_500 + 1000 * bay + (3000 if bay >= 2 else 0),
        )
        for aisle in range(1, aisles + 1) for bay in range(bays) for side in "LR"
    ]  # fmt: skip


class TestUpsert:
    @pytest.fixture
    def warehouse_id(self) -> int:
        return warehouse_create(code="SH", name="上海仓")

    def test_aisles_and_cross_aisles_are_drawn_from_the_locations(self, warehouse_id: int) -> None:
        result = locations_upsert(warehouse_id=warehouse_id, rows=rows())

        assert (result.created, result.updated, result.unchanged) == (12, 0, 0)
        assert list(Aisle.objects.order_by("number").values_list("x_mm", "y_from_mm", "y_to_mm")) == [
            (5000, 10_000, 16_000),
            (10_000, 10_000, 16_000),
        ]
        # in front, in the gap between 12 m and 15 m, behind
        assert list(CrossAisle.objects.order_by("number").values_list("y_mm", flat=True)) == [
            8500,
            13_500,
            17_500,
        ]
        geometry = layout_geometry(warehouse_id)
        ids = dict(Location.objects.values_list("code", "id"))
        assert geometry.distances_mm([ids["A1-1R"]], [ids["A2-1L"]]).tolist() == [[2000 + 5000 + 2000]]

    def test_the_same_list_again_changes_nothing(self, warehouse_id: int) -> None:
        first = locations_upsert(warehouse_id=warehouse_id, rows=rows())
        version = Warehouse.objects.get().layout_version

        again = locations_upsert(warehouse_id=warehouse_id, rows=rows())

        assert (again.ids, again.created, again.updated, again.unchanged) == (first.ids, 0, 0, 12)
        assert Warehouse.objects.get().layout_version == version

    def test_a_longer_list_draws_the_aisles_longer(self, warehouse_id: int) -> None:
        locations_upsert(warehouse_id=warehouse_id, rows=rows(bays=3))

        locations_upsert(warehouse_id=warehouse_id, rows=rows(bays=6))

        assert set(Aisle.objects.values_list("y_to_mm", flat=True)) == {19_000}
        assert CrossAisle.objects.order_by("-y_mm").first().y_mm == 20_500  # type: ignore[union-attr]

    def test_bays_place_locations_that_have_no_coordinates(self, warehouse_id: int) -> None:
        listed = [LocationRow("B", f"B1-{bay}", aisle=1, side="L", bay=bay) for bay in (1, 2)]

        locations_upsert(warehouse_id=warehouse_id, rows=listed)

        assert list(Location.objects.filter(zone__code="B").order_by("code").values_list("x_mm", "y_mm")) == [
            (500, 15_600),
            (500, 16_800),
        ]
        assert Aisle.objects.get().x_mm == 500 + (1000 + 2500) // 2

    def test_stations_make_their_zone(self, warehouse_id: int) -> None:
        listed = [LocationRow("FRONT", "PACK-1", kind="pack_station", x_mm=3000, y_mm=2000)]

        locations_upsert(warehouse_id=warehouse_id, rows=listed)

        assert Zone.objects.get(code="FRONT").kind == "packing"

    def test_virtual_locations_are_refused(self, warehouse_id: int) -> None:
        for row in (LocationRow("OUT", "V-CUSTOMER"), LocationRow("OUT", "V-NEW", kind="customer")):
            with pytest.raises(InvalidInput):
                locations_upsert(warehouse_id=warehouse_id, rows=[row])

    def test_generated_aisles_are_left_alone(self, warehouse_id: int) -> None:
        layout_generate(
            warehouse_id=warehouse_id,
            spec=LayoutSpec((ZoneSpec("A", aisles=1, blocks=1, bays_per_block=2, levels=1),)),
        )
        before = list(CrossAisle.objects.values_list("y_mm", flat=True))

        locations_upsert(
            warehouse_id=warehouse_id, rows=[LocationRow("A", "A01-99", aisle=1, x_mm=500, y_mm=90_000)]
        )

        assert list(CrossAisle.objects.values_list("y_mm", flat=True)) == before
        assert Aisle.objects.get().y_to_mm < 90_000

    def test_renumbering_walks_in_s_shape(self, warehouse_id: int) -> None:
        locations_upsert(warehouse_id=warehouse_id, rows=rows(), renumber=True)

        ordered = Location.objects.exclude(aisle=None).filter(side="L").order_by("pick_sequence")
        # up aisle 1, down aisle 2; behind the gap from the right
        assert list(ordered.values_list("code", flat=True)) == [
            "A1-0L",
            "A1-1L",
            "A2-1L",
            "A2-0L",
            "A2-2L",
            "A1-2L",
        ]

    def test_statements_do_not_grow_with_rows(self, warehouse_id: int) -> None:
        counts = []
        for aisles in (2, 20):
            with CaptureQueriesContext(connection) as queries:
                locations_upsert(warehouse_id=warehouse_id, rows=[
                    LocationRow(f"Z{aisles}", f"Z{aisles}{row.code}", aisle=row.aisle, x_mm=row.x_mm, y_mm=row.y_mm)
                    for row in rows(aisles=aisles)
                ], renumber=True)  # fmt: skip
            counts.append(len(queries))

        assert counts[0] == counts[1] < 30

    def test_a_generated_layout_keeps_its_order_when_renumbered(self, warehouse_id: int) -> None:
        layout_generate(
            warehouse_id=warehouse_id,
            spec=LayoutSpec((ZoneSpec("A", aisles=3, blocks=2, bays_per_block=2, levels=2),)),
        )
        before = list(
            Location.objects.exclude(aisle=None).order_by("pick_sequence").values_list("code", flat=True)
        )

        sequence_renumber(warehouse_id=warehouse_id)

        after = list(
            Location.objects.exclude(aisle=None).order_by("pick_sequence").values_list("code", flat=True)
        )
        assert after == before


def test_gaps_lie_before_between_and_behind() -> None:
    assert gaps([(0, 1000), (1000, 2000), (5000, 6000), (500, 1500)]) == [-1500, 3500, 7500]
    assert gaps([]) == []


class TestByHand:
    def test_kind_and_activity_are_told_on(self, told: list[Sequence[int]]) -> None:
        warehouse = facility.warehouse()
        location = facility.location(warehouse)

        location_change(location_id=location.pk, changes={"pick_sequence": 5})
        assert told == []
        location_change(location_id=location.pk, changes={"is_active": False})
        assert told == [[location.pk]]
        location_change(location_id=location.pk, changes={"is_active": False})
        assert told == [[location.pk]]

        entry = AuditEntry.objects.filter(action="location.change").order_by("-id").first()
        assert entry is not None
        assert (entry.before, entry.after) == ({"is_active": True}, {"is_active": False})
        warehouse.refresh_from_db()
        assert warehouse.layout_version == 2

    def test_virtual_ones_taken_codes_and_unknown_ones_are_refused(self) -> None:
        warehouse = facility.warehouse()
        location = facility.location(warehouse)
        virtual = Location.objects.get(warehouse=warehouse, kind="customer")

        with pytest.raises(InvalidInput):
            location_change(location_id=virtual.pk, changes={"is_active": False})
        with pytest.raises(InvalidInput):
            location_change(location_id=location.pk, changes={"kind": "customer"})
        with pytest.raises(CodeTaken):
            location_change(location_id=location.pk, changes={"code": "STAGE-1"})
        with pytest.raises(NotFound):
            locations_change(location_ids=[location.pk, 2**60], changes={"is_active": False})

    def test_codes_are_resolved_liberally(self) -> None:
        warehouse = facility.warehouse()
        location = facility.location(warehouse)

        found = locations_resolve(warehouse.pk, ["A01-01-1", " a01-01-1 ", "nowhere"])

        assert {code: ref.id for code, ref in found.items()} == {
            "A01-01-1": location.pk,
            " a01-01-1 ": location.pk,
        }
