"""A drop folder: orders as CSV or XLSX files in a folder of this machine, or one that it has mounted."""

from __future__ import annotations

from django.conf import settings as installation
from django.utils.translation import gettext_noop as _
from pydantic import Field

from hecang.integrations.channels.folder_channel import FolderChannel, FolderSettings
from hecang.integrations.channels.folders import Folder, LocalFolder

#: Names below the root; none that is hidden or leads upwards.
FOLDER_PATTERN = r"^[\w-][\w.-]*(/[\w-][\w.-]*)*$"


class DropFolderSettings(FolderSettings):
    folder: str = Field(
        title=_("Folder"),
        description=_(
            "Name below the place for such folders, which HECANG_DROP_ROOT says; it is made where it lacks"
        ),
        max_length=200,
        pattern=FOLDER_PATTERN,
    )


class DropFolderChannel(FolderChannel):
    code = "files"
    title = _("Drop folder (CSV, XLSX)")
    Settings = DropFolderSettings

    def folder_open(self) -> Folder:
        return LocalFolder(installation.DROP_ROOT, self.settings.folder)
