"""An athlete's data as a whole: taken out, brought back, erased, backed up, measured again."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson

Whose = Annotated[str, typer.Option("--athlete", help="Whose data.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(export)
    app.command()(restore)
    app.command()(erase)
    app.command()(backup)
    app.command("bring-back")(bring_back)
    app.command()(reanalyse)
    app.command()(outbox)
    app.command()(tidy)


def export(
    file: Annotated[Path, typer.Argument(help="The zip to write.")],
    athlete: Whose,
    parquet: Annotated[
        bool, typer.Option("--parquet", help="Rows as Parquet too (catfoot[parquet]).")
    ] = False,
) -> None:
    """Write everything of an athlete into one zip of open formats."""
    from ..athletes import athlete_called
    from ..config import Settings, open_stores
    from ..custody import archive

    with open_stores(Settings()) as stores:
        whose = athlete_called(stores, athlete).id
        out = archive.export(stores, whose, file, datetime.now(UTC), parquet=parquet)
    typer.echo(f"{out.path}: {out.rows} entries, {out.recordings} recordings, {out.tables} tables")
    for name in out.missing:
        typer.echo(f"  note: the original bytes of {name} are gone", err=True)


def restore(file: Annotated[Path, typer.Argument(help="A zip that export wrote.")]) -> None:
    """Bring back what an export holds."""
    from ..config import Settings, open_stores
    from ..custody import restoring

    with open_stores(Settings()) as stores:
        back = restoring.restore(stores, file)
    typer.echo(f"{back.name}: {back.rows} entries, {back.recordings} recordings are back")


def erase(
    athlete: Whose,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase everything of an athlete from every store, and prove it."""
    from ..athletes import athlete_called
    from ..config import Settings, open_stores
    from ..custody import erasing

    with open_stores(Settings()) as stores:
        whose = athlete_called(stores, athlete).id
        if not yes:
            typer.confirm(f"Erase everything of {athlete}? This cannot be undone", abort=True)
        gone = erasing.erase(stores, whose)
    typer.echo(
        f"{athlete} is erased: {gone.rows} entries, {gone.recordings} recordings,"
        f" {gone.tables} tables; {gone.searched_files} files searched for {gone.searched_for}"
        " ids and texts, nothing found"
    )
    for folder in gone.backups_away:
        typer.echo(f"  note: the backups in {folder} were not there to be told", err=True)


def backup(folder: Annotated[Path, typer.Argument(help="Where backups are kept.")]) -> None:
    """Copy everything while the server may go on running."""
    from ..config import Settings, open_stores
    from ..custody import back_up

    with open_stores(Settings()) as stores:
        made = back_up(stores, folder, datetime.now(UTC))
    typer.echo(f"{made.path}: {made.recordings} recordings, {made.copied} of them copied now")


def bring_back(path: Annotated[Path, typer.Argument(help="A backup.")]) -> None:
    """Fill an empty data folder from a backup."""
    from ..config import Settings
    from ..custody import bring_back as fill

    settings = Settings()
    athletes = fill(settings, path)
    typer.echo(f"{settings.data}: {athletes} athletes are back")


def reanalyse(
    athlete: Annotated[str | None, typer.Option(help="Only this athlete's.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Only from this day on.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what the newest algorithms measured.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure again, from the original bytes, what an older version measured."""
    from ..athletes import athlete_called
    from ..config import Settings, open_stores
    from ..custody import measuring

    with open_stores(Settings()) as stores:
        whose = None if athlete is None else athlete_called(stores, athlete).id
        day = None if since is None else since.date()
        for one in measuring.reanalyse(stores, day, athlete=whose, everything=everything):
            if as_json:
                typer.echo(json.dumps(asdict(one)))
            else:
                why = f" ({one.why})" if one.why else ""
                typer.echo(f"{one.done}/{one.total} {one.name}: {one.state}{why}")


def outbox(
    retry: Annotated[
        bool, typer.Option("--retry", help="Let what was refused wait again.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what waits for InfluxDB, and what it refused and why."""
    from ..config import Settings, open_stores
    from ..custody import condition

    with open_stores(Settings()) as stores:
        if retry:
            revived = condition.retry_dead_letters(stores)
            typer.echo(f"{revived} recordings wait again", err=as_json)
        waiting = condition.look(stores, datetime.now(UTC)).outbox
        dead = condition.dead_letters(stores)
    if as_json:
        for letter in dead:
            typer.echo(json.dumps({"recording": letter.key.recording, "why": letter.why}))
        return
    if waiting is None:
        typer.echo("measures are stored here; nothing is sent elsewhere")
        return
    size_mb = waiting.size_bytes / 1e6
    typer.echo(f"{waiting.recordings} wait, {waiting.dead} were refused; {size_mb:.1f} MB here")
    for letter in dead:
        typer.echo(f"  {letter.key.recording}: {letter.why}")


def tidy() -> None:
    """Do now what a server does every six hours: let old original bytes go, sweep lost rows."""
    from ..config import Settings, open_stores
    from ..custody import tidy as clean

    with open_stores(Settings()) as stores:
        done = clean(stores, datetime.now(UTC))
    typer.echo(f"{done.let_go} original recordings went by age, {done.swept} lost rows were swept")
