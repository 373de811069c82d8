"""Shapes of the API have names of their own: of two with one name the document would keep only the last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pydantic import BaseModel

import hecang.config.api  # noqa: F401 - declares every operation


def _below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for one in model.__subclasses__():
        yield one
        yield from _below(one)


def test_two_shapes_of_one_name_are_the_same_shape() -> None:
    shapes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for model in _below(BaseModel):
        package, _, inside = model.__module__.partition(".api")
        # Filters are parameters of a query and never stand in the document by name.
        if (
            package.startswith("hecang.")
            and (not inside or inside.startswith("."))
            and "Filters" not in model.__name__
        ):
            fields = str({name: str(field.annotation) for name, field in model.model_fields.items()})
            shapes[model.__name__][fields].append(model.__module__)

    clashes = {
        name: sorted(module for modules in found.values() for module in modules)
        for name, found in shapes.items()
        if len(found) > 1
    }
    assert clashes == {}
