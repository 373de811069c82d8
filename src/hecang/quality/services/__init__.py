"""What can be done about the quality of master data."""

from hecang.quality.services.coding import coding_rule_delete, coding_rule_save
from hecang.quality.services.running import check_run, checks_run
from hecang.quality.services.settling import (
    Outcome,
    findings_fix,
    findings_ignore,
    findings_reopen,
    visible_checks,
)

__all__ = [
    "Outcome",
    "check_run",
    "checks_run",
    "coding_rule_delete",
    "coding_rule_save",
    "findings_fix",
    "findings_ignore",
    "findings_reopen",
    "visible_checks",
]
