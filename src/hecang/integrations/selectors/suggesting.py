"""Which of our SKUs a platform's product might be: by barcode, by a code that is nearly ours, by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from rapidfuzz import fuzz, process, utils

from hecang.kernel.db import fetch

#: SKUs that are compared at most, newest first, and suggestions for one product.
MOST_SKUS = 50_000
MOST = 3
#: From 0 to 100: what is less alike than this is no suggestion.
LEAST = 65.0

_SKUS = "SELECT id, code, name FROM sku WHERE status = 'active' ORDER BY id DESC LIMIT %s"


class Suggestion(NamedTuple):
    """:param score: 100 is certain. ``by`` is ``barcode``, ``code`` or ``name``."""

    sku_id: int
    code: str
    name: str
    score: int
    by: str


def mapping_suggestions(products: Sequence[tuple[int, str, str, str]]) -> dict[int, list[Suggestion]]:
    """The likeliest SKUs of products (id, outer code, title, barcode), best first. Two statements."""
    if not products:
        return {}
    skus = fetch(_SKUS, [MOST_SKUS])
    codes = {row[0]: row[1].upper() for row in skus}
    names = {row[0]: utils.default_process(row[2]) for row in skus}
    known = {row[0]: row for row in skus}
    scanned = _by_barcode([barcode for _id, _code, _title, barcode in products if barcode])
    found = {}
    for key, code, title, barcode in products:
        best: dict[int, tuple[float, str]] = {}
        if barcode in scanned:
            best[scanned[barcode]] = (100.0, "barcode")
        _add(best, code.upper(), codes, fuzz.ratio, "code", 1.0)
        _add(best, utils.default_process(title), names, fuzz.WRatio, "name", 0.95)
        ranked = sorted(best.items(), key=lambda one: (-one[1][0], one[0]))
        found[key] = [
            Suggestion(sku, known[sku][1], known[sku][2], round(score), by)
            for sku, (score, by) in ranked[:MOST]
            if sku in known
        ]
    return found


def _add(
    best: dict[int, tuple[float, str]],
    text: str,
    choices: dict[int, str],
    scorer: Any,
    by: str,
    weight: float,
) -> None:
    if len(text) < 2:
        return
    matches = process.extract(text, choices, scorer=scorer, processor=None, limit=MOST, score_cutoff=LEAST)
    for _choice, score, sku in matches:
        if sku not in best or best[sku][0] < score * weight:
            best[sku] = (score * weight, by)


def _by_barcode(barcodes: Sequence[str]) -> dict[str, int]:
    rows = fetch("SELECT code, sku_id FROM barcode WHERE code = ANY(%s::text[])", [list(barcodes)])
    return {row[0]: row[1] for row in rows}
