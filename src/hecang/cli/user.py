"""``hecang user``: people who may sign in."""

from __future__ import annotations

import sys

import typer

from hecang.cli.bootstrap import django_ready, err, out

user = typer.Typer(no_args_is_help=True, help="Users: create, password, list.")


def register(app: typer.Typer) -> None:
    app.add_typer(user, name="user")


@user.command()
def create(
    username: str = typer.Argument(help="Name to sign in with."),
    role: list[str] = typer.Option(["admin"], "--role", "-r", help="Role code; may be given several times."),
    display_name: str = typer.Option("", "--display-name", help="The name that others see."),
    language: str = typer.Option("zh-hans", help="zh-hans or en."),
    password_stdin: bool = typer.Option(
        False, "--password-stdin", help="Read the password from standard input."
    ),
) -> None:
    """Create a user. Without --password-stdin a one-time password is made and shown."""
    django_ready()
    from hecang.accounts.services.users import user_create
    from hecang.kernel.errors import HecangError

    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    try:
        made, one_time = user_create(
            username=username, roles=role, display_name=display_name, language=language, password=password
        )
    except HecangError as error:
        err.print(f"[bold red]{error}[/]", highlight=False)
        raise typer.Exit(1) from None
    out.print(f"User {made.username} is there, with the roles {', '.join(made.roles)}.", highlight=False)
    if one_time:
        out.print(f"One-time password: [bold]{one_time}[/bold]", highlight=False)


@user.command()
def password(username: str = typer.Argument(help="Whose password to replace.")) -> None:
    """Give a user a one-time password; it ends all sessions of that user."""
    django_ready()
    from hecang.accounts.models import User
    from hecang.accounts.services.users import password_reset

    found = User.objects.filter(username__iexact=username).first()
    if found is None:
        err.print(f"[bold red]There is no user {username}.[/]", highlight=False)
        raise typer.Exit(1)
    out.print(f"One-time password: [bold]{password_reset(user_id=found.pk)}[/bold]", highlight=False)


@user.command("list")
def show() -> None:
    """List all users with their roles."""
    django_ready()
    from rich.table import Table

    from hecang.accounts.models import User

    table = Table("user", "name", "roles", "active", "last sign-in")
    for one in User.objects.order_by("username"):
        seen = f"{one.last_login:%Y-%m-%d %H:%M}" if one.last_login else ""
        table.add_row(
            one.username, one.display_name, ", ".join(one.roles), "yes" if one.is_active else "no", seen
        )
    out.print(table)


@user.command()
def first() -> None:
    """Say who can sign in; where nobody can yet, make an administrator with a one-time password."""
    django_ready()
    from hecang.accounts.models import User
    from hecang.accounts.services.users import user_create
    from hecang.demo.sites import PASSWORD

    names = list(User.objects.filter(is_active=True).order_by("id").values_list("username", flat=True)[:8])
    if not names:
        made, one_time = user_create(username="admin", roles=["admin"])
        out.print(
            f"Sign in as [bold]{made.username}[/] with the one-time password [bold]{one_time}[/].",
            highlight=False,
        )
        return
    demo = User.objects.filter(username="admin", is_active=True).first()
    if demo is not None and demo.check_password(PASSWORD):
        out.print(
            f"Sign in as {', '.join(names)}; the password of each is [bold]{PASSWORD}[/].", highlight=False
        )
        return
    out.print(f"Sign in as {', '.join(names)}. A new password: hecang user password NAME", highlight=False)
