"""What a month came to, for people to read; and who has never done what they are there for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from tests.scenarios.month.people import Doings, Person


def text(seed: int, doings: Doings, documents: Mapping[str, int], explained: Mapping[str, int]) -> str:
    lines = [f"A month in the warehouse, seed {seed}: {sum(documents.values()):,} documents"]
    lines.append("  " + ", ".join(f"{count:,} {name}" for name, count in documents.items() if count))
    lines.append(
        "Faults: " + (", ".join(f"{count} {name}" for name, count in sorted(doings.faults.items())) or "none")
    )
    by_job: dict[str, list[str]] = defaultdict(list)
    for (job, what), count in sorted(doings.done.items()):
        by_job[job].append(f"{count} {what}")
    refused: dict[str, list[str]] = defaultdict(list)
    for (job, code), count in sorted(doings.refused.items()):
        refused[job].append(f"{count} {code}")
    for job in sorted({*by_job, *refused}):
        lines.append(f"  {job}: {', '.join(by_job[job]) or 'nothing'}")
        if refused[job]:
            lines.append(f"      refused: {', '.join(refused[job])}")
    lines += [f"  explained: {count} {why}" for why, count in sorted(explained.items())]
    return "\n".join(lines)


def idle(people: Sequence[Person], doings: Doings, *, thorough: bool) -> list[str]:
    """Deeds that nobody with the job has done in all the month.

    :param thorough: every deed of a job; else that somebody did anything at all.
    """
    jobs = {type(one).job: type(one).deeds for one in people}
    if thorough:
        return [
            f"{job}: {deed}" for job, deeds in jobs.items() for deed in deeds if not doings.done[job, deed]
        ]
    return [job for job in jobs if not any(done[0] == job and count for done, count in doings.done.items())]
