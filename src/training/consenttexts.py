"""What an athlete agrees to, word for word, by version: a consent keeps the version it was given to.

A text that was shown is never changed; another one gets the next version.
"""

from collections.abc import Mapping
from types import MappingProxyType

from .consent import TEXT_VERSION, Kind

_FIRST: Mapping[Kind, str] = MappingProxyType(
    {
        "load_and_flags": (
            "How much you ran and trained and when, your plans, strength sessions and tests, and the"
            " notes catfoot makes of their patterns."
        ),
        "metrics": (
            "The measures of your runs: cadence, contact time, stride, softness, and every"
            " single step."
        ),
        "heart_rate": "Heart rate, in runs and in their summaries.",
        "check_ins": (
            "Your morning check-ins and what you say after runs: soreness, pain, sleep, notes."
            " This can say something about your health."
        ),
        "raw": (
            "The original recordings of your sensors and watches, byte for byte. A watch's file may"
            " hold places and heart rate."
        ),
        "location": "The places where you ran.",
    }
)

#: What each kind of sharing means, by version of the text.
TEXTS: Mapping[int, Mapping[Kind, str]] = MappingProxyType({1: _FIRST})

#: What is said around them, by version of the text.
FRAMES: Mapping[int, str] = MappingProxyType(
    {
        1: (
            "You let this person see what you choose here, from the day and to the day you say."
            " You need not, and nothing else depends on it. You can withdraw it at any time: it ends"
            " at once, for everything, also for what was there before. With writing they may plan"
            " and record for you; what they wrote you see, and may decline. Nobody else sees it by"
            " this, also not whoever runs the server."
        )
    }
)


#: What is said where it is the club's dashboards that are let show it, by version of the text.
DASHBOARD_FRAMES: Mapping[int, str] = MappingProxyType(
    {
        1: (
            "You let the club's dashboards show what you choose here, under your name, to everybody"
            " whom the club lets look at them: sums of each day and a line for each run, of the"
            " last 13 months. Never single steps, heart rate, check-ins, places or original"
            " recordings. You need not, and nothing else depends on it. You can withdraw it at any"
            " time: within seconds it is taken out there, also what was there before."
        )
    }
)


def texts() -> dict[str, object]:
    """Return today's texts as JSON, with their version."""
    return {
        "version": TEXT_VERSION,
        "frame": FRAMES[TEXT_VERSION],
        "kinds": dict(TEXTS[TEXT_VERSION]),
        "dashboards": DASHBOARD_FRAMES[TEXT_VERSION],
    }
