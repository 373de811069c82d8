"""Beam search over blocks: which one goes next into the space closest to a corner.

After Araya & Riff 2014: a node of the search is judged by what it comes to when it is completed greedily.
"""

from __future__ import annotations

from typing import NamedTuple

from hecang_optim.arrays import Floats, Ints
from hecang_optim.compiled import kernel
from hecang_optim.packing.loading.blocks import Blocks, Stock
from hecang_optim.packing.loading.judging import Judge, best_blocks, narrow, prepare
from hecang_optim.packing.loading.spaces import (
    States,
    copy_state,
    nearest_space,
    place_block,
    remove_space,
    some_box_fits,
)

#: Times that the open blocks are scanned before they are narrowed down again.
RESCANS = 2


class Search(NamedTuple):
    """Everything that the kernels work on; ``scratch``: (N, 6) for spaces."""

    stock: Stock
    blocks: Blocks
    states: States
    judge: Judge
    scratch: Ints


class Record(NamedTuple):
    """The best complete loading found: ``worth``, ``placements``: (1,); ``placed``: (P, 8) as in the states."""

    worth: Floats
    placements: Ints
    placed: Ints


@kernel
def next_choice(search: Search, state: int, width: int, supported: bool) -> tuple[int, int, int]:
    """The space to fill next, its corner and the number of blocks found for it. (-1, 0, 0): nothing fits.

    Spaces that no box fits into are dropped on the way.
    """
    stock, states = search.stock, search.states
    while True:
        index, corner = nearest_space(states, state, stock.room, supported)
        if index < 0 or states.placements[state] == states.placed.shape[1]:
            return -1, 0, 0
        if some_box_fits(stock, states.left[state], states.space[state, index]):
            found = best_blocks(stock, search.blocks, states, state, index, corner, search.judge, width)
            if found > 0:
                return index, corner, found
        remove_space(states, state, index)


@kernel
def put(search: Search, state: int, index: int, corner: int, block: int, supported: bool) -> None:
    place_block(
        search.stock, search.blocks, search.states, state, index, corner, block, supported, search.scratch
    )


@kernel
def complete(search: Search, state: int, supported: bool) -> float:
    """Go on with the best block until nothing fits; returns the loaded worth."""
    judge = search.judge
    judge.row[0] = 0
    judge.scanned[0] = 0
    while True:
        if judge.scanned[0] > RESCANS * judge.opens[judge.row[0]]:
            narrow(search.blocks, search.states, state, judge, 1)
        index, corner, found = next_choice(search, state, 1, supported)
        if found == 0:
            return float(search.states.worth[state])
        put(search, state, index, corner, search.judge.found[0], supported)


@kernel
def expand(search: Search, parent: int, width: int, supported: bool, child: Ints) -> int:
    """Write the best next steps of a state to ``child`` (width, 4): state, space, corner, block. How many."""
    prepare(search.stock, search.blocks, search.states, parent, search.judge)
    index, corner, found = next_choice(search, parent, width, supported)
    for at in range(found):
        child[at, 0] = parent
        child[at, 1] = index
        child[at, 2] = corner
        child[at, 3] = search.judge.found[at]
    return found


@kernel
def evaluate(
    search: Search,
    child: Ints,
    value: Floats,
    begin: int,
    end: int,
    steps: int,
    supported: bool,
    record: Record,
) -> int:
    """Complete the children from ``begin`` on, until about so many steps are made; returns where to go on."""
    scratch = len(search.states.spaces) - 1
    made = 0
    at = begin
    while at < end and made < steps:
        copy_state(search.states, child[at, 0], scratch)
        before = search.states.placements[scratch]
        put(search, scratch, child[at, 1], child[at, 2], child[at, 3], supported)
        value[at] = complete(search, scratch, supported)
        made += search.states.placements[scratch] - before + 8
        keep_best(search.states, scratch, record)
        at += 1
    return at


@kernel
def keep_best(states: States, state: int, record: Record) -> None:
    if states.worth[state] > record.worth[0]:
        number = states.placements[state]
        record.worth[0] = states.worth[state]
        record.placements[0] = number
        record.placed[:number] = states.placed[state, :number]


@kernel
def step_down(search: Search, child: Ints, target: int, supported: bool) -> None:
    """Make the child a state of its own in the slot ``target``."""
    copy_state(search.states, child[0], target)
    put(search, target, child[1], child[2], child[3], supported)
