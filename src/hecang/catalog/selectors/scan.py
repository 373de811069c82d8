"""From what a scanner reads or a person types to a SKU."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from hecang.catalog.gtin import scanned, variants
from hecang.kernel.db import fetch


class BarcodeMatch(NamedTuple):
    """:param quantity: base units that the code stands for."""

    sku_id: int
    quantity: int


def barcode_resolve(codes: Iterable[str]) -> dict[str, BarcodeMatch]:
    """What each code means, keyed by the code as given; unknown or ambiguous ones are missing.

    Tried in this order: a barcode as it is, a SKU code as it is, the barcode behind a symbology identifier
    or inside a GS1 element string, the GTIN with other leading zeros, a SKU code in other capitals. Full-width
    characters and spaces around are forgiven. Two statements for any number of codes.
    """
    candidates = {code: _candidates(code) for code in set(codes)}
    texts = sorted({text for found in candidates.values() for text in found})
    if not texts:
        return {}
    barcodes = {
        code: BarcodeMatch(sku_id, quantity)
        for code, sku_id, quantity in fetch(
            "SELECT code, sku_id, quantity FROM barcode WHERE code = ANY(%s)", [texts]
        )
    }
    exact, folded = _skus([text.upper() for text in texts])
    result = {}
    for code, found in candidates.items():
        match = next((match for text in found if (match := barcodes.get(text) or exact.get(text))), None)
        match = match or next((match for text in found if (match := folded.get(text.upper()))), None)
        if match:
            result[code] = match
    return result


def _candidates(code: str) -> list[str]:
    """Texts to look for, the likeliest first."""
    text = unicodedata.normalize("NFKC", code).strip()
    if not text:
        return []
    texts = scanned(text)
    for variant in [variant for one in texts for variant in variants(one)]:
        texts.append(variant)
    return list(dict.fromkeys([code, *texts] if code != text else texts))


def _skus(capitals: list[str]) -> tuple[dict[str, BarcodeMatch], dict[str, BarcodeMatch]]:
    """SKU codes as stored; and in capitals, those that mean only one SKU."""
    exact: dict[str, BarcodeMatch] = {}
    by_capitals: dict[str, list[BarcodeMatch]] = {}
    for pk, code in fetch("SELECT id, code FROM sku WHERE upper(code) = ANY(%s)", [capitals]):
        exact[code] = BarcodeMatch(pk, 1)
        by_capitals.setdefault(code.upper(), []).append(exact[code])
    return exact, {code: matches[0] for code, matches in by_capitals.items() if len(matches) == 1}
