"""Every environment variable that the code reads is in the reference, and the other way round."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference" / "configuration.md"
NAME = re.compile(r"""["'](HECANG_[A-Z0-9_]+|DATABASE_URL)["']""")


def read_by_code() -> set[str]:
    sources = [*(ROOT / "src").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
    return {name for path in sources for name in NAME.findall(path.read_text())}


def documented() -> set[str]:
    return set(re.findall(r"^\| `([A-Z0-9_]+)` \|", REFERENCE.read_text(), re.MULTILINE))


def test_every_variable_is_documented() -> None:
    assert read_by_code() - documented() == set()


def test_no_documented_variable_is_imaginary() -> None:
    scripts = [ROOT / "Makefile", *(ROOT / "scripts").iterdir(), *(ROOT / "tests").rglob("*.py")]
    known = read_by_code() | {
        name for path in scripts if path.is_file() for name in documented() if name in path.read_text()
    }
    assert documented() - known == set()
