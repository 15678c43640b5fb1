"""Files and whole histories into the stores."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import FileError
from .options import AsJson, Athlete, Foot, Mount, Rate, say_imported

if TYPE_CHECKING:
    from ..config import Settings
    from ..ingest.files import Options
    from ..sync import Line


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("import")(import_files)
    app.command()(watch)


def import_files(
    files: Annotated[
        list[Path],
        typer.Argument(help="FIT, TCX, GPX, CSV of an IMU, recordings; folders and exports."),
    ],
    athlete: Athlete,
    start: Annotated[
        datetime | None, typer.Option(help="When it began; UTC unless it names a zone.")
    ] = None,
    foot: Annotated[Foot | None, typer.Option(help="Which foot the pod was on.")] = None,
    mount: Annotated[Mount | None, typer.Option(help="Where the pod sat.")] = None,
    range_g: Annotated[
        float | None, typer.Option(help="The accelerometer's full scale, in g.", min=1, max=1000)
    ] = None,
    rate: Rate = None,
    force: Annotated[bool, typer.Option(help="Measure again what is there already.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read files into the store: raw bytes, rows and run. The same bytes again change nothing."""
    from ..athletes import athlete_named
    from ..config import Settings, open_stores
    from ..sync import import_path

    if start is not None and start.tzinfo is None:
        start = start.replace(tzinfo=UTC)
    settings = Settings()
    options = _options(settings, start, foot, mount, range_g, rate)
    counts: dict[str, int] = {}
    with open_stores(settings) as stores:

        def lines() -> "Iterator[Line]":
            # A name, not yet an athlete: a file that is refused creates nobody.
            for path in files:
                try:
                    yield from import_path(
                        stores, lambda: athlete_named(stores, athlete), path, options, force=force
                    )
                except FileError as fault:
                    yield _refused(path, fault)

        for line in _progress(lines(), quiet=as_json):
            counts[line.outcome] = counts.get(line.outcome, 0) + 1
            _say(line, as_json)
    if sum(counts.values()) > 1 and not as_json:
        typer.echo(", ".join(f"{n} {outcome}" for outcome, n in counts.items()))
    if counts.get("refused"):
        raise typer.Exit(1)


def watch(
    folder: Annotated[Path, typer.Argument(help="A sync tool's folder, or a mounted watch.")],
    athlete: Athlete,
    every: Annotated[float, typer.Option(help="Seconds between two looks.", min=1)] = 10.0,
    as_json: AsJson = False,
) -> None:
    """Import every file that settles in a folder, each once, until Ctrl-C."""
    import signal
    import threading

    from ..athletes import athlete_named
    from ..config import Settings, open_stores
    from ..sync import watch as watched

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    settings = Settings()
    options = _options(settings)
    if not folder.is_dir():  # a watch that is not plugged in yet, or a slip: said, and waited for
        typer.echo(f"{folder} is not there yet; waiting for it", err=True)
    with open_stores(settings) as stores:
        for line in watched(
            stores, lambda: athlete_named(stores, athlete), folder, options,
            pause=lambda: not stop.wait(every),
        ):  # fmt: skip
            _say(line, as_json)


def _options(
    settings: "Settings",
    start: datetime | None = None,
    side: Foot | None = None,
    place: Mount | None = None,
    range_g: float | None = None,
    rate_hz: float | None = None,
) -> "Options":
    from ..ingest.files import Options

    return Options(
        start=start, side=side, place=place, range_g=range_g, rate_hz=rate_hz,
        min_rate_hz=settings.min_rate_hz,
    )  # fmt: skip


def _refused(path: Path, fault: FileError) -> "Line":
    from ..sync import Line

    return Line(file=_unicode(path.name), outcome="refused", why=_unicode(str(fault)))


def _unicode(text: str) -> str:
    """Return text that JSON can hold: the name of a file may be bytes that are no Unicode."""
    return os.fsencode(text).decode("utf-8", "replace")


def _say(line: "Line", as_json: bool) -> None:
    if line.imported is not None:
        say_imported(line.file, line.imported, as_json)
        return
    if as_json:
        typer.echo(json.dumps(line.flat()))
    if line.outcome == "refused":
        typer.echo(f"catfoot: {line.why}", err=True)
    elif not as_json:
        typer.echo(f"{line.file}: skipped ({(line.why or '').removeprefix(f'{line.file}: ')})")


def _progress(lines: "Iterable[Line]", *, quiet: bool) -> "Iterator[Line]":
    """Yield the lines, with a count that moves where a person watches."""
    if quiet or not sys.stderr.isatty():
        yield from lines
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    shown = (SpinnerColumn(), TextColumn("{task.completed:.0f} files"), TimeElapsedColumn())
    with Progress(*shown, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("importing", total=None)
        for line in lines:
            yield line
            progress.advance(task)
