from typing import Any

import pytest

from .make import morning, session, severity, sore


def week(*scores: float) -> list[Any]:
    """Sessions two days apart, each with a morning after it."""
    out: list[Any] = []
    for i, score in enumerate(reversed(scores)):
        out += [session(2 * i + 1), sore(2 * i, score)]
    return out


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((4, 4, 4), "notice"), ((0, 4, 4), "notice"), ((4, 0, 4), "notice"), ((0, 0, 9), "quiet"),
        ((3, 3, 3), "quiet"), ((9, 9), "unknown"), ((9, 9, 0, 0, 0), "quiet"),
    ],
)  # fmt: skip
@pytest.mark.row("D15")
def test_sore_the_day_after_two_of_three_sessions_is_flagged(
    scores: tuple[float, ...], expected: str
) -> None:
    assert severity("F19", *week(*scores)) == expected


def test_sessions_nobody_answered_are_not_counted_as_fine() -> None:
    unanswered = [session(2 * i + 1) for i in range(5)]
    assert severity("F19", *unanswered) == "unknown"
    assert (
        severity("F19", *unanswered, *(morning(i, sleep_quality=4) for i in range(9))) == "unknown"
    )


def test_gentle_activation_is_not_asked_about() -> None:
    gentle = [session(2 * i + 1, kind="activation") for i in range(3)]
    assert severity("F19", *gentle, *(sore(2 * i, 6) for i in range(3))) == "unknown"
