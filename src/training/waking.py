"""What each rule needs before it can say anything, in a runner's words.

docs/flags.md has the same as a column, and how many weeks that takes on simulated runners.
"""

from collections.abc import Iterable
from typing import Literal, get_args

from .comparison import JUDGED
from .flags import ALL
from .thresholds import Thresholds

#: What somebody has to do for a rule to wake.
Feed = Literal["runs", "check-ins", "foot sessions", "tests", "a plan", "barefoot minutes"]

_TITLES = {rule.id: rule.title for rule in ALL}


def needs_of(rule: str, t: Thresholds) -> tuple[Feed, str]:
    """Return what feeds a rule, and how much of it there has to be."""
    runs = t.drift_baseline_runs + JUDGED
    needs: dict[str, tuple[Feed, str]] = {
        "F01": ("runs", f"{t.spike_history_runs + 1} runs"),
        "F02": ("runs", "2 runs"),
        "F03": ("check-ins", "1 that says what is sore"),
        "F04": ("check-ins", f"{t.stiff_baseline_least + t.stiff_mornings} mornings"),
        "F05": ("check-ins", "1 that says whether it hurts"),
        "F06": ("check-ins", f"{t.trend_least} over two weeks"),
        "F07": ("check-ins", f"{t.trend_least} over two weeks"),
        "F08": ("check-ins", f"{t.sleep_least} nights of {t.sleep_of_days}"),
        "F09": ("runs", f"{runs} with contact time"),
        "F10": ("runs", f"{runs} with a heart rate"),
        "F11": ("runs", f"{runs} with a pod"),
        "F12": ("runs", f"{t.fade_least + 1} of {t.fade_long_s / 60:.0f} min or more"),
        "F13": ("tests", f"{t.stability_trials + t.stability_twice} balance tests"),
        "F14": ("runs", f"{t.sides_baseline + t.sides_runs} with both feet"),
        "F15": ("runs", f"{t.steps_weeks + 1} weeks with contact time"),
        "F16": ("runs", f"{t.monotony_weeks + 1} weeks with every effort"),
        "F17": ("foot sessions", f"{t.ramp_weeks + 1} weeks"),
        "F18": ("a plan", "1 planned run"),
        "F19": ("foot sessions", f"{t.response_of}, and a check-in the day after each"),
        "F20": ("check-ins", f"{t.new_days} days"),
        "F21": ("barefoot minutes", "1 entry"),
        "F22": ("check-ins", "one of its signs"),
        "F23": ("check-ins", "1 that says whether it hurts"),
        "F24": ("runs", "1 with a recording"),
    }
    return needs[rule]


def waking(rules: Iterable[str], t: Thresholds) -> tuple[str, ...]:
    """Return a line for each thing to write down: which of these rules wake by how much of it.

    >>> from .thresholds import DEFAULT
    >>> waking(("F18", "F01", "F02"), DEFAULT)
    ('runs: One run much longer (4 runs), Back after a break (2 runs)', 'a plan: Strength before a key run (1 planned run)')
    """
    by_feed: dict[Feed, list[str]] = {feed: [] for feed in get_args(Feed)}
    for rule in sorted(rules):
        feed, much = needs_of(rule, t)
        by_feed[feed].append(f"{_TITLES[rule]} ({much})")
    return tuple(f"{feed}: {', '.join(said)}" for feed, said in by_feed.items() if said)
