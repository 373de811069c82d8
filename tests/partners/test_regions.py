"""Regions: loaded with the tables, found by what people write, measured in kilometres."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hecang.partners.models import Region
from hecang.partners.regions import source
from hecang.partners.regions.index import RegionIndex
from hecang.partners.regions.source import RegionRow
from hecang.partners.selectors import (
    region_distances_km,
    region_from_text,
    region_names,
    region_resolve,
    regions_by_code,
    regions_resolve,
)
from hecang.partners.services import regions_load, regions_upsert

ROWS = source.read()
INDEX = RegionIndex((row.code, row.name, row.level, row.parent) for row in ROWS)


class TestTheTable:
    def test_every_region_has_a_point_and_a_parent_among_them(self) -> None:
        codes = {row.code for row in ROWS}

        assert len(ROWS) > 3000
        assert [row for row in ROWS if row.latitude is None or row.longitude is None] == []
        assert [row for row in ROWS if row.parent is not None and row.parent not in codes] == []
        assert sum(row.level == "province" for row in ROWS) == 34

    def test_the_nameless_city_of_a_municipality_takes_its_name_and_others_go(self) -> None:
        by_code = {row.code: row for row in ROWS}

        assert by_code["310100"].name == "上海市"
        assert "440101" not in by_code  # 市辖区 of Guangzhou

    def test_missing_coordinates_come_from_above_or_else_from_below(self) -> None:
        rows = source.tidy(
            [
                ("330000", "浙江省", 29.0, 120.0),
                ("330200", "宁波市", 29.9, 121.5),
                ("330204", "江东区", None, None),
                ("429000", "省直辖县级行政区划", None, None),
                ("420000", "湖北省", 31.0, 112.0),
                ("429004", "仙桃市", 30.0, 113.0),
                ("429005", "潜江市", 31.0, 112.0),
            ]
        )

        points = {row.code: (row.latitude, row.longitude) for row in rows}
        assert points["330204"] == (29.9, 121.5)
        assert points["429000"] == (30.5, 112.5)


@pytest.mark.django_db
class TestLoading:
    def test_regions_are_there_after_migration_and_loading_again_changes_nothing(self) -> None:
        assert Region.objects.count() == len(ROWS)
        assert regions_load() == 0

    def test_a_changed_name_is_written(self) -> None:
        # given a newer table that renames a county
        row = RegionRow("500228", "梁平区", "district", "500200", 30.654233, 107.769568)

        assert regions_upsert(rows=[row]) == 1
        assert Region.objects.get(code="500228").name == "梁平区"

    def test_loading_into_an_empty_table_takes_under_a_second(self) -> None:
        Region.objects.all()._raw_delete("default")
        started = time.process_time()

        assert regions_load() == len(ROWS)
        assert time.process_time() - started < 1


class TestThreeFields:
    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            (("上海市", "上海市", "浦东新区"), "310115"),
            (("上海", "", "浦东"), "310115"),
            (("", "上海", "浦东新区"), "310115"),
            (("北京市", "市辖区", "朝阳区"), "110105"),
            (("吉林", "吉林", "昌邑"), "220202"),
            (("江苏", "昆山市", ""), "320583"),
            (("江苏", "苏州", "昆山"), "320583"),
            (("湖北省", "省直辖县级行政区划", "仙桃市"), "429004"),
            (("重庆市", "县", "忠县"), "500233"),
            (("湖北", "恩施州", "恩施市"), "422801"),
            (("上海市", "上海市", "浦东新区张江镇"), "310115"),
            (("广东", "东莞", ""), "441900"),
            # what is not known falls back to the level above
            (("浙江省", "杭州市", "临平区"), "330100"),
            (("广东省", "不存在市", ""), "440000"),
            # 北京路 is a street of Shenzhen, not the city of Beijing
            (("广东省", "深圳市", "北京路"), "440300"),
            (("", "", "鼓楼区"), None),
            (("", "", ""), None),
            (("Utopia", "Nowhere", "Void"), None),
        ],
    )
    def test_resolves(self, fields: tuple[str, str, str], code: str | None) -> None:
        assert INDEX.resolve(*fields) == code

    def test_every_district_is_found_by_its_own_names(self) -> None:
        missed = [
            row
            for row in ROWS
            if row.level == "district" and INDEX.resolve(*INDEX.names[row.code]) != row.code
        ]

        assert missed == []


class TestFreeText:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("上海市浦东新区张江路1号", "310115"),
            ("上海浦东新区世纪大道", "310115"),
            ("上海 浦东 世纪大道", "310115"),
            ("上海市上海市浦东新区", "310115"),
            ("北京市市辖区朝阳区建国路88号", "110105"),
            ("广东省天河区体育西路", "440106"),
            ("浙江杭州西湖区文三路", "330106"),
            ("海南海口市美兰区", "460108"),
            ("昆山市花桥镇", "320583"),
            ("新疆石河子市", "659001"),
            ("内蒙古呼和浩特市赛罕区", "150105"),
            ("延边州延吉市", "222401"),
            ("收货地址：四川省成都市武侯区", "510107"),
            ("200120 上海市浦东新区", "310115"),
            ("王五，13800138000，上海市浦东新区张江", "310115"),
            ("中国广东省深圳市南山区", "440305"),
            # a street named after a region is no region
            ("南京西路1001号", None),
            ("河南中路88号", None),
            ("北京东路200号", None),
            ("浙江杭州西湖文三路", "330100"),
            ("北京朝阳门内大街", "110000"),
            ("鼓楼区中山路", None),
            ("", None),
        ],
    )
    def test_resolves(self, text: str, code: str | None) -> None:
        assert INDEX.from_text(text) == code

    def test_every_district_is_found_in_its_address(self) -> None:
        missed = [
            row for row in ROWS
            if row.level == "district" and INDEX.from_text(f"{INDEX.names[row.code]}人民路1号") != row.code
        ]  # fmt: skip

        assert missed == []

    @given(st.text(max_size=80))
    def test_any_text_is_answered(self, text: str) -> None:
        found = INDEX.from_text(text)

        assert found is None or found in INDEX.names


@pytest.mark.django_db
class TestSelectors:
    def test_texts_and_triples_are_resolved_in_order(self) -> None:
        assert regions_resolve([("广东", "深圳", "南山"), "四川成都市武侯区", ("", "", "")]) == [
            "440305",
            "510107",
            None,
        ]
        assert region_resolve("上海市", "", "黄浦区") == "310101"
        assert region_from_text("上海市黄浦区") == "310101"

    def test_names_are_written_once(self) -> None:
        names = region_names(["310115", "429004", "999999"])

        assert str(names["310115"]) == "上海市浦东新区"
        assert names["429004"] == ("湖北省", "", "仙桃市")
        assert "999999" not in names

    def test_distances_are_great_circles(self) -> None:
        # given Shanghai's and Guangzhou's centres
        distances = region_distances_km([(31.230372, 121.473662), (23.12911, 113.264385)])

        # then Shanghai to itself is nothing, Shanghai to Guangzhou 1,213 km, Guangzhou to Shanghai the same
        column = distances.index
        assert float(distances.km[0, column["310000"]]) == pytest.approx(0, abs=1)
        assert float(distances.km[0, column["440100"]]) == pytest.approx(1213, abs=8)
        assert float(distances.km[1, column["310000"]]) == pytest.approx(1213, abs=8)
        assert distances.km.shape == (2, len(ROWS))

    def test_regions_are_read_once_for_any_number_of_questions(
        self, django_assert_num_queries: object
    ) -> None:
        regions_by_code(["310115"])

        with django_assert_num_queries(0):  # type: ignore[operator]
            assert regions_by_code(["310115", "nowhere"])["310115"].level == "district"
            regions_resolve([("广东", "深圳", "南山")] * 100)
