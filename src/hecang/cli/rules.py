"""``hecang rules``: the rules that orders are audited by."""

from __future__ import annotations

import typer

from hecang.cli.bootstrap import django_ready, out

rules = typer.Typer(no_args_is_help=True, help="Rules: install those that come with Hecang.")


def register(app: typer.Typer) -> None:
    app.add_typer(rules, name="rules")


@rules.callback()
def _rules() -> None:
    """Keeps the command a group of commands."""


@rules.command("install-defaults")
def install_defaults(
    language: str = typer.Option("zh-hans", help="Language of their names and notes: zh-hans or en."),
) -> None:
    """Make those of the default rules that are missing; some are switched on, some are left to you."""
    django_ready()
    from django.utils import translation

    from hecang.kernel.actor import SYSTEM, acting
    from hecang.orders.services.rule_defaults import rule_defaults_install

    with acting(SYSTEM), translation.override(language):
        made = rule_defaults_install()
    out.print(f"{len(made)} rules made.", highlight=False)
