"""Where an athlete stands in the programme and what their tests say, gathered for one answer."""

from dataclasses import dataclass
from datetime import date

from .aims import Aim, aims_after, first_aims
from .assessments import (
    Change,
    Due,
    Result,
    changes,
    due_on,
    fatigued_pairs,
    gains,
    results_of,
)
from .caps import room_s
from .figures import Figures, figures_on
from .history import History, days_before
from .load import Barefoot, Load, UnderLoad, barefoot_by, under_load_by, week_load
from .programme import Stand, stand_on
from .schedule import Notice, adherence_pct, hard_share_pct, week_notices
from .suggestions import Suggestion, suggestions_on
from .templates import DAILY_HABITS
from .whatif import longest_m


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an athlete stands: programme, plan kept, the week's notices, figures, what to aim at.

    ``longest_m`` is the longest run that raises no F01 today, ``week`` the last seven days,
    ``under_load`` and ``barefoot`` four weeks of them, ``strength_room_s`` what the week's cap leaves. ``habits``
    are small things for any day, to take or to leave.
    """

    stand: Stand
    adherence_pct: float | None
    hard_share_pct: float | None
    notices: tuple[Notice, ...]
    suggestions: tuple[Suggestion, ...]
    figures: Figures
    longest_m: float | None
    week: Load
    under_load: tuple[UnderLoad, ...]
    barefoot: tuple[Barefoot, ...]
    strength_room_s: float | None
    habits: tuple[str, ...] = DAILY_HABITS


def standing_on(day: date, history: History) -> Standing:
    """Return where the athlete stands in the programme on a day."""
    return Standing(
        stand=stand_on(day, history),
        adherence_pct=adherence_pct(day, history),
        hard_share_pct=hard_share_pct(day, history),
        notices=week_notices(day, history),
        suggestions=suggestions_on(day, history),
        figures=figures_on(day, history),
        longest_m=longest_m(day, history),
        week=week_load(day, history),
        under_load=under_load_by(days_before(day, 27), day, history),
        barefoot=barefoot_by(days_before(day, 27), day, history),
        strength_room_s=room_s(day, history),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """Assessments: what is due, the last results, what changed beyond the error of measuring.

    ``tired`` compares each test fresh with the one within half an hour after a run. ``aims`` are
    for the next time, ``first_aims`` those of each test's first try with the days they took.
    """

    due: Due
    last: tuple[Result, ...]
    changed: tuple[Change, ...]
    gains: tuple[Change, ...]
    tired: tuple[tuple[Change, ...], ...]
    aims: tuple[Aim, ...]
    first_aims: tuple[Aim, ...]


def examined_on(day: date, history: History) -> Examined:
    """Return what the athlete's tests say on a day."""
    done = [a for a in history.assessments_in(date.min, day) if a.state == "fresh"]
    return Examined(
        due=due_on(day, history),
        last=results_of(done[-1]) if done else (),
        changed=changes(done[-2], done[-1]) if len(done) > 1 else (),
        gains=gains(history, day),
        tired=tuple(changes(*pair) for pair in fatigued_pairs(history, day)),
        aims=aims_after(done[-1]) if done else (),
        first_aims=first_aims(history, day),
    )
