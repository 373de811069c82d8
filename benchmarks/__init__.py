"""What ``make bench`` runs: every figure beside a bare-metal baseline measured in the same run.

One module a bench; each has ``NAME``, ``SUMMARY`` and ``run(context) -> list[Result]``. The baseline is
psycopg alone, doing what PostgreSQL needs to be told and nothing else. See docs/reference/benchmarks.md.
"""
