"""What the board of data quality asks of open orders."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hecang.kernel.crypto import Undecryptable, decrypt_json
from hecang.kernel.db import fetch
from hecang.orders.services import order_change
from hecang.partners.selectors import region_from_text, region_resolve
from hecang.quality.registry import Finding, Fix, FixField, Found, Step, check, step

#: Orders whose address is read in one run.
MAX_READ = 20_000

_VAGUE = """
SELECT id, number, recipient_cipher FROM sales_order
WHERE state IN ('pending', 'approved') AND NOT is_sealed AND recipient_cipher IS NOT NULL
  AND (region_code = '' OR region_code LIKE '%%0000')
ORDER BY placed_at DESC, id DESC LIMIT %s
"""


def _region_set(finding: Finding) -> None:
    order_change(order_id=finding.entity_id, recipient={"region_code": str(finding.values["region_code"])})


@check(
    code="order_region_unknown",
    entity_kind="sales_order",
    title=gettext_lazy("Open orders whose region is not known"),
    severity="error",
    permission="orders.order.view",
    url="/orders/{id}",
    message=lambda _data: _("Neither city nor district is known, so no carrier can be chosen."),
    fixes=(
        Fix(
            "set_region", gettext_lazy("Send it to this region"), "orders.order.change", _region_set,
            (FixField("region_code", "region", gettext_lazy("Region")),),
        ),
    ),
)  # fmt: skip
def vague_regions() -> Iterable[Found]:
    """Open orders below province level unknown, with what their address says where it says something."""
    for key, number, cipher in fetch(_VAGUE, [MAX_READ]):
        try:
            clear = decrypt_json(cipher)
        except Undecryptable:
            continue
        parts = [clear.get(name, "") for name in ("province", "city", "district")]
        said = region_resolve(*parts) or region_from_text("".join(parts) + clear.get("address", ""))
        known = said is not None and not said.endswith("0000")
        yield Found(key, number, "region", suggestion={"region_code": said} if known else {})


step(
    Step(
        60,
        "sales_order",
        gettext_lazy("Open orders"),
        gettext_lazy("Orders that are still to be shipped. Connected shops bring theirs by themselves."),
        lambda: int(fetch("SELECT count(*) FROM sales_order WHERE state IN ('pending', 'approved')")[0][0]),
        ("order_region_unknown",),
        is_optional=True,
    )
)
