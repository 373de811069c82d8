"""The street in a process of its own, led by lines of JSON: commands on stdin, answers on stdout."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.channel_day.plan import Plan, hastened


class Remote:
    """The street as the other side sees it: the same calls."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def ask(self, what: str, **more: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the platforms' process has ended")
        return json.loads(line)


@contextmanager
def street(plan: Plan) -> Iterator[Remote]:
    """All platforms listen until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.channel_day.platforms", json.dumps(plan.as_json())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Remote(process)
    finally:
        process.terminate()
        process.wait(20)


def main() -> None:
    """Serve until stdin ends."""
    import logging

    import django

    django.setup()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    logging.getLogger("httpx").setLevel(logging.ERROR)
    from benchmarks.channel_day.street import Street

    plan = Plan(**json.loads(sys.argv[1]))
    with hastened(plan.factor):
        here = Street(plan)
        try:
            for line in sys.stdin:
                print(json.dumps(_answer(here, json.loads(line))), flush=True)
        finally:
            here.close()


def _answer(here: Any, asked: dict[str, Any]) -> Any:
    if asked["do"] == "open":
        return here.open()
    if asked["do"] == "begin":
        here.begin(asked["inboxes"])
        return {}
    if asked["do"] == "status":
        return here.status()
    if asked["do"] == "consent":
        return here.consent(asked["code"])
    Path(asked["path"]).write_text(json.dumps(here.testimony()))
    return {}


if __name__ == "__main__":
    main()
