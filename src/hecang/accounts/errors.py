"""What can go wrong with users and signing in."""

from __future__ import annotations

from hecang.kernel.errors import Conflict, InvalidInput, NotAuthenticated, TooManyRequests


class BadCredentials(NotAuthenticated):
    """Name or password are wrong; which one is not told."""

    code = "bad_credentials"


class SignInLocked(TooManyRequests):
    """Too many failed tries; ``data.retry_after`` says how many seconds to wait."""

    code = "sign_in_locked"


class WeakPassword(InvalidInput):
    code = "weak_password"


class LastAdministrator(Conflict):
    """The last active administrator cannot be closed or lose the role."""

    code = "last_administrator"
