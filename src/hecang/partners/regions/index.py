"""From what people write to the code of a region.

Precision before recall: a district is only taken from free text by its full name, or by its short name
where that is set off (“北京 朝阳 …”), because streets are named after regions everywhere (南京西路 lies in
Shanghai). Where the district stays unknown the city is answered, where the city does, the province.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from hecang.partners.regions.names import normalise, short_names
from hecang.partners.regions.source import CITY, DISTRICT, MUNICIPALITIES, PROVINCE

_SEPARATORS = re.compile(r"[\s,，、。;；:：/|>\-_·.]*")
_COUNTRY = re.compile("^(?:中华人民共和国|中国)")
#: Said between city and district, and meaning nothing: the nameless city level of municipalities.
_NOISE = ("市辖区", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖", "县辖区", "郊县")
_LABEL = re.compile("^(?:[^省市区县]{0,12}?(?:地址|送至|寄往)[:\\s]*|[\\d\\s,#-]+)")
#: What makes a region's name the name of a street: 南京西路, 北京大街, 上海路.
_STREET = re.compile("[东西南北中]?[一二三四五六七八九十]?(?:[路街道巷弄里桥]|大道|大街|支路|环路)")
_MAX_NAME = 16


class RegionName(NamedTuple):
    """A region written out; what lies below the known level is empty."""

    province: str
    city: str
    district: str

    def __str__(self) -> str:
        """As one writes it, with 上海市上海市 said once."""
        return "".join(dict.fromkeys(part for part in self if part))


class _Hit(NamedTuple):
    code: str
    end: int
    is_full: bool


@dataclass(slots=True)
class _Names:
    """Names of sibling regions: text → (code, is the full name); a name that means two regions means none."""

    codes: dict[str, tuple[str, bool]] = field(default_factory=dict)
    ambiguous: set[str] = field(default_factory=set)

    def add(self, name: str, code: str, *, is_full: bool) -> None:
        known = self.codes.get(name)
        if known is None or (is_full and not known[1]):
            self.codes[name] = (code, is_full)
            if is_full:
                self.ambiguous.discard(name)
        elif known[0] != code and known[1] == is_full:
            self.ambiguous.add(name)

    def get(self, name: str) -> tuple[str, bool] | None:
        return None if name in self.ambiguous else self.codes.get(name)

    def at(self, text: str, position: int) -> _Hit | None:
        """The longest name that begins at ``position``."""
        for length in range(min(_MAX_NAME, len(text) - position), 1, -1):
            if hit := self.get(text[position : position + length]):
                return _Hit(hit[0], position + length, hit[1])
        return None


class RegionIndex:
    """An index over all regions; immutable once made, a few microseconds a question.

    :param regions: (code, name, level, parent code) of every region.
    """

    def __init__(self, regions: Iterable[tuple[str, str, str, str | None]]) -> None:
        self.names: dict[str, RegionName] = {}
        self._provinces = _Names()
        self._cities = _Names()
        self._districts = _Names()
        self._cities_of: dict[str, _Names] = {}
        self._districts_of_city: dict[str, _Names] = {}
        self._districts_of_province: dict[str, _Names] = {}
        plain: dict[str, str] = {}
        rows = sorted(regions, key=lambda row: row[0])
        for code, name, level, parent in rows:
            plain[code] = name
            self._add(code, name, level, parent)
        for code, name, level, _parent in rows:
            province = plain.get(code[:2] + "0000", "")
            city = plain.get(code[:4] + "00", "") if level != PROVINCE else ""
            if code[:2] in MUNICIPALITIES and city:
                city = province
            elif city in _NOISE:
                city = ""
            self.names[code] = RegionName(province, city, name if level == DISTRICT else "")
        full = [
            name
            for name, (_code, is_full) in (*self._provinces.codes.items(), *self._cities.codes.items())
            if is_full
        ]
        self._anywhere = re.compile("|".join(sorted(map(re.escape, full), key=len, reverse=True)) or "(?!)")

    def _add(self, code: str, name: str, level: str, parent: str | None) -> None:
        province = code[:2]
        groups = {
            PROVINCE: (self._provinces,),
            CITY: (self._cities, self._cities_of.setdefault(province, _Names())),
            DISTRICT: (
                self._districts,
                self._districts_of_city.setdefault(parent or "", _Names()),
                self._districts_of_province.setdefault(province, _Names()),
            ),
        }[level]
        if level == CITY and province in MUNICIPALITIES:
            return  # 北京市 is found as the province; its nameless city level answers to nothing
        for short in short_names(name, level):
            for group in groups:
                group.add(short, code, is_full=short == name)

    def __len__(self) -> int:
        return len(self.names)

    # ------------------------------------------------------------ three fields

    def resolve(self, province: str = "", city: str = "", district: str = "") -> str | None:
        """The code of the most precise region that the three fields name, ``None`` where they name none.

        Full and short names are taken, a municipality may stand in either of the first two fields, a
        county-level city in the second.
        """
        province, city, district = normalise(province), normalise(city), normalise(district)
        found_province = self._province_of(province) or (self._province_of(city) if not province else None)
        found_city = self._city_of(found_province, city)
        if found_city and not found_province:
            found_province = found_city[:2]
        found = self._district_of(found_province, found_city, district)
        if found is None and city and not found_city:
            # A county-level city in the field for cities: 江苏省 / 昆山市 / …
            found = self._district_of(found_province, None, city)
        if found is None:
            found = self._from_parts(found_province, found_city, province + city + district)
        return found or found_city or (found_province + "0000" if found_province else None)

    def _from_parts(self, province: str | None, city: str | None, text: str) -> str | None:
        """What the fields say read as one text, unless that contradicts what they say one by one."""
        found = self.from_text(text)
        if found is None or found.endswith("00"):
            return None
        if (province and found[:2] != province) or (city and found[:4] != city[:4]):
            return None
        return found

    def _province_of(self, name: str) -> str | None:
        hit = self._provinces.get(name)
        return hit[0][:2] if hit else None

    def _city_of(self, province: str | None, name: str) -> str | None:
        names: _Names | None = self._cities_of.get(province) if province else self._cities
        hit = names.get(name) if names else None
        return hit[0] if hit else None

    def _district_of(self, province: str | None, city: str | None, name: str) -> str | None:
        if not name:
            return None
        names: _Names | None
        if city:
            names = self._districts_of_city.get(city)
        elif province:
            names = self._districts_of_province.get(province)
        else:
            names = self._districts
        hit = names.get(name) if names else None
        return hit[0] if hit else None

    # ------------------------------------------------------------ free text

    def from_text(self, text: str) -> str | None:
        """The code of the most precise region that a free address text names, else ``None``.

        Looked for at the beginning, behind labels such as “收货地址：”; where nothing is there, from the
        first full name of a province or city (“王五，138…，上海市浦东新区…”).
        """
        text = _COUNTRY.sub("", _LABEL.sub("", normalise(text)))
        if found := self._from(text, _skip(text, 0)):
            return found
        first = self._anywhere.search(text)
        return self._from(text, first.start()) if first else None

    def _from(self, text: str, start: int) -> str | None:
        hits = [
            hit
            for names in (self._provinces, self._cities, self._districts)
            if (hit := names.at(text, start))
        ]
        if not hits:
            return None
        # 吉林市 is longer than 吉林; of equals the province wins, for it was asked first.
        first = max(hits, key=lambda hit: hit.end)
        if first.code.endswith("0000"):
            return self._after_province(text, first)
        if first.code.endswith("00"):
            return self._after_city(text, first, anchored=False)
        return first.code if first.is_full or _is_set_off(text, first.end) else None

    def _after_province(self, text: str, province: _Hit) -> str | None:
        code = province.code
        position = _skip(text, province.end)
        if code[:2] in MUNICIPALITIES:
            while (again := self._provinces.at(text, position)) and again.code == code:
                position = _skip(text, again.end)
        elif (cities := self._cities_of.get(code[:2])) and (city := cities.at(text, position)):
            return self._after_city(text, city, anchored=True)
        district = _district(self._districts_of_province.get(code[:2]), text, position)
        if district:
            return district
        return code if province.is_full or not _STREET.match(text, province.end) else None

    def _after_city(self, text: str, city: _Hit, *, anchored: bool) -> str | None:
        """:param anchored: the province was named before, so a short name of a city is to be believed."""
        position = _skip(text, city.end)
        if district := _district(self._districts_of_city.get(city.code), text, position):
            return district
        return city.code if anchored or city.is_full or not _STREET.match(text, city.end) else None


def _skip(text: str, position: int) -> int:
    """The position behind separators and behind words that mean nothing."""
    while True:
        match = _SEPARATORS.match(text, position)
        position = match.end() if match else position
        noise = next((word for word in _NOISE if text.startswith(word, position)), None)
        if noise is None:
            return position
        position += len(noise)


def _is_set_off(text: str, end: int) -> bool:
    match = _SEPARATORS.match(text, end)
    return end >= len(text) or (match is not None and match.end() > end)


def _district(names: _Names | None, text: str, position: int) -> str | None:
    hit = names.at(text, position) if names else None
    if hit and (hit.is_full or text[hit.end - 1] in "区县市旗" or _is_set_off(text, hit.end)):
        return hit.code
    return None


def written_out(names: Mapping[str, RegionName], codes: Iterable[str]) -> dict[str, RegionName]:
    """The names of those codes that are known."""
    return {code: names[code] for code in codes if code in names}
