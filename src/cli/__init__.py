"""The commands. No logic here, and nothing heavy is imported before a command needs it."""

from typing import Annotated

import typer

from ..errors import CatfootError
from . import analyse, athletes, data, days, files, letters, pods, runs, serving, stored

app = typer.Typer(
    help="Foot pods and running files in; cadence, contact time, softness and load flags out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (files, analyse, pods, stored, runs, athletes, days, serving, letters, data):
    part.add_to(app)


def main(argv: list[str] | None = None) -> None:
    """Run the command line; a fault the person can act on is one sentence and exit code 1."""
    try:
        app(argv)
    except CatfootError as fault:
        typer.echo(f"catfoot: {fault}", err=True)
        raise SystemExit(1) from None


@app.callback(invoke_without_command=True)
def _top(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"catfoot {installed('catfoot')}")
        raise typer.Exit
