"""What people taught the import centre: which of their headings is which of our columns.

Remembered when an import begins to write, so that trials teach nothing wrong. A file with the same headings
gets the whole mapping again; a file with some of them gets those, the most recent word first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hecang.kernel.clock import now
from hecang.kernel.db import execute
from hecang.kernel.imports.base import Importer
from hecang.kernel.imports.mapping import FILE_OPTIONS, normal, suggest
from hecang.kernel.models import ImportMemory

#: Mappings of a kind that are looked at.
LOOKED_AT: Final = 50
#: Mappings of a kind that are kept.
KEPT: Final = 200


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a file's columns probably are.

    :param columns: our column → heading.
    :param remembered: those of our columns that somebody matched before, not only names that fit.
    :param is_known: a file with exactly these headings has been imported before.
    """

    columns: dict[str, str]
    constants: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    remembered: list[str] = field(default_factory=list)
    is_known: bool = False


def signature_of(headings: Sequence[str]) -> str:
    """Equal for the same headings in any order, however they are spaced and capitalised."""
    names = sorted({normal(heading) for heading in headings if heading})
    return hashlib.sha256("\x1f".join(names).encode()).hexdigest()


def mapping_remember(*, kind: type[Importer], headings: Sequence[str], mapping: Mapping[str, Any]) -> None:
    """Keep how a file was matched; the last word about the same headings counts. Two statements."""
    columns = {ours: theirs for ours, theirs in (mapping.get("columns") or {}).items() if theirs in headings}
    if not columns:
        columns = suggest(kind.columns, headings)
    options = {
        name: value for name, value in (mapping.get("options") or {}).items() if name not in FILE_OPTIONS
    }
    kept = {"columns": columns, "constants": dict(mapping.get("constants") or {}), "options": options}
    memory, is_new = ImportMemory.objects.get_or_create(
        kind=kind.kind,
        signature=signature_of(headings),
        defaults={"headings": list(headings), "mapping": kept, "used_at": now()},
    )
    if not is_new:
        ImportMemory.objects.filter(pk=memory.pk).update(
            headings=list(headings), mapping=kept, used=memory.used + 1, used_at=now()
        )
    execute(
        "DELETE FROM import_memory WHERE kind = %s AND id NOT IN"
        " (SELECT id FROM import_memory WHERE kind = %s ORDER BY used_at DESC LIMIT %s)",
        [kind.kind, kind.kind, KEPT],
    )


def mapping_propose(*, kind: type[Importer], headings: Sequence[str]) -> Proposal:
    """The best guess for a file with these headings. One statement."""
    memories = list(ImportMemory.objects.filter(kind=kind.kind).order_by("-used_at")[:LOOKED_AT])
    by_normal = {normal(heading): heading for heading in reversed(headings) if heading}
    known = {column.name for column in kind.columns}
    wanted = signature_of(headings)
    same = next((memory for memory in memories if memory.signature == wanted), None)
    if same is not None:
        columns = _matched(same.mapping["columns"], by_normal, known)
        return Proposal(
            columns, same.mapping["constants"], same.mapping["options"], sorted(columns), is_known=True
        )
    learned: dict[str, str] = {}
    taken: set[str] = set()
    for memory in memories:
        for ours, theirs in _matched(memory.mapping["columns"], by_normal, known).items():
            if ours not in learned and theirs not in taken:
                learned[ours] = theirs
                taken.add(theirs)
    guessed = {
        ours: theirs
        for ours, theirs in suggest(kind.columns, headings).items()
        if ours not in learned and theirs not in taken
    }
    return Proposal({**guessed, **learned}, remembered=sorted(learned))


def _matched(columns: Mapping[str, str], by_normal: Mapping[str, str], known: set[str]) -> dict[str, str]:
    """Remembered pairs whose heading this file has, spelled as it spells it."""
    return {
        ours: by_normal[normal(theirs)]
        for ours, theirs in columns.items()
        if ours in known and normal(theirs) in by_normal
    }
