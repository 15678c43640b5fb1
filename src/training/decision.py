"""What is decided about one exercise: the clause that fired, its numbers, its source."""

from dataclasses import dataclass
from typing import Literal, get_args

from .exercises import Dose
from .ladder import Variable
from .verdict import Evidence

PROGRESSION_VERSION = 3
Clause = Literal["stop", "deload", "regress", "hold", "swap", "progress"]
#: From the most careful to the boldest.
CLAUSES: tuple[Clause, ...] = get_args(Clause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to do with one exercise next, which clause said so, its numbers and its source.

    ``becomes`` is another exercise where one takes its place. ``changed`` is the one variable
    that is different from last time. ``beyond`` marks a person's edit that goes further than the
    rules: what they had against it.
    """

    exercise: str
    clause: Clause
    changed: Variable
    dose: Dose
    becomes: str | None
    why: str
    because: tuple[Evidence, ...]
    source: str
    cue: str
    beyond: str = ""
    version: int = PROGRESSION_VERSION
