"""Typed settings of a connector, and the form that a person fills in, made from them.

::

    class ToySettings(ConnectorSettings):
        app_key: str = Field(title="App key", max_length=64)
        app_secret: SecretStr = Field(title="App secret")
        base_url: str = Field("https://api.toy.example", title="Address")

Titles and descriptions are English source strings; they are translated when the form is shown.
Secrets are ``SecretStr``: stored encrypted with all other settings, never shown again, kept where a form
sends them empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from django.utils import translation
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from hecang.kernel.errors import InvalidInput, Problem


class ConnectorSettings(BaseModel):
    """Base of all typed settings: no unknown names, no change after the fact."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    def plain(self) -> dict[str, Any]:
        """Everything in clear, as JSON can carry it: to be encrypted at once, never to be shown."""
        return {name: _plain(getattr(self, name)) for name in type(self).model_fields}


def _plain(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return value


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of the form.

    :param kind: ``text``, ``secret``, ``integer``, ``decimal``, ``boolean``, ``choice`` or ``map`` (text to text).
    """

    name: str
    kind: str
    title: str
    help: str = ""
    required: bool = False
    default: Any = None
    choices: list[str] = field(default_factory=list)
    maximum: int | None = None


def form_of(settings: type[ConnectorSettings]) -> list[FormField]:
    """The form for ``settings``, in the language at hand."""
    return [_field(name, info) for name, info in settings.model_fields.items()]


def _field(name: str, info: FieldInfo) -> FormField:
    kind, choices = _kind(info.annotation)
    default = None if info.default is PydanticUndefined else info.default
    if info.default_factory is not None:
        default = info.get_default(call_default_factory=True, validated_data={})
    maximum = next((m.max_length for m in info.metadata if hasattr(m, "max_length")), None)
    return FormField(
        name=name,
        kind=kind,
        title=translation.gettext(info.title) if info.title else name,
        help=translation.gettext(info.description) if info.description else "",
        required=info.is_required(),
        default=None if kind == "secret" else _plain(default),
        choices=choices,
        maximum=maximum,
    )


def _kind(annotation: Any) -> tuple[str, list[str]]:
    options = [one for one in get_args(annotation) if one is not type(None)]
    if get_origin(annotation) is Literal:
        return "choice", [str(one) for one in options]
    if get_origin(annotation) is dict:
        return "map", []
    if type(None) in get_args(annotation) and len(options) == 1:
        return _kind(options[0])
    if isinstance(annotation, type):
        if issubclass(annotation, SecretStr):
            return "secret", []
        if issubclass(annotation, bool):
            return "boolean", []
        if issubclass(annotation, Enum):
            return "choice", [str(one.value) for one in annotation]
        if issubclass(annotation, int):
            return "integer", []
        if annotation.__name__ in {"Decimal", "float"}:
            return "decimal", []
    return "text", []


def settings_parse(
    settings: type[ConnectorSettings], given: Mapping[str, Any], *, kept: Mapping[str, Any] | None = None
) -> ConnectorSettings:
    """Settings from a form.

    :param kept: what was stored before: secrets that the form leaves empty stay as they were.
    :raises InvalidInput: naming every field that is wrong.
    """
    values = dict(given)
    for field_ in form_of(settings):
        if field_.kind == "secret" and not values.get(field_.name):
            values.pop(field_.name, None)
            if kept is not None and field_.name in kept:
                values[field_.name] = kept[field_.name]
    try:
        return settings.model_validate(values)
    except ValidationError as error:
        problems = [
            Problem(
                message=one["msg"],
                code=one["type"],
                loc="settings." + ".".join(map(str, one["loc"])),
                field=str(one["loc"][0]) if one["loc"] else None,
            )
            for one in error.errors(include_input=False, include_url=False)
        ]
        raise InvalidInput(_("The settings are not right; nothing was saved."), problems=problems) from None


def secrets_masked(settings: type[ConnectorSettings], stored: Mapping[str, Any]) -> dict[str, Any]:
    """What a form may show of stored settings: secrets as ``None``, and whether they are set, elsewhere."""
    secret = {one.name for one in form_of(settings) if one.kind == "secret"}
    return {name: None if name in secret else value for name, value in stored.items()}
