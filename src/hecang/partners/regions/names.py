"""How names of regions are shortened: 上海 for 上海市, 延边 for 延边朝鲜族自治州, 浦东 for 浦东新区."""

from __future__ import annotations

import re
import unicodedata

#: Peoples' names at the end: with 族, or without it where the name has several characters (伊犁哈萨克).
_PEOPLE = re.compile(
    "(?:各族|(?:蒙古|维吾尔|布依|朝鲜|土家|哈尼|哈萨克|傈僳|高山|拉祜|东乡|纳西|景颇|柯尔克孜|达斡尔|仫佬|布朗|撒拉|毛南"
    "|仡佬|锡伯|阿昌|普米|塔吉克|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺)族?"
    "|[回藏苗彝壮满侗瑶白傣黎佤畲水土羌怒京]族)$"
)
_AUTONOMOUS = re.compile("(?:自治州|自治县|自治旗)$")
#: These provinces carry more than one word after their name.
_PROVINCE_TAIL = re.compile("(?:维吾尔自治区|壮族自治区|回族自治区|自治区|特别行政区|省|市)$")
_CITY_TAIL = re.compile("(?:地区|林区|市|盟|县)$")
_DISTRICT_TAIL = re.compile("(?:新区|林区|特区|地区|区|县|市|旗)$")
_SHORTEST = 2


def normalise(text: str) -> str:
    """Half-width, without spaces and line ends at either side."""
    return unicodedata.normalize("NFKC", text).strip()


def _without_peoples(name: str) -> str:
    while (shorter := _PEOPLE.sub("", name)) != name and len(shorter) >= _SHORTEST:
        name = shorter
    return name


def short_names(name: str, level: str) -> list[str]:
    """The name and its short forms, longest first; a short form has at least two characters."""
    names = [name]
    if level == "province":
        names.append(_PROVINCE_TAIL.sub("", name))
    elif _AUTONOMOUS.search(name):
        stem = _AUTONOMOUS.sub("", name)
        # 恩施州 and 长阳县 are what people write.
        tail = {"州": "州", "县": "县", "旗": "旗"}[name[-1]]
        bare = _without_peoples(stem)
        names += [stem, bare + tail, bare]
    elif level == "city":
        names.append(_CITY_TAIL.sub("", name))
    else:
        if name.endswith("新区"):
            names.append(name[:-1])
        names.append(_DISTRICT_TAIL.sub("", name))
    unique = dict.fromkeys(n for n in names if len(n) >= _SHORTEST)
    return list(unique)
