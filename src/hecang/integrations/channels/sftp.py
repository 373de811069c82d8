"""Orders as CSV or XLSX files on an SFTP server."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from hecang.integrations.channels.folder_channel import FolderChannel
from hecang.integrations.channels.folders import Folder
from hecang.integrations.channels.sftp_folder import SftpFolder, SftpSettings


class SftpChannel(FolderChannel):
    code = "sftp"
    title = _("SFTP (CSV, XLSX)")
    Settings = SftpSettings

    def folder_open(self) -> Folder:
        return SftpFolder(self.settings)
