"""Folders on an SFTP server whose key is known."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import paramiko  # type: ignore[import-untyped]
from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr

from hecang.integrations.channels.folder_channel import FolderSettings
from hecang.integrations.channels.folders import MOST_BYTES, Entry, Folder
from hecang.kernel import outgoing
from hecang.kernel.connectors import TokenExpired, Unreachable

#: Seconds for the greeting, for signing in, and for each answer.
TIMEOUT = 20.0
_KEYS = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


class SftpSettings(FolderSettings):
    host: str = Field(title=_("Host"), max_length=200)
    port: int = Field(22, title=_("Port"), ge=1, le=65535)
    user: str = Field(title=_("User"), max_length=100)
    password: SecretStr = Field(SecretStr(""), title=_("Password"), description=_("Or a private key"))
    private_key: SecretStr = Field(
        SecretStr(""), title=_("Private key"), description=_("In OpenSSH form, without a passphrase")
    )
    host_key: str = Field(
        title=_("Key of the host"),
        description=_("As ssh-keyscan prints it (ssh-ed25519 AAAA…), or its fingerprint (SHA256:…)"),
        max_length=1000,
    )
    folder: str = Field(
        "", title=_("Folder"), description=_("On the server; empty for where the user lands"), max_length=200
    )


class SftpFolder(Folder):
    """One session; every path lies below the folder of the settings."""

    def __init__(self, settings: SftpSettings) -> None:
        self._base = settings.folder.rstrip("/")
        self._transport = _transport(settings)
        try:
            with _reachable():
                client = paramiko.SFTPClient.from_transport(self._transport)
                if client is None:
                    raise Unreachable("the server opens no SFTP session", code="sftp")
                channel = client.get_channel()
                if channel is not None:
                    channel.settimeout(TIMEOUT)
                self._client = client
        except BaseException:
            self._transport.close()
            raise

    def entries(self, folder: str) -> list[Entry]:
        with _reachable():
            listing = self._client.listdir_attr(self._path(folder))
        return [
            Entry(one.filename, one.st_size or 0, datetime.fromtimestamp(one.st_mtime or 0, tz=UTC))
            for one in listing
            if stat.S_ISREG(one.st_mode or 0)
        ]

    def read(self, path: str) -> bytes:
        with _reachable(), self._client.open(self._path(path), "rb") as file:
            size = file.stat().st_size or 0
            file.prefetch(min(size, MOST_BYTES + 1))
            content: bytes = file.read(MOST_BYTES + 1)
            return content

    def write(self, path: str, content: bytes) -> None:
        with _reachable(), self._client.open(self._path(path), "wb") as file:
            file.write(content)
            file.flush()
            if file.stat().st_size != len(content):
                raise Unreachable("the server did not keep all of a file", code="sftp")

    def move(self, old: str, new: str) -> None:
        with _reachable():
            try:
                self._client.posix_rename(self._path(old), self._path(new))
            except FileNotFoundError:
                raise
            except OSError:  # a server without that extension: it renames, but over nothing
                self._client.rename(self._path(old), self._path(new))

    def exists(self, path: str) -> bool:
        with _reachable():
            try:
                self._client.lstat(self._path(path))
            except FileNotFoundError:
                return False
            return True

    def ensure(self, folder: str) -> None:
        path = self._path(folder)
        with _reachable():
            try:
                found = self._client.lstat(path)
            except FileNotFoundError:
                self._client.mkdir(path)
                found = self._client.lstat(path)
            if not stat.S_ISDIR(found.st_mode or 0):
                raise Unreachable(f"“{folder}” is no folder", code="folder")

    def close(self) -> None:
        self._transport.close()

    def _path(self, path: str) -> str:
        return f"{self._base}/{path}" if self._base else path


def _transport(settings: SftpSettings) -> paramiko.Transport:
    """A session that is signed in to the server that was meant."""
    try:
        link = outgoing.connect(settings.host, settings.port, timeout=TIMEOUT)
    except (outgoing.AddressRefused, outgoing.NotReached) as error:
        raise Unreachable(str(error), code="network") from error
    with _reachable():
        transport = paramiko.Transport(link)
    try:
        transport.banner_timeout = transport.auth_timeout = TIMEOUT
        kind = settings.host_key.split(" ")[0]
        options = transport.get_security_options()
        wanted = [one for one in options.key_types if one == kind or (kind == "ssh-rsa" and "rsa" in one)]
        if wanted:
            options.key_types = tuple(wanted)
        with _reachable():
            transport.start_client(timeout=TIMEOUT)
        _require_host(transport.get_remote_server_key(), settings.host_key)
        _sign_in(transport, settings)
    except BaseException:
        transport.close()
        raise
    return transport


def _require_host(key: paramiko.PKey, pinned: str) -> None:
    """The server shows the key that a person has written down; nothing else is said to it otherwise."""
    blob = key.asbytes()
    fingerprint = "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    shown = [fingerprint, f"{key.get_name()} {base64.b64encode(blob).decode()}"]
    said = (
        " ".join(pinned.split()[:2]).rstrip("=")
        if pinned.startswith("SHA256:")
        else " ".join(pinned.split()[:2])
    )
    if not any(hmac.compare_digest(one.encode(), said.encode()) for one in shown):
        raise Unreachable(f"the server shows another key: {key.get_name()} {fingerprint}", code="host_key")


def _sign_in(transport: paramiko.Transport, settings: SftpSettings) -> None:
    key, password = settings.private_key.get_secret_value(), settings.password.get_secret_value()
    try:
        if key:
            transport.auth_publickey(settings.user, _private_key(key))
        else:
            transport.auth_password(settings.user, password)
    except paramiko.AuthenticationException as error:
        raise TokenExpired("the server does not let this user in", code="auth") from error
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise Unreachable(f"signing in failed ({type(error).__name__})", code="network") from error


def _private_key(text: str) -> paramiko.PKey:
    for kind in _KEYS:
        try:
            return kind.from_private_key(io.StringIO(text.strip() + "\n"))
        except (paramiko.SSHException, ValueError, IndexError):
            continue
    raise TokenExpired("the private key cannot be read", code="private_key")


@contextmanager
def _reachable() -> Iterator[None]:
    """Trouble with the server, as connectors tell trouble. A file that is not there stays what it is."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise Unreachable(f"SFTP: {type(error).__name__}: {str(error)[:200]}", code="sftp") from error
