"""Athletes by the name somebody typed: one place, one wording."""

import unicodedata
from difflib import get_close_matches
from typing import TYPE_CHECKING

from .errors import ConfigError, Conflict, NotFound
from .training.entries import Person

if TYPE_CHECKING:
    from .config import Stores
    from .store.schema import Row


def athlete_called(stores: "Stores", name: str) -> "Row[Person]":
    """Return the athlete of that name or id; NotFound, which names a near miss, where there is none.

    Conflict where several have the name: whose data would be taken away, or erased, is not guessed.
    """
    everybody = stores.logbook.persons()
    plain = _plain(name)
    found = [one for one in everybody if plain in (one.id, one.entry.name)]
    if len(found) > 1:
        ids = ", ".join(one.id for one in found)
        raise Conflict(f"{len(found)} athletes are called {plain!r} here; say which by id: {ids}")
    if found:
        return found[0]
    known = {one.entry.name.casefold(): one.entry.name for one in everybody}
    near = get_close_matches(name.casefold(), known, n=1)
    todo = (
        f"did you mean {known[near[0]]!r}?"
        if near
        else "importing a file or `catfoot log` adds one"
    )
    raise NotFound(f"no athlete is called {name!r} here; {todo}")


def athlete_named(stores: "Stores", name: str) -> str:
    """Return the id of the athlete of that name, who is created if new.

    Space around it and the way its accents are composed make no other athlete.
    """
    try:
        person = Person(name=_plain(name))
    except ValueError as fault:
        raise ConfigError(f"athlete {name[:80]!r}: {fault}") from fault
    return stores.logbook.person_named(person)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name.strip())
