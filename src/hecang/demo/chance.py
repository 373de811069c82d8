"""Variation without randomness: the same id always draws the same lot."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def draw(what: str, key: object) -> int:
    """A number from 0 to 2⁶⁴−1 that depends on nothing but ``what`` is drawn and ``key``.

    A real hash: sums such as CRC-32 fall into patterns for keys as alike as order numbers.
    """
    digest = hashlib.blake2b(f"{what}:{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def pick(what: str, key: object, options: Sequence[T]) -> T:
    """One of ``options``, each as likely as the other."""
    return options[draw(what, key) % len(options)]


def one_in(count: int, what: str, key: object) -> bool:
    """True for one of ``count`` keys."""
    return draw(what, key) % count == 0


def share(what: str, key: object) -> float:
    """A number from 0 up to 1."""
    return draw(what, key) / 2**64


def weighted(what: str, key: object, options: Sequence[tuple[T, int]]) -> T:
    """One of ``(option, weight)``, as often as its weight says."""
    left = draw(what, key) % sum(weight for _option, weight in options)
    for option, weight in options:
        if left < weight:
            return option
        left -= weight
    raise AssertionError("unreachable")
