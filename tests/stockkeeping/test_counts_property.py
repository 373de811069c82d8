"""Any interleaving of work, counting and posting ends with books that agree with the shelf."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.factories.counting import floor

CODES = ("A01-01-1", "A01-02-1", "A01-03-1")
NAMES = ("milk", "bread")

PLACES = st.sampled_from(CODES)
GOODS = st.sampled_from(NAMES)
UNITS = st.integers(1, 6)
#: What can happen: goods move, come in, go astray unseen; a place is counted; what is accepted is posted.
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), GOODS, PLACES, PLACES, UNITS),
        st.tuples(st.just("put"), GOODS, PLACES, UNITS),
        st.tuples(st.just("lose"), GOODS, PLACES, UNITS),
        st.tuples(st.just("find"), GOODS, PLACES, UNITS),
        st.tuples(st.just("count"), PLACES),
        st.tuples(st.just("post")),
    ),
    max_size=25,
)


class Reconciling(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(EVENTS)
    def test_the_difference_is_posted_and_nothing_else(self, events: list[tuple]) -> None:  # type: ignore[type-arg]
        shop = floor(bays=2, max_rounds=1, auto_post=False, approve_units=10**6)
        shelf: dict[tuple[str, str], int] = {}
        # What was lost or found since the place was last counted: the books cannot know of it.
        unseen: dict[tuple[str, str], int] = {(code, name): 0 for code in CODES for name in NAMES}
        for code in CODES:
            for name in NAMES:
                shop.put(name, 10, code)
                shelf[code, name] = 10
        count = shop.count(location_kinds=("pick_face",))
        counted: set[str] = set()
        waiting = False
        for kind, *rest in events:
            if kind == "move":
                name, source, target, units = rest
                can = min(units, shelf[source, name], shop.book(name, source))
                if source != target and can > 0:
                    shop.move(name, can, source, target)
                    shelf[source, name] -= can
                    shelf[target, name] += can
            elif kind == "put":
                name, code, units = rest
                shop.put(name, units, code)
                shelf[code, name] += units
            elif kind in ("lose", "find"):
                name, code, units = rest
                change = -min(units, shelf[code, name]) if kind == "lose" else units
                shelf[code, name] += change
                unseen[code, name] += change
            elif kind == "count" and rest[0] not in counted:
                [code] = rest
                shop.read(count, code, {name: shelf[code, name] for name in NAMES})
                counted.add(code)
                waiting = waiting or any(unseen[code, name] for name in NAMES)
                unseen |= {(code, name): 0 for name in NAMES}
            elif kind == "post" and waiting:
                shop.post(count)
                waiting = False
        if waiting:
            shop.post(count)
        for (code, name), units in shelf.items():
            assert shop.book(name, code) + unseen[code, name] == units, (code, name, events)
        shop.verify()


pytestmark = pytest.mark.django_db
