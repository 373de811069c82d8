"""The order desk's list by status: first page and a deep page, at 10,000 and at 1,000,000 orders."""

from __future__ import annotations

import time
from typing import Any

from benchmarks import company
from benchmarks.client import ApiClient
from benchmarks.harness import Context, Result, percentile
from hecang.kernel.db import execute

NAME = "order_list"
SUMMARY = "pages of orders by status, with ten thousand orders and with a million"
SIZES = (10_000, 1_000_000)
REQUESTS = 200
DEEP_PAGES = 40

# Orders as they would be after years: nearly all shipped, some in every other state.
FILL = """
insert into sales_order (
    number, shop_id, owner_id, external_number, state, is_held, is_short, is_cancelling, buyer, recipient_masked,
    phone_hash, phone_tail, name_hash, region_code, currency, goods_amount, discount_amount, freight_amount,
    total_amount, line_count, unit_count, content_hash, priority, buyer_remark, seller_remark,
    placed_at, created_at, updated_at)
select 'SOB-' || i, %(shop)s, %(owner)s, 'X' || i,
       case when i %% 50 = 0 then 'pending' when i %% 50 = 1 then 'approved' when i %% 50 = 2 then 'fulfilling'
            when i %% 50 = 3 then 'cancelled' else 'shipped' end,
       i %% 100 = 0, i %% 400 = 1, false, 'b' || (i %% 5000), '张*', md5('p' || i %% 5000),
       lpad((i %% 10000)::text, 4, '0'), md5('n' || i %% 5000), '310115', 'CNY', 100, 0, 0, 100, 3, 4,
       md5('c' || i), 100, '', '', now() - make_interval(secs => i * 10), now(), now()
  from generate_series(%(first)s, %(last)s) as i
"""


def run(context: Context) -> list[Result]:
    made = company.build(["LISTED"], units=1)
    client = ApiClient.signed_in()
    measured: list[dict[str, float]] = []
    filled = 0
    sizes = [context.sized(size, least=1000) for size in SIZES]
    for size in sizes:
        with_data = {"shop": made.shop_id, "owner": made.owner_id, "first": filled + 1, "last": size}
        context.say(f"filling up to {size:,} orders")
        _fill(with_data)
        filled = size
        measured.append(_measure(client))
    small, large = measured
    return [
        Result(
            name=f"order_list.{page}",
            value=large[page],
            unit="ms p95",
            baseline=small[page],
            ratio=large[page] / small[page],
            detail={"orders": sizes[1], "baseline_orders": sizes[0], "wanted_ratio": "<= 1.5"},
        )
        for page in ("first_page", "deep_page")
    ]


def _fill(values: dict[str, Any]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(FILL, values)
    execute("VACUUM (ANALYZE) sales_order")


def _measure(client: ApiClient) -> dict[str, float]:
    """p95 in milliseconds of the first page and of a page far behind it."""
    first = [_timed(client, "/orders?state=shipped&limit=50")[0] for _ in range(REQUESTS)]
    cursor = ""
    for _ in range(DEEP_PAGES):
        _seconds, page = _timed(client, f"/orders?state=shipped&limit=50&cursor={cursor}")
        if not page["next_cursor"]:
            break
        cursor = page["next_cursor"]
    deep = [_timed(client, f"/orders?state=shipped&limit=50&cursor={cursor}")[0] for _ in range(REQUESTS)]
    return {"first_page": 1000 * percentile(first, 0.95), "deep_page": 1000 * percentile(deep, 0.95)}


def _timed(client: ApiClient, path: str) -> tuple[float, Any]:
    begun = time.perf_counter()
    answer = client.get(path)
    return time.perf_counter() - begun, answer
