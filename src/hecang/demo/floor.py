"""The floor: waves are planned and released, batches walked, and what goes wrong there is dealt with.

One scan in a few hundred finds too few goods or a broken one; some orders are cancelled while their batch
is being walked. Every scan has an id made of what it is about, so that a day that was broken off goes on
where it stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hecang.catalog.models import Barcode
from hecang.demo.chance import one_in
from hecang.demo.context import DayContext, picker_of, scan_id
from hecang.demo.progress import Ticker
from hecang.kernel.outbox import drain
from hecang.orders.services import orders_cancel
from hecang.outbound.errors import WaveEmpty
from hecang.outbound.models import Batch, Fulfilment, PickTask, Wave, WaveState
from hecang.outbound.planning.criteria import WaveCriteria
from hecang.outbound.services.pick_judging import PickScan
from hecang.outbound.services.picking import batch_pick, batch_start
from hecang.outbound.services.putback import putback_confirm
from hecang.outbound.services.wave import wave_create, wave_plan
from hecang.outbound.services.wave_release import wave_release
from hecang.work.services import shift_begin

#: Fulfilments in one wave; scans in one message of a handheld.
WAVE, MESSAGE = 150, 25
SHORT_ONE_IN, DAMAGED_ONE_IN, WRONG_ONE_IN, CANCELLED_ONE_IN = 400, 450, 300, 60
#: Waves after one another on one day.
MOST_ROUNDS = 3
OPEN_BATCHES = (Batch.State.RELEASED, Batch.State.PICKING)


@dataclass(frozen=True, slots=True)
class Stop:
    """An open pick task as the handheld shows it.

    :param key: what chance draws by; empty where there was trouble with this line before: once is enough.
    """

    task_id: int
    location: str
    barcode: str
    left: int
    key: str


def work(context: DayContext) -> None:
    """Waves and walks until nothing is ready: what was short in picking is found elsewhere, and that is a late wave."""
    if context.is_today:
        begin_shifts(context)
    for turn in range(MOST_ROUNDS):
        late = turn > 0
        if late and not _anything_to_do(context):
            break
        release_waves(context, "A late wave is released" if late else "Waves are planned and released")
        pick(context, "Its batches are picked" if late else "Batches are picked")


def begin_shifts(context: DayContext) -> None:
    """Those who work on the floor come in, and stay until somebody sends them home."""
    for site, warehouse_id in context.sites.items():
        with context.acting_as(picker_of(site)):
            shift_begin(warehouse_id=warehouse_id)


def _anything_to_do(context: DayContext) -> bool:
    mine = {"warehouse_id__in": context.sites.values()}
    return Fulfilment.objects.filter(
        state="ready", is_stopped=False, order__external_number__in=context.externals, **mine
    ).exists()


def release_waves(context: DayContext, title: str) -> None:
    """Plan and release until no fulfilment is ready any more; a wave that was planned before goes first."""
    with context.board.stage(context.title(title)) as ticker:
        waves = batches = metres = 0
        ticker.total(len(context.sites))
        for site_id in ticker.each(context.sites.values()):
            with context.acting_as("manager"):
                while (wave_id := _planned(site_id)) is not None:
                    wave_release(wave_id=wave_id)
                    drain()
                    wave = Wave.objects.get(id=wave_id)
                    waves += 1
                    batches += wave.batches.exclude(state=Batch.State.CANCELLED).count()
                    metres += wave.walk_mm // 1000
        ticker.note(f"{waves} waves, {batches} batches, {metres:,} m to walk")


def _planned(site_id: int) -> int | None:
    """The next wave to release; ``None`` when nothing is ready."""
    waiting = Wave.objects.filter(warehouse_id=site_id, state=WaveState.PLANNED).order_by("id").first()
    if waiting is not None:
        return waiting.pk
    try:
        return wave_create(draft=wave_plan(warehouse_id=site_id, criteria=WaveCriteria(max_orders=WAVE)))
    except WaveEmpty:
        return None


def pick(context: DayContext, title: str) -> None:
    """Walk every batch that is open, then put back what was picked in vain."""
    with context.board.stage(context.title(title)) as ticker:
        batches = list(
            Batch.objects.filter(state__in=OPEN_BATCHES, wave__warehouse_id__in=context.sites.values())
            .order_by("id")
            .values_list("id", "wave__warehouse__code")
        )
        ticker.total(len(batches))
        for batch_id, site in ticker.each(batches):
            with context.acting_as(picker_of(site)):
                _walk(context, batch_id)
        putbacks = _put_back(context, ticker)
        ticker.note(f"{len(batches)} batches, {putbacks} putbacks")


def _walk(context: DayContext, batch_id: int) -> None:
    """Pick one batch to its end, message by message; in the middle some orders of it are cancelled."""
    batch_start(batch_id=batch_id)
    cancelled = False
    while stops := _stops(batch_id):
        scans = [scan for stop in stops[:MESSAGE] for scan in scans_at(stop)]
        answers = batch_pick(batch_id=batch_id, scans=scans).results
        if one_in(20, "sent twice", scans[0].scan_id):  # the handheld lost the answer
            again = batch_pick(batch_id=batch_id, scans=scans).results
            context.tally.repeated_scans += sum(answer.repeated for answer in again)
        if not any(answer.ok for answer in answers):
            raise RuntimeError(f"batch {batch_id}: no scan was accepted: {answers[0]}")
        if not cancelled:
            cancelled = True
            _cancel_some(batch_id)


def scans_at(stop: Stop) -> list[PickScan]:
    """What the picker scans at a stop: mostly the goods; now and then a wrong place first, too few, a broken one."""

    def scan(kind: str, quantity: int, **more: str) -> PickScan:
        fields = {"location_code": stop.location, "sku_barcode": stop.barcode, **more}
        return PickScan(
            scan_id=scan_id("pick", stop.task_id, kind),
            task_id=stop.task_id,
            quantity=quantity,
            **fields,  # type: ignore[arg-type]
        )

    left = stop.left
    if not stop.key:
        return [scan("picked", left)]
    scans: list[PickScan] = []
    if one_in(WRONG_ONE_IN, "wrong place", stop.key):
        scans.append(scan("wrong", left, location_code="A99-99-9"))
    if one_in(SHORT_ONE_IN, "short", stop.key):
        missing = max(1, left // 2)
        scans.append(scan("short", missing, outcome="short"))
        left -= missing
    elif one_in(DAMAGED_ONE_IN, "damaged", stop.key):
        scans.append(scan("damaged", 1, outcome="damaged"))
        left -= 1
    if left:
        scans.append(scan("picked", left))
    return scans


def _stops(batch_id: int) -> list[Stop]:
    mine = PickTask.objects.filter(batch_id=batch_id, kind=PickTask.Kind.PICK)
    tasks = list(
        mine.filter(state=PickTask.State.OPEN)
        .order_by("sequence", "id")
        .values_list(
            "id", "from_location__code", "sku_id", "quantity", "picked", "short", "fulfilment_line_id",
            "fulfilment_line__fulfilment__order__external_number", "sku__code",
        )
    )  # fmt: skip
    troubled = set(mine.exclude(problem="").values_list("fulfilment_line_id", flat=True))
    barcodes = dict(
        Barcode.objects.filter(sku_id__in={task[2] for task in tasks}, is_primary=True).values_list(
            "sku_id", "code"
        )
    )
    return [
        Stop(
            task_id=task_id,
            location=location,
            barcode=barcodes[sku_id],
            left=quantity - picked - short,
            key="" if line_id in troubled else f"{external}:{sku}",
        )
        for task_id, location, sku_id, quantity, picked, short, line_id, external, sku in tasks
    ]


def _cancel_some(batch_id: int) -> None:
    """Customers change their minds while the picker is on the way."""
    orders = Fulfilment.objects.filter(batch_id=batch_id, state__in=("released", "picked")).values_list(
        "order_id", "order__external_number"
    )
    minds = [order_id for order_id, external in orders if one_in(CANCELLED_ONE_IN, "cancelled", external)]
    if minds:
        orders_cancel(order_ids=sorted(minds), reason="客户不想要了")
        drain()


def _put_back(context: DayContext, ticker: Ticker) -> int:
    """Confirm every open putback; returns their number."""
    tasks: Sequence[tuple[int, str]] = list(
        PickTask.objects.filter(
            kind=PickTask.Kind.PUTBACK, state=PickTask.State.OPEN, warehouse_id__in=context.sites.values()
        )
        .order_by("id")
        .values_list("id", "warehouse__code")
    )
    for task_id, site in tasks:
        with context.acting_as(picker_of(site)):
            putback_confirm(task_id=task_id)
    if tasks:
        drain()
    ticker.advance(0)
    return len(tasks)
