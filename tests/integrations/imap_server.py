"""A real IMAP server on loopback: Dovecot with a configuration of its own, and one mailbox."""

from __future__ import annotations

import getpass
import imaplib
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

USER, PASSWORD = "orders", "correct horse"
INSTALL = "apt-get install -y --no-install-recommends dovecot-imapd"
_CONF = """
base_dir = {base}/run
state_dir = {base}/state
instance_name = hecang-test
log_path = {base}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{base}/cert.pem
ssl_key = <{base}/key.pem
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
auth_mechanisms = plain login
passdb {{
  driver = passwd-file
  args = {base}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/home
}}
mail_location = maildir:{base}/home/mail
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass
class ImapServer:
    port: int
    certificate: str
    log: Path

    def client(self) -> imaplib.IMAP4_SSL:
        """A mail program of somebody else at the same mailbox."""
        context = ssl.create_default_context(cadata=self.certificate)
        client = imaplib.IMAP4_SSL("127.0.0.1", self.port, ssl_context=context, timeout=20)
        client.login(USER, PASSWORD)
        return client

    def deliver(self, mail: EmailMessage) -> None:
        client = self.client()
        client.append("INBOX", None, None, mail.as_bytes())  # type: ignore[arg-type]
        client.logout()

    def count(self, folder: str, criteria: str = "ALL") -> int:
        client = self.client()
        try:
            if client.select(f'"{folder}"', readonly=True)[0] != "OK":
                return 0
            return len(client.search(None, criteria)[1][0].split())
        finally:
            client.logout()


def mail(
    *attachments: tuple[str, bytes], sender: str = "shop@partner.example", name: str = "<m1@partner.example>"
) -> EmailMessage:
    """A mail with files attached, sent at nine on the second of March."""
    made = EmailMessage()
    made["From"] = f"Partner <{sender}>"
    made["To"] = "orders@hecang.example"
    made["Subject"] = "Orders"
    made["Message-ID"] = name
    made["Date"] = datetime(2026, 3, 2, 0, 50, tzinfo=UTC)
    made.set_content("See the files.")
    for file, content in attachments:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=file)
    return made


def _dovecot() -> str:
    """Where the server is; installed where that can be done, else the command is named."""
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in ("apt-get update", INSTALL):
            subprocess.run(command.split(), check=False, capture_output=True, timeout=300)
        found = shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.fail(f"these tests need a real IMAP server; install it: {INSTALL}")
    return found


def _certificate() -> tuple[str, str]:
    """A certificate of 127.0.0.1 that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return made.public_bytes(Encoding.PEM).decode(), private


@contextmanager
def imap_server() -> Iterator[ImapServer]:
    """Dovecot in a folder of its own until the block ends."""
    with tempfile.TemporaryDirectory(prefix="hecang-imap-") as folder:
        base = Path(folder)
        base.chmod(0o755)  # the server's own users have to get to it
        with _serving(base) as made:
            yield made


@contextmanager
def _serving(base: Path) -> Iterator[ImapServer]:
    program = _dovecot()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    certificate, private = _certificate()
    (base / "cert.pem").write_text(certificate)
    (base / "key.pem").write_text(private)
    (base / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}::::::\n")
    (base / "home").mkdir()
    me = getpass.getuser()
    is_root = os.geteuid() == 0
    if is_root:
        shutil.chown(base / "home", "dovecot", "dovecot")
    owner = (base / "home").stat()
    (base / "conf").write_text(
        _CONF.format(
            base=base, port=port, uid=owner.st_uid, gid=owner.st_gid,
            internal="dovecot" if is_root else me,
            internal_group="dovecot" if is_root else subprocess.check_output(["id", "-gn"], text=True).strip(),
            login="dovenull" if is_root else me,
        )
    )  # fmt: skip
    server = subprocess.Popen(
        [program, "-F", "-c", str(base / "conf")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    made = ImapServer(port, certificate, base / "log")
    try:
        _wait(made, server)
        yield made
    finally:
        server.terminate()
        server.wait(20)


def _wait(made: ImapServer, server: subprocess.Popen[bytes]) -> None:
    """Until it lets us in."""
    last: Exception | None = None
    for _try in range(150):
        if server.poll() is not None:
            assert server.stderr is not None
            pytest.fail(f"dovecot has ended: {server.stderr.read().decode()}")
        try:
            made.client().logout()
        except (OSError, imaplib.IMAP4.error) as error:
            last = error
            time.sleep(0.2)
        else:
            return
    log = made.log.read_text()[-2000:] if made.log.exists() else ""
    pytest.fail(f"dovecot lets nobody in: {last}\n{log}")
