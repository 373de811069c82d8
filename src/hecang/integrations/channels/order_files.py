"""Orders in CSV and XLSX files: columns and rows are read as the import centre reads them."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from hecang.integrations.channels.base import ChannelLine, ChannelOrder, FileProblem, OrderStatus
from hecang.kernel.errors import InvalidInput
from hecang.kernel.imports import ImportContext
from hecang.kernel.imports.base import importer_of
from hecang.kernel.imports.mapping import FileMapping, resolve
from hecang.kernel.imports.memory import mapping_propose
from hecang.kernel.imports.reading import is_blank, open_table
from hecang.orders.services import RecipientIn

#: The kind of import whose columns the files have.
KIND = "sales_order"
#: Stands for the shop: the connection says which it is, whatever a file claims.
_ANY_SHOP = "-"
#: Mistakes after which the rest of a file is not looked at.
MOST_PROBLEMS = 1000
_CENT = Decimal("0.01")
#: Our column → part of the recipient.
_TO = {
    "recipient_name": "name", "phone": "phone", "region_code": "region_code", "province": "province",
    "city": "city", "district": "district", "address": "address", "postcode": "postcode", "country": "country",
}  # fmt: skip


class OrdersRead(NamedTuple):
    """What a file holds; with problems no orders."""

    orders: list[ChannelOrder]
    problems: list[FileProblem]


def orders_read(
    content: bytes, *, at: datetime, columns: Mapping[str, str] | None = None, date_order: str = ""
) -> OrdersRead:
    """The orders of a file. Rows with the same number are one order.

    Columns that the connection does not name are matched as people matched them in the import centre, else by
    their names: the only thing here that asks the database.

    :param at: when the file was written; a later file changes what an earlier one said.
    :param columns: our column → heading.
    """
    suffix = ".xlsx" if content.startswith(b"PK") else ".csv"  # whatever it is called
    with tempfile.NamedTemporaryFile(prefix="hecang-orders-", suffix=suffix) as file:
        file.write(content)
        file.flush()
        try:
            return _read(Path(file.name), at, columns or {}, date_order)
        except InvalidInput as error:
            problems = [FileProblem(one.code, str(one.message), 1, one.field or "") for one in error.problems]
            return OrdersRead([], problems or [FileProblem(error.instance_code, str(error))])


def _read(path: Path, at: datetime, columns: Mapping[str, str], date_order: str) -> OrdersRead:
    kind = importer_of(KIND)
    problems: list[FileProblem] = []
    orders: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    with open_table(path) as table:
        mapping = _mapping(table.headings, at, columns, date_order)
        importer = kind(ImportContext(0, path.name))
        for number, cells in table.rows:
            if is_blank(cells):
                continue
            row = mapping.row(number, cells)
            data = importer.parse(row)
            problems += [
                FileProblem(one.code, str(one.message), number, one.field)
                for one in row.problems
                if one.severity == "error"
            ]
            if len(problems) >= MOST_PROBLEMS:
                break
            if data is not None and not row.is_bad:
                orders.setdefault(data["number"], []).append((number, data))
    for rows in orders.values():
        if all("charge" in data for _number, data in rows):
            text = _("Order %(number)s has charges only and no goods.") % rows[0][1]
            problems.append(FileProblem("no_goods", text, rows[0][0], "sku"))
    if not orders and not problems:
        problems.append(FileProblem("empty_file", _("The file has no rows.")))
    if problems:
        return OrdersRead([], problems)
    return OrdersRead([_order([data for _number, data in rows], at) for rows in orders.values()], [])


def _mapping(
    headings: Sequence[str], at: datetime, columns: Mapping[str, str], date_order: str
) -> FileMapping:
    kind = importer_of(KIND)
    proposal = mapping_propose(kind=kind, headings=headings)
    named = {ours: theirs for ours, theirs in columns.items() if theirs}
    guessed = {ours: theirs for ours, theirs in proposal.columns.items() if theirs not in named.values()}
    chosen = {**guessed, **named}
    chosen.pop("shop", None)
    wanted = {
        "columns": chosen or {"sku": ""},
        "constants": {"placed_at": at.isoformat(), **proposal.constants, "shop": _ANY_SHOP},
        "options": {"date_order": date_order or proposal.options.get("date_order", "")},
    }
    return resolve(kind, headings, wanted)


def _order(rows: Sequence[Mapping[str, Any]], at: datetime) -> ChannelOrder:
    head = rows[0]
    goods = [row for row in rows if "charge" not in row]
    charges = sum((Decimal(row["price"]) * row["quantity"] for row in rows if "charge" in row), Decimal(0))
    placed_at = datetime.fromisoformat(min(row["placed_at"] for row in rows))
    return ChannelOrder(
        number=head["number"],
        status=OrderStatus.TO_SHIP,
        created_at=placed_at,
        paid_at=placed_at,
        modified_at=at,
        lines=_lines(goods),
        recipient=RecipientIn(**{name: head[column] for column, name in _TO.items() if column in head}),
        buyer=head.get("buyer", ""),
        currency=head.get("currency", ""),
        discount=Decimal(head.get("discount_amount", "0")),
        freight=Decimal(head.get("freight_amount", "0")) + charges.quantize(_CENT),
        buyer_remark=head.get("buyer_remark", ""),
        seller_remark=head.get("seller_remark", ""),
    )


def _lines(goods: Sequence[Mapping[str, Any]]) -> list[ChannelLine]:
    """Lines are named by their SKU, so that a later file may have them in another order."""
    seen: Counter[str] = Counter()
    lines = []
    for row in goods:
        sku = row["sku"]
        seen[sku] += 1
        lines.append(
            ChannelLine(
                external_line=sku if seen[sku] == 1 else f"{sku[:58]}#{seen[sku]}",
                product_id=sku,
                variant_id="",
                outer_sku=sku,
                title=row.get("sku_name", ""),
                quantity=row["quantity"],
                unit_price=Decimal(row["price"]),
            )
        )
    return lines
