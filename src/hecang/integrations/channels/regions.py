"""Provinces of China as shops abroad write them: by ISO code, or by WooCommerce's own numbers."""

from __future__ import annotations

from collections.abc import Mapping

#: ISO 3166-2:CN without the country, and “YZ”, as Shopify writes Tibet.
BY_ISO: Mapping[str, str] = {
    "AH": "安徽省", "BJ": "北京市", "CQ": "重庆市", "FJ": "福建省", "GD": "广东省", "GS": "甘肃省",
    "GX": "广西壮族自治区", "GZ": "贵州省", "HA": "河南省", "HB": "湖北省", "HE": "河北省", "HI": "海南省",
    "HL": "黑龙江省", "HN": "湖南省", "JL": "吉林省", "JS": "江苏省", "JX": "江西省", "LN": "辽宁省",
    "NM": "内蒙古自治区", "NX": "宁夏回族自治区", "QH": "青海省", "SC": "四川省", "SD": "山东省",
    "SH": "上海市", "SN": "陕西省", "SX": "山西省", "TJ": "天津市", "XJ": "新疆维吾尔自治区",
    "XZ": "西藏自治区", "YZ": "西藏自治区", "YN": "云南省", "ZJ": "浙江省",
}  # fmt: skip
#: WooCommerce, i18n/states.php: CN1 is Yunnan.
_WOO_ORDER = (
    "YN", "BJ", "TJ", "HE", "SX", "NM", "LN", "JL", "HL", "SH", "JS", "ZJ", "AH", "FJ", "JX", "SD",
    "HA", "HB", "HN", "GD", "GX", "HI", "CQ", "SC", "GZ", "SN", "GS", "QH", "NX", "", "XZ", "XJ",
)  # fmt: skip
BY_WOO: Mapping[str, str] = {
    f"CN{number}": BY_ISO[iso] for number, iso in enumerate(_WOO_ORDER, start=1) if iso
}


def province(country: str, code: str, name: str) -> str:
    """The Chinese name of a Chinese province; elsewhere, and where the code is unknown, ``name``."""
    if country.upper() != "CN":
        return name or code
    return BY_ISO.get(code.upper()) or BY_WOO.get(code.upper()) or name or code
