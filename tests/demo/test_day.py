"""The demo day in the small: a dozen real orders from intake to handover, broken off and run again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import typer
from tests.demo import stands
from tests.factories import partners

from hecang.accounts.models import AuditEntry, User
from hecang.cli.demo import _orders
from hecang.demo import dock, floor, history, people, progress, sites, source
from hecang.demo.calendar import Calendar
from hecang.demo.day import Demo
from hecang.demo.progress import Board
from hecang.demo.report import DayReport
from hecang.demo.seed import ANCHOR_USER, ForeignData
from hecang.demo.supply import house
from hecang.inventory.models import Movement
from hecang.inventory.verify import inventory_verify
from hecang.orders.models import SalesOrder
from hecang.outbound.models import Parcel
from hecang.work.models import Worker

ORDERS = 14

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def in_the_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three warehouses of a few aisles, cheap passwords, everything in the test's own transaction."""
    partners.regions()
    small = tuple(
        sites.Site(
            one.code, one.name, one.region, one.address, one.latitude, one.longitude,
            sites._layout(1, 1, 1, 1, blocks=1, docks=1, stations=1),
        )
        for one in sites.SITES
    )  # fmt: skip
    monkeypatch.setattr(sites, "SITES", small)
    monkeypatch.setattr(progress, "WORKERS", 1)
    monkeypatch.setattr(User, "set_password", lambda self, _password: self.set_unusable_password())


@pytest.fixture(scope="module")
def baskets() -> list[source.Basket]:
    fuel = frozenset(product.id for product in source.products() if product.is_fuel)
    return list(source.baskets(first=source.BUSIEST_DAY, last=source.BUSIEST_DAY, fuel=fuel))[:ORDERS]


def demo(baskets: list[source.Basket], folder: Path, **more: Any) -> Demo:
    only = (
        frozenset(line.product_id for basket in baskets for line in basket.lines),
        frozenset(basket.household_id for basket in baskets),
    )
    return Demo(Board(), folder, limit=ORDERS, only=only, **more)


def facts(report: DayReport) -> dict[str, Any]:
    told = report.as_dict()
    return {key: told[key] for key in told if key not in {"stages", "repeated_scans"}}


def test_a_day_from_intake_to_handover_and_once_more(baskets: list[source.Basket], tmp_path: Path) -> None:
    report = demo(baskets, tmp_path).run()

    assert report.orders == ORDERS
    assert report.lines == sum(len(basket.lines) for basket in baskets)
    assert report.units == sum(line.quantity for basket in baskets for line in basket.lines)
    assert sum(report.line_units.values()) == report.units
    assert report.line_units["shipped"] > report.units * 0.7
    assert (report.tally.repeated_orders, report.tally.repeated_doubled) == (ORDERS, 0)
    assert 0 < report.walk_m <= report.s_shape_walk_m < report.single_walk_m
    assert [saved for *_, saved in report.walks] == sorted(saved for *_, saved in report.walks)
    assert 0 < report.goods_l < report.carton_l
    assert report.verify.differences == 0
    assert Movement.objects.filter(reason="ship").exists()
    assert Parcel.objects.filter(state="shipped").count() == report.parcels > 0
    assert Worker.objects.filter(is_on_shift=True).count() == len(sites.SITES) + 3

    papers = sorted(path.name.partition("-")[0] for path in tmp_path.iterdir())
    labels = sum(len(pypdfium2.PdfDocument(path)) for path in tmp_path.glob("labels-*.pdf"))
    assert set(papers) == {"labels", "manifest"}
    assert labels == report.parcels
    assert papers.count("manifest") == report.manifests

    stands.everything()

    movements, audited = Movement.objects.count(), AuditEntry.objects.count()
    again = demo(baskets, tmp_path).run()

    assert facts(again) == facts(report)
    assert (Movement.objects.count(), AuditEntry.objects.count()) == (movements, audited)
    assert SalesOrder.objects.count() == ORDERS


def test_a_day_that_was_broken_off_is_finished(
    baskets: list[source.Basket], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(Exception):
        pass

    def killed_after(calls: int, function: Any) -> Any:
        left = [calls]

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return function(*args, **kwargs)

        return wrapped

    for module, name, calls in (
        (floor, "wave_release", 0),  # planned, not released
        (floor, "batch_pick", 2),  # in the middle of a walk
        (dock, "parcels_seal", 0),  # scanned into a carton that is not closed
        (dock, "manifest_hand_over", 0),  # loaded, and not handed over
        (house, "run_in_transaction", 30),  # among the orders, then at the dock, then at the shelves
        (house, "run_in_transaction", 100),
        (house, "run_in_transaction", 60),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, killed_after(calls, getattr(module, name)))
            with pytest.raises(Killed):
                demo(baskets, tmp_path).run()
        assert inventory_verify().differences == 0

    report = demo(baskets, tmp_path).run()

    assert report.verify.differences == 0
    assert report.line_units["allocated"] == 0
    assert report.line_units["shipped"] > report.units * 0.7
    assert SalesOrder.objects.count() == ORDERS
    assert Parcel.objects.exclude(state__in=["shipped", "cancelled"]).count() == 0
    stands.everything()


def test_history_is_shipped_and_proved(
    baskets: list[source.Basket], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo(baskets, tmp_path).run()
    calls: list[object] = []

    def few(*, first: Any, last: Any, fuel: frozenset[int]) -> list[source.Basket]:
        calls.append(first)
        return [
            source.Basket(
                one.id + 1_000_000_000_000, one.household_id, one.store_id, one.at, one.lines, one.discount
            )
            for one in (baskets if len(calls) == 1 else [])
        ]

    monkeypatch.setattr(history.source, "baskets", few)
    persons = people.people({one.household_id for one in baskets}, ["310115"])
    calendar = Calendar(User.objects.get(username=ANCHOR_USER).created_at)

    loaded = history.load(Board(), calendar, persons, fuel=frozenset(), live_from=source.BUSIEST_DAY)
    calls.clear()
    again = history.load(Board(), calendar, persons, fuel=frozenset(), live_from=source.BUSIEST_DAY)

    assert (loaded, again) == (ORDERS, 0)
    assert SalesOrder.objects.filter(state="shipped", external_number__gt="1").count() >= ORDERS
    assert inventory_verify().differences == 0
    assert not SalesOrder.objects.filter(placed_at__gt=calendar.started).exists()


def test_somebody_s_real_database_is_left_alone(baskets: list[source.Basket], tmp_path: Path) -> None:
    from tests.factories import orders

    orders.shop("REAL-SHOP")

    with pytest.raises(ForeignData):
        demo(baskets, tmp_path).run()
    assert not User.objects.exists()


@pytest.mark.parametrize(("text", "meant"), [("", (None, False)), ("all", (None, True)), ("25", (25, False))])
def test_the_orders_option(text: str, meant: tuple[int | None, bool]) -> None:
    assert _orders(text) == meant


@pytest.mark.parametrize("text", ["0", "-1", "some", "1.5", "٣"])
def test_a_wrong_orders_option(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        _orders(text)
