"""An athlete's days on the command line: what holds, what is next, what is written down."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from .options import AsJson

if TYPE_CHECKING:
    from ..store.view import View
    from ..timeline import Day
    from ..training.entries import CheckIn, Run, StrengthSession
    from ..training.thresholds import Thresholds
    from ..training.verdict import Outcome

Whose = Annotated[str, typer.Argument(help="Whose days.")]
Writer = Annotated[str, typer.Argument(help="Whose days; created if new.")]
LOG_DAYS = 14


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(flags)
    app.command("next")(coming)
    app.command()(log)
    app.command()(answer)


def flags(
    athlete: Whose,
    coach: Annotated[bool, typer.Option("--coach", help="The coach's sentences.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what each rule that cannot judge lacks.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print every flag that holds today with its numbers, and which rules cannot judge yet."""
    from .. import review
    from ..training.verdict import TIERS
    from ..training.words import FOOTER

    with _opened(athlete) as (view, id, day):
        held, news = review.held(view, id, day), review.announced(view, id, day)
        thresholds = view.thresholds
    if as_json:
        _print_json(*held.items, *(held.unknown if everything else ()))
        return
    for one in held.items:
        flag = one.flag
        new = ", new" if flag.rule in news else ""
        typer.echo(f"{flag.severity}: {flag.title} ({flag.rule}, grade {flag.grade}{new})")
        typer.echo(f"  {flag.coach if coach else flag.runner}")
        for number in flag.because:
            typer.echo(f"  {number.said}")
        typer.echo(f"  rests on {TIERS[flag.tier]}")
        if one.answer is not None:
            typer.echo(
                f"  answered: {one.answer.answer.replace('_', ' ')} {one.answer.cause}".rstrip()
            )
    if not held.items:
        typer.echo("No flag holds today.")
    for sentence in held.gone:
        typer.echo(sentence)
    for line in _unknown(held.unknown, thresholds, everything):
        typer.echo(line)
    typer.echo(FOOTER)


def _unknown(
    outcomes: "Sequence[Outcome]", thresholds: "Thresholds", everything: bool
) -> Iterator[str]:
    """Yield what cannot be judged: how many rules and what wakes them, or every one's lack."""
    from ..training.flags import ALL
    from ..training.waking import waking

    titles = {rule.id: rule.title for rule in ALL}
    unknown = [outcome for outcome in outcomes if outcome.state == "unknown"]
    for outcome in outcomes if everything else ():
        yield f"{titles[outcome.rule]} ({outcome.rule}): {outcome.why}"
    if everything:
        return
    for outcome in outcomes:
        if outcome.state == "returning":
            yield f"{titles[outcome.rule]}: {outcome.why}"
    if unknown:
        rules = "1 rule has" if len(unknown) == 1 else f"{len(unknown)} rules have"
        yield f"{rules} not enough data yet; --all says what each lacks. They wake with"
        yield from (f"  {line}" for line in waking((o.rule for o in unknown), thresholds))


def coming(athlete: Whose, as_json: AsJson = False) -> None:
    """Print the next foot session: how much of what, and why."""
    from .. import review

    with _opened(athlete) as (view, id, day):
        told, standing = review.coming(view, id, day), review.programme(view, id, day)
    if as_json:
        _print_json(told)
        return
    typer.echo(f"{told.title}, {told.minutes} min. {told.why}" if told.minutes else told.why)
    for item in told.items:
        typer.echo(f"  {item.name}: {item.dose}")
        typer.echo(f"    {item.decision.clause}: {item.decision.why} Cue: {item.cue}")
    for line in told.left_out:
        typer.echo(f"  left out: {line}")
    for suggestion in standing.suggestions:
        typer.echo(f"  {suggestion.text}")
    typer.echo(f"  any day, if you like: {', '.join(standing.habits).lower()}")


def log(
    athlete: Writer,
    kind: Annotated[
        str | None, typer.Argument(help="What to write down: run, check-in, strength, ...")
    ] = None,
    said: Annotated[
        list[str] | None,
        typer.Argument(help="name=value: km=8 min=45 effort=4; sore=calf:5; sets=toe_curls:3x20."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write something down for today, or without it print the last two weeks."""
    if kind is None:
        _say_days(athlete, as_json)
        return
    from ..training.entries import as_json as plain

    now = datetime.now(UTC)
    _entry(kind, said, now.date(), now)  # a slip of the pen creates nobody
    with _opened(athlete, new=True) as (view, id, day):
        row = view.add(id, _entry(kind, said, day, now))
    if as_json:
        typer.echo(json.dumps({"id": row.id, **plain(row.entry)}))
    else:
        typer.echo(f"{kind} of {getattr(row.entry, 'day', day)} is written down for {athlete}")


Answer = Literal["seen", "acted", "known-cause", "snoozed", "not-true", "hide-7-days"]


def answer(
    athlete: Whose,
    rule: Annotated[str, typer.Argument(help="The flag's rule, as in F01.")],
    said: Annotated[Answer, typer.Argument(help="What you say to it.")] = "seen",
    cause: Annotated[str, typer.Option(help="What it comes from, with known-cause.")] = "",
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day of snoozed.")
    ] = None,
    useful: Annotated[
        bool | None, typer.Option("--useful/--not-useful", help="Whether it helped.")
    ] = None,
    note: Annotated[str, typer.Option(help="A word to yourself or your coach.")] = "",
    own: Annotated[bool, typer.Option("--own", help="Share this answer with nobody.")] = False,
) -> None:
    """Answer a flag that holds today; one that becomes graver asks again."""
    from .. import review
    from ..training.entries import FlagAnswer

    with _opened(athlete) as (view, id, day):
        flag = review.flag_called(view, id, day, rule.upper())
        try:
            given = FlagAnswer(
                rule=flag.rule,
                first_day=flag.first_day,
                answer=cast("Any", said.replace("-", "_")),
                at=datetime.now(UTC),
                severity=flag.severity,
                until=None if until is None else until.date(),
                cause=cause,
                useful=useful,
                shared=not own,
                note=note,
            )
        except ValueError as fault:
            raise typer.BadParameter(str(fault)) from fault
        view.add(id, given)
    typer.echo(f"{flag.title} ({flag.rule}) is answered: {said.replace('-', ' ')} {cause}".rstrip())


def _entry(kind: str, said: list[str] | None, day: date, at: datetime) -> Any:
    from ..training.shorthand import entry_of

    try:
        return entry_of(kind, said or (), day, at)
    except ValueError as fault:
        raise typer.BadParameter(str(fault)) from fault


def _say_days(athlete: str, as_json: bool) -> None:
    from ..timeline import timeline

    with _opened(athlete) as (view, id, day):
        told = timeline(view, id, day - timedelta(LOG_DAYS - 1), day)
    if as_json:
        _print_json(*told.days)
        return
    for line in (line for one in told.days for line in _lines(one)):
        typer.echo(line)


def _lines(day: "Day") -> Iterator[str]:
    """Return what a day was, a line for each thing in it."""
    from ..training.phrases import day_name

    name = day_name(day.day)
    for item in (*day.runs, *day.strength, *day.check_ins):
        yield f"{name}: {_said(item.entry)}"
    for flag in day.flags:
        yield f"{name}: {flag.severity}: {flag.title}"


def _said(entry: "Run | StrengthSession | CheckIn") -> str:
    from ..training.entries import Run, StrengthSession
    from ..training.load import distance_m
    from ..training.phrases import km, minutes, site_name

    if isinstance(entry, Run):
        metres = distance_m(entry)
        far = "" if metres is None else f"{km(metres)}, "
        effort = "effort not given" if entry.effort is None else f"effort {entry.effort:g}"
        return f"run, {far}{minutes(entry.duration_s)}, {effort}"
    if isinstance(entry, StrengthSession):
        return f"foot session ({entry.kind}), {entry.duration_min:g} min, {len(entry.sets)} sets"
    sore = ", ".join(
        f"{site_name(one.site, one.side)} {one.score:g}" for one in entry.soreness if one.score
    )
    pain = "not given" if entry.pain is None else f"{entry.pain:g}"
    return f"check-in, pain {pain}{f', sore: {sore}' if sore else ''}"


@contextmanager
def _opened(athlete: str, *, new: bool = False) -> Iterator[tuple["View", str, date]]:
    """Open the stores for one athlete: a view as the machine, the id, the athlete's own day.

    ``new`` creates an athlete who is not there.
    """
    from zoneinfo import ZoneInfo

    from ..athletes import athlete_called, athlete_named
    from ..config import Settings, open_stores
    from ..training.consent import MACHINE

    with open_stores(Settings()) as stores:
        if new:
            athlete_named(stores, athlete)
        row = athlete_called(stores, athlete)
        day = datetime.now(UTC).astimezone(ZoneInfo(row.entry.tz)).date()
        yield stores.as_seen_by(MACHINE), row.id, day


def _print_json(*things: Any) -> None:
    from ..training.entries import as_json as plain

    for one in things:
        typer.echo(json.dumps(plain(one)))
