"""Whether a place may hold goods, and how many: the one judgement that plans and people's own choices go through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.translation import gettext_noop

from hecang.inbound.putting.base import KINDS_OF_CONDITION, SHELVES, Content, Load, Part, Rules, Spot

#: A limit where nothing limits.
ANY: Final = 1 << 60

#: Why a place is no place for a load: code → source string.
REASONS: Final[Mapping[str, str]] = {
    "kind": gettext_noop("Goods in this condition do not belong there."),
    "closed": gettext_noop("Nothing is put away in this zone."),
    "owner_zone": gettext_noop("The zone belongs to another owner."),
    "temperature": gettext_noop("The zone has another temperature."),
    "hazard": gettext_noop("Hazardous goods of this kind are not allowed there."),
    "hazard_mix": gettext_noop("Hazardous goods of another kind lie there."),
    "other_sku": gettext_noop("Another SKU lies there."),
    "other_lot": gettext_noop("Another lot lies there."),
    "other_owner": gettext_noop("Goods of another owner lie there."),
    "size": gettext_noop("The goods are larger than the place."),
    "volume": gettext_noop("There is not enough room."),
    "weight": gettext_noop("It would become too heavy."),
}


def unfit(load: Load, spot: Spot, rules: Rules, hazards: Mapping[int, str]) -> str:
    """The reason why nothing of the load may lie there; empty where it may, as far as there is room.

    :param hazards: SKU → hazard, of what lies in places.
    """
    if spot.kind not in KINDS_OF_CONDITION.get(load.condition, ()):
        return "kind"
    if rules.is_closed:
        return "closed"
    return next(
        (fault for part in load.parts if (fault := _unfit_part(part, load, spot, rules, hazards))), ""
    )


def _unfit_part(part: Part, load: Load, spot: Spot, rules: Rules, hazards: Mapping[int, str]) -> str:
    if rules.owner_id is not None and rules.owner_id != part.owner_id:
        return "owner_zone"
    if part.temperature != rules.temperature:
        return "temperature"
    if part.hazard != "none" and part.hazard not in rules.hazards:
        return "hazard"
    if _too_large(part, spot, load.whole):
        return "size"
    if spot.kind not in SHELVES:
        return ""
    own = {one.content for one in load.parts}
    return _mixes(part, own, spot.units, rules, hazards)


def _mixes(
    part: Part, own: set[Content], units: Iterable[Content], rules: Rules, hazards: Mapping[int, str]
) -> str:
    """What forbids the part to lie beside what lies there. A container's own goods may lie together."""
    for there in units:
        if there in own:
            continue
        if not rules.mix_skus and there.sku_id != part.sku_id:
            return "other_sku"
        if not rules.mix_lots and there.sku_id == part.sku_id and there.lot_id != part.lot_id:
            return "other_lot"
        if not rules.mix_owners and there.owner_id != part.owner_id:
            return "other_owner"
        other = hazards.get(there.sku_id, "none") if there.sku_id is not None else "none"
        if part.hazard != other and "none" not in (part.hazard, other):
            return "hazard_mix"
    return ""


def _too_large(part: Part, spot: Spot, whole: bool) -> bool:
    """Whether a unit (a case, where they come in whole cases) does not go in, however it is turned."""
    if not spot.sides_mm:
        return False
    sides = part.sides_mm
    in_cases = part.case_quantity > 1 and part.quantity % part.case_quantity == 0
    if part.case_sides_mm and in_cases and not whole:
        sides = part.case_sides_mm
    return any(side > room for side, room in zip(sides, spot.sides_mm, strict=False))


def room_for(load: Load, spot: Spot) -> tuple[int, str]:
    """How many units of the load there is room for, and what limits them (``volume`` or ``weight``).

    A whole load has room for all or for none.
    """
    volume = spot.volume_mm3 - spot.used_mm3 if spot.volume_mm3 else ANY
    weight = spot.max_weight_g - spot.used_g if spot.max_weight_g is not None else ANY
    if load.whole or len(load.parts) > 1:
        if load.volume_mm3 > max(volume, 0):
            return 0, "volume"
        return (0, "weight") if load.weight_g > max(weight, 0) else (load.quantity, "")
    part = load.parts[0]
    by_volume = max(volume, 0) // part.unit_volume_mm3 if part.unit_volume_mm3 else ANY
    by_weight = max(weight, 0) // part.unit_weight_g if part.unit_weight_g else ANY
    units = min(by_volume, by_weight, load.quantity)
    if units == load.quantity:
        return units, ""
    return units, "volume" if by_volume <= by_weight else "weight"
