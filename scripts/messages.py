"""Collect the server's texts, and compile their Chinese translations.

``make messages`` runs it after a text changed; translate what is empty in the .po file, and run it again.
Texts in the code are English; ``src/hecang/locale/zh_Hans`` holds the Chinese ones.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).resolve().parents[1]
SOURCE = PROJECT / "src" / "hecang"
FOLDER = SOURCE / "locale" / "zh_Hans" / "LC_MESSAGES"
#: The same in every run, so that the file changes only where a text does.
START = datetime(2026, 1, 1, tzinfo=UTC)
KEYWORDS: dict[str, object] = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "_lazy": None,
    "_t": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def collected() -> Catalog:
    """Every text of the code, untranslated."""
    catalog = Catalog(
        locale="zh_Hans",
        project="Hecang",
        header_comment="# Chinese texts of Hecang's server. Made by `make messages`; translations are written here.",
        last_translator="Hecang",
        language_team="Hecang",
        msgid_bugs_address="",
        creation_date=START,
        revision_date=START,
        fuzzy=False,
    )
    for _file, _line, message, _comments, context in extract_from_dir(
        str(SOURCE), method_map=[("**.py", "python")], keywords=KEYWORDS
    ):
        catalog.add(message, context=context)
    return catalog


def translated() -> Catalog:
    """The translations as they are."""
    path = FOLDER / "django.po"
    if not path.exists():
        return Catalog(locale="zh_Hans")
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as the program reads it."""
    target = BytesIO()
    write_mo(target, catalog)
    return target.getvalue()


def main() -> int:
    """Bring the .po file up to date with the code and compile it; 1 if something is not translated."""
    known = {(message.id, message.context): message.string for message in translated() if message.id}
    catalog = collected()
    for message in catalog:
        if message.id and known.get((message.id, message.context)):
            message.string = known[message.id, message.context]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "django.po").open("wb") as file:
        write_po(file, catalog, no_location=True, omit_header=False, sort_output=True, width=110)
    (FOLDER / "django.mo").write_bytes(compiled(translated()))
    missing = [message.id for message in catalog if message.id and not message.string]
    print(f"{len(catalog)} texts, {len(missing)} without a translation")
    for text in missing[:20]:
        print("  ", text)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
