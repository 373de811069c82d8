"""How JD signs, and how it says that something went well or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hecang.integrations.channels.documents import Doc
from hecang.integrations.channels.signing import md5_between_secrets, sorted_text
from hecang.kernel.connectors import OutsideError, Refused, Throttled, TokenExpired, Unreachable

#: The platform publishes no code for it.
_TOO_FAST: Final = ("频率", "流控", "调用次数", "rate limit")


def sign(secret: str, params: Mapping[str, str]) -> str:
    """The signature over exactly these six parameters."""
    return md5_between_secrets(secret, sorted_text(params))


def result_of(answer: Doc, *names: str) -> Doc:
    """The part of an answer that tells of success, which some methods tell inside ``apiResult``.

    :raises Refused: it tells of none.
    """
    name = next((name for name in names if answer.has(name)), names[0])
    result = answer.need_doc(name)
    said = result.doc("apiResult") if result.has("apiResult") else result
    if not said.flag("success"):
        code = said.text("errorCode", "numberCode", "code")
        words = said.text("chineseErrCode", "errorMessage", "englishErrCode", "message", "msg")
        raise Refused(words or "refused", code=code)
    return result


def stock_error(said: Doc | None) -> OutsideError | None:
    if said is None:
        return OutsideError("the answer does not tell of this SKU", code="malformed")
    if said.flag("success"):
        return None
    return Refused(said.text("message") or "refused", code=said.text("code"))


def error_of(said: Doc) -> OutsideError:
    code = said.text("code")
    words = said.text("zh_desc", "en_desc", "message", "msg") or "refused"
    if code == "19":
        return TokenExpired(words, code=code)
    if code == "65":
        return Unreachable(words, code=code)
    if any(one in words for one in _TOO_FAST):
        return Throttled(words, code=code)
    return Refused(words, code=code)
