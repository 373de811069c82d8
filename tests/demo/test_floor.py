"""What a picker scans at a stop."""

from __future__ import annotations

from collections import Counter

from hecang.demo.floor import Stop, scans_at


def stop(task_id: int, left: int = 4, *, key: str | None = None) -> Stop:
    return Stop(task_id, "A01-01-1", "2000000000001", left, f"order:{task_id}" if key is None else key)


def test_units_add_up_and_ids_differ() -> None:
    for task_id in range(2000):
        scans = [scan for scan in scans_at(stop(task_id)) if scan.location_code == "A01-01-1"]

        assert sum(scan.quantity for scan in scans) == 4
        assert len({scan.scan_id for scan in scans}) == len(scans)


def test_the_same_stop_is_scanned_the_same_way() -> None:
    assert scans_at(stop(7)) == scans_at(stop(7))


def test_now_and_then_something_is_wrong() -> None:
    scans = [scan for task_id in range(5000) for scan in scans_at(stop(task_id))]
    found = Counter(scan.outcome for scan in scans)

    assert 3 <= found["short"] <= 30
    assert 3 <= found["damaged"] <= 30
    assert 5 <= sum(scan.location_code == "A99-99-9" for scan in scans) <= 40


def test_once_is_enough() -> None:
    for task_id in range(2000):
        (scan,) = scans_at(stop(task_id, key=""))
        assert (scan.outcome, scan.quantity) == ("picked", 4)
