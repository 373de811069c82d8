"""EDI with a trading partner: purchase orders (X12 850) in, ship notices (856) and acknowledgements (997) out.

The files travel through a drop folder or SFTP; the folder's rules are those of every shared folder.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from django.conf import settings as installation
from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr, model_validator

from hecang.integrations.channels.base import Feature, FileOutcome, FileProblem, OrderFile, Shipment
from hecang.integrations.channels.edi_documents import (
    Read,
    acknowledgement,
    purchase_order_read,
    ship_notice,
)
from hecang.integrations.channels.edi_envelope import (
    Group,
    Interchange,
    Partner,
    interchange_read,
    interchange_write,
)
from hecang.integrations.channels.files import FOLDER_PATTERN
from hecang.integrations.channels.folder_channel import FolderChannel
from hecang.integrations.channels.folders import FAILED, Folder, LocalFolder, report, safe_name
from hecang.integrations.channels.order_files import OrdersRead
from hecang.integrations.channels.sftp_folder import SftpFolder, SftpSettings
from hecang.kernel.connectors import AlreadyDone

#: Control numbers of acknowledgements begin here; those of ship notices below.
ACKNOWLEDGEMENTS = 500_000_000


class EdiSettings(SftpSettings):
    transport: Literal["folder", "sftp"] = Field(
        "folder", title=_("Way"), description=_("A drop folder, or SFTP")
    )
    folder: str = Field("", title=_("Folder"), max_length=200)
    host: str = Field("", title=_("Host"), max_length=200)
    user: str = Field("", title=_("User"), max_length=100)
    host_key: str = Field(
        "",
        title=_("Key of the host"),
        description=_("As ssh-keyscan prints it (ssh-ed25519 AAAA…), or its fingerprint (SHA256:…)"),
        max_length=1000,
    )
    private_key: SecretStr = Field(
        SecretStr(""), title=_("Private key"), description=_("In OpenSSH form, without a passphrase")
    )
    our_qualifier: str = Field("ZZ", title=_("Our qualifier"), description="ISA05", pattern="^[0-9A-Z]{2}$")
    our_id: str = Field(title=_("Our number"), description="ISA06", min_length=1, max_length=15)
    partner_qualifier: str = Field(
        "ZZ", title=_("Partner's qualifier"), description="ISA07", pattern="^[0-9A-Z]{2}$"
    )
    partner_id: str = Field(title=_("Partner's number"), description="ISA08", min_length=1, max_length=15)
    our_group: str = Field(
        "", title=_("Our code in groups"), description=_("GS02; empty for our number"), max_length=15
    )
    partner_group: str = Field(
        "",
        title=_("Partner's code in groups"),
        description=_("GS03; empty for the partner's number"),
        max_length=15,
    )
    version: Literal["004010", "005010"] = Field("004010", title=_("Version"))
    usage: Literal["P", "T"] = Field("P", title=_("Usage"), description=_("P in earnest, T for tests"))
    element_separator: str = Field("*", title=_("Separator of elements"), min_length=1, max_length=1)
    segment_terminator: str = Field("~", title=_("End of segments"), min_length=1, max_length=1)
    component_separator: str = Field(">", title=_("Separator of components"), min_length=1, max_length=1)
    product_qualifiers: str = Field(
        "VN,SK,VP,UP,EN,BP,IN",
        title=_("Product numbers"),
        description=_("Which number of a PO1 is your SKU, the best first"),
        max_length=100,
    )

    @model_validator(mode="after")
    def _is_whole(self) -> EdiSettings:
        signs = [self.element_separator, self.segment_terminator, self.component_separator]
        if len(set(signs)) < 3 or any(sign.isalnum() or sign in " ^" for sign in signs):
            raise ValueError("separators must differ, and be no letters, digits or blanks")
        if self.transport == "sftp" and not (self.host and self.user and self.host_key):
            raise ValueError("SFTP needs host, user and the key of the host")
        if self.transport == "folder" and not re.match(FOLDER_PATTERN, self.folder):
            raise ValueError("the folder needs a name below the place for such folders")
        return self


class EdiChannel(FolderChannel):
    code = "edi"
    title = _("EDI (X12 850, 856, 997)")
    Settings = EdiSettings
    features = frozenset({Feature.PULL_ORDERS, Feature.CONFIRM_SHIPMENT, Feature.CONFIRM_PARTS})
    suffixes = ()

    def folder_open(self) -> Folder:
        if self.settings.transport == "sftp":
            return SftpFolder(self.settings)
        return LocalFolder(installation.DROP_ROOT, self.settings.folder)

    # ---------------------------------------------------------------- orders

    def orders_of(self, content: bytes, at: datetime) -> OrdersRead:
        """Orders of the transaction sets that can be read; the others are refused one by one in the 997."""
        interchange = interchange_read(text_of(content))
        problems = [FileProblem(code, message, row) for code, message, row in self._judged(interchange)]
        if problems:
            return OrdersRead([], problems)
        reads = self._reads(interchange, at)
        return OrdersRead([read.order for read in reads if read.order is not None], [])

    def key_of(self, content: bytes, digest: str) -> str:
        """The control number of the interchange: its sender gives each one once."""
        interchange = interchange_read(text_of(content))
        if self._judged(interchange):
            return f"sha256:{digest}"
        return f"isa:{interchange.sender[0]}:{interchange.sender[1]}:{interchange.number}"

    def settle_file(self, file: OrderFile, outcome: FileOutcome, problems: Sequence[FileProblem]) -> None:
        """Acknowledge what was received, then put it away. Read anew: nothing has to be remembered."""
        if outcome is not FileOutcome.FAILED:
            content = self.box.folder.read(f"in/.processing/{file.place}") if self._lies(file) else b""
            interchange = interchange_read(text_of(content)) if content else Interchange()
            refused = self._acknowledge(interchange)
            if refused:
                name = f"{self.link.now():%Y%m%dT%H%M%S}-{file.place}.report.csv"
                self.box.folder.write(f"{FAILED}/{name}", report(refused))
        self.box.put_away(file.place, outcome, problems)

    def _lies(self, file: OrderFile) -> bool:
        return self.box.folder.exists(f"in/.processing/{file.place}")

    def _judged(self, interchange: Interchange) -> list[tuple[str, str, int]]:
        """Why an interchange is not taken at all: broken, or not between these two."""
        return judged(interchange, self._partner)

    def _reads(self, interchange: Interchange, at: datetime) -> list[Read]:
        qualifiers = [one.strip() for one in self.settings.product_qualifiers.split(",") if one.strip()]
        return [
            purchase_order_read(transaction, qualifiers, at)
            if transaction.kind == "850"
            else Read(transaction, problems=[("unknown_set", f"{transaction.kind} is not taken here", 1)])
            for group in interchange.groups
            if group.kind != "FA"
            for transaction in group.transactions
        ]

    def _acknowledge(self, interchange: Interchange) -> list[FileProblem]:
        """A 997 for every group but acknowledgements; what was refused, by us and by the partner."""
        refused: list[FileProblem] = []
        for position, group in enumerate(interchange.groups):
            if group.kind == "FA":
                refused += refusals(group)
                continue
            reads = self._reads(Interchange(groups=[group]), self.link.now())
            rejected = {read.transaction.number: read.problems for read in reads if read.problems}
            for number, problems in rejected.items():
                refused += [FileProblem(code, text, row, f"ST {number}") for code, text, row in problems]
            name, control = acknowledgement_place(interchange, position)
            try:
                self._write(name, "997", control, acknowledgement(group, rejected))
            except AlreadyDone:
                continue
        return refused

    # ---------------------------------------------------------------- ship notices

    def confirm_shipment(self, shipment: Shipment) -> None:
        """One 856 for each parcel of an order; its control number is that of the confirmation."""
        body = ship_notice(shipment, self.carrier_code(shipment.carrier))
        name = f"856-{safe_name(shipment.order_number)}-{safe_name(shipment.key)}.edi"
        self._write(name, "856", _number_of(shipment.key), body, at=shipment.shipped_at)

    def _write(
        self, name: str, kind: str, number: int, body: list[list[str]], *, at: datetime | None = None
    ) -> None:
        content = interchange_write(self._partner, kind, number, at or self.link.now(), body)
        self.box.write_once(name, content)

    @property
    def _partner(self) -> Partner:
        s: Any = self.settings
        return Partner(
            us=(s.our_qualifier, s.our_id),
            them=(s.partner_qualifier, s.partner_id),
            our_group=s.our_group or s.our_id,
            their_group=s.partner_group or s.partner_id,
            version=s.version,
            usage=s.usage,
            element=s.element_separator,
            segment=s.segment_terminator,
            component=s.component_separator,
        )


def _number_of(key: str) -> int:
    """A control number below those of acknowledgements: the confirmation's own, which is given once."""
    digits = key.rpartition("-")[2]
    if digits.isdigit():
        return int(digits) % ACKNOWLEDGEMENTS
    return int(hashlib.sha256(key.encode()).hexdigest()[:12], 16) % ACKNOWLEDGEMENTS


def judged(interchange: Interchange, partner: Partner) -> list[tuple[str, str, int]]:
    """Why an interchange is not taken at all: broken, or not between these two."""
    problems = list(interchange.problems)
    us, them = partner.us, partner.them
    if not problems and interchange.receiver != us:
        problems.append(("receiver", f"ISA07 and ISA08 are not {us[0]} {us[1]}", 1))
    if not problems and interchange.sender != them:
        problems.append(("sender", f"ISA05 and ISA06 are not {them[0]} {them[1]}", 1))
    return problems


def acknowledgement_place(interchange: Interchange, position: int) -> tuple[str, int]:
    """Name and control number of the 997 for a group: unique as long as the partner's numbers are, for made of these."""
    control = ACKNOWLEDGEMENTS + (int(interchange.number) * 10 + min(position, 9)) % ACKNOWLEDGEMENTS
    return f"997-{safe_name(interchange.number)}-{position + 1}.edi", control


def refusals(group: Group) -> list[FileProblem]:
    """What the partner did not take of ours."""
    found = []
    for transaction in group.transactions:
        for segment in transaction.segments:
            if segment.name == "AK9" and segment.get(1) not in {"A", "E"}:
                number = next((one.get(2) for one in transaction.segments if one.name == "AK1"), "")
                text = f"the partner refused group {number} of ours: AK9 {segment.get(1)}"
                found.append(FileProblem("partner_refused", text, segment.row, "AK9"))
    return found


def text_of(content: bytes) -> str:
    """A file as text, whatever its sender wrote it in, without what the database cannot keep."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return text.replace("\x00", " ")
