"""What the board of data quality asks of customers."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rapidfuzz import fuzz

from hecang.accounts.services.audit import audit_record
from hecang.kernel.crypto import Undecryptable, decrypt_json
from hecang.kernel.db import execute, fetch
from hecang.kernel.errors import InvalidInput
from hecang.partners.selectors import region_from_text, region_names, regions_by_code
from hecang.partners.services import customers_merge
from hecang.quality.coding import off_standard_finding, off_standard_found
from hecang.quality.registry import Finding, Fix, FixField, Found, Step, check, step

#: Names as like as this, under one phone, are the same person (0 to 100).
LIKENESS = 75.0
#: Addresses whose text is read in one run.
MAX_READ = 20_000


def _merge(finding: Finding) -> None:
    assert finding.related_id is not None
    customers_merge(kept_id=finding.related_id, gone_id=finding.entity_id)


def _region_set(finding: Finding) -> None:
    code = str(finding.values.get("region_code", ""))
    if code not in regions_by_code([code]):
        raise InvalidInput(_("There is no region with the code “%(code)s”.") % {"code": code[:6]})
    execute(
        "UPDATE customer_address SET region_id = %s WHERE id = %s AND customer_id = %s",
        [code, finding.data["address_id"], finding.entity_id],
    )
    audit_record(
        action="customer.address_region",
        entity_kind="customer",
        entity_id=finding.entity_id,
        after={"address": finding.data["address_id"], "region": code},
    )


@check(
    code="customer_duplicate",
    entity_kind="customer",
    title=gettext_lazy("Customers that are one person"),
    permission="partners.customer.view",
    url="",
    message=lambda data: (
        (
            _("Same phone and same name as %(other)s.")
            if data["same_name"]
            else _("Same phone, and a name like that of %(other)s.")
        )
        % {"other": data["other"]}
    ),
    fixes=(Fix("merge", gettext_lazy("Merge into the other"), "partners.customer.change", _merge),),
)
def duplicates() -> Iterable[Found]:
    """Customers with one phone whose names are equal or alike; the eldest stays."""
    rows = fetch(
        "SELECT c.id, c.code, c.contact_cipher, c.phone_hash FROM customer c JOIN ("
        "  SELECT phone_hash FROM customer WHERE NOT phone_hash = '' GROUP BY phone_hash HAVING count(*) BETWEEN 2 AND 20"
        ") AS twice USING (phone_hash) ORDER BY c.phone_hash, c.id LIMIT %s",
        [MAX_READ],
    )
    first: dict[str, tuple[int, str, str]] = {}
    for key, code, cipher, phone in rows:
        name = _name(cipher)
        known = first.setdefault(phone, (key, code, name))
        if known[0] == key:
            continue
        likeness = fuzz.ratio(known[2], name) if known[2] and name else 100.0
        if likeness >= LIKENESS or name in known[2] or known[2] in name:
            data = {"other": known[1], "same_name": likeness == 100.0}
            yield Found(key, code, "phone", data, known[0], known[1])


def _name(cipher: bytes | memoryview | None) -> str:
    try:
        return str(decrypt_json(cipher).get("name", "")).strip() if cipher is not None else ""
    except Undecryptable:
        return ""


@check(
    code="customer_address_region",
    entity_kind="customer",
    title=gettext_lazy("Addresses with a wrong or unknown region"),
    permission="partners.customer.view",
    url="",
    message=lambda data: (
        _("The address says %(said)s, but is filed under %(filed)s.") if data["filed"] else _("The region of an address is not known.")
    )
    % data,
    fixes=(
        Fix(
            "set_region", gettext_lazy("File it under this region"), "partners.customer.change", _region_set,
            (FixField("region_code", "region", gettext_lazy("Region")),),
        ),
    ),
)  # fmt: skip
def address_regions() -> Iterable[Found]:
    """Addresses without a region, or whose text begins with another one."""
    rows = fetch(
        "SELECT a.id, a.customer_id, c.code, a.region_id, a.recipient_cipher FROM customer_address a"
        " JOIN customer c ON c.id = a.customer_id ORDER BY a.id DESC LIMIT %s",
        [MAX_READ],
    )
    for address_id, customer_id, code, region, cipher in rows:
        try:
            text = str(decrypt_json(cipher).get("address", ""))
        except Undecryptable:
            continue
        said = region_from_text(text) if text else None
        if region is not None and (said is None or said[:4] == region[:4] or said.endswith("0000")):
            continue
        if region is None and not text:
            continue
        names = region_names([one for one in (said, region) if one])
        data = {
            "address_id": address_id,
            "said": str(names[said]) if said in names else "",
            "filed": str(names[region]) if region in names else "",
        }
        yield Found(
            customer_id, code, f"address {address_id}", data, suggestion={"region_code": said} if said else {}
        )


@check(
    code="customer_off_standard",
    entity_kind="customer",
    title=gettext_lazy("Customer codes off the standard"),
    permission="partners.customer.view",
    url="",
    message=off_standard_finding,
)
def codes_off_standard() -> Iterable[Found]:
    """Codes of customers that fit no mask of the company's standard."""
    return off_standard_found("customer", fetch("SELECT id, code FROM customer ORDER BY id"))


step(
    Step(
        40,
        "customer",
        gettext_lazy("Customers"),
        gettext_lazy(
            "Only those who have a code with you: wholesale, credit, staff. Buyers of shops come with their orders."
        ),
        lambda: int(fetch("SELECT count(*) FROM customer")[0][0]),
        ("customer_duplicate", "customer_address_region"),
        is_optional=True,
    )
)
