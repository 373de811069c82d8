"""What the board of data quality asks of warehouses and locations."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hecang.facility.models import Location
from hecang.kernel.db import fetch
from hecang.quality.coding import off_standard_finding, off_standard_found
from hecang.quality.registry import Found, Step, check, step

_VIRTUAL = [kind.value for kind in Location.VIRTUAL_KINDS]


@check(
    code="warehouse_without_place",
    entity_kind="warehouse",
    title=gettext_lazy("Warehouses without a place on the map"),
    severity="error",
    permission="facility.warehouse.view",
    url="/warehouses",
    message=lambda _data: _("Latitude and longitude are missing, so distances to customers are guessed."),
)
def warehouses_without_place() -> Iterable[Found]:
    """Warehouses in use whose coordinates nobody has entered."""
    for key, code in fetch(
        "SELECT id, code FROM warehouse WHERE is_active AND (latitude IS NULL OR longitude IS NULL) ORDER BY id"
    ):
        yield Found(key, code, "latitude")


@check(
    code="location_off_standard",
    entity_kind="location",
    title=gettext_lazy("Location codes off the standard"),
    permission="facility.location.view",
    url="/locations",
    message=off_standard_finding,
)
def codes_off_standard() -> Iterable[Found]:
    """Codes of physical locations that fit no mask of the company's standard."""
    return off_standard_found(
        "location", fetch("SELECT id, code FROM location WHERE kind <> ALL(%s) ORDER BY id", [_VIRTUAL])
    )


step(
    Step(
        10,
        "location",
        gettext_lazy("Locations"),
        gettext_lazy("Where goods lie. Lay out a warehouse on its page, or bring a list of locations."),
        lambda: int(fetch("SELECT count(*) FROM location WHERE kind <> ALL(%s)", [_VIRTUAL])[0][0]),
        ("warehouse_without_place", "location_off_standard"),
    )
)
