"""Every carrier connector has a simulator that knows nothing of it, and can be served."""

from __future__ import annotations

import ast
import inspect
import json
import pkgutil
from importlib import import_module

import httpx
import pytest
from django.utils import translation

from hecang.cli.simulate import travelled
from hecang.integrations.carriers.registry import connectors
from hecang.integrations.simulators import carriers
from hecang.integrations.simulators.base import serving
from hecang.integrations.simulators.carriers.registry import carrier_simulators
from hecang.kernel import clock
from hecang.kernel.connectors import Link, form_of
from hecang.shipping.carriers.base import CarrierConnector

CODES = sorted(carrier_simulators())


def test_every_connector_has_its_simulator() -> None:
    assert CODES == sorted(connectors()) == [
        "cainiao", "easypost", "jdl", "kdniao", "kuaidi100", "sf", "sto", "yto", "yunda", "zto",
    ]  # fmt: skip


def test_simulators_know_nothing_of_connectors() -> None:
    """What is wrong on one side must not be wrong on the other for the same reason."""
    for module in pkgutil.iter_modules(carriers.__path__, f"{carriers.__name__}."):
        tree = ast.parse(inspect.getsource(import_module(module.name)))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not {name for name in imported if name and name.startswith("hecang.integrations.c")}


@pytest.mark.parametrize("code", CODES)
def test_over_a_socket(code: str) -> None:
    simulator = carrier_simulators()[code]()
    kind: type[CarrierConnector] = connectors()[code]
    with serving(simulator) as address, httpx.Client(trust_env=False) as http:
        settings = kind.Settings.model_validate({**simulator.credentials(), **simulator.addresses(address)})
        kind(settings, Link(http=http, now=clock.now)).check()

    assert not simulator.refusals["signature"]


@pytest.mark.parametrize("code", CODES)
def test_parcels_travel_for_demos(code: str) -> None:
    simulator = carrier_simulators()[code]()
    parcel, _is_new = simulator.book("P1", {})
    parcel.told = {}

    steps = [travelled(simulator) for _step in range(5)]

    assert steps == [[parcel.number]] * 4 + [[]]
    assert [one.text for one in parcel.scans][-1] == "已签收"


@pytest.mark.parametrize("code", CODES)
def test_the_form_of_a_connection(code: str) -> None:
    simulator = carrier_simulators()[code]()
    kind = connectors()[code]
    settings = kind.Settings.model_validate(
        {**simulator.credentials(), "base_url": "https://carrier.example"}
    )

    form = {field.name: field for field in form_of(kind.Settings)}
    with translation.override("zh-hans"):
        chinese = {field.name: field.title for field in form_of(kind.Settings)}

    assert {field.kind for field in form.values()} <= {"text", "secret", "choice", "map"}
    assert not [name for name, title in chinese.items() if title.isascii()]
    assert [name for name, field in form.items() if field.kind == "secret"]
    assert kind.Settings.model_validate(json.loads(json.dumps(settings.plain()))) == settings
