"""What pods stored, what a machine can do with them, and a stranger's pod on paper."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import AsJson, Athlete, say_imported
from .pods import Virtual, opener_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..errands import Synced
    from ..fetching import Progress
    from ..ingest.inbox import Found


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(sync)
    app.command()(check)
    app.command()(capture)


def sync(
    athlete: Athlete,
    pod: Annotated[list[str] | None, typer.Option(help="Only the pod of this address.")] = None,
    erase: Annotated[
        bool | None,
        typer.Option(
            "--erase/--keep", help="Erase on the pod what is stored here, without asking."
        ),
    ] = None,
    virtual: Virtual = None,
    as_json: AsJson = False,
) -> None:
    """Fetch the runs that your pods stored, measure and keep them; then offer to erase them.

    Broken off at any byte, the next time goes on from there; the same run twice is one run.
    """
    from ..config import Settings
    from ..errands import Asked, sync_pods

    opener = opener_of(virtual, fast=True)

    def asks(one: "Found", runs: int) -> bool:
        if erase is None and not as_json and sys.stdin.isatty():
            return typer.confirm(f"Erase {runs} stored runs on {one.name}? They are kept here")
        if erase is None:
            typer.echo(f"{one.name}: nothing was erased; --erase does that", err=True)
        return bool(erase)

    with _transfer(quiet=as_json) as progress:
        done = sync_pods(
            Settings(),
            athlete,
            Asked(
                found=lambda one: typer.echo(f"{one.name} ({one.address})", err=True),
                progress=progress,
                synced=lambda one: _say_synced(one, as_json),
                erase=asks,
                erased=lambda one, n: typer.echo(f"{one.name}: {n} runs erased", err=True),
            ),
            opener,
            named=pod or (),
            listen_s=0.5 if virtual else 5.0,
        )
    if not done:
        typer.echo("the pod has no stored runs", err=True)
    if any(one.line.outcome == "refused" for one in done):
        raise typer.Exit(1)


def _say_synced(one: "Synced", as_json: bool) -> None:
    line = one.line
    if one.imported is not None:
        say_imported(one.imported.file, one.imported, as_json)
    elif as_json:
        told = {"pod": line.address, "stored_run": line.run.id, "state": line.outcome}
        typer.echo(json.dumps(told | ({"error": line.why} if line.why else {})))
    elif line.outcome == "refused":
        typer.echo(f"stored run {line.run.id}: {line.why}", err=True)
    else:
        typer.echo(f"stored run {line.run.id}: already there, nothing changed")


@contextmanager
def _transfer(*, quiet: bool) -> "Iterator[Callable[[Found, Progress], None]]":
    """Yield what shows how far a transfer is: a bar with its rate where a person watches."""
    if quiet or not sys.stderr.isatty():
        yield lambda pod, now: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("run {task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    tasks = {}
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:

        def show(pod: "Found", now: "Progress") -> None:
            if now.run.id not in tasks:
                tasks[now.run.id] = bars.add_task(now.run.id, total=now.run.size)
            bars.update(tasks[now.run.id], completed=now.have)

        yield show


def check(
    seconds: Annotated[float, typer.Option(help="How long to listen.", min=0.1, max=60)] = 3.0,
    read_through: Annotated[
        bool, typer.Option("--read-through", help="Read all that is stored too; takes minutes.")
    ] = False,
    virtual: Virtual = None,
    as_json: AsJson = False,
) -> None:
    """Connection check: whether this machine can read pods and keep runs, and what would help."""
    from dataclasses import asdict

    from ..config import Settings
    from ..machine import check_machine

    opener = opener_of(virtual) if virtual else None
    found = check_machine(Settings(), opener, listen_s=seconds, read_through=read_through)
    for one in found:
        if as_json:
            typer.echo(json.dumps(asdict(one)))
        else:
            typer.echo(f"{one.name}: {one.state} ({one.found})")
            if one.todo:
                typer.echo(f"  {one.todo}")
    if any(one.state == "bad" for one in found):
        raise typer.Exit(1)


def capture(
    device: Annotated[str, typer.Argument(help="Its address; `catfoot scan` shows those known.")],
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("capture.json"),
    seconds: Annotated[float, typer.Option(help="How long to listen.", min=0.1, max=3600)] = 60.0,
    virtual: Virtual = None,
) -> None:
    """Write down what a device shows of itself, without address, name or place."""
    from ..errands import capture_device

    made = capture_device(device, out, opener_of(virtual), seconds=seconds)
    typer.echo(
        f"{out}: {len(made.attributes)} characteristics, {len(made.packets)} packets;"
        " read it before you give it away"
    )
