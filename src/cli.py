"""The commands. No logic here, and nothing heavy is imported before a command needs it."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


def main() -> None:
    """Run the command line; a fault the person can act on is one sentence and exit code 1."""
    try:
        app()
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
                _say_imported(path, athlete, imported, as_json)
    if refused:
        raise typer.Exit(1)


def _import_one(stores: "Stores", athlete: str, path: Path, options: "Options") -> "Imported":
    from .sync import athlete_named, import_bytes

    try:
        data = path.read_bytes()
        mtime = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as fault:
        raise FileError(f"{path}: cannot be read ({fault.strerror})") from fault
    return import_bytes(
        stores, lambda: athlete_named(stores, athlete), data, path.name, options, mtime=mtime
    )


def _say_refused(path: Path, fault: FileError, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"file": str(path), "state": "refused", "error": str(fault)}))
    typer.echo(f"catfoot: {fault}", err=True)


def _say_imported(path: Path, athlete: str, imported: "Imported", as_json: bool) -> None:
    flat = imported.flat()
    if as_json:
        typer.echo(json.dumps({"file": str(path), "athlete_name": athlete, **flat}))
        return
    from .text import run_lines

    typer.echo("\n".join(run_lines(path.name, imported)))


def _progress(files: list[Path], *, quiet: bool) -> Iterator[Path]:
    """Yield the files, with a bar where a person watches."""
    if quiet or len(files) < 2 or not sys.stderr.isatty():
        yield from files
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(files, "importing", console=Console(stderr=True), transient=True)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C is how live commands end, not an error."""
    try:
        yield
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
