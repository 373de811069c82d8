"""Numbers that people read aloud: ``SO260101-000123``.

Each kind has a PostgreSQL sequence of its own. Numbers are unique and rise, but are not gapless: a
transaction that fails leaves a hole, and nobody ever waits for another's number.
"""

from __future__ import annotations

from hecang.kernel.clock import today
from hecang.kernel.db import fetch

#: kind → prefix. A new kind also needs its sequence: see ``kernel/migrations``.
PREFIXES: dict[str, str] = {
    "sales_order": "SO",
    "fulfilment": "FF",
    "wave": "WV",
    "batch": "PB",
    "parcel": "PC",
    "manifest": "MF",
    "ticket": "TK",
    "purchase_request": "PR",
    "purchase_order": "PO",
    "supplier_invoice": "SI",
    "asn": "AN",
    "appointment": "AP",
    "receipt": "RC",
    "inspection": "QI",
    "claim": "CL",
    "goods_return": "RT",
    "count": "CC",
    "transfer": "TR",
    "stock_change": "SC",
    "kit_job": "KJ",
    "container": "LP",
}


def sequence_name(kind: str) -> str:
    """The PostgreSQL sequence behind ``kind``. Raises KeyError for a kind that is not declared."""
    if kind not in PREFIXES:
        raise KeyError(f"no number sequence {kind!r}; declare it in hecang.kernel.sequences.PREFIXES")
    return f"number_{kind}"


def numbers(kind: str, count: int = 1) -> list[str]:
    """Draw ``count`` numbers of ``kind`` in one statement; rising, prefix and day first."""
    name = sequence_name(kind)
    if count <= 0:
        return []
    head = f"{PREFIXES[kind]}{today():%y%m%d}-"
    rows = fetch(f"SELECT nextval('{name}') FROM generate_series(1, %s)", [count])  # noqa: S608 - own names
    return [f"{head}{row[0]:06d}" for row in rows]
