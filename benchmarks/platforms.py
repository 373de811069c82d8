"""Simulated platforms in processes of their own, so that what they cost is not counted as Hecang's."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

#: Places of buyers: region texts as platforms tell them.
PLACES = (
    ("上海市", "上海市", "浦东新区"), ("广东省", "广州市", "天河区"), ("四川省", "成都市", "武侯区"),
    ("浙江省", "杭州市", "西湖区"), ("北京市", "北京市", "朝阳区"), ("江苏省", "南京市", "玄武区"),
)  # fmt: skip
#: How many lines orders have: what shops on platforms see.
LINES = (1, 1, 1, 1, 2, 2, 3)


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform that listens: its address and what a shop enters in the form."""

    code: str
    address: str
    settings: dict[str, Any]
    token: dict[str, Any]


def sim_orders(code: str, count: int, skus: Sequence[str], until: datetime, *, over: timedelta) -> list[Any]:
    """Orders of a shop on a platform, paid and to be shipped, modified evenly over ``over`` until ``until``."""
    from hecang.integrations.simulators.base import SimLine, SimOrder

    chance = random.Random(f"{code} {count}")
    made = []
    for n in range(count):
        number = f"{260101}{n + 1:012}"
        at = until - over * (1 - n / count)
        province, city, district = chance.choice(PLACES)
        bought = chance.sample(range(len(skus)), k=min(len(skus), chance.choice(LINES)))
        made.append(
            SimOrder(
                number=number,
                lines=[
                    SimLine(
                        external_line=f"{number}{place}",
                        product_id=f"{6_000_000 + sku}",
                        variant_id=f"{7_000_000 + sku}",
                        outer_sku=skus[sku],
                        quantity=chance.choice((1, 1, 2)),
                        unit_price=Decimal(chance.randint(990, 9990)) / 100,
                        title=skus[sku],
                    )
                    for place, sku in enumerate(bought, start=1)
                ],
                created_at=at,
                modified_at=at,
                paid_at=at,
                buyer=f"buyer{n}",
                name="王小明",
                phone=f"1{chance.randint(30, 99)}{n:08}",
                province=province,
                city=city,
                district=district,
                address=f"人民路 {n % 997 + 1} 号",
            )
        )
    return made


@contextmanager
def platform(
    code: str, *, orders: int, skus: Sequence[str], until: datetime, over: timedelta
) -> Iterator[Platform]:
    """A platform with orders that wait, in a process that ends with the block."""
    asked = json.dumps(
        {
            "code": code,
            "orders": orders,
            "skus": list(skus),
            "until": until.isoformat(),
            "minutes": over.total_seconds() / 60,
        }
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.platforms"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(asked + "\n")
        process.stdin.flush()
        yield Platform(**json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait(20)


def main() -> None:
    """Serve what stdin asks for until somebody ends this process."""
    import logging
    import threading

    import django

    django.setup()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    from hecang.integrations.simulators.base import serving
    from hecang.integrations.simulators.registry import channel_simulators

    asked = json.loads(sys.stdin.readline())
    kind = channel_simulators()[asked["code"]]
    kind.calls_per_second = 0.0  # what is measured is Hecang, not the platform's patience
    # Shopify counts points instead of calls.
    simulator = kind(maximum=10**9, restore=10**9) if asked["code"] == "shopify" else kind()
    until = datetime.fromisoformat(asked["until"])
    over = timedelta(minutes=asked["minutes"])
    simulator.place(*sim_orders(asked["code"], asked["orders"], asked["skus"], until, over=over))
    token = getattr(simulator, "token", None)
    told = token() if token is not None else None
    with serving(simulator) as address:
        print(
            json.dumps(
                {
                    "code": asked["code"],
                    "address": address,
                    "settings": simulator.credentials(),
                    "token": {} if told is None else {"access": told.access, "refresh": told.refresh},
                }
            ),
            flush=True,
        )
        threading.Event().wait()


if __name__ == "__main__":
    main()
