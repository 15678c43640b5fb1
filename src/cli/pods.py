"""Pods: what is in range, and recording it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Athlete, Foot, Mount, say_imported


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(scan)
    app.command()(live)


def scan(
    seconds: Annotated[float, typer.Option(help="How long to listen.", min=0.5, max=120)] = 5.0,
    as_json: AsJson = False,
) -> None:
    """List the pods in range and what each speaks."""
    import asyncio

    from ..ingest.ble import scan as listen

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


def live(
    athlete: Athlete,
    virtual: Annotated[
        list[Path] | None,
        typer.Option(help="Play this file through a virtual pod; twice for left and right."),
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="Send to this server, e.g. http://127.0.0.1:8000")
    ] = None,
    key: Annotated[
        str, typer.Option(envvar="CATFOOT_KEY", help="The API key, where the server wants one.")
    ] = "",
    seconds: Annotated[
        float | None, typer.Option(help="Close the recording after so long.", min=1)
    ] = None,
    foot: Annotated[
        Foot,
        typer.Option(help="Which foot a single pod is on, where it does not say."),
    ] = "unknown",
    mount: Annotated[
        Mount,
        typer.Option(help="Where the pod sits."),
    ] = "unknown",
    pod: Annotated[list[str] | None, typer.Option(help="Only the pod of this address.")] = None,
    drill: Annotated[bool, typer.Option(help="A balance drill instead of a run.")] = False,
    fast: Annotated[bool, typer.Option(help="Play files as fast as the link takes.")] = False,
    as_json: AsJson = False,
) -> None:
    """Record the pods in range; Ctrl-C, or the pods, end it, and the run is stored."""
    from ..config import Settings
    from ..gateway import Wanted, record

    wanted = Wanted(
        athlete=athlete, virtual=tuple(virtual or ()), fast=fast, to=to, key=key, seconds=seconds, side=foot,
        place=mount, pods=tuple(pod or ()), drill=drill,
    )  # fmt: skip
    for imported in record(Settings(), wanted, lambda text: typer.echo(text, err=True)):
        say_imported(imported.entry.name, imported, as_json)
