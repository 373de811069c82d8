"""What every connector to a system outside has in common: typed settings, a link, a small family of errors.

A connector speaks one protocol. It gets its settings and a :class:`Link`, asks no database, and raises
:class:`OutsideError` and its kin, so that whoever calls it knows what to do next without knowing the protocol.
"""

from hecang.kernel.connectors.link import (
    AlreadyDone,
    BadSignature,
    Incoming,
    Link,
    OutsideError,
    Refused,
    Reply,
    Throttled,
    Token,
    TokenExpired,
    Unreachable,
)
from hecang.kernel.connectors.settings import (
    ConnectorSettings,
    FormField,
    form_of,
    secrets_masked,
    settings_parse,
)

__all__ = [
    "AlreadyDone",
    "BadSignature",
    "ConnectorSettings",
    "FormField",
    "Incoming",
    "Link",
    "OutsideError",
    "Refused",
    "Reply",
    "Throttled",
    "Token",
    "TokenExpired",
    "Unreachable",
    "form_of",
    "secrets_masked",
    "settings_parse",
]
