"""How often rules speak when nothing has changed: simulated runners, printed as a table.

Run from the root of the tree: ``python -m tests.training.alarms [runner-years]``. The noise
between runs is heavy-tailed (t with 4 degrees of freedom) and remembers a little (AR(1), 0.3),
as in the simulation that the thresholds were chosen by. Everything is seeded.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from statistics import median
from typing import Any

from catfoot.signal.summary import Grade, Measure, Summary
from catfoot.training import drift, flags, gait
from catfoot.training.compare import compare_runs
from catfoot.training.entries import CheckIn, PerformedSet, Person, Run, Soreness, StrengthSession
from catfoot.training.history import History
from catfoot.training.thresholds import DEFAULT
from catfoot.training.verdict import Outcome, Rule, gravity, is_grave

FIRST = date(2025, 1, 6)
#: Standard deviation between runs at matched speed: shares, or points.
SD = {"gct": 0.015, "heart_rate": 0.02, "softness": 5.0, "gct_fade": 1.5, "gct_balance": 0.35}
SHIFT_SDS = 2.5
CHECKS: dict[str, Callable[[Rule, date, History, Any], Outcome]] = {
    "F09": drift.check_contact,
    "F10": drift.check_efficiency,
    "F11": drift.check_softness,
    "F12": gait.check_fade,
    "F14": gait.check_sides,
}
RULES = {rule.id: rule for rule in flags.RULES}


def noise(dice: Random) -> Iterator[float]:
    """Heavy-tailed noise of SD 1 that remembers 0.3 of itself."""
    last = 0.0
    while True:
        chi = sum(dice.gauss(0, 1) ** 2 for _ in range(4))
        fresh = dice.gauss(0, 1) / (chi / 4) ** 0.5 / 2**0.5
        last = 0.3 * last + (1 - 0.09) ** 0.5 * fresh
        yield last


@dataclass(frozen=True, slots=True)
class Runner:
    """How somebody runs: on which weekdays, in how many shoes."""

    weekdays: tuple[int, ...] = (0, 2, 4, 6)
    shoes: int = 1
    long_km: float = 12.0
    easy_km: float = 8.0


def year_of(
    runner: Runner, dice: Random, days: int = 364, shift_from: int | None = None
) -> list[Run]:
    """Runs of a stable runner; from the run ``shift_from`` on, everything is 2.5 SD worse."""
    noises = {name: noise(dice) for name in SD}
    offsets = [dice.gauss(0, 0.008) for _ in range(runner.shoes)]
    out: list[Run] = []
    for i in range(days):
        day = FIRST + timedelta(i)
        if day.weekday() in runner.weekdays:
            shifted = shift_from is not None and len(out) >= shift_from
            out.append(_run(runner, day, len(out), noises, offsets, dice, shifted))
    return out


def _run(
    runner: Runner,
    day: date,
    n: int,
    noises: dict[str, Iterator[float]],
    offsets: list[float],
    dice: Random,
    shifted: bool,
) -> Run:
    shoe = n % runner.shoes
    long_ = day.weekday() == runner.weekdays[-1]
    speed = 2.8 * dice.uniform(0.92, 1.08)
    metres = (runner.long_km if long_ else runner.easy_km) * 1000 * dice.uniform(0.95, 1.05)
    by = SHIFT_SDS if shifted else 0.0
    x = {name: next(noises[name]) for name in SD}
    gct = 250 * (speed / 2.8) ** -0.65 * (1 + offsets[shoe] + SD["gct"] * (x["gct"] + by))
    heart = (60 + 30 * speed) * (1 + SD["heart_rate"] * (x["heart_rate"] + by))
    values = {
        "gct": gct,
        "speed": speed,
        "cadence": 168 + 6 * (speed - 2.8) + dice.gauss(0, 1),
        "heart_rate": heart,
        "softness": max(0.0, min(100.0, 50 - SD["softness"] * (x["softness"] + by))),
        "gct_fade": 1.5 + SD["gct_fade"] * (x["gct_fade"] + by),
        "gct_balance": 50.3 + SD["gct_balance"] * (x["gct_balance"] + by),
        "coverage": 99.0,
    }
    grade: Grade = "B"
    measures = tuple(
        Measure(name=name, key=name, value=value, grade=grade, n=5000, source="pod, 200 Hz")
        for name, value in values.items()
    )
    return Run(
        day=day,
        started_at=datetime.combine(day, time(7), UTC),
        duration_s=metres / speed,
        distance_m=metres,
        effort=4.0,
        kind="easy",
        shoe=f"shoe {shoe}",
        summary=Summary(duration_s=metres / speed, distance_m=metres, measures=measures),
    )


def book(runs: list[Run], **more: Any) -> History:
    """The runs as somebody's history."""
    return History(athlete="a", person=Person(name="a"), runs=tuple(runs), **more)


def everything(runs: list[Run], dice: Random) -> History:
    """The runs with ordinary mornings and foot sessions around them."""
    return book(runs, check_ins=_mornings(runs, dice), strength=_sessions(runs, dice))


def false_alarms(years: int, seed: int = 1) -> dict[str, float]:
    """New episodes per 100 runs of each drift rule, in runners who never change."""
    raised = dict.fromkeys(CHECKS, 0)
    judged = 0
    for i in range(years):
        runs = year_of(Runner(shoes=1 + i % 3), Random(seed + i))
        h = book(runs)
        judged += len(runs)
        for name, check in CHECKS.items():
            held = False
            for run in runs:
                flag = check(RULES[name], run.day, h, DEFAULT).flag is not None
                raised[name] += flag and not held
                held = flag
    return {name: 100 * n / judged for name, n in raised.items()}


def found_after(runners: int, seed: int = 10_001) -> dict[str, float]:
    """Median runs until a lasting shift of 2.5 SD is flagged, by drift rule; 99 is never."""
    out: dict[str, list[int]] = {name: [] for name in CHECKS}
    for i in range(runners):
        runs = year_of(Runner(), Random(seed + i), days=200, shift_from=80)
        h = book(runs)
        for name, found in out.items():
            flags_after = (
                (n, CHECKS[name](RULES[name], run.day, h, DEFAULT).flag)
                for n, run in enumerate(runs[80:100])
            )
            # A fade is shown for a week: one of before the shift finds nothing.
            hits = (n + 1 for n, flag in flags_after if flag and flag.first_day >= runs[80].day)
            found.append(next(hits, 99))
    return {name: median(found) for name, found in out.items()}


def weeks_to_wake(runners: int, seed: int = 20_001) -> dict[tuple[str, int, int], float]:
    """Median weeks until a rule stops saying that it cannot know, by runs a week and shoes."""
    weekdays = {3: (1, 3, 6), 4: (0, 2, 4, 6), 6: (0, 1, 2, 3, 4, 6)}
    out: dict[tuple[str, int, int], float] = {}
    for per_week, days in weekdays.items():
        for shoes in (1, 2, 3):
            weeks: dict[str, list[float]] = {name: [] for name in CHECKS}
            for i in range(runners):
                runs = year_of(Runner(weekdays=days, shoes=shoes), Random(seed + i), days=150)
                for name, check in CHECKS.items():
                    awake = (
                        run.day
                        for run in runs
                        if check(RULES[name], run.day, book(runs), DEFAULT).state != "unknown"
                    )
                    first = next(awake, runs[-1].day)
                    weeks[name].append(((first - FIRST).days + 1) / 7)
            out |= {(name, per_week, shoes): median(w) for name, w in weeks.items()}
    return out


def false_changes(pairs: int, seed: int = 30_001) -> float:
    """Share of comparisons of two periods without any change that are called changed."""
    wrong = 0
    for i in range(pairs):
        runs = year_of(Runner(), Random(seed + i), days=112)
        half = len(runs) // 2
        wrong += compare_runs("gct", runs[:half], runs[half:], DEFAULT).verdict == "changed"
    return wrong / pairs


@dataclass(frozen=True, slots=True)
class Team:
    """What a coach of a stable team sees: medians over weeks and runners."""

    look_first_most: int
    look_first_median: float
    notices_per_fortnight: float
    cautions_per_quarter: float


def stable_team(athletes: int, weeks: int, seed: int = 40_001) -> Team:
    """All rules on a team where nothing goes wrong; the first twelve weeks only teach."""
    warm = 12
    look = [0] * weeks
    notices: list[float] = []
    cautions: list[float] = []
    for i in range(athletes):
        dice = Random(seed + i)
        runs = year_of(Runner(shoes=1 + i % 2), dice, days=7 * (warm + weeks))
        h = everything(runs, dice)
        told = {"notice": 0, "caution": 0}
        for week in range(weeks):
            first_look = False
            for weekday in range(7):
                day = FIRST + timedelta(7 * (warm + week) + weekday)
                held = flags.flags_on(day, h)
                first_look |= any(is_grave(flag.severity) for flag in held)
                before = {f.rule: gravity(f.severity) for f in _held_before(day, h)}
                for flag in held:
                    if gravity(flag.severity) > before.get(flag.rule, -1) and flag.severity in told:
                        told[flag.severity] += 1
            look[week] += first_look
        notices.append(2 * told["notice"] / weeks)
        cautions.append(13 * told["caution"] / weeks)
    return Team(max(look), median(look), median(notices), median(cautions))


def _held_before(day: date, h: History) -> tuple[Any, ...]:
    return flags.flags_on(day - timedelta(1), h)


def _mornings(runs: list[Run], dice: Random) -> tuple[CheckIn, ...]:
    """Ordinary mornings: low scores with some noise, sore now and then the day after a long run."""
    out = []
    ran = {run.day: run for run in runs}
    last = runs[-1].day
    for i in range((last - FIRST).days + 1):
        day = FIRST + timedelta(i)
        if dice.random() < 0.15:
            continue
        before = ran.get(day - timedelta(1))
        sore = 0.0
        if before is not None and (before.distance_m or 0) > 10_000 and dice.random() < 0.3:
            sore = float(dice.choice((2, 3, 4)))
        out.append(
            CheckIn(
                day=day,
                at=datetime.combine(day, time(6), UTC),
                stiffness=float(dice.choice((0, 1, 1, 2))),
                stiffness_min=float(dice.choice((5, 5, 10))),
                soreness=(Soreness(site="calf", score=sore),),
                arch_fatigue=float(dice.choice((0, 1, 1, 2, 3))),
                calf_tightness=float(dice.choice((0, 1, 1, 2, 3))),
                sleep_quality=float(dice.choices((1, 2, 3, 4, 5), (2, 8, 25, 45, 20))[0]),
                pain=float(dice.choices((0, 1, 2, 3), (70, 18, 9, 3))[0]),
            )
        )
    return tuple(out)


def _sessions(runs: list[Run], dice: Random) -> tuple[StrengthSession, ...]:
    """Two sessions a week on the evenings of easy runs, one in ten left out."""
    out = []
    for run in runs:
        if run.day.weekday() in (0, 4) and dice.random() < 0.9:
            out.append(
                StrengthSession(
                    day=run.day,
                    started_at=datetime.combine(run.day, time(18), UTC),
                    duration_min=float(dice.choice((12, 14, 15, 16))),
                    effort=float(dice.choice((2, 3, 3, 4))),
                    sets=(PerformedSet(exercise="short_foot", reps=8, hold_s=5.0),),
                )
            )
    return tuple(out)


def report(years: int) -> str:
    """Everything above as one Markdown table."""
    alarms = false_alarms(years)
    found = found_after(max(20, years // 10))
    wake = weeks_to_wake(3)
    team = stable_team(40, 26 if years >= 200 else 4)
    lines = [
        "| What | Wanted | Measured |",
        "|---|---|---|",
        *(
            f"| {name} false alarms per 100 runs ({years} runner-years) | <= 2 | {share:.2f} |"
            for name, share in alarms.items()
        ),
        *(
            f"| {name} runs until a shift of 2.5 SD is found (median) | <= 4 | {runs:g} |"
            for name, runs in found.items()
        ),
        *(
            f"| Weeks until the last of F09 to F12, F14 wakes, {per_week} runs a week, 1 to 3 shoes"
            f" | <= 6 | {max(w for (_, n, _), w in wake.items() if n == per_week):.1f} |"
            for per_week in sorted({n for _, n, _ in wake})
        ),
        f"| Stable team of 40: athletes to look at first in a week, most | <= 4 | {team.look_first_most} |",
        f"| the same, median week | | {team.look_first_median:g} |",
        f"| Notices per runner and fortnight (median) | <= 1 | {team.notices_per_fortnight:.2f} |",
        f"| Cautions per runner and quarter (median) | <= 1 | {team.cautions_per_quarter:.2f} |",
        f"| False 'changed' of compare | <= 5 % | {100 * false_changes(max(100, years)):.1f} % |",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(report(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
