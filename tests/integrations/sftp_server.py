"""A real SFTP server on loopback, over a folder of this machine."""

from __future__ import annotations

import io
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paramiko  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

USER, PASSWORD = "shop", "correct horse"


def key_text() -> str:
    """A new private key in OpenSSH form."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


def key_of(text: str) -> Any:
    return paramiko.Ed25519Key.from_private_key(io.StringIO(text))


@dataclass
class SftpServer:
    """What the server is, and what it has seen."""

    root: Path
    port: int
    host_key: str
    client_key: str
    sessions: list[Any] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)
    has_posix_rename: bool = True


class _Door(paramiko.ServerInterface):  # type: ignore[misc]
    def __init__(self, server: SftpServer) -> None:
        self.server = server

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"

    def check_auth_password(self, username: str, password: str) -> int:
        self.server.passwords.append(password)
        good = (username, password) == (USER, PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED  # type: ignore[no-any-return]

    def check_auth_publickey(self, username: str, key: Any) -> int:
        good = username == USER and key == key_of(self.server.client_key)
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED  # type: ignore[no-any-return]

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED  # type: ignore[no-any-return]


class _Handle(paramiko.SFTPHandle):  # type: ignore[misc]
    def stat(self) -> Any:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


class _Files(paramiko.SFTPServerInterface):  # type: ignore[misc]
    """The files below the root, as the operating system has them."""

    def __init__(self, door: _Door, *more: Any, **named: Any) -> None:
        super().__init__(door, *more, **named)
        self.server = door.server

    def _real(self, path: str) -> str:
        return str(self.server.root) + self.canonicalize(path)

    def _try(self, work: Any) -> Any:
        try:
            work()
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        return paramiko.SFTP_OK

    def list_folder(self, path: str) -> Any:
        try:
            found = []
            for one in Path(self._real(path)).iterdir():
                facts = paramiko.SFTPAttributes.from_stat(one.lstat())
                facts.filename = one.name
                found.append(facts)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        return found

    def lstat(self, path: str) -> Any:
        try:
            return paramiko.SFTPAttributes.from_stat(os.lstat(self._real(path)))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    stat = lstat

    def open(self, path: str, flags: int, attr: Any) -> Any:
        try:
            descriptor = os.open(self._real(path), flags, 0o644)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        mode = "wb" if flags & os.O_WRONLY else "r+b" if flags & os.O_RDWR else "rb"
        handle = _Handle(flags)
        handle.filename = path
        handle.readfile = handle.writefile = os.fdopen(descriptor, mode)
        return handle

    def rename(self, oldpath: str, newpath: str) -> Any:
        if Path(self._real(newpath)).exists():
            return paramiko.SFTP_FAILURE
        return self._try(lambda: Path(self._real(oldpath)).rename(self._real(newpath)))

    def posix_rename(self, oldpath: str, newpath: str) -> Any:
        if not self.server.has_posix_rename:
            return paramiko.SFTP_OP_UNSUPPORTED
        return self._try(lambda: Path(self._real(oldpath)).replace(self._real(newpath)))

    def mkdir(self, path: str, attr: Any) -> Any:
        return self._try(lambda: Path(self._real(path)).mkdir())


@contextmanager
def sftp_server(root: Path) -> Iterator[SftpServer]:
    """Serve a folder until the block ends."""
    private = key_text()
    listener = socket.create_server(("127.0.0.1", 0))
    host = key_of(private)
    server = SftpServer(root, listener.getsockname()[1], f"{host.get_name()} {host.get_base64()}", key_text())

    def accept() -> None:
        while True:
            try:
                link, _peer = listener.accept()
            except OSError:
                return
            session = paramiko.Transport(link)
            session.add_server_key(host)
            session.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files)
            server.sessions.append(session)
            try:
                session.start_server(server=_Door(server))
            except (paramiko.SSHException, EOFError, OSError):
                continue

    thread = threading.Thread(target=accept, name="sftp", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for session in server.sessions:
            session.close()
        thread.join(10)
