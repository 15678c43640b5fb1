"""Runs by hand: the list, joining, splitting, taking that back, and seeing one as live."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import AsJson, Key

if TYPE_CHECKING:
    from ..arranging import Change
    from ..training.entries import Run

Whose = Annotated[str, typer.Option("--athlete", help="Whose run.")]
One = Annotated[str, typer.Argument(help="The run's id, or as much of it as tells it apart.")]

runs = typer.Typer(help="The runs of an athlete: list, join, split, undo.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(runs, name="runs")
    app.command()(replay)


@runs.command("list")
def list_runs(athlete: Whose, as_json: AsJson = False) -> None:
    """List runs and who watched each, the newest first."""
    from ..athletes import athlete_called
    from ..config import Settings, open_stores
    from ..training.entries import Run

    with open_stores(Settings()) as stores:
        whose = athlete_called(stores, athlete).id
        for row in reversed(stores.logbook.entries(Run, whose)):
            watched = stores.logbook.recordings(whose, row.id)
            if as_json:
                told = [{"recording": w.id, "name": w.entry.name} for w in watched]
                typer.echo(json.dumps({"run": row.id, **_figures(row.entry), "recordings": told}))
                continue
            typer.echo(f"{row.id[:8]}  {_line(row.entry)}")
            for one in watched:
                device = f", {one.entry.device}" if one.entry.device else ""
                typer.echo(f"    {one.id[:8]}  {one.entry.name}{device}")


def _figures(run: "Run") -> dict[str, Any]:
    from ..training.load import distance_m
    from ..training.standing import overall_mps

    return {
        "started_at": run.started_at.isoformat(),
        "duration_s": run.duration_s,
        "distance_m": distance_m(run),
        "speed_mps": overall_mps(run),
        "kind": run.kind,
        "effort": run.effort,
        "title": run.title,
    }


def _line(run: "Run") -> str:
    """Return a run as people read it; a dash where it is not known."""
    from ..training.load import distance_m
    from ..training.phrases import lasted, pace
    from ..training.standing import overall_mps

    metres, speed = distance_m(run), overall_mps(run)
    far = "-" if metres is None else f"{metres / 1000:.2f} km"
    fast = pace(speed) if speed else "-"
    when = f"{run.started_at:%Y-%m-%d %H:%M} UTC"
    return f"{when}  {far:>9}  {lasted(run.duration_s):>11}  {fast:>12}  {run.title}".rstrip()


@runs.command()
def join(run: One, other: One, athlete: Whose, as_json: AsJson = False) -> None:
    """Make two runs one; what was written about the first stays."""
    from ..arranging import join as joined
    from ..arranging import whole_run
    from ..athletes import athlete_called
    from ..config import Settings, open_stores

    with open_stores(Settings()) as stores:
        whose = athlete_called(stores, athlete).id
        ids = [whole_run(stores, whose, one) for one in (run, other)]
        _say(joined(stores, whose, *ids), as_json)


@runs.command()
def split(
    recording: Annotated[str, typer.Argument(help="The recording that is a run of its own.")],
    athlete: Whose,
    as_json: AsJson = False,
) -> None:
    """Make one recording of a run a run of its own."""
    from ..arranging import split as split_off
    from ..athletes import athlete_called
    from ..config import Settings, open_stores
    from ..errors import NotFound
    from ..training.entries import Recording

    with open_stores(Settings()) as stores:
        whose = athlete_called(stores, athlete).id
        known = [row.id for row in stores.logbook.entries(Recording, whose)]
        found = [id for id in known if id.startswith(recording)]
        if len(found) != 1:
            raise NotFound(f"{len(found) or 'no'} recordings begin with {recording!r}")
        _say(split_off(stores, whose, found[0]), as_json)


@runs.command()
def undo(athlete: Whose, as_json: AsJson = False) -> None:
    """Take back the last joining or splitting; again, the one before it."""
    from ..arranging import undo as taken_back
    from ..athletes import athlete_called
    from ..config import Settings, open_stores

    with open_stores(Settings()) as stores:
        _say(taken_back(stores, athlete_called(stores, athlete).id), as_json, "taken back: ")


@runs.command()
def distance(
    run: One,
    km: Annotated[float, typer.Argument(help="How far it was: laps, a belt, a measured course.")],
    athlete: Whose,
    on: Annotated[
        str | None, typer.Option(help="Where: track, treadmill, road, trail or grass.")
    ] = None,
    in_json: AsJson = False,
) -> None:
    """Say how far a run truly was; its pods' lengths and later runs in its shoe follow."""
    from .. import sync
    from ..arranging import whole_run
    from ..athletes import athlete_called
    from ..config import Settings, open_stores
    from ..training.entries import Run, as_json, from_json

    with open_stores(Settings()) as stores:
        whose = athlete_called(stores, athlete).id
        row = stores.logbook.get(Run, whose, whole_run(stores, whose, run))
        said = as_json(row.entry) | {"known_m": 1000 * km} | ({} if on is None else {"surface": on})
        try:
            entry = from_json(Run, said)
        except ValueError as fault:
            raise typer.BadParameter(str(fault)) from fault
        stores.logbook.replace(whose, row.id, entry, row.version)
        sync.made_true(stores, whose, row.id)
    if in_json:
        typer.echo(json.dumps({"run": row.id, "known_m": entry.known_m}))
    else:
        typer.echo(f"{row.id[:8]}  {km:g} km")


def replay(
    run: One,
    athlete: Whose,
    speed: Annotated[float, typer.Option(help="So many times its pace.", min=0.01, max=1000)] = 1.0,
    to: Annotated[
        str | None, typer.Option(help="Show it on this server's page instead of here.")
    ] = None,
    key: Key = "",
) -> None:
    """Show a stored run as if it were live; nothing is stored by it."""
    from ..config import Settings
    from ..reruns import Shown, show_again
    from ..secretfiles import secret

    wanted = Shown(speed=speed, to=to, key=key or secret("CATFOOT_KEY"))
    show_again(Settings(), athlete, run, wanted, typer.echo)


def _say(change: "Change", as_json: bool, before: str = "") -> None:
    if as_json:
        typer.echo(json.dumps({"change": change.id, "what": change.what, "runs": change.runs}))
    else:
        typer.echo(f"{before}{change.what} of {', '.join(id[:8] for id in change.runs)}")
