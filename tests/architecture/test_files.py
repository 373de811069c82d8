"""Rules about the files of this repository that no other tool checks."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Spelled in parts, so that this file passes its own test.
REGISTRY_HOSTS = [
    "py" + "pi.org",
    "pythonhosted" + ".org",
    "registry.npm" + "js.org",
    "npm" + "mirror.com",
    "registry." + "yarnpkg.com",
    "deb." + "debian.org",
    "pypi." + "tuna.",
    "mirrors." + "aliyun.com",
]


def tracked() -> list[Path]:
    answer = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = [ROOT / name for name in answer.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file() and not path.is_symlink()]


@pytest.fixture(scope="module")
def texts() -> dict[Path, str]:
    found = {}
    for path in tracked():
        raw = path.read_bytes()
        if b"\0" not in raw[:8000]:
            found[path.relative_to(ROOT)] = raw.decode(errors="replace")
    assert found
    return found


def test_no_file_names_a_package_registry_host(texts: dict[Path, str]) -> None:
    guilty = [(str(path), host) for path, text in texts.items() for host in REGISTRY_HOSTS if host in text]
    assert guilty == []


def test_locked_packages_carry_hashes_and_no_addresses(texts: dict[Path, str]) -> None:
    locks = [path for path in texts if path.parent == Path("requirements") and path.suffix == ".txt"]
    assert {path.name for path in locks} >= {"runtime.txt", "dev.txt", "node.txt"}
    options = re.compile(r"^(-f|-i|--(find-links|index-url|extra-index-url|trusted-host))", re.MULTILINE)
    for path in locks:
        text = texts[path]
        assert "://" not in text, path
        assert not options.search(text), path
        entries = text.replace("\\\n", " ").splitlines()
        pinned = [entry for entry in entries if re.match(r"[A-Za-z0-9]", entry)]
        assert pinned, path
        assert [entry.split()[0] for entry in pinned if "--hash=sha256:" not in entry] == [], path


def test_the_web_lock_carries_no_addresses(texts: dict[Path, str]) -> None:
    lock = texts[Path("web/package-lock.json")]
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


def test_no_conflict_markers_and_no_carriage_returns(texts: dict[Path, str]) -> None:
    marker = re.compile(r"^(<{7} |>{7} )", re.MULTILINE)
    assert [str(path) for path, text in texts.items() if marker.search(text) or "\r\n" in text] == []


def test_nothing_private_is_tracked() -> None:
    names = {path.name for path in tracked()}
    assert not names & {".env", "secret-key", "id_rsa"}
    assert not [name for name in names if name.endswith((".pass", ".pem", ".key", ".pyc"))]
