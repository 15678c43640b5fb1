"""The week's letter on the command line."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from .options import AsJson


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(letter)


def letter(
    athlete: Annotated[str, typer.Argument(help="Whose week.")],
    day: Annotated[
        datetime | None,
        typer.Option("--week", formats=["%Y-%m-%d"], help="Any day of the week to read."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the week's letter: what changed and why we think so, what was done, what is ahead."""
    import json

    from ..athletes import athlete_called
    from ..config import Settings, open_stores
    from ..post import letters
    from ..training.consent import MACHINE
    from ..training.entries import as_json as plain

    with open_stores(Settings()) as stores:
        row = athlete_called(stores, athlete)
        when = day or datetime.now(UTC).astimezone(ZoneInfo(row.entry.tz))
        told = letters.letter(stores.as_seen_by(MACHINE), row.id, when.date())
    if as_json:
        typer.echo(json.dumps(plain(told)))
        return
    for sentence in told.sentences:
        typer.echo(sentence)
    typer.echo(told.footer)
