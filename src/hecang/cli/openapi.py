"""``hecang openapi``: what the documentation says about the API, made from the code."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from hecang.cli.bootstrap import django_ready, err, out

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference"


def register(app: typer.Typer) -> None:
    app.command("openapi", help="Write docs/reference/openapi.json and generated tables, or check them.")(
        openapi
    )


def openapi(
    check: bool = typer.Option(False, "--check", help="Change nothing; fail if a file is not current."),
    folder: Path = typer.Option(REFERENCE, help="The folder docs/reference."),
) -> None:
    """Write the OpenAPI document and the tables of errors, permissions and events of the code as it is."""
    django_ready(database=False)
    from hecang.config.api import document
    from hecang.config.reference import replaced

    pages = {
        folder / "openapi.json": json.dumps(document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    }
    for path in sorted(folder.glob("*.md")):
        text = path.read_text()
        if "<!-- table:" in text:
            pages[path] = replaced(text)
    stale = [path for path, text in pages.items() if not path.is_file() or path.read_text() != text]
    if check and stale:
        names = ", ".join(path.name for path in stale)
        err.print(f"[bold red]Not current in docs/reference: {names}.[/] Run: make openapi", highlight=False)
        raise typer.Exit(1)
    if not check:
        for path in stale:
            path.write_text(pages[path])
        out.print(f"{len(stale)} of {len(pages)} files in {folder} written anew.", highlight=False)
