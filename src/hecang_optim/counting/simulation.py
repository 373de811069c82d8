"""A warehouse that errs for a year, counted in different ways.

Goods are touched, some touches go wrong (more where much lies together, where articles are easily taken for each
other, where one has to reach high), and an article that is put down one place off makes two neighbours wrong. Some
wrong places are noticed by a short pick. A way of counting chooses so many places a day; counting a place sets its
books right. Nothing of what makes a place err is told to the risk model but through what the database knows, too.

Errors are of three kinds: goods one place off, another article, another number of units. A scan of the place, a scan of
the goods, a second look at the number each catch a share of theirs before anything is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.counting.lift import Lift, lift_of
from hecang_optim.counting.risk import FEATURES, PRIOR, RiskModel, risk_fit
from hecang_optim.errors import require

Way = Literal["random", "abc", "risk"]
_NEVER = 730.0
#: Shares of the errors: goods one place off, another article; the rest is another number of units.
ASTRAY, ARTICLE = 0.4, 0.3
#: Share of the putaways that fill a place which a pick has emptied before.
REFILLED = 0.3
#: The model learns from so many of the newest counts.
_REMEMBERED = 30_000


@dataclass(frozen=True, slots=True)
class Year:
    """What to simulate.

    :param places: storage places, walked in the order of their numbers.
    :param per_day: places counted a day.
    :param days: working days.
    :param wrong_at_start: share of places whose books are wrong on the first day.
    :param error_rate: touches of an average place that go wrong.
    :param explore: share of the counts by risk that are drawn by lot.
    :param on_short_pick: places where a pick fell short are counted the same day, before others and out of the same
        ``per_day``.
    :param on_emptied: places that a pick has emptied are looked at once more by the picker, besides ``per_day``.
    :param scan_place: share of the errors of place that a scan of the place catches, 0 to 1.
    :param scan_goods: the same of the errors of article, by a scan of the goods.
    :param check_units: the same of the errors of number, by a second look or a scan of each piece.
    :param warm_up: days before the model is first trained; the prior rule orders places until then.
    """

    places: int = 5000
    per_day: int = 100
    days: int = 250
    wrong_at_start: float = 0.08
    error_rate: float = 0.002
    explore: float = 0.1
    warm_up: int = 20
    on_short_pick: bool = False
    on_emptied: bool = False
    scan_place: float = 0.0
    scan_goods: float = 0.0
    check_units: float = 0.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class YearResult:
    """How it went.

    :param hit_rate: share of counted places that were wrong, after the warm-up.
    :param accuracy: share of places whose books are right, at the end of each day.
    :param right_days: mean of ``accuracy`` over the last quarter of the days.
    :param errors_a_day: places that became wrong in a day, whether noticed or not.
    :param event_counts_a_day: counts after short picks, within ``per_day``.
    :param looks_a_day: looks at emptied places, besides ``per_day``.
    :param lift: of the day's scores on a fifth of all places drawn by lot in the last quarter; by risk only.
    """

    way: Way
    counted: int
    hits: int
    hit_rate: float
    accuracy: tuple[float, ...]
    right_days: float
    errors_a_day: float
    event_counts_a_day: float
    looks_a_day: float
    lift: Lift | None
    lift_abc: Lift | None


@dataclass(slots=True)
class _Floor:
    """The warehouse: what nobody knows (first block) and what the database knows."""

    wrong: np.ndarray[tuple[int], np.dtype[np.bool_]]
    hazard: Floats
    rate: Floats
    klass: Ints
    skus: Floats
    units: Floats
    value: Floats
    level: Floats
    face: Floats
    article: Ints
    last: Floats
    moves: Floats
    picks: Floats
    people: Floats
    shorts: Floats
    counts: Floats
    found: Floats
    wrong_day: Floats = field(default_factory=lambda: np.zeros(0))


def year_run(year: Year, way: Way) -> YearResult:
    """Let one year pass under one way of counting. The same seed errs in the same way as far as it can.

    :raises InvalidProblem: fewer than 100 places, more counts a day than places, or a share outside of 0 to 1.
    """
    require(year.places >= 100, "places", "needs at least 100")
    require(0 < year.per_day <= year.places, "per_day", "must lie between 1 and the number of places")
    for name in ("scan_place", "scan_goods", "check_units"):
        require(0 <= getattr(year, name) <= 1, name, "must lie between 0 and 1")
    floor = _floor(year)
    world, choice = np.random.default_rng(year.seed), np.random.default_rng(year.seed + 1)
    # What may be switched off draws from a stream of its own, so that the rest stays the same year.
    watch = np.random.default_rng(year.seed + 3)
    rows: list[Floats] = []
    labels: list[Floats] = []
    model: RiskModel = PRIOR
    counted = hits = errors = events = looks = 0
    accuracy = []
    judged: list[tuple[Floats, Floats, Floats]] = []
    for day in range(year.days):
        passed = _pass_a_day(floor, year, world, watch)
        errors += passed.errors
        if year.on_emptied:
            looks += len(passed.emptied)
            _look(floor, passed.emptied, day)
        features = _features(floor, day)
        if way == "risk" and day >= year.warm_up and day % 7 == 0:
            known = np.concatenate(labels)[-_REMEMBERED:]
            if known.any() and not known.all():
                model = risk_fit(np.concatenate(rows)[-_REMEMBERED:], known)
        scores = model.score(features)
        if day >= year.days * 3 // 4 and day % 10 == 0:
            judged.append(_judge(floor, scores, choice))
        called = passed.short[: year.per_day] if year.on_short_pick else passed.short[:0]
        by_rule = _choose(way, floor, year, day, scores, choice, called)
        events += len(called)
        # Counts on event are never learned from, as in the product.
        rows.append(features[by_rule])
        labels.append(floor.wrong[by_rule].astype(np.float64))
        chosen = np.concatenate([called, by_rule])
        truth = floor.wrong[chosen]
        if day >= year.warm_up:
            counted, hits = counted + len(chosen), hits + int(truth.sum())
        _count(floor, chosen, day)
        accuracy.append(1.0 - float(floor.wrong.mean()))
    score, klass, truth = (np.concatenate(parts) for parts in zip(*judged, strict=True))
    return YearResult(
        way=way,
        counted=counted,
        hits=hits,
        hit_rate=hits / counted,
        accuracy=tuple(accuracy),
        right_days=float(np.mean(accuracy[len(accuracy) * 3 // 4 :])),
        errors_a_day=errors / year.days,
        event_counts_a_day=events / year.days,
        looks_a_day=looks / year.days,
        lift=lift_of(score, truth) if way == "risk" else None,
        lift_abc=lift_of(-klass, truth) if way == "risk" else None,
    )


def _floor(year: Year) -> _Floor:
    draw = np.random.default_rng(year.seed + 2)
    size = year.places
    rate = draw.lognormal(mean=-0.8, sigma=1.3, size=size)
    rank = np.argsort(np.argsort(-rate)) / size
    skus = (1 + draw.poisson(0.6, size)).astype(np.float64)
    level = draw.integers(1, 6, size).astype(np.float64)
    article = draw.integers(0, max(size // 3, 1), size)
    confusing = draw.gamma(0.6, 1 / 0.6, article.max() + 1)[article]
    hazard = confusing * (0.5 + 0.5 * skus) * np.where(level > 3, 1.6, 1.0)
    zeros = np.zeros(size)
    return _Floor(
        wrong=draw.random(size) < year.wrong_at_start * hazard / hazard.mean(),
        hazard=hazard / hazard.mean() * year.error_rate,
        rate=rate,
        klass=np.digitize(rank, [0.2, 0.5]),
        skus=skus,
        units=draw.lognormal(3.0, 1.0, size),
        value=draw.lognormal(3.0, 1.0, size),
        level=level,
        face=(level <= 2).astype(np.float64),
        article=article,
        last=np.full(size, -_NEVER),
        moves=zeros.copy(),
        picks=zeros.copy(),
        people=zeros.copy(),
        shorts=zeros.copy(),
        counts=zeros.copy(),
        found=zeros.copy(),
        wrong_day=np.full(size, -1e9),
    )


@dataclass(frozen=True, slots=True)
class _Day:
    """What happened: places that became wrong, and where somebody noticed something."""

    errors: int
    short: Ints
    emptied: Ints


def _pass_a_day(floor: _Floor, year: Year, world: np.random.Generator, watch: np.random.Generator) -> _Day:
    picks = world.poisson(floor.rate)
    puts = world.poisson(floor.rate * 0.2)
    touches = (picks + puts).astype(np.float64)
    # One bad day in twenty: somebody new is on the floor.
    hazard = floor.hazard * (5.0 if world.random() < 0.05 else 0.8)
    errs = world.random(year.places) < 1.0 - (1.0 - np.minimum(hazard, 0.5)) ** touches
    kind = world.random(year.places)
    beside = world.choice([-1, 1], year.places)
    caught = np.select(
        [kind < ASTRAY, kind < ASTRAY + ARTICLE], [year.scan_place, year.scan_goods], year.check_units
    )
    errs &= watch.random(year.places) >= caught
    before = int(floor.wrong.sum())
    floor.wrong |= errs
    astray = np.flatnonzero(errs & (kind < ASTRAY))
    floor.wrong[np.clip(astray + beside[astray], 0, year.places - 1)] = True
    noticed = floor.wrong & (world.random(year.places) < 1.0 - 0.97**picks)
    emptied = watch.random(year.places) < 1.0 - (1.0 - REFILLED) ** puts
    floor.moves += touches
    floor.picks += picks
    floor.people += touches > 0
    floor.shorts += noticed
    return _Day(int(floor.wrong.sum()) - before, np.flatnonzero(noticed), np.flatnonzero(emptied))


def _features(floor: _Floor, day: int) -> Floats:
    recent = (day - floor.wrong_day < 60).astype(np.float64)
    near = np.zeros(len(recent))
    for shift in (1, 2, 3):
        near[shift:] += recent[:-shift]
        near[:-shift] += recent[shift:]
    of_article = np.bincount(floor.article, floor.found), np.bincount(floor.article, floor.counts)
    share = (of_article[0] + 0.25) / (of_article[1] + 5.0)
    columns = {
        "days_since_count": np.log1p(np.minimum(day - floor.last, _NEVER)),
        "moves_since_count": np.log1p(floor.moves),
        "picks_since_count": np.log1p(floor.picks),
        "people_since_count": np.log1p(np.minimum(floor.people, 12)),
        "skus": np.log1p(floor.skus),
        "units": np.log1p(floor.units),
        "unit_value": np.log1p(floor.value),
        "level": floor.level - 1,
        "shorts_since_count": np.log1p(floor.shorts),
        "wrong_share_place": (floor.found + 0.25) / (floor.counts + 5.0),
        "wrong_share_sku": share[floor.article],
        "wrong_nearby": np.log1p(near),
        "pick_face": floor.face,
    }
    return np.column_stack([columns[name] for name in FEATURES])


def _count(floor: _Floor, chosen: Ints, day: int) -> None:
    floor.found[chosen] += floor.wrong[chosen]
    floor.wrong_day[chosen[floor.wrong[chosen]]] = day
    floor.counts[chosen] += 1
    floor.last[chosen] = day
    for history in (floor.moves, floor.picks, floor.people, floor.shorts):
        history[chosen] = 0
    floor.wrong[chosen] = False


def _look(floor: _Floor, emptied: Ints, day: int) -> None:
    """Whether an emptied place is empty is seen at once; what differs is set right, the rest is no count."""
    _count(floor, emptied[floor.wrong[emptied]], day)


def _judge(floor: _Floor, scores: Floats, choice: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    drawn = choice.choice(len(scores), len(scores) // 5, replace=False)
    return scores[drawn], floor.klass[drawn].astype(np.float64), floor.wrong[drawn].astype(np.float64)


def _choose(
    way: Way,
    floor: _Floor,
    year: Year,
    day: int,
    scores: Floats,
    choice: np.random.Generator,
    called: Ints,
) -> Ints:
    """The places that are counted today besides those ``called`` by an event."""
    left = year.per_day - len(called)
    if way == "random":
        return choice.choice(np.setdiff1d(np.arange(year.places), called), left, replace=False)
    if way == "abc":  # the most overdue first, where A is due four times as often as C, and B twice
        overdue = (day - floor.last) * np.asarray([4.0, 2.0, 1.0])[floor.klass]
        order = np.argsort(-(overdue + choice.random(year.places)), kind="stable")
        return order[~np.isin(order, called)][:left]
    by_lot = round(left * year.explore)
    order = np.argsort(-scores, kind="stable")
    first = order[~np.isin(order, called)][: left - by_lot]
    rest = np.setdiff1d(np.arange(year.places), np.concatenate([first, called]))
    return np.concatenate([first, choice.choice(rest, by_lot, replace=False)])
