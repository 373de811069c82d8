"""Tokens that a person has entered, where there is nothing to renew them with."""

from __future__ import annotations

from pydantic import SecretStr

from hecang.kernel.connectors import Token, TokenExpired


def only_access(entered: SecretStr, present: Token) -> Token:
    """The access token of the settings, as long as it has not been tried in vain.

    :raises TokenExpired: there is none, or it is the one that has run out.
    """
    access = entered.get_secret_value()
    if not access or access == present.access:
        raise TokenExpired("the shop has to be authorised anew", code="no_refresh_token")
    return Token(access=access)
