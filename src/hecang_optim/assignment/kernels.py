"""Compiled: queues as linked lists, the cost of a queue, insertion at its best, ruin and recreate.

Nodes are the tasks 0 … T-1 and, before the first task of each queue, a head T + w for its worker.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hecang_optim.arrays import Floats, Ints, Words
from hecang_optim.compiled import kernel
from hecang_optim.randomness import next_random

NOBODY = -1
#: Cost of a task without a worker, times its priority: more than any lateness within months.
UNSERVED = 1e8
#: How many tasks a round takes out on average, and how long a string of one queue is at most.
MEAN_RUIN = 10
LONGEST_STRING = 10
#: Share of positions that an insertion overlooks, so that it does not always do the same.
BLINK = 0.06


class Work(NamedTuple):
    """The problem.

    :param travel: (R, C) seconds between points; node i leaves from row ``row[i]``, task t begins at column
        ``column[t]``.
    :param back: (C, R) the same, transposed: insertion reads one row of each.
    :param seconds: (T,) and ``release``, ``due``, ``priority`` likewise.
    :param promised: (T,) worker or -1.
    :param able: (T, W) 1 where the worker may do the task.
    :param pace: (W,) factor of travel; ``shift_end`` (W,) likewise.
    :param rest: (W, B, 2) begin and end of each break, filled up with infinity behind the last.
    :param stretch: (W,) the longest time without a break.
    :param goals: (4,) cost of a second of empty travel, of lateness, of flow; cost of a change.
    """

    travel: Floats
    back: Floats
    row: Ints
    column: Ints
    seconds: Floats
    release: Floats
    due: Floats
    priority: Floats
    promised: Ints
    able: NDArray[np.uint8]
    pace: Floats
    shift_end: Floats
    rest: Floats
    stretch: Floats
    goals: Floats


class Queues(NamedTuple):
    """A plan.

    :param after: (T + W,) next node or -1; ``before`` likewise.
    :param worker: (T + W,) of each node; -1 for a task without.
    :param finish: (T + W,) second at which a node ends.
    :param way: (T + W,) seconds of empty travel to a task from the node before it.
    :param slope: (T + W,) what each second of delay of a task costs at least, with what it delays behind it.
    :param cost: (W,) of each queue.
    """

    after: Ints
    before: Ints
    worker: Ints
    finish: Floats
    way: Floats
    slope: Floats
    cost: Floats


@kernel
def finish_at(work: Work, worker: int, task: int, ready: float) -> float:
    """When a worker who could begin a task at ``ready`` ends it: around his breaks, not before its release."""
    begin = max(work.release[task], ready)
    finish: float = begin + work.seconds[task]
    rest = work.rest[worker]
    for index in range(len(rest)):
        if finish <= rest[index, 0]:
            break
        if begin >= rest[index, 1]:
            continue
        if begin >= rest[index, 0] or work.seconds[task] <= work.stretch[worker]:
            begin = rest[index, 1]
            finish = begin + work.seconds[task]
        else:
            finish += rest[index, 1] - rest[index, 0]
    return finish


@kernel
def settle(work: Work, queues: Queues, worker: int) -> None:
    """Compute a queue's times and cost anew."""
    node = head = len(work.seconds) + worker
    cost, last, late, flow = 0.0, NOBODY, work.goals[1], work.goals[2]
    while queues.after[node] != NOBODY:
        task = queues.after[node]
        way = work.pace[worker] * work.travel[work.row[node], work.column[task]]
        finish = finish_at(work, worker, task, queues.finish[node] + way)
        queues.finish[task], queues.way[task], queues.worker[task] = finish, way, worker
        cost += work.goals[0] * way
        cost += work.priority[task] * (late * max(0.0, finish - work.due[task]) + flow * finish)
        if work.promised[task] != NOBODY and work.promised[task] != worker:
            cost += work.goals[3]
        node = last = task
    queues.cost[worker] = cost
    behind = 0.0
    while last not in (NOBODY, head):
        rate = flow + (late if queues.finish[last] >= work.due[last] else 0.0)
        queues.slope[last] = behind + work.priority[last] * rate
        # A task that waits, for its release or for the end of a break, may take up any delay; so may one that is laid
        # down for a break.
        ready = queues.finish[queues.before[last]] + queues.way[last]
        waits = queues.finish[last] > ready + work.seconds[last]
        behind = 0.0 if waits else queues.slope[last]
        last = queues.before[last]


@kernel
def delay_cost(work: Work, queues: Queues, task: int, finish: float) -> float:
    """What it costs when a task ends at ``finish`` instead, with all behind it; infinite beyond the shift's end."""
    worker = queues.worker[task]
    late: float = work.goals[1]
    flow: float = work.goals[2]
    added = 0.0
    while True:
        old, due = queues.finish[task], work.due[task]
        if finish == old:
            return added
        later = max(0.0, finish - due) - max(0.0, old - due)
        added += work.priority[task] * (late * later + flow * (finish - old))
        task = queues.after[task]
        if task == NOBODY:
            return added if finish <= work.shift_end[worker] else np.inf
        finish = finish_at(work, worker, task, finish + queues.way[task])


@kernel
def best_place(work: Work, queues: Queues, task: int, blink: float, state: Words) -> int:
    """The node behind which a task adds least; -1 when it fits nowhere."""
    after, worker_of, finishes, slopes, ways = (
        queues.after,
        queues.worker,
        queues.finish,
        queues.slope,
        queues.way,
    )
    row, column, pace_of, able = work.row, work.column, work.pace, work.able[task]
    to_task, from_task = work.back[work.column[task]], work.travel[work.row[task]]
    due, priority = work.due[task], work.priority[task]
    travel_rate, late, flow, change = work.goals
    promised = work.promised[task]
    best, place = np.inf, NOBODY
    for node in range(len(after)):
        worker = worker_of[node]
        if worker == NOBODY or able[worker] == 0:
            continue
        way = pace_of[worker] * to_task[row[node]]
        finish = finish_at(work, worker, task, finishes[node] + way)
        added = travel_rate * way + priority * (late * max(0.0, finish - due) + flow * finish)
        if promised not in (NOBODY, worker):
            added += change
        follower = after[node]
        if follower != NOBODY:
            added -= travel_rate * ways[follower]
        if added >= best:
            continue
        if follower == NOBODY:
            if finish > work.shift_end[worker]:
                continue
        else:
            onward = pace_of[worker] * from_task[column[follower]]
            added += travel_rate * onward
            pushed = finish_at(work, worker, follower, finish + onward)
            delay = pushed - finishes[follower]
            if added + max(0.0, delay) * slopes[follower] >= best:
                continue
            added += delay_cost(work, queues, follower, pushed)
        if added < best and (blink == 0.0 or next_random(state) >= blink):
            best, place = added, node
    return place


@kernel
def insert(work: Work, queues: Queues, task: int, node: int) -> None:
    """Put a task behind a node."""
    follower = queues.after[node]
    queues.after[node], queues.before[task] = task, node
    queues.after[task] = follower
    if follower != NOBODY:
        queues.before[follower] = task
    settle(work, queues, queues.worker[node])


@kernel
def take_out(queues: Queues, task: int) -> None:
    """Take a task out; its queue is to be settled by whoever does so."""
    node, follower = queues.before[task], queues.after[task]
    queues.after[node] = follower
    if follower != NOBODY:
        queues.before[follower] = node
    queues.worker[task] = NOBODY


@kernel
def insert_all(work: Work, queues: Queues, order: Ints, count: int, blink: float, state: Words) -> float:
    """Insert tasks one after the other, each at its best; the cost of those that fit nowhere."""
    unserved = 0.0
    for index in range(count):
        place = best_place(work, queues, order[index], blink, state)
        if place == NOBODY:
            unserved += UNSERVED * work.priority[order[index]]
        else:
            insert(work, queues, order[index], place)
    return unserved


@kernel
def ruin(work: Work, queues: Queues, state: Words, out: Ints) -> int:
    """Take strings of tasks out of queues near a random task; how many tasks are in ``out``.

    About ten of the tasks that have no worker are among them, to be tried again.
    """
    tasks = len(work.seconds)
    idle, count = 0, 0
    for task in range(tasks):
        idle += queues.worker[task] == NOBODY
    for task in range(tasks):
        if queues.worker[task] == NOBODY and next_random(state) * idle < MEAN_RUIN:
            out[count] = task
            count += 1
    centre = int(next_random(state) * tasks)
    wanted = count + 1 + int(next_random(state) * (2 * MEAN_RUIN - 1))
    touched = np.zeros(len(work.pace), np.uint8)
    while count < min(wanted, tasks):
        task = nearest_untouched(work, queues, centre, touched)
        if task == NOBODY:
            break
        worker = queues.worker[task]
        touched[worker] = 1
        length = 1 + int(next_random(state) * min(LONGEST_STRING, wanted - count))
        back = int(next_random(state) * length)
        while back > 0 and queues.before[task] < tasks:
            task, back = queues.before[task], back - 1
        while length > 0 and task != NOBODY:
            follower = queues.after[task]
            take_out(queues, task)
            out[count] = task
            count, length, task = count + 1, length - 1, follower
        settle(work, queues, worker)
    return count


@kernel
def nearest_untouched(work: Work, queues: Queues, centre: int, touched: NDArray[np.uint8]) -> int:
    """The task that begins nearest to where ``centre`` ends, in a queue that is whole; the centre itself first."""
    if queues.worker[centre] != NOBODY and touched[queues.worker[centre]] == 0:
        return centre
    nearest, least = NOBODY, np.inf
    ways = work.travel[work.row[centre]]
    for task in range(len(work.seconds)):
        worker = queues.worker[task]
        if worker != NOBODY and touched[worker] == 0 and ways[work.column[task]] < least:
            nearest, least = task, ways[work.column[task]]
    return nearest


@kernel
def arrange(work: Work, out: Ints, count: int, state: Words) -> None:
    """Put the tasks to insert in an order: by chance, by due time, or the heavier first."""
    kind = next_random(state)
    keys = np.empty(count)
    for index in range(count):
        task = out[index]
        if kind < 0.4:
            keys[index] = next_random(state)
        elif kind < 0.7:
            keys[index] = work.due[task]
        else:
            keys[index] = -work.priority[task] * work.seconds[task]
    out[:count] = out[:count][np.argsort(keys)]


@kernel
def total_cost(work: Work, queues: Queues) -> float:
    """Of all queues and of the tasks without a worker."""
    cost: float = queues.cost.sum()
    for task in range(len(work.seconds)):
        if queues.worker[task] == NOBODY:
            cost += UNSERVED * work.priority[task]
    return cost


@kernel
def copy(source: Queues, target: Queues) -> None:
    """Make the target equal to the source."""
    target.after[:] = source.after
    target.before[:] = source.before
    target.worker[:] = source.worker
    target.finish[:] = source.finish
    target.way[:] = source.way
    target.slope[:] = source.slope
    target.cost[:] = source.cost


@kernel
def improve(
    work: Work,
    queues: Queues,
    best: Queues,
    spare: Queues,
    rounds: int,
    heat: float,
    state: Words,
) -> float:
    """So many rounds of ruin and recreate from ``queues``; the best goes to ``best``, its cost is returned.

    :param heat: a worse plan is kept when it costs at most about this much more.
    """
    out = np.empty(len(work.seconds), np.int64)
    cost, least = total_cost(work, queues), total_cost(work, best)
    for _round in range(rounds):
        copy(queues, spare)
        count = ruin(work, queues, state, out)
        arrange(work, out, count, state)
        insert_all(work, queues, out, count, BLINK, state)
        found = total_cost(work, queues)
        if found < cost - heat * np.log(1.0 - next_random(state)):
            cost = found
            if cost < least - 1e-9:
                least = cost
                copy(queues, best)
        else:
            copy(spare, queues)
    return least
