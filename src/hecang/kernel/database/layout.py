"""Where the embedded database keeps its things. Paths only: nothing is created or started here.

As an ordinary user everything lies in ``HECANG_HOME`` (default ``var/`` of the project).
PostgreSQL refuses to run as root; there the data lie under ``/var/lib/hecang/<id>`` and belong to
an unprivileged user, where ``<id>`` is derived from the absolute path of ``HECANG_HOME``. If root
meets a ``HECANG_HOME`` whose database belongs to an ordinary user, that database is used as it is.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

ROLE = "hecang"
SUPERUSER = "postgres"
DATABASE = "hecang"
PORT = "5432"  # only a part of the socket's file name: the server does not listen on TCP
SYSTEM_STATE = Path("/var/lib/hecang")

_LONGEST_SOCKET_PATH = 99  # Linux allows 107 bytes, macOS 103; PostgreSQL adds a temporary suffix


def external_url() -> str | None:
    """``DATABASE_URL``, if the operator brings a server of their own."""
    return os.environ.get("DATABASE_URL", "").strip() or None


def durable_wanted() -> bool:
    """False only for ``HECANG_DB_DURABLE=0``: the separate, unsafe and fast cluster for tests."""
    return os.environ.get("HECANG_DB_DURABLE", "1").strip().lower() not in {"0", "no", "false", "off"}


def home() -> Path:
    """``HECANG_HOME`` as an absolute path; ``var/`` of the source tree (or of the cwd) by default."""
    configured = os.environ.get("HECANG_HOME", "").strip()
    if configured:
        return Path(configured).expanduser().absolute()
    tree = Path(__file__).resolve().parents[4]
    if (tree / "pyproject.toml").is_file() and (tree / "src" / "hecang").is_dir():
        return tree / "var"
    return Path.cwd() / "var"


@dataclass(frozen=True)
class Layout:
    """All paths of one cluster, and the user it must belong to (None: whoever runs us)."""

    home: Path
    root: Path
    name: str
    durable: bool
    owner_uid: int | None

    @classmethod
    def current(cls, *, durable: bool | None = None) -> Layout:
        """The layout that the environment describes."""
        base = home()
        durable = durable_wanted() if durable is None else durable
        name = "postgres" if durable else "postgres-test"
        if os.geteuid() != 0:
            return cls(base, base, name, durable, None)
        try:
            owner = (base / name / "PG_VERSION").stat().st_uid
        except OSError:
            owner = 0
        if owner:
            return cls(base, base, name, durable, owner)
        return cls(base, SYSTEM_STATE / _short(base), name, durable, None)

    @property
    def data(self) -> Path:
        return self.root / self.name

    @property
    def passfile(self) -> Path:
        """libpq's password file; scram passwords, readable by its owner only."""
        return self.root / f"{self.name}.pass"

    @property
    def lock(self) -> Path:
        return self.root / f"{self.name}.lock"

    @property
    def start_log(self) -> Path:
        return self.root / f"{self.name}.start.log"

    @property
    def logs(self) -> Path:
        return self.root / f"{self.name}.log"

    @property
    def socket_dir(self) -> Path:
        """A folder whose socket path is short enough, the same for every process of this user."""
        beside = self.root / f"{self.name}.run"
        if len(os.fsencode(beside / f".s.PGSQL.{PORT}")) <= _LONGEST_SOCKET_PATH:
            return beside
        uid = self.owner_uid if self.owner_uid is not None else os.geteuid()
        return Path("/tmp") / f"hecang-{uid}-{_short(self.data)}"  # noqa: S108  0700 and checked when made


def _short(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
