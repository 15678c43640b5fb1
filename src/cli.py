"""The commands. No logic here, and nothing heavy is imported before a command needs it."""

import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from .errors import CatfootError, FileError

if TYPE_CHECKING:
    from .config import Stores
    from .ingest.files import Options
    from .sync import Imported

app = typer.Typer(
    help="Foot pods and running files in; cadence, contact time, softness and load flags out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Athlete = Annotated[str, typer.Option(help="Whose it is; created if new.")]


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


@app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="FIT files, CSV of a raw IMU, recordings.")],
    athlete: Athlete,
    start: Annotated[
        datetime | None, typer.Option(help="When it began; UTC unless it names a zone.")
    ] = None,
    foot: Annotated[
        Literal["left", "right", "unknown"] | None, typer.Option(help="Which foot the pod was on.")
    ] = None,
    mount: Annotated[
        Literal["lace", "heel", "insole", "shank", "sacrum", "unknown"] | None,
        typer.Option(help="Where the pod sat."),
    ] = None,
    range_g: Annotated[
        float | None, typer.Option(help="The accelerometer's full scale, in g.", min=1, max=1000)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read files into the store: raw bytes, rows and run. The same bytes again change nothing."""
    from .config import Settings, open_stores
    from .ingest.files import Options

    if start is not None and start.tzinfo is None:
        start = start.replace(tzinfo=UTC)
    settings = Settings()
    options = Options(
        start=start, side=foot, place=mount, range_g=range_g, min_rate_hz=settings.min_rate_hz
    )
    refused = 0
    with open_stores(settings) as stores:
        for path in _progress(files, quiet=as_json):
            try:
                imported = _import_one(stores, athlete, path, options)
            except FileError as fault:
                refused += 1
                _say_refused(path, fault, as_json)
            else:
                _say_imported(imported, as_json)
    if refused:
        raise typer.Exit(1)


def _import_one(stores: "Stores", athlete: str, path: Path, options: "Options") -> "Imported":
    from .sync import athlete_named, import_bytes

    most = stores.settings.max_upload_bytes
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
        mtime = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as fault:
        raise FileError(f"{_shown(path)}: cannot be read ({fault.strerror})") from fault
    if len(data) > most:
        raise FileError(f"{_shown(path)}: larger than the {most / 1e6:,.0f} MB that are taken")
    # A name, not yet an athlete: a file that is refused creates nobody.
    return import_bytes(
        stores,
        lambda: athlete_named(stores, athlete),
        data,
        _shown(path.name),
        options,
        mtime=mtime,
    )


def _shown(path: Path | str) -> str:
    """Return a path as text that any store and terminal takes, whatever bytes it has."""
    text = os.fsencode(path).decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _say_refused(path: Path, fault: FileError, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"file": _shown(path.name), "state": "refused", "error": str(fault)}))
    typer.echo(f"catfoot: {fault}", err=True)


def _say_imported(imported: "Imported", as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(imported.flat()))
        return
    summary = imported.summary
    typer.echo(f"{imported.entry.name}: {_STATES[imported.state]}")
    typer.echo(
        f"  {_began(imported)}, {_length(summary.duration_s)}{_distance(summary.distance_m)}"
    )
    for measure in summary.measures:
        value = "-" if measure.value is None else f"{measure.value:g}"
        why = f"  ({'; '.join(measure.reasons)})" if measure.reasons else ""
        typer.echo(f"  {measure.key:26} {value:>10}  {measure.grade}{why}")
    for warning in imported.warnings:
        typer.echo(f"  note: {warning}")


_STATES = {
    "imported": "imported",
    "joined": "imported, and joined to the run that was there",
    "already": "already there, nothing changed",
}


def _began(imported: "Imported") -> str:
    side = "" if imported.entry.side == "unknown" else f", {imported.entry.side} foot"
    return f"{imported.entry.started_at:%Y-%m-%d %H:%M} UTC, {imported.entry.format}{side}"


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min"


def _distance(metres: float | None) -> str:
    return "" if metres is None else f", {metres / 1000:.2f} km"


def _progress(files: list[Path], *, quiet: bool) -> Iterator[Path]:
    """Yield the files, with a bar where a person watches."""
    if quiet or len(files) < 2 or not sys.stderr.isatty():
        yield from files
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(files, "importing", console=Console(stderr=True), transient=True)


@app.command()
def scan(
    seconds: Annotated[float, typer.Option(help="How long to listen.", min=0.5, max=120)] = 5.0,
    as_json: AsJson = False,
) -> None:
    """List the pods in range and what each speaks."""
    import asyncio

    from .ingest.ble import scan as listen

    found = asyncio.run(listen(seconds))
    for pod in found:
        profiles = [profile.name for profile in pod.profiles]
        if as_json:
            told = {"address": pod.address, "name": pod.name, "rssi_dbm": pod.rssi_dbm}
            typer.echo(json.dumps({**told, "profiles": profiles}))
        else:
            typer.echo(f"{pod.address}  {pod.name:24} {pod.rssi_dbm:4d} dBm  {', '.join(profiles)}")
    if not found:
        typer.echo("no pod in range: wake it, and close other apps that use it", err=True)
        raise typer.Exit(1)


@app.command()
def live(
    athlete: Athlete,
    virtual: Annotated[
        list[Path] | None,
        typer.Option(help="Play this file through a virtual pod; twice for two feet."),
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="Send to this server, e.g. http://127.0.0.1:8000")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(help="Close the recording after so long.", min=1)
    ] = None,
    foot: Annotated[
        Literal["left", "right", "unknown"],
        typer.Option(help="Which foot a single pod is on, where it does not say."),
    ] = "unknown",
    mount: Annotated[
        Literal["lace", "heel", "insole", "shank", "sacrum", "unknown"],
        typer.Option(help="Where the pod sits."),
    ] = "unknown",
    pod: Annotated[list[str] | None, typer.Option(help="Only the pod of this address.")] = None,
    drill: Annotated[bool, typer.Option(help="A balance drill instead of a run.")] = False,
    fast: Annotated[bool, typer.Option(help="Play files as fast as the link takes.")] = False,
    as_json: AsJson = False,
) -> None:
    """Record the pods in range; Ctrl-C, or the pods, end it, and the run is stored."""
    from .config import Settings
    from .gateway import Wanted, record

    wanted = Wanted(
        athlete=athlete, virtual=tuple(virtual or ()), fast=fast, to=to, seconds=seconds, side=foot,
        place=mount, pods=tuple(pod or ()), drill=drill,
    )  # fmt: skip
    for imported in record(Settings(), wanted, lambda text: typer.echo(text, err=True)):
        _say_imported(imported, as_json)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Where to listen.")] = None,
    port: Annotated[
        int | None, typer.Option(help="0 takes any free one.", min=0, max=65535)
    ] = None,
) -> None:
    """Serve the page and the API until Ctrl-C."""
    from .api import serve as run
    from .config import Settings

    given = {"host": host, "port": port}
    settings = Settings().model_copy(update={k: v for k, v in given.items() if v is not None})
    run(settings, listening=lambda url: typer.echo(f"catfoot is at {url}/ (Ctrl-C ends it)"))


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Another free one is taken if it is not.")] = 8000,
) -> None:
    """Show everything on made-up data: two virtual pods, ten weeks of history, the page."""
    from .demo import run

    run(port, lambda text: print(text, flush=True))
