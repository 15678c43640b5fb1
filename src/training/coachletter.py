"""The coach's letter: whom to look at first, who is back to usual, of whom nothing is known.

Made of the athletes' own letters, so that coach and athlete read the same facts.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from .changes import Changed
from .letter import Became, Letter, monday_of
from .phrases import capital, counted
from .verdict import gravity

MOST_NAMED = 3

_BECAME: dict[Became, str] = {
    "ended": "the flag has ended",
    "holds": "it still holds",
    "graver": "it has become graver",
    "not known": "nothing is known since",
}
_COUNTED: dict[Became, str] = {
    "ended": "ended",
    "holds": "went on",
    "graver": "became graver",
    "not known": "cannot be told",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One athlete in a coach's letter, and what it says of them."""

    athlete: str
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachLetter:
    """A coach's week in at most three sentences, and every athlete that they are about.

    ``led`` is what the answers of last week led to, athlete by athlete.
    """

    monday: date
    sentences: tuple[str, ...]
    look_first: tuple[Line, ...]
    back_to_usual: tuple[Line, ...]
    no_data: tuple[Line, ...]
    led: tuple[Line, ...]
    athletes: int


def coach_letter(day: date, letters: Iterable[Letter]) -> CoachLetter:
    """Return the coach's letter of the week that holds ``day``, the gravest flags first."""
    known = sorted(letters, key=lambda one: (-_gravity(one), one.name.casefold(), one.athlete))
    look = [one for one in known if _gravity(one) >= gravity("notice")]
    back = [one for one in known if one not in look and _of(one, "ended")]
    silent = [one for one in known if not one.done.entries]
    led = [one for one in known if one.led]
    return CoachLetter(
        monday=monday_of(day),
        sentences=_sentences(known, look, back, silent),
        look_first=tuple(_line(one, "; ".join(c.text for c in _asking(one))) for one in look),
        back_to_usual=tuple(
            _line(one, "; ".join(c.text for c in _of(one, "ended"))) for one in back
        ),
        no_data=tuple(_line(one, "nothing was written down last week") for one in silent),
        led=tuple(
            _line(one, "; ".join(f"{x.title}, {_said(x.answer)}: {_BECAME[x.became]}" for x in one.led))
            for one in led
        ),
        athletes=len(known),
    )  # fmt: skip


def _sentences(
    known: Sequence[Letter],
    look: Sequence[Letter],
    back: Sequence[Letter],
    silent: Sequence[Letter],
) -> tuple[str, ...]:
    if not known:
        return ("Nobody shares their days with you yet.",)
    first = (
        f"Look first at {_names(look, why=True)}."
        if look
        else f"Nobody of {counted(len(known), 'athlete')} needs a look first."
    )
    groups = [
        f"{what}: {_names(those)}"
        for what, those in (("back to usual", back), ("no data", silent))
        if those
    ]
    second = f"{capital('; '.join(groups))}." if groups else ""
    return tuple(one for one in (first, second, _led_said(known)) if one)


def _led_said(known: Sequence[Letter]) -> str:
    became = Counter(led.became for one in known for led in one.led)
    if not became:
        return ""
    parts = [f"{became[way]} {said}" for way, said in _COUNTED.items() if became[way]]
    return f"After last week's {counted(became.total(), 'answer')}: {', '.join(parts)}."


def _names(those: Sequence[Letter], *, why: bool = False) -> str:
    named = [
        f"{one.name} (“{_asking(one)[0].what}”)" if why else one.name for one in those[:MOST_NAMED]
    ]
    more = len(those) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _asking(letter: Letter) -> list[Changed]:
    return [c for c in letter.changed if c.way in ("flag", "still")]


def _of(letter: Letter, way: str) -> list[Changed]:
    return [c for c in letter.changed if c.way == way]


def _gravity(letter: Letter) -> int:
    return max((gravity(c.severity) for c in _asking(letter) if c.severity), default=-1)


def _line(letter: Letter, text: str) -> Line:
    return Line(athlete=letter.athlete, name=letter.name, text=text)


def _said(answer: str) -> str:
    return f"answered “{answer.replace('_', ' ')}”"
