"""``hecang openapi``: the API document that the web client and integrators are built on."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from hecang.cli.bootstrap import django_ready, err, out

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "reference" / "openapi.json"


def register(app: typer.Typer) -> None:
    app.command("openapi", help="Write docs/reference/openapi.json, or check that it is current.")(openapi)


def openapi(
    check: bool = typer.Option(False, "--check", help="Change nothing; fail if the file is not current."),
    path: Path = typer.Option(DOCUMENT, help="The file."),
) -> None:
    """Write the OpenAPI document of the code as it is."""
    django_ready(database=False)
    from hecang.config.api import document

    text = json.dumps(document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        out.print(f"Wrote {path}.", highlight=False)
    elif not path.is_file() or path.read_text() != text:
        err.print(
            "[bold red]docs/reference/openapi.json is not current.[/] Run: make openapi", highlight=False
        )
        raise typer.Exit(1)
