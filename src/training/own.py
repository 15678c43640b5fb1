"""The exercises an athlete has to choose from: the catalogue's and their own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from .catalogue import CATALOGUE
from .exercises import Exercise
from .history import History


def exercises_on(day: date, history: History) -> Mapping[str, Exercise]:
    """Return every exercise by its id: the catalogue's, then the athlete's own of that day.

    The newest of a name counts; a retired one is left out. A way on that leads nowhere (an
    exercise that is not known) is taken off, so that nobody is sent there.
    """
    if not history.own:
        return CATALOGUE
    return history.once(("exercises", day), lambda: _with_own(day, history))


def _with_own(day: date, history: History) -> Mapping[str, Exercise]:
    newest = {one.key: one for one in history.own if one.day <= day}
    own = {key: one.exercise() for key, one in newest.items() if not one.retired}
    known = {**CATALOGUE, **own}
    return MappingProxyType(
        {**CATALOGUE, **{key: _connected(one, known) for key, one in own.items()}}
    )


def _connected(one: Exercise, known: Mapping[str, Exercise]) -> Exercise:
    return replace(
        one,
        easier=one.easier if one.easier in known else None,
        harder=one.harder if one.harder in known else None,
        swaps=tuple(way for way in one.swaps if way in known),
    )
