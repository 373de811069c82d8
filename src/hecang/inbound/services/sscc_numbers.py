"""Drawing SSCCs from a company prefix, and keeping the prefixes."""

from __future__ import annotations

import re
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.inbound.errors_receiving import SsccExhausted, SsccPrefixMissing
from hecang.inbound.models import SsccPrefix
from hecang.inbound.sscc import serial_width, sscc_make
from hecang.kernel import clock
from hecang.kernel.db import fetch, transactional
from hecang.kernel.errors import Conflict, InvalidInput, Problem

_PREFIX: Final = re.compile(r"[0-9]{4,12}", re.ASCII)

# That of the owner before that of the house.
_DRAW = """
UPDATE sscc_prefix SET next_serial = next_serial + %s, updated_at = %s
WHERE id = (
    SELECT id FROM sscc_prefix WHERE owner_id = %s OR owner_id IS NULL ORDER BY owner_id NULLS LAST LIMIT 1
)
RETURNING company_prefix, extension, next_serial
"""


@transactional
def ssccs_draw(*, owner_id: int, count: int) -> list[str]:
    """Make ``count`` numbers that nobody has had before. Locks the prefix until the transaction ends.

    :raises SsccPrefixMissing: neither the owner nor the house has a company prefix.
    :raises SsccExhausted: the prefix has not so many serial references left.
    """
    if count <= 0:
        return []
    rows = fetch(_DRAW, [count, clock.now(), owner_id])
    if not rows:
        raise SsccPrefixMissing(
            _(
                "There is no GS1 company prefix to make pallet and carton numbers from. Enter the one that GS1 has given"
                " you under receiving settings."
            )
        )
    prefix, extension, after = rows[0]
    if after - 1 >= 10 ** serial_width(prefix):
        raise SsccExhausted(
            _("All numbers behind the company prefix %(prefix)s are used up. Use another extension digit.")
            % {"prefix": prefix},
            data={"company_prefix": prefix, "extension": extension},
        )
    return [
        sscc_make(extension=extension, company_prefix=prefix, serial=serial)
        for serial in range(after - count, after)
    ]


@transactional
def sscc_prefix_save(
    *, owner_id: int | None, company_prefix: str, extension: int, next_serial: int | None = None
) -> int:
    """Keep the prefix of an owner, or of the house; its id. Numbers never go back under the same prefix and digit.

    :raises InvalidInput: not a prefix. Conflict: another owner has it, or the numbers would come again.
    """
    if not _PREFIX.fullmatch(company_prefix) or not 0 <= extension <= 9:
        message = _("A GS1 company prefix has four to twelve digits, an extension digit one.")
        raise InvalidInput(
            message,
            problems=[Problem(message, code="not_a_prefix", loc="company_prefix", field="company_prefix")],
        )
    taken = SsccPrefix.objects.filter(company_prefix=company_prefix, extension=extension)
    row = (
        SsccPrefix.objects.select_for_update(no_key=True)
        .filter(Q(owner_id=owner_id) if owner_id is not None else Q(owner__isnull=True))
        .first()
    )
    if taken.exclude(pk=row.pk if row else 0).exists():
        raise Conflict(
            _("Another owner makes numbers under this prefix and digit. Use another extension digit."),
            code="sscc_prefix_taken",
        )
    before = None
    if row is None:
        row = SsccPrefix(owner_id=owner_id)
    else:
        before = {
            "company_prefix": row.company_prefix,
            "extension": row.extension,
            "next_serial": row.next_serial,
        }
    same = before is not None and (row.company_prefix, row.extension) == (company_prefix, extension)
    if same and next_serial is not None and next_serial < row.next_serial:
        raise Conflict(
            _("Numbers up to %(serial)s are given out; the next one cannot be smaller.")
            % {"serial": row.next_serial - 1},
            code="sscc_would_repeat",
        )
    row.company_prefix, row.extension, row.updated_at = company_prefix, extension, clock.now()
    row.next_serial = next_serial if next_serial is not None else (row.next_serial if same else 1)
    row.save()
    audit_record(
        action="inbound.sscc_prefix.saved",
        entity_kind="sscc_prefix",
        entity_id=row.pk,
        before=before,
        after={"company_prefix": company_prefix, "extension": extension, "next_serial": row.next_serial},
    )
    return row.pk
