"""The how-to shows the files that the tests run, to the letter."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_how_to_shows_the_toy_channel_as_it_is() -> None:
    page = (ROOT / "docs" / "how-to" / "add-a-channel.md").read_text()

    shown = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)

    files = [ROOT / "tests" / "integrations" / name for name in ("toy_channel.py", "test_toy_channel.py")]
    assert shown == [file.read_text() for file in files]
