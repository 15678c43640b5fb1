"""Options that several commands share, and what they print alike."""

import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from ..sync import Imported

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Athlete = Annotated[str, typer.Option(help="Whose it is; created if new.")]
Foot = Literal["left", "right", "unknown"]
Drill = Literal[
    "sway", "hold", "push", "heel_raise", "heel_to_toe", "taps", "toe_taps", "lunge", "pause",
    "hops", "drop",
]  # fmt: skip
Rate = Annotated[
    float | None,
    typer.Option(
        help="Samples a second, where a CSV counts samples instead of saying times.",
        min=1, max=100_000,
    ),
]  # fmt: skip
Key = Annotated[
    str, typer.Option(envvar="CATFOOT_KEY", help="The API key, where the server wants one.")
]
Mount = Literal["lace", "heel", "insole", "shank", "sacrum", "unknown"]

_STATES = {
    "imported": "imported",
    "joined": "imported, and joined to the run that was there",
    "already": "already there, nothing changed",
}


def say_imported(name: str, imported: "Imported", as_json: bool) -> None:
    """Print what became of one recording: every number with its grade and its reasons."""
    if as_json:
        typer.echo(json.dumps({**imported.flat(), "file": name}))
        return
    from ..training.phrases import lasted
    from .numbers import numbers

    summary, entry = imported.summary, imported.entry
    side = "" if entry.side == "unknown" else f", {entry.side} foot"
    far = "" if summary.distance_m is None else f", {summary.distance_m / 1000:.2f} km"
    typer.echo(f"{name}: {_STATES[imported.state]}")
    typer.echo(
        f"  {entry.started_at:%Y-%m-%d %H:%M} UTC, {entry.format}{side},"
        f" {lasted(summary.duration_s)}{far}"
    )
    for line in numbers(summary.measures, imported.warnings):
        typer.echo(line)
