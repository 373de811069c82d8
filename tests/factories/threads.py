"""Real concurrency for tests: threads with a database connection each, all starting at once."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable

from django.db import connection


def race(work: Callable[[int], object], *, threads: int = 16) -> list[BaseException]:
    """Run ``work(number)`` in so many threads; the errors that reached them, which a test wants empty."""
    errors: list[BaseException] = []
    start = threading.Barrier(threads)

    def run(number: int) -> None:
        try:
            start.wait()
            work(number)
        except BaseException as error:
            traceback.print_exc()
            errors.append(error)
        finally:
            connection.close()

    running = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return errors
