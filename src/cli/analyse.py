"""A file in numbers and pictures, without storing anything."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from ..errors import CatfootError, ConfigError, FileError
from .options import Foot, Mount, Rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..analysis import Analysed

_OUT = "to this file; - is the terminal"


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(analyse)


def analyse(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="A recording of a pod or watch; several of one run, as left and right."
        ),
    ],
    foot: Annotated[
        str | None, typer.Option(help="left or right; of several files: left,right.")
    ] = None,
    mount: Annotated[Mount | None, typer.Option(help="Where the pods sat.")] = None,
    range_g: Annotated[
        float | None, typer.Option(help="The accelerometer's full scale, in g.", min=1, max=1000)
    ] = None,
    rate: Rate = None,
    plot: Annotated[Path | None, typer.Option(help="Draw it as PNG.")] = None,
    csv: Annotated[Path | None, typer.Option(help=f"Every step as CSV, {_OUT}.")] = None,
    json: Annotated[Path | None, typer.Option(help=f"Every step as JSON, {_OUT}.")] = None,
    parquet: Annotated[Path | None, typer.Option(help="Every step as Parquet.")] = None,
    gaitmap: Annotated[
        Path | None, typer.Option(help=f"A stride list for gaitmap, in samples, {_OUT}.")
    ] = None,
) -> None:
    """Say what is in recordings: numbers with grades and reasons. Nothing is stored."""
    from .. import stepfiles

    found = _read(files, _feet(foot, len(files)), mount, range_g, rate)
    if Path("-") not in (csv, json, gaitmap):
        from .sheet import sheet

        for line in sheet(found):
            typer.echo(line)
    if csv is not None:
        _write(csv, stepfiles.as_csv(found))
    if json is not None:
        _write(json, stepfiles.as_json(found))
    if parquet is not None:
        _write(parquet, stepfiles.as_parquet(found))
    if gaitmap is not None:
        _write_strides(gaitmap, found)
    if plot is not None:
        from ..plots import draw

        _write(plot, draw(found))


def _read(
    files: "Sequence[Path]",
    feet: "Sequence[Foot | None]",
    mount: Mount | None,
    range_g: float | None,
    rate_hz: float | None,
) -> "list[Analysed]":
    from ..analysis import analyse as look
    from ..config import Settings
    from ..ingest.files import Options

    least_hz = Settings().min_rate_hz
    found = []
    for path, side in zip(files, feet, strict=True):
        said = Options(
            side=side, place=mount, range_g=range_g, rate_hz=rate_hz, min_rate_hz=least_hz
        )
        try:
            data = path.read_bytes()
        except OSError as fault:
            raise FileError(f"{path.name}: it cannot be read ({fault.strerror})") from fault
        found.append(look(data, path.name, said))
    return found


def _feet(said: str | None, n: int) -> "list[Foot | None]":
    """Return the foot of each file; nothing said leaves it to the files."""
    if said is None:
        return [None] * n
    words = [word.strip().casefold() for word in said.split(",")]
    if len(words) not in (1, n) or not all(word in get_args(Foot) for word in words):
        raise ConfigError(f"--foot {said}: expected left or right, or one of them for each file")
    feet: list[Foot | None] = [foot for word in words for foot in get_args(Foot) if foot == word]
    return feet * n if len(feet) == 1 else feet


def _write_strides(path: Path, found: "Sequence[Analysed]") -> None:
    """Write a stride list for each pod; of several, the names say which."""
    from .. import stepfiles
    from ..analysis import closer

    pods = [
        one for one in found if one.decoded.blocks and one.entry.place not in ("sacrum", "shank")
    ]
    if not pods:
        raise FileError(f"{found[0].name}: it holds no samples of a foot, so no stride list")
    for one in pods:
        looked = closer(one.decoded)
        assert looked is not None  # it has samples
        own = path if len(pods) == 1 else path.with_stem(f"{path.stem}-{_called(one, pods)}")
        _write(own, stepfiles.as_stride_list(looked.contacts, looked.t_ns))


def _called(one: "Analysed", pods: "Sequence[Analysed]") -> str:
    """Return the foot where that tells the pods apart, else the file's name."""
    feet = [pod.entry.side for pod in pods]
    return one.entry.side if len(set(feet)) == len(feet) else Path(one.name).stem


def _write(path: Path, data: str | bytes) -> None:
    if path == Path("-") and isinstance(data, str):
        sys.stdout.write(data)
        return
    try:
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    except OSError as fault:
        raise CatfootError(f"{path}: it cannot be written ({fault.strerror})") from fault
