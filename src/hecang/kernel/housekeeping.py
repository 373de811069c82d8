"""What the kernel itself does from time to time: forget what is no longer needed."""

from __future__ import annotations

from hecang.kernel.idempotency import records_purge
from hecang.kernel.imports.jobs import imports_purge
from hecang.kernel.outbox import events_purge
from hecang.kernel.periodic import periodic

periodic("kernel.idempotency_purge", "41 * * * *")(records_purge)
periodic("kernel.outbox_purge", "11 4 * * *")(events_purge)
periodic("kernel.imports_purge", "31 4 * * *")(imports_purge)
