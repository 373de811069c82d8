"""Households of the source as customers in China, and its stores as shops on Chinese channels.

Nobody here exists: names are put together from common characters, phone numbers lie in a range that is
not in use (199 0000 xxxx, the household's number last), streets are the ones that every city has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hecang.demo.chance import draw, one_in, pick, weighted

#: Where people who order live, by province: roughly population, more along the coast.
_PROVINCES: tuple[tuple[str, int], ...] = (
    ("31", 90), ("32", 95), ("33", 95), ("34", 45), ("37", 55), ("35", 35), ("36", 25), ("41", 45), ("42", 40),
    ("44", 130), ("45", 25), ("43", 35), ("46", 6), ("51", 60), ("50", 35), ("52", 15), ("53", 18), ("61", 20),
    ("11", 45), ("12", 15), ("13", 35), ("14", 15), ("21", 20), ("22", 10), ("23", 12), ("15", 8), ("62", 7),
    ("64", 3), ("63", 2), ("65", 7), ("54", 1),
)  # fmt: skip
_SURNAMES: tuple[tuple[str, int], ...] = tuple(
    zip("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范",
        (72, 72, 68, 54, 46, 31, 22, 20, 19, 19, 16, 15, 13, 13, 12, 11, 11, 10, 10, 9, 9, 9, 8, 8, 8, 8, 7, 7, 7, 7,
         6, 6, 6, 6, 6, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4),
        strict=False)
)  # fmt: skip
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建文玉兰红梅志海斌宇浩凯健俊帆雪琳晨佳怡欣雨婷慧颖博轩子涵思远嘉宁"
_ROADS = (
    "人民路", "中山路", "建设路", "解放路", "和平路", "新华路", "文化路", "胜利路", "光明路", "团结路", "朝阳路", "长江路",
    "黄河路", "迎宾大道", "滨江路", "湖滨路", "学府路", "科技路", "工业大道", "花园路", "友谊路", "青年路", "东风路", "北京路",
)  # fmt: skip
_ESTATES = (
    "阳光花园", "锦绣家园", "翠湖苑", "金色港湾", "幸福里", "碧水湾", "紫金城", "香樟园", "万和城", "书香门第", "江南名邸", "四季花城",
)  # fmt: skip

CHANNELS: dict[str, str] = {
    "TMALL": "天猫", "JD": "京东", "DOUYIN": "抖音电商", "PDD": "拼多多", "MINI": "微信小程序", "WEB": "自营官网",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """A household as a customer: ``address`` is the part behind the district, empty where it is missing."""

    household_id: int
    code: str
    name: str
    phone: str
    region_code: str
    address: str
    is_blocked: bool


@dataclass(frozen=True, slots=True)
class ShopPlan:
    """A shop to be; ``amount_limit`` in yuan, above which an order is held for a person."""

    code: str
    name: str
    channel: str
    allow_partial: bool = True
    amount_limit: Decimal | None = None
    hold_remarks: bool = False


#: Shops with the share of stores that each stands for.
_SHOPS: tuple[tuple[ShopPlan, int], ...] = (
    (ShopPlan("TM-FLAG", "合仓优选天猫旗舰店", "TMALL", amount_limit=Decimal(1200)), 22),
    (ShopPlan("TM-FRESH", "合仓生鲜天猫专营店", "TMALL"), 9),
    (ShopPlan("JD-SELF", "合仓优选京东自营店", "JD", amount_limit=Decimal(1200)), 18),
    (ShopPlan("JD-POP", "合仓食品京东专营店", "JD"), 8),
    (ShopPlan("DY-LIVE", "合仓优选抖音直播间", "DOUYIN"), 14),
    (ShopPlan("DY-SHOP", "合仓百货抖音小店", "DOUYIN"), 6),
    (ShopPlan("PDD-01", "合仓优选拼多多旗舰店", "PDD"), 12),
    (ShopPlan("MINI-01", "合仓优选小程序", "MINI", hold_remarks=True), 7),
    (ShopPlan("WEB-01", "合仓官网", "WEB"), 3),
    (ShopPlan("WEB-GIFT", "合仓企业礼品", "WEB", allow_partial=False, amount_limit=Decimal(600)), 2),
)

_REMARKS = ("周末送货", "请放门卫", "易碎，轻放", "不要放快递柜", "送货前电话联系", "请开发票")


def shops() -> list[ShopPlan]:
    """Every shop of the demo."""
    return [shop for shop, _share in _SHOPS]


def shop_of(store_id: int) -> str:
    """Code of the shop that a store's orders come from."""
    return weighted("shop", store_id, _SHOPS).code


def people(household_ids: Iterable[int], districts: Sequence[str]) -> dict[int, Person]:
    """A customer for each household, by its number.

    :param districts: six-digit codes of all districts that people may live in.
    """
    by_province: dict[str, list[str]] = defaultdict(list)
    for code in sorted(districts):
        by_province[code[:2]].append(code)
    provinces = [(code, weight) for code, weight in _PROVINCES if code in by_province]
    return {one: _person(one, provinces, by_province) for one in household_ids}


def _person(
    household_id: int, provinces: Sequence[tuple[str, int]], districts: Mapping[str, Sequence[str]]
) -> Person:
    province = weighted("province", household_id, provinces)
    surname = weighted("surname", household_id, _SURNAMES)
    given = pick("given", household_id, _GIVEN)
    if not one_in(4, "short name", household_id):
        given += pick("second", household_id, _GIVEN)
    return Person(
        household_id=household_id,
        code=f"HH{household_id:05d}",
        name=surname + given,
        phone=f"1990000{household_id % 10_000:04d}",
        region_code=pick("district", household_id, districts[province]),
        address="" if one_in(60, "no address", household_id) else _street(household_id),
        is_blocked=one_in(80, "blocked", household_id),
    )


def _street(household_id: int) -> str:
    number = draw("number", household_id)
    return (
        f"{pick('road', household_id, _ROADS)} {number % 980 + 1} 号{pick('estate', household_id, _ESTATES)}"
        f" {number // 1000 % 28 + 1} 栋 {number // 7 % 4 + 1} 单元 {number // 13 % 24 + 1:02d}{number % 4 + 1:02d} 室"
    )


def remark_of(basket_id: int) -> str:
    """What the buyer of one order in forty asks for; mostly nothing."""
    return pick("remark text", basket_id, _REMARKS) if one_in(40, "remark", basket_id) else ""
