"""Keyed hashes by which encrypted things are found."""

from __future__ import annotations

from hecang.kernel.crypto import keyed_hash


def name_digest(name: str) -> str:
    """Keyed hash of a person's name as searched for, blind to case and spaces; empty for an empty one."""
    normal = "".join(name.casefold().split())
    return keyed_hash(f"name:{normal}") if normal else ""
