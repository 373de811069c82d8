"""Layouts from parameters: what they consist of, and that they are written whole or not at all."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import catalog, facility, partners

from hecang.accounts.models import AuditEntry
from hecang.facility.errors import CodeTaken, LayoutExists, LayoutInUse, LocationMissing
from hecang.facility.layouts import LayoutSpec, ZoneSpec, layout_plan
from hecang.facility.models import Aisle, CrossAisle, Location, Warehouse, Zone
from hecang.facility.selectors import (
    layout_geometry,
    pack_stations,
    special_location,
    staging_location,
    virtual_location,
    warehouse_distances,
)
from hecang.facility.services import layout_generate, warehouse_change, warehouse_create
from hecang.inventory.models import Stock
from hecang.kernel import clock
from hecang.kernel.errors import InvalidInput, NotFound

SMALL = ZoneSpec("A", aisles=2, blocks=2, bays_per_block=3, levels=2, pick_levels=1)


class TestThePlan:
    def test_geometry_by_hand(self) -> None:
        # given aisles of 2.5 m between racks of 1 m, bays of 1.2 m, cross-aisles of 3 m, 12 m of floor
        plan = layout_plan(LayoutSpec((SMALL,)))

        assert [(aisle.number, aisle.x_mm, aisle.y_from_mm, aisle.y_to_mm) for aisle in plan.aisles] == [
            (1, 2250, 13_500, 26_700),
            (2, 6750, 13_500, 26_700),
        ]
        assert [cross.y_mm for cross in plan.crosses] == [13_500, 20_100, 26_700]
        first = plan.locations[0]
        assert (first.code, first.x_mm, first.y_mm, first.side, first.kind) == (
            "A01-01-1",
            500,
            15_600,
            "L",
            "pick_face",
        )
        assert plan.counts() == {
            "pick_face": 24, "reserve": 24, "dock": 2, "staging": 2, "pack_station": 4,
            "returns": 1, "quarantine": 1, "damaged": 1,
        }  # fmt: skip
        assert plan.depth_mm == 12_000 + 3 * 3000 + 6 * 1200

    def test_the_pick_sequence_walks_in_s_shape(self) -> None:
        plan = layout_plan(LayoutSpec((replace(SMALL, levels=1),)))

        left = [one.code for one in plan.locations if one.side == "L"]
        assert left == [
            # block 1: up aisle 1, down aisle 2
            "A01-01-1", "A01-03-1", "A01-05-1", "A02-05-1", "A02-03-1", "A02-01-1",
            # block 2: from the right, up aisle 2, down aisle 1
            "A02-07-1", "A02-09-1", "A02-11-1", "A01-11-1", "A01-09-1", "A01-07-1",
        ]  # fmt: skip
        sequences = [one.pick_sequence for one in plan.locations if one.aisle]
        assert sequences == sorted(sequences)
        assert len(set(sequences)) == len(sequences)

    def test_codes_and_places_are_unique(self) -> None:
        plan = layout_plan(LayoutSpec((ZoneSpec("A"), ZoneSpec("B", aisles=120, bays_per_block=60))))

        assert len({one.code for one in plan.locations}) == len(plan.locations)
        assert len({(one.x_mm, one.y_mm, one.level) for one in plan.locations}) == len(plan.locations)

    @pytest.mark.parametrize(
        ("spec", "code"),
        [
            (LayoutSpec(()), "required"),
            (LayoutSpec((SMALL, SMALL)), "duplicate"),
            (LayoutSpec((replace(SMALL, code="OUT"),)), "duplicate"),
            (
                LayoutSpec((ZoneSpec("A", aisles=100, blocks=10, bays_per_block=100, levels=10),)),
                "too_many_locations",
            ),
        ],
    )
    def test_nonsense_is_refused(self, spec: LayoutSpec, code: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            layout_plan(spec)

        assert [problem.code for problem in caught.value.problems] == [code]


@pytest.mark.django_db
class TestWarehouses:
    def test_a_new_one_has_its_five_virtual_locations(self) -> None:
        warehouse_id = warehouse_create(code="SH", name="上海仓", region_id="310115")

        kinds = set(Location.objects.filter(warehouse_id=warehouse_id).values_list("kind", "is_virtual"))
        assert kinds == {(kind, True) for kind in ("supplier", "customer", "adjustment", "scrap", "transit")}
        assert virtual_location(warehouse_id, "customer") == Location.objects.get(code="V-CUSTOMER").pk
        with pytest.raises(LocationMissing):
            staging_location(warehouse_id)

    def test_a_taken_code_an_unknown_region_and_time_zone_are_refused(self) -> None:
        warehouse_create(code="SH", name="上海仓")

        with pytest.raises(CodeTaken):
            warehouse_create(code="SH", name="x")
        with pytest.raises(InvalidInput) as caught:
            warehouse_create(code="X", name="x", region_id="999999", timezone="Mars/Base", latitude=1)
        assert [problem.loc for problem in caught.value.problems] == ["region_code", "timezone", "latitude"]

    def test_distance_is_measured_from_its_own_place_or_its_region(self) -> None:
        shanghai = warehouse_create(code="SH", name="上海仓", region_id="310115")
        nowhere = warehouse_create(code="X", name="x")

        distances = warehouse_distances(["310115", "440106", "999999"])

        assert distances[shanghai, "310115"] == pytest.approx(0, abs=0.01)
        assert distances[shanghai, "440106"] == pytest.approx(1210, abs=20)
        assert not [key for key in distances if key[0] == nowhere or key[1] == "999999"]

    def test_a_change_is_audited(self) -> None:
        warehouse_id = warehouse_create(code="SH", name="上海仓")

        warehouse_change(warehouse_id=warehouse_id, changes={"name": "上海一号仓", "is_active": True})

        entry = AuditEntry.objects.filter(action="warehouse.change").get()
        assert (entry.before, entry.after) == ({"name": "上海仓"}, {"name": "上海一号仓"})


@pytest.mark.django_db
class TestGenerating:
    @pytest.fixture
    def warehouse_id(self) -> int:
        return warehouse_create(code="SH", name="上海仓")

    def test_writes_the_plan_and_the_geometry_reads_it(self, warehouse_id: int) -> None:
        result = layout_generate(warehouse_id=warehouse_id, spec=LayoutSpec((SMALL,)))

        assert Location.objects.filter(warehouse_id=warehouse_id, is_virtual=False).count() == len(
            result.plan.locations
        )
        assert (Aisle.objects.count(), CrossAisle.objects.count()) == (2, 3)
        assert len(pack_stations(warehouse_id)) == 4
        assert Location.objects.get(pk=staging_location(warehouse_id)).code == "STAGE-1"
        assert Location.objects.get(pk=special_location(warehouse_id, "damaged")).code == "DAMAGED"
        geometry = layout_geometry(warehouse_id)
        ids = dict(Location.objects.values_list("code", "id"))
        # bay 1 of aisle 1 to bay 1 of aisle 2: 2.1 m down, 4.5 m across, 2.1 m up
        assert geometry.distances_mm([ids["A01-01-1"]], [ids["A02-02-2"]]).tolist() == [[8700]]
        # the two sides and all levels of a bay are reached from one point
        assert geometry.distances_mm([ids["A01-01-1"]], [ids["A01-02-2"]]).tolist() == [[0]]
        staging = Location.objects.get(code="STAGE-1")
        assert geometry.depot_xy == (staging.x_mm, staging.y_mm)
        route = geometry.route([ids["A01-01-1"], ids["A02-01-1"]])
        assert route.points[0] == route.points[-1] == geometry.depot_xy
        assert route.length_mm == geometry.depot_distances_mm([ids["A01-01-1"], ids["A02-01-1"]]).sum() + 8700

    def test_a_dry_run_writes_nothing(self, warehouse_id: int) -> None:
        result = layout_generate(warehouse_id=warehouse_id, spec=LayoutSpec((SMALL,)), dry_run=True)

        assert result.plan.counts()["pick_face"] == 24
        assert Zone.objects.filter(warehouse_id=warehouse_id).count() == 1
        assert Warehouse.objects.get().layout_version == 0

    def test_a_second_layout_stands_beside_the_first_and_shares_its_floor(self, warehouse_id: int) -> None:
        layout_generate(warehouse_id=warehouse_id, spec=LayoutSpec((SMALL,)))

        layout_generate(
            warehouse_id=warehouse_id, spec=LayoutSpec((replace(SMALL, code="B", temperature="chilled"),))
        )

        second = Zone.objects.get(code="B")
        assert (second.x_mm, second.temperature) == (9000, "chilled")
        assert Location.objects.filter(kind="staging").count() == 2
        sequences = list(Location.objects.exclude(aisle=None).values_list("pick_sequence", flat=True))
        assert len(set(sequences)) == len(sequences)

    def test_a_taken_zone_code_is_refused_unless_the_layout_is_replaced(self, warehouse_id: int) -> None:
        layout_generate(warehouse_id=warehouse_id, spec=LayoutSpec((SMALL,)))

        with pytest.raises(LayoutExists):
            layout_generate(warehouse_id=warehouse_id, spec=LayoutSpec((SMALL,)))
        layout_generate(warehouse_id=warehouse_id, spec=LayoutSpec((replace(SMALL, aisles=1),)), replace=True)

        assert Location.objects.filter(kind="pick_face").count() == 12
        assert Location.objects.filter(is_virtual=True).count() == 5

    def test_a_layout_with_stock_is_never_replaced(self, warehouse_id: int) -> None:
        layout_generate(warehouse_id=warehouse_id, spec=LayoutSpec((SMALL,)))
        Stock.objects.create(
            warehouse_id=warehouse_id, location=Location.objects.get(code="A01-01-1"), sku=catalog.sku(),
            owner=partners.owner(), quantity=1, received_at=clock.now(),
        )  # fmt: skip

        with pytest.raises(LayoutInUse):
            layout_generate(warehouse_id=warehouse_id, spec=LayoutSpec((SMALL,)), replace=True)

    def test_an_unknown_warehouse_is_not_found(self) -> None:
        with pytest.raises(NotFound):
            layout_generate(warehouse_id=2**60, spec=LayoutSpec((SMALL,)))

    def test_ten_thousand_locations_in_two_seconds_and_constant_statements(self, warehouse_id: int) -> None:
        counts = []
        for code, aisles in (("S", 1), ("L", 42)):
            spec = LayoutSpec((ZoneSpec(code, aisles=aisles, blocks=2, bays_per_block=15, levels=4),))
            started = time.process_time()
            with CaptureQueriesContext(connection) as queries:
                layout_generate(warehouse_id=warehouse_id, spec=spec)
            counts.append(len(queries))
            assert time.process_time() - started < 2

        assert Location.objects.filter(zone__code="L").count() == 10_080
        assert counts[0] == counts[1]


@pytest.mark.django_db
class TestGeometry:
    def test_it_is_kept_until_the_layout_changes(self) -> None:
        warehouse = facility.warehouse()
        first = layout_geometry(warehouse.pk)

        with CaptureQueriesContext(connection) as queries:
            assert layout_geometry(warehouse.pk) is first
        assert len(queries) == 1

        layout_generate(warehouse_id=warehouse.pk, spec=LayoutSpec((replace(SMALL, code="B"),)))
        assert layout_geometry(warehouse.pk) is not first

    def test_positions_of_foreign_and_virtual_locations_are_refused(self) -> None:
        warehouse = facility.warehouse()
        geometry = layout_geometry(warehouse.pk)

        with pytest.raises(KeyError):
            geometry.positions([virtual_location(warehouse.pk, "customer")])
        with pytest.raises(KeyError):
            layout_geometry(facility.warehouse(aisles=0).pk).positions([2**60])

    def test_a_warehouse_without_a_layout_has_one_too(self) -> None:
        geometry = layout_geometry(warehouse_create(code="X", name="x"))

        assert geometry.location_ids.tolist() == []
        assert geometry.depot_xy == (0, 0)
        assert geometry.route([]).length_mm == 0
