"""``hecang simulate``: a platform or carrier of one's own on this machine, for demos, training and trials."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import typer

from hecang.cli.bootstrap import django_ready, err, out

#: Names and places that simulated buyers have.
_NAMES = ("王小明", "李雷", "韩梅梅", "张伟", "刘洋", "陈静", "杨帆", "赵敏")
_PLACES = (
    ("上海市", "上海市", "浦东新区", "世纪大道"),
    ("广东省", "广州市", "天河区", "体育西路"),
    ("四川省", "成都市", "武侯区", "人民南路四段"),
    ("浙江省", "杭州市", "西湖区", "文三路"),
    ("北京市", "北京市", "朝阳区", "建国路"),
)

#: What happens to a parcel, step by step.
_TRAVEL = (
    ("picked_up", "已揽收"),
    ("in_transit", "快件已发往转运中心"),
    ("out_for_delivery", "快递员正在派送"),
    ("delivered", "已签收"),
)

simulate = typer.Typer(
    help="Platforms and carriers on this machine, to try things with.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    app.add_typer(simulate, name="simulate")


@simulate.callback()
def _group() -> None:
    """Platforms and carriers on this machine, to try things with."""


@simulate.command("channel")
def channel(
    name: str = typer.Argument("", help="Which channel; without one they are listed."),
    port: int = typer.Option(0, min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one."),
    orders: int = typer.Option(20, min=0, max=100_000, help="Orders that wait from the beginning."),
    every: float = typer.Option(0.0, min=0.0, help="Seconds between further orders; 0 for none."),
    sku: list[str] = typer.Option([], help="SKU codes that buyers buy; those of your database by default."),
    push_to: str = typer.Option("", help="Address that the platform pushes to, as the connection shows it."),
    seed: int = typer.Option(1, help="Another number, other buyers."),
) -> None:
    """Serve a platform on loopback until Ctrl-C, and say what to enter in the form of its connection."""
    django_ready()
    from hecang.integrations.simulators.base import serving
    from hecang.integrations.simulators.registry import channel_simulators

    known = channel_simulators()
    if not name:
        out.print("\n".join(known), highlight=False)
        return
    if name not in known:
        err.print(f"There is no simulator “{name}”. Known are: {', '.join(known)}.", highlight=False)
        raise typer.Exit(2)
    simulator = known[name]()
    buyers = Buyers(simulator, sku or _codes(), seed)
    for _n in range(orders):
        buyers.buy()
    with serving(simulator, port=port) as address:
        _tell(
            f"The platform “{name}”",
            simulator,
            {"base_url": address} if simulator.has_address else {},
            address,
        )
        _sell(buyers, every, push_to)


@simulate.command("carrier")
def carrier(
    name: str = typer.Argument("", help="Which carrier; without one they are listed."),
    port: int = typer.Option(0, min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one."),
    every: float = typer.Option(0.0, min=0.0, help="Seconds between the scans of a parcel; 0 for none."),
    push_to: str = typer.Option("", help="Address that scans are pushed to, as the connection shows it."),
) -> None:
    """Serve a carrier on loopback until Ctrl-C; parcels that are ordered travel, scan by scan."""
    django_ready()
    from hecang.integrations.simulators.base import serving
    from hecang.integrations.simulators.carriers.registry import carrier_simulators

    known = carrier_simulators()
    if not name:
        out.print("\n".join(known), highlight=False)
        return
    if name not in known:
        err.print(f"There is no simulator “{name}”. Known are: {', '.join(known)}.", highlight=False)
        raise typer.Exit(2)
    simulator = known[name]()
    with serving(simulator, port=port) as address:
        _tell(f"The carrier “{name}”", simulator, simulator.addresses(address), address)
        try:
            while True:
                time.sleep(every or 1.0)
                if every:
                    for number in travelled(simulator):
                        if push_to:
                            _push(simulator, number, push_to)
        except KeyboardInterrupt:
            out.print("The carrier is closed.", highlight=False)


def travelled(simulator: Any) -> list[str]:
    """One step further for every parcel that is underway; their numbers."""
    moved = []
    with simulator.lock:
        for number, parcel in list(simulator.parcels.items()):
            step = len(parcel.scans)
            if parcel.is_cancelled or parcel.is_stopped or step >= len(_TRAVEL):
                continue
            status, text = _TRAVEL[step]
            simulator.scan(number, status if status in simulator.words else "picked_up", text)
            moved.append(number)
            out.print(f"{number}: {text}", highlight=False)
    return moved


class Buyers:
    """Buyers who buy at random, the same ones for the same seed."""

    def __init__(self, simulator: Any, codes: Sequence[str], seed: int) -> None:
        self.simulator = simulator
        self.codes = codes
        self.chance = random.Random(seed)
        self.count = 0

    def buy(self) -> str:
        """One more order; its number."""
        from hecang.integrations.simulators.base import SimLine, SimOrder

        self.count += 1
        now = self.simulator.now()
        number = f"{now:%y%m%d}{self.count:010}"
        codes = self.chance.sample(self.codes, k=min(len(self.codes), self.chance.choice((1, 1, 1, 2, 3))))
        province, city, district, street = self.chance.choice(_PLACES)
        self.simulator.place(
            SimOrder(
                number=number,
                lines=[
                    SimLine(
                        external_line=f"{number}{n}",
                        product_id=f"{6_000_000 + self.codes.index(code)}",
                        variant_id=f"{7_000_000 + self.codes.index(code)}",
                        outer_sku=code,
                        quantity=self.chance.choice((1, 1, 1, 2, 3)),
                        unit_price=Decimal(self.chance.randint(990, 29900)) / 100,
                        title=code,
                    )
                    for n, code in enumerate(codes, start=1)
                ],
                created_at=now,
                modified_at=now,
                paid_at=now,
                buyer=f"buyer{self.count}",
                name=self.chance.choice(_NAMES),
                phone=f"139{self.chance.randint(0, 99_999_999):08}",
                province=province,
                city=city,
                district=district,
                address=f"{street} {self.chance.randint(1, 999)} 号",
                ship_by=now + timedelta(hours=48),
            )
        )
        return number


def _codes() -> list[str]:
    """Codes of the database's SKUs, or some that nobody knows, to be mapped."""
    from django.db import DatabaseError

    from hecang.kernel.db import fetch

    codes = []
    with contextlib.suppress(DatabaseError):  # no tables yet
        codes = [
            row[0] for row in fetch("SELECT code FROM sku WHERE status = 'active' ORDER BY id LIMIT 200")
        ]
    return codes or [f"SKU-{n}" for n in range(1, 21)]


def _tell(who: str, simulator: Any, addresses: Mapping[str, str], address: str) -> None:
    if addresses:
        out.print(f"{who} is at {address} (Ctrl-C ends it).", highlight=False)
    out.print("In the form of a new connection (Settings, Connections) enter:", highlight=False)
    for field, value in {**simulator.credentials(), **addresses}.items():
        out.print(f"  {field}: {value}", highlight=False, soft_wrap=True, markup=False)
    token = simulator.token()
    if token.access or token.refresh:
        out.print(f"  access token: {token.access}", highlight=False, soft_wrap=True, markup=False)
        out.print(f"  refresh token: {token.refresh}", highlight=False, soft_wrap=True, markup=False)


def _sell(buyers: Buyers, every: float, push_to: str) -> None:
    told = 0
    try:
        while True:
            time.sleep(every or 1.0)
            if every:
                number = buyers.buy()
                if push_to:
                    _push(buyers.simulator, number, push_to)
            buyers.simulator.tick()
            if len(buyers.simulator.shipments) != told:
                told = len(buyers.simulator.shipments)
                out.print(f"parcels told so far: {told}", highlight=False)
    except KeyboardInterrupt:
        out.print("The platform is closed.", highlight=False)


def _push(simulator: Any, number: str, address: str) -> None:
    """Send what the platform pushes of an order; an address that does not answer is said and forgotten."""
    import httpx

    def send() -> None:
        for push in simulator.pushes(number):
            try:
                httpx.request(
                    push.method, address, params=dict(push.query), headers=dict(push.headers), content=push.body,
                    timeout=10.0, trust_env=False,
                )  # fmt: skip
            except httpx.HTTPError as error:
                err.print(f"push of {number} failed: {type(error).__name__}", highlight=False)

    threading.Thread(target=send, daemon=True).start()


@simulate.command("qimen")
def qimen(
    role: str = typer.Option("erp", "--as", help="What the other side is: erp or wms."),
    port: int = typer.Option(0, min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one."),
    to: str = typer.Option("", help="Address of ours, as the connection shows it; an ERP orders there."),
    every: float = typer.Option(10.0, min=0.1, help="Seconds between orders."),
    sku: list[str] = typer.Option([], help="SKU codes that are ordered; those of your database by default."),
    warehouse: str = typer.Option("WH01", help="The warehouseCode that is ordered from."),
    owner: str = typer.Option("O1", help="The ownerCode of the goods."),
) -> None:
    """Serve an ERP or a warehouse that speaks Qimen on loopback until Ctrl-C."""
    django_ready()
    from hecang.integrations.simulators.base import serving
    from hecang.integrations.simulators.qimen import QimenSimulator

    if role not in ("erp", "wms"):
        err.print("Say --as erp or --as wms.", highlight=False)
        raise typer.Exit(2)
    simulator = QimenSimulator(role=role)  # type: ignore[arg-type]
    with serving(simulator, port=port) as address:
        out.print(
            f"The other side ({role}) is at {address} (Ctrl-C ends it). Enter in the form:", highlight=False
        )
        for field, value in {"base_url": address, **simulator.credentials(), "owner_code": owner}.items():
            out.print(f"  {field}: {value}", highlight=False, soft_wrap=True, markup=False)
        _converse(simulator, to if role == "erp" else "", every, sku or _codes(), warehouse, owner)


def _converse(
    simulator: Any, to: str, every: float, codes: Sequence[str], warehouse: str, owner: str
) -> None:
    """Say what is heard; order something now and then."""
    from hecang.integrations.simulators.qimen import delivery_order

    heard, count = 0, 0
    try:
        while True:
            time.sleep(every if to else 1.0)
            if to:
                count += 1
                number = f"CK{int(time.time())}{count:03}"
                body = delivery_order(number, [(random.choice(codes), 1)], warehouse=warehouse, owner=owner)
                try:
                    answer = simulator.post(to, "deliveryorder.create", body)
                    out.print(
                        f"{number}: {answer.findtext('flag')} {answer.findtext('message')}", highlight=False
                    )
                except Exception as error:  # an address that does not answer is said and tried again
                    err.print(f"{number}: {type(error).__name__}", highlight=False)
            for one in simulator.heard[heard:]:
                out.print(f"heard {one.method}", highlight=False)
            heard = len(simulator.heard)
    except KeyboardInterrupt:
        out.print("The other side is closed.", highlight=False)
