"""Who picks which batch, and when: the kernels."""

from __future__ import annotations

import numpy as np

from hecang_optim.arrays import Floats, Ints, Words
from hecang_optim.compiled import kernel
from hecang_optim.randomness import next_random, random_below


@kernel
def run_sequence(
    sequence: Ints, seconds: Floats, release: Floats, pickers: int, who: Ints, begin: Floats
) -> float:
    """Give each batch in turn to the picker who is free first; when the last one ends."""
    free = np.zeros(pickers)
    last = 0.0
    for place in range(sequence.size):
        batch = sequence[place]
        picker = np.argmin(free)
        who[batch] = picker
        begin[batch] = max(free[picker], release[batch])
        free[picker] = begin[batch] + seconds[batch]
        last = max(last, free[picker])
    return last


@kernel
def lateness(label: Ints, due: Floats, begin: Floats, seconds: Floats) -> float:
    """Seconds by which orders are late, summed."""
    late = 0.0
    for order in range(label.size):
        late += max(0.0, begin[label[order]] + seconds[label[order]] - due[order])
    return late


@kernel
def improve_sequence(
    sequence: Ints, seconds: Floats, release: Floats, label: Ints, due: Floats, pickers: int, trials: int,
    random: Words,
) -> None:  # fmt: skip
    """Move one batch at a time to another place, where that makes orders less late, or the end earlier."""
    batches = sequence.size
    who, begin = np.zeros(batches, np.int64), np.zeros(batches)
    end = run_sequence(sequence, seconds, release, pickers, who, begin)
    late = lateness(label, due, begin, seconds)
    trial = sequence.copy()
    for _ in range(trials):
        source, target = random_below(random, batches), random_below(random, batches)
        if next_random(random) < 0.5:
            trial[source], trial[target] = trial[target], trial[source]
        else:
            moved = trial[source]
            step = 1 if target > source else -1
            for place in range(source, target, step):
                trial[place] = trial[place + step]
            trial[target] = moved
        end_after = run_sequence(trial, seconds, release, pickers, who, begin)
        late_after = lateness(label, due, begin, seconds)
        if late_after < late - 1e-9 or (late_after < late + 1e-9 and end_after <= end):
            late, end = late_after, end_after
            sequence[:] = trial
        else:
            trial[:] = sequence
