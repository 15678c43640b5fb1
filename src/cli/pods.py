"""Pods: what is in range, whose it is, and recording it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import AsJson, Athlete, Drill, Foot, Key, Mount, say_imported

if TYPE_CHECKING:
    from ..radios import Opener


Virtual = Annotated[
    list[Path] | None,
    typer.Option(help="A virtual pod that plays this file (or capture); twice for both feet."),
]


def opener_of(virtual: list[Path] | None, *, fast: bool = False) -> "Opener":
    """Return the machine's Bluetooth, or virtual pods where files were named."""
    from ..radios import files_played, platform
    from ..radios import virtual as played

    if not virtual:
        return platform
    files = files_played(virtual, "unknown", "unknown", lambda text: typer.echo(text, err=True))
    return played(files, fast=fast)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(scan)
    app.command()(claim)
    app.command()(live)


def scan(
    seconds: Annotated[float, typer.Option(help="How long to listen.", min=0.1, max=120)] = 5.0,
    battery: Annotated[
        bool, typer.Option("--battery", help="Connect to each and read its battery.")
    ] = False,
    virtual: Virtual = None,
    as_json: AsJson = False,
) -> None:
    """List the pods in range, what each speaks and what a run with it gives."""
    from ..errands import look_around
    from ..ingest.kinds import gives, kind_of

    found = look_around(opener_of(virtual), seconds, battery=battery)
    for pod, level in found:
        profiles = [profile.name for profile in pod.profiles]
        kinds = [kind for name in profiles if (kind := kind_of(name)) is not None]
        what = "; ".join(gives(kind) for kind in kinds)
        if as_json:
            told = {"address": pod.address, "name": pod.name, "rssi_dbm": pod.rssi_dbm}
            rest = {"profiles": profiles, "battery_pct": level, "gives": what}
            typer.echo(json.dumps(told | rest))
        else:
            charge = "" if level is None else f"  {level} %"
            typer.echo(
                f"{pod.address}  {pod.name:24} {pod.rssi_dbm:4d} dBm{charge}  {', '.join(profiles)}"
            )
            typer.echo(f"    {what}")
    if not found:
        typer.echo("no pod in range: wake it, and close other apps that use it", err=True)
        raise typer.Exit(1)


def claim(
    athlete: Athlete,
    foot: Annotated[Foot, typer.Option(help="The foot that stamps.")],
    mount: Annotated[Mount, typer.Option(help="Where the pod sits.")] = "unknown",
    seconds: Annotated[float, typer.Option(help="How long to wait.", min=1, max=600)] = 30.0,
    virtual: Virtual = None,
    as_json: AsJson = False,
) -> None:
    """Stamp three times, then stand still: that pod is yours, on that foot, from now on."""
    from ..config import Settings
    from ..errands import claim_pod

    opener = opener_of(virtual)
    made = claim_pod(
        Settings(), athlete, foot, opener, seconds=seconds, place=mount,
        ready=lambda: typer.echo(
            "stamp three times with that foot, then stand still for a second", err=True
        ),
    )  # fmt: skip
    if as_json:
        said = {"address": made.address, "name": made.name, "side": made.side, "place": made.place}
        typer.echo(json.dumps(said))
    else:
        where = (
            f"{made.side} foot" if made.place in ("unknown", "lace", "heel", "insole") else mount
        )
        typer.echo(f"{made.name} ({made.address}) is {athlete}'s, {where}")


def live(
    athlete: Athlete,
    virtual: Annotated[
        list[Path] | None,
        typer.Option(help="Play this file through a virtual pod; twice for left and right."),
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="Send to this server, e.g. http://127.0.0.1:8000")
    ] = None,
    key: Key = "",
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
    drill_of: Annotated[
        Drill | None,
        typer.Option(help="Which drill; what the pod measures is filed as a set of it."),
    ] = None,
    pose: Annotated[
        float, typer.Option(help="Seconds to stand still at the start, marked.", min=0, max=60)
    ] = 0.0,
    markers: Annotated[
        bool, typer.Option("--markers", help="Enter, with a word or without, marks the moment.")
    ] = False,
    stryd_contact: Annotated[
        bool,
        typer.Option("--stryd-contact", help="Read Stryd's own frame too (reverse-engineered)."),
    ] = False,
    fast: Annotated[bool, typer.Option(help="Play files as fast as the link takes.")] = False,
    as_json: AsJson = False,
) -> None:
    """Record the pods in range; Ctrl-C, or the pods, end it, and the run is stored."""
    from ..config import Settings
    from ..gateway import Wanted, record
    from ..secretfiles import secret

    wanted = Wanted(
        athlete=athlete, virtual=tuple(virtual or ()), fast=fast, to=to, key=key or secret("CATFOOT_KEY"),
        seconds=seconds, side=foot, place=mount, pods=tuple(pod or ()), drill=drill, drill_of=drill_of,
        stryd_contact=stryd_contact, pose_s=pose, markers=markers,
    )  # fmt: skip
    for imported in record(Settings(), wanted, lambda text: typer.echo(text, err=True)):
        say_imported(imported.entry.name, imported, as_json)
