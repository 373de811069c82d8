"""``hecang serve``: the web desk, the API and the background worker."""

from __future__ import annotations

import os
import socket

import typer

from hecang.cli.bootstrap import SETTINGS, database_ready, err, out


def register(app: typer.Typer) -> None:
    app.command("serve", help="Serve the web desk and the API, with a background worker.")(serve)


def serve(
    host: str = typer.Option("127.0.0.1", help="Address to listen on; 0.0.0.0 for the whole network."),
    port: int = typer.Option(8000, min=1, max=65535),
    workers: int = typer.Option(0, min=0, help="Server processes; 0: one for each processor."),
    threads: int = typer.Option(4, min=1, max=64, help="Requests at a time in each process."),
    worker: bool = typer.Option(True, "--worker/--no-worker", help="Run a background worker, too."),
    migrate: bool = typer.Option(True, "--migrate/--no-migrate", help="Bring the tables up to date first."),
) -> None:
    """Start the database if need be, bring its tables up to date, and serve until Ctrl-C."""
    _refuse_taken(host, port)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    database_ready()
    if migrate:
        _apart("migrate", "-v", "0")
        _apart("user", "first")
    from hecang.config import server

    def report(address: str) -> None:
        out.print(
            f"Hecang serves at [bold]{address}[/bold] (API docs: {address}api/v1/docs). Ctrl-C stops it."
        )

    server.serve(host=host, port=port, workers=workers, threads=threads, with_worker=worker, report=report)


def _apart(*command: str) -> None:
    """Run a command of ours in a process of its own: the server's parent stays without Django."""
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-m", "hecang", *command], check=False)
    if done.returncode:
        raise typer.Exit(done.returncode)


def _refuse_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            err.print(f"[bold red]Cannot listen on {host}:{port}:[/] {error.strerror}.", highlight=False)
            err.print("[bold]What to do:[/] stop what is there, or choose another --port.", highlight=False)
            raise typer.Exit(1) from None
