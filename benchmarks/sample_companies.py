"""``python -m benchmarks.sample_companies --adventureworks DIR --northwind DIR``: buy as two published companies did.

Microsoft's AdventureWorks (vendors, their prices, four years of purchase orders) and Northwind (suppliers, products, what
is on order) are turned into files, imported through the import centre into a database of their own, received where they
were open, scored. Both are fictional and MIT-licensed; neither is part of this repository.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from psycopg import conninfo

from benchmarks.__main__ import _admin_url, _copy, _machine
from benchmarks.channel_day.__main__ import _ensure

CLEAN, DATABASE = "hecang_samples_clean", "hecang_samples"
#: AdventureWorks says how an order stands: 1 pending, 2 approved, 3 rejected, 4 complete.
OPEN = {"1", "2"}


@dataclass
class Company:
    """Files to import, by kind, and what came later of orders that they leave open.

    :param later: (number of the order, SKU) → (received, refused, day).
    """

    code: str
    name: str
    files: list[tuple[str, str]] = field(default_factory=list)
    later: dict[tuple[str, str], tuple[int, int, date]] = field(default_factory=dict)


def rows(folder: Path, name: str) -> Iterator[list[str]]:
    """A tab-separated table without a heading."""
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        yield from csv.reader(file, delimiter="\t")


def text(head: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    """A file as the import centre takes it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows(lines)
    return out.getvalue()


def adventureworks(folder: Path) -> Company:
    """Vendors, their prices and all purchase orders. Nothing tells when goods came: the day of shipping counts."""
    made = Company("AW", "Adventure Works")
    vendors = {row[0]: row for row in rows(folder, "Vendor")}
    products = {row[0]: row for row in rows(folder, "Product")}
    heads = {row[0]: row for row in rows(folder, "PurchaseOrderHeader")}
    made.files.append(("sku", text(("code", "name"), ((row[2], row[1]) for row in products.values()))))
    made.files.append(
        (
            "suppliers",
            text(
                ("code", "name", "currency", "lead_time_days", "note"),
                ((row[1], row[2], "USD", 14, f"credit rating {row[3]}") for row in vendors.values()),
            ),
        )
    )
    prices = [
        (vendors[row[1]][1], products[row[0]][2], row[3], "USD", "2020-01-01", row[6], row[2])
        for row in rows(folder, "ProductVendor")
    ]
    head = ("supplier", "sku", "price", "currency", "valid_from", "min_order_quantity", "lead_time_days")
    made.files.append(("supplier_prices", text(head, prices)))
    lines = []
    for row in rows(folder, "PurchaseOrderDetail"):
        order = heads[row[0]]
        received, rejected, came = round(float(row[7])), round(float(row[8])), order[7][:10]
        is_open = order[2] in OPEN
        if is_open:
            made.later[row[0], products[row[4]][2]] = (received, rejected, date.fromisoformat(came))
        lines.append(
            (
                vendors[order[4]][1], row[0], products[row[4]][2], row[3], row[5], "USD", order[6][:10], row[2][:10],
                "" if is_open else received, "" if is_open else rejected, "" if is_open else came,
                "sent" if is_open else "closed",
            )
        )  # fmt: skip
    head = (
        "supplier", "order_number", "sku", "quantity", "unit_price", "currency", "ordered_on", "expected_on", "received",
        "rejected", "received_on", "state",
    )  # fmt: skip
    made.files.append(("purchase_orders", text(head, lines)))
    return made


def northwind(folder: Path) -> Company:
    """Suppliers, their products with prices, and what is on order of each: one order for each supplier."""
    made = Company("NW", "Northwind Traders")
    base = sqlite3.connect(f"file:{folder / 'northwind.sqlite'}?mode=ro", uri=True)
    suppliers = base.execute(
        "SELECT SupplierID, CompanyName, ContactName, Phone, Address, City, Country FROM Suppliers"
    )
    products = base.execute(
        "SELECT ProductID, ProductName, SupplierID, QuantityPerUnit, UnitPrice, UnitsOnOrder FROM Products"
    ).fetchall()
    made.files.append(("sku", text(("code", "name"), ((f"NW-{row[0]}", row[1]) for row in products))))
    made.files.append(
        (
            "suppliers",
            text(
                ("code", "name", "contact", "phone", "address", "currency"),
                (
                    (f"NW-{row[0]}", row[1], row[2], row[3], ", ".join(map(str, row[4:7])), "USD")
                    for row in suppliers
                ),
            ),
        )
    )
    made.files.append(
        (
            "supplier_prices",
            text(
                ("supplier", "sku", "price", "currency", "supplier_name", "valid_from"),
                ((f"NW-{row[2]}", f"NW-{row[0]}", row[4], "USD", row[3], "1996-07-01") for row in products),
            ),
        )
    )
    ordered = [row for row in products if row[5]]
    made.later = {
        (f"NW-ON-ORDER-{row[2]}", f"NW-{row[0]}"): (row[5], 0, date(1998, 5, 13)) for row in ordered
    }
    made.files.append(
        (
            "purchase_orders",
            text(
                ("supplier", "order_number", "sku", "quantity", "unit_price", "ordered_on", "expected_on", "state"),
                (
                    (f"NW-{row[2]}", f"NW-ON-ORDER-{row[2]}", f"NW-{row[0]}", row[5], row[4], "1998-05-06", "1998-05-13",
                     "sent")
                    for row in ordered
                ),
            ),
        )
    )  # fmt: skip
    return made


def bring(company: Company) -> list[dict[str, Any]]:
    """Import the files and receive what is open; what happened with each."""
    from hecang.facility.services import warehouse_create
    from hecang.kernel.imports import jobs
    from hecang.kernel.models import ImportFinding
    from hecang.partners.services import owner_create

    owner_create(code=company.code, name=company.name)
    warehouse_create(code=company.code, name=company.name)
    options = {"warehouse": company.code, "owner": company.code}
    told = []
    for kind, content in company.files:
        path, digest = jobs.file_store(io.BytesIO(content.encode()), name=f"{company.code}-{kind}.csv")
        mapping = {"options": options} if kind == "purchase_orders" else {}
        started = time.perf_counter()
        job = jobs.import_create(
            kind=kind, path=path, file_name=path.name, sha256=digest, on_error="skip", mapping=mapping
        )
        jobs.import_run(job.pk)
        job.refresh_from_db()
        if job.state != "done":
            raise SystemExit(f"{company.code} {kind}: {job.state} {job.message}")
        told.append(
            {
                "company": company.code, "what": kind, "rows": sum(1 for _row in csv.reader(io.StringIO(content))) - 1, "created": job.created_count,
                "skipped": job.skipped_count, "seconds": round(time.perf_counter() - started, 2),
                "errors": ImportFinding.objects.filter(job_id=job.pk, severity="error").count(),
            }
        )  # fmt: skip
    return [*told, receive(company)]


def receive(company: Company) -> dict[str, Any]:
    """Receive what the company's files leave open, on the days on which it came."""
    from datetime import UTC, datetime

    from hecang.partners.selectors import owners_by_code
    from hecang.purchasing.models import PurchaseOrder
    from hecang.purchasing.selectors import purchase_lines_open
    from hecang.purchasing.services import PurchaseReceived, orders_close, purchase_lines_receive

    owner_id = owners_by_code([company.code])[company.code].id
    started = time.perf_counter()
    numbers = dict(PurchaseOrder.objects.filter(owner_id=owner_id).values_list("id", "external_number"))
    came = []
    for line in purchase_lines_open(owner_id=owner_id):
        found = company.later.get((numbers[line.order_id], line.sku_code))
        if found is None:
            continue
        received, rejected, day = found
        at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        came.append(PurchaseReceived(line.line_id, received, rejected, at, key=f"sample:{line.line_id}"))
    booked = purchase_lines_receive(received=came)
    again = purchase_lines_receive(received=came)
    rest = [line.order_id for line in purchase_lines_open(owner_id=owner_id)]
    orders_close(order_ids=sorted(set(rest)), reason="the rest never came")
    return {
        "company": company.code, "what": "received", "rows": len(came), "created": booked, "skipped": again,
        "seconds": round(time.perf_counter() - started, 2), "errors": 0,
    }  # fmt: skip


def score() -> dict[str, Any]:
    """The scorecards, and what the books say."""
    from django.db import transaction

    from hecang.inventory.verify import inventory_verify
    from hecang.kernel.actor import SYSTEM
    from hecang.kernel.outbox import drain
    from hecang.purchasing.models import PurchaseOrder
    from hecang.purchasing.selectors.scorecards import Asked, scorecard_months, scorecards

    drain()
    started = time.perf_counter()
    cards = scorecards(SYSTEM, Asked())
    seconds = time.perf_counter() - started
    states: dict[str, int] = {}
    for state in PurchaseOrder.objects.values_list("state", flat=True):
        states[state] = states.get(state, 0) + 1
    return {
        "cards": cards,
        "months": len(scorecard_months(SYSTEM, Asked())),
        "seconds": round(seconds, 3),
        "states": states,
        "differences": transaction.atomic(inventory_verify)().differences,
    }


def _print(told: Sequence[dict[str, Any]], found: dict[str, Any]) -> None:
    print(
        "| company | what | rows | written | left out | errors | seconds |\n|---|---|---:|---:|---:|---:|---:|"
    )
    for one in told:
        print(
            f"| {one['company']} | {one['what']} | {one['rows']:,} | {one['created']:,} | {one['skipped']:,} |"
            f" {one['errors']} | {one['seconds']} |"
        )
    print(
        f"\norders {found['states']}, {found['months']} months, scored in {found['seconds']} s, {found['differences']} differences in the books\n"
    )
    print("| supplier | lines | on time | in full | OTIF | quality | price | lead time | score |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for one in found["cards"]:
        rates = " | ".join(
            "" if one[name] is None else f"{one[name]:.1%}"
            for name in ("on_time", "in_full", "otif", "quality", "price_variance")
        )
        print(
            f"| {one['supplier']['name']} | {one['lines']:,} | {rates} | {one['lead_mean']} ± {one['lead_spread']} |"
            f" {one['score']} |"
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sample_companies", description=__doc__)
    parser.add_argument("--adventureworks", type=Path, help="folder with the tables as CSV")
    parser.add_argument("--northwind", type=Path, help="folder with northwind.sqlite")
    parser.add_argument("--json", type=Path, help="all figures")
    arguments = parser.parse_args()
    admin = _admin_url()
    _ensure(admin, CLEAN)
    os.environ |= {
        "DATABASE_URL": conninfo.make_conninfo(admin, dbname=CLEAN),
        "DJANGO_SETTINGS_MODULE": "hecang.config.settings",
        "HECANG_LOG_LEVEL": "ERROR",
    }
    with tempfile.TemporaryDirectory(prefix="hecang-samples-") as home:
        os.environ["HECANG_HOME"] = home
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        import hecang.config.api  # noqa: F401 - declares permissions

        call_command("migrate", verbosity=0)
        connection.close()
        _copy(admin, CLEAN, DATABASE)
        connection.settings_dict["NAME"] = DATABASE
        companies = []
        if arguments.adventureworks:
            companies.append(adventureworks(arguments.adventureworks))
        if arguments.northwind:
            companies.append(northwind(arguments.northwind))
        told = [one for company in companies for one in bring(company)]
        found = score()
        connection.close()
    print(_machine(admin))
    _print(told, found)
    if arguments.json:
        arguments.json.write_text(json.dumps({"told": told, **found}, default=str, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
