"""A pasted line becomes a recipient."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.factories.accounts import api_client

from hecang.partners.pasted import recipient_parse

LINES = [
    (
        "张三 138-1234-5678 上海市浦东新区世纪大道 100 号",
        ("张三", "13812345678", "310115", "世纪大道 100 号"),
    ),
    (
        "上海市浦东新区世纪大道100号3楼，李四，13912345678",
        ("李四", "13912345678", "310115", "世纪大道100号3楼"),
    ),
    (
        "收货人：王小明\n手机号码：+86 13700001111\n所在地区：广东省深圳市南山区粤海街道\n详细地址：科技园A栋1203",
        ("王小明", "13700001111", "440305", "粤海街道 科技园A栋1203"),
    ),
    (
        "北京 朝阳 建国路88号 欧阳娜娜 13500000000转0421",
        ("欧阳娜娜", "13500000000转0421", "110105", "建国路88号"),
    ),
    (
        "江苏省昆山市绿地大道 200号 赵六女士 0512-57571234",
        ("赵六", "0512-57571234", "320583", "绿地大道 200号"),
    ),
    (
        "Li Lei, 13800138000, 浙江省杭州市西湖区文三路 478 号",
        ("Li Lei", "13800138000", "330106", "文三路 478 号"),
    ),
    (
        "内蒙古呼和浩特市赛罕区大学西街235号内蒙古大学 巴特尔 15004710000",
        ("巴特尔", "15004710000", "150105", "大学西街235号内蒙古大学"),
    ),
    ("重庆市市辖区渝北区龙溪街道 刘德华 13900000000", ("刘德华", "13900000000", "500112", "龙溪街道")),
    (
        "（收）孙七 １３８００１３８０００ 四川成都武侯区天府大道",
        ("孙七", "13800138000", "510107", "天府大道 收"),
    ),
]


@pytest.mark.django_db
class TestLines:
    @pytest.mark.parametrize(("line", "expected"), LINES)
    def test_who_which_number_and_where(self, line: str, expected: tuple[str, str, str, str]) -> None:
        found = recipient_parse(line)

        assert (found.name, found.phone, found.region_code, found.address) == expected
        assert found.missing == ()

    def test_the_postcode_is_no_part_of_the_street(self) -> None:
        found = recipient_parse("孙七 13800138000 四川省成都市武侯区天府大道 610041")

        assert (found.postcode, found.address) == ("610041", "天府大道")

    @pytest.mark.parametrize(
        ("line", "missing"),
        [
            ("", ("name", "phone", "region", "address")),
            ("13812345678", ("name", "region", "address")),
            ("张三", ("phone", "region", "address")),
            ("四川省 天府大道 13812345678 张三", ("region",)),
        ],
    )
    def test_what_is_missing_is_said(self, line: str, missing: tuple[str, ...]) -> None:
        assert recipient_parse(line).missing == missing

    def test_over_http(self) -> None:
        answer = api_client(roles=["order_desk"]).post("/recipients/parse", {"text": LINES[0][0]})

        assert answer.status_code == 200
        assert answer.json() == {
            "name": "张三", "phone": "13812345678", "region_code": "310115", "province": "上海市", "city": "上海市",
            "district": "浦东新区", "address": "世纪大道 100 号", "postcode": "", "missing": [],
        }  # fmt: skip


class TestAnyText(TestCase):
    @given(st.text(max_size=600))
    @settings(max_examples=150, deadline=None)
    def test_nothing_makes_it_fail(self, text: str) -> None:
        recipient_parse(text)
