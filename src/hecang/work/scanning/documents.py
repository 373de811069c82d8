"""Which documents a scanned number can name: every app says how its own are found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.apps import apps
from django.utils import translation

from hecang.kernel.actor import Actor
from hecang.kernel.db import fetch
from hecang.kernel.sequences import PREFIXES

_NUMBER = re.compile(r"([A-Z]{2})\d{6}-\d{6,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind of documents with numbers of ``kernel.sequences``.

    :param kind: its kind there, and what ``Match.document`` says.
    :param name: source string of what people call it.
    :param model: such as ``inbound.Asn``; has ``number`` and, unless told otherwise, ``state``.
    :param permission: of those who may see it.
    :param warehouses: columns (or SQL over its table) with the warehouses whose people may see it; empty where no
        warehouse owns it.
    :param owner: column with the owner of the goods, if it has one.
    :param shop: column with the shop, if it has one.
    :param state: field of its state, shown by its label.
    """

    kind: str
    name: str
    model: str
    permission: str
    warehouses: tuple[str, ...] = ("warehouse_id",)
    owner: str = ""
    shop: str = ""
    state: str = "state"


class DocumentMatch(NamedTuple):
    kind: str
    id: int
    number: str


_kinds: dict[str, DocumentKind] = {}


def documents_register(*kinds: DocumentKind) -> None:
    """Let scans find documents of these kinds; call it in ``AppConfig.ready``. The last one of a kind counts."""
    for one in kinds:
        if one.kind not in PREFIXES:
            raise KeyError(f"no number sequence {one.kind!r}; see hecang.kernel.sequences.PREFIXES")
        _kinds[one.kind] = one


def document_kinds() -> Mapping[str, DocumentKind]:
    """All that are registered, by kind."""
    return _kinds


def document_name(kind: str) -> str:
    """What people call documents of this kind, in the language in force."""
    return translation.gettext(_kinds[kind].name) if kind in _kinds else kind


def documents_find(actor: Actor, texts: Iterable[str]) -> dict[str, DocumentMatch]:
    """What each number names, keyed as given; what the actor may not see is missing. One statement at most."""
    by_prefix = {PREFIXES[kind]: one for kind, one in _kinds.items() if actor.may(one.permission)}
    asked: dict[str, list[str]] = {}
    numbers: dict[str, str] = {}
    for text in texts:
        number = text.strip().upper()
        match = _NUMBER.fullmatch(number)
        if match and (known := by_prefix.get(match[1])):
            numbers[text] = number
            asked.setdefault(known.kind, []).append(number)
    if not asked:
        return {}
    parts, params = [], []
    for kind, wanted in sorted(asked.items()):
        sql, values = _query(_kinds[kind], actor, wanted)
        parts.append(sql)
        params += values
    found = {row[2]: DocumentMatch(*row) for row in fetch(" UNION ALL ".join(parts), params)}
    return {text: found[number] for text, number in numbers.items() if number in found}


def document_state(match: DocumentMatch) -> str:
    """The label of a document's state, in the language in force; empty where it has none."""
    known = _kinds[match.kind]
    if not known.state:
        return ""
    row = apps.get_model(known.model)._default_manager.filter(pk=match.id).first()
    if row is None:
        return ""
    label = getattr(row, f"get_{known.state}_display", None)
    return str(label() if label else getattr(row, known.state))


def _query(known: DocumentKind, actor: Actor, numbers: list[str]) -> tuple[str, list[object]]:
    """A SELECT over one table. Names come from the code, values are parameters."""
    table = apps.get_model(known.model)._meta.db_table
    sql = f"SELECT %s::text, id, number FROM {table} WHERE number = ANY(%s::text[])"  # noqa: S608 - own names
    params: list[object] = [known.kind, numbers]
    scope = actor.scope
    if scope.warehouses is not None and known.warehouses:
        places = " OR ".join(f"{column} = ANY(%s::bigint[])" for column in known.warehouses)
        sql += f" AND ({places})"
        params += [list(scope.warehouses)] * len(known.warehouses)
    for allowed, column in ((scope.owners, known.owner), (scope.shops, known.shop)):
        if allowed is not None and column:
            sql += f" AND {column} = ANY(%s::bigint[])"
            params.append(list(allowed))
    return sql, params
