"""Who an athlete is: what runs, tests and plans are read with."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from .options import AsJson

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..training.entries import Person


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(athlete)


def athlete(
    name: Annotated[str, typer.Argument(help="Who; created if new and something is said.")],
    said: Annotated[
        list[str] | None,
        typer.Argument(
            help="name=value: tz=Europe/Berlin mass_kg=60 run_days=tue,thu,sun goal=long"
            " shoes=blue:stiff,grey past=calf:2019:left,arch:2024."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print who an athlete is, or say more: zone, body, run days, shoes, where it hurt before."""
    from ..athletes import athlete_called, athlete_named
    from ..config import Settings, open_stores
    from ..training.consent import MACHINE
    from ..training.entries import Person
    from ..training.entries import as_json as plain
    from ..training.shorthand import person_with

    try:
        person_with(Person(name="somebody"), said or ())  # a slip of the pen creates nobody
        with open_stores(Settings()) as stores:
            if said:
                athlete_named(stores, name)
            row = athlete_called(stores, name)
            if said:
                told = person_with(row.entry, said)
                view = stores.as_seen_by(MACHINE)
                row = view.replace(row.id, row.id, told, row.version)
    except ValueError as fault:
        raise typer.BadParameter(str(fault)) from fault
    if as_json:
        typer.echo(json.dumps({"id": row.id, **plain(row.entry)}))
        return
    for line in _lines(row.entry):
        typer.echo(line)


def _lines(person: "Person") -> "Iterator[str]":
    """Yield what is known of somebody; what is not known is left out."""
    from ..training.phrases import site_name
    from ..training.shorthand import WEEKDAYS

    yield f"{person.name}, time zone {person.tz}"
    born = f"born {person.birth_year}" if person.birth_year else ""
    tall = f"{person.height_m:.2f} m" if person.height_m else ""
    heavy = f"{person.mass_kg:g} kg" if person.mass_kg else ""
    if body := ", ".join(part for part in (born, tall, heavy) if part):
        yield f"  {body}"
    days = ", ".join(WEEKDAYS[day] for day in person.run_days)
    yield f"  goal {person.goal}{f', runs on {days}' if days else ''}"
    if person.shoes:
        yield f"  shoes: {', '.join(f'{s.name} ({s.stiffness})' for s in person.shoes)}"
    if person.past:
        before = ", ".join(f"{site_name(p.site, p.side)} in {p.year}" for p in person.past)
        yield f"  hurt for long before: {before}"
