"""What the worker does for this app from time to time."""

from hecang.catalog.services import findings_refresh
from hecang.kernel.periodic import periodic

periodic("catalog.findings_refresh", "40 19 * * *")(findings_refresh)
