from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catfoot.training.consent import KINDS, MACHINE, Consent, Kind, Role, Viewer, may
from catfoot.training.entries import as_json, from_json

DAY = date(2026, 3, 10)
COACH = Viewer(id="c1", role="coach")


def consent(**changes: Any) -> Consent:
    given: dict[str, Any] = {
        "athlete": "a1", "viewer": "c1", "kinds": ("load_and_flags",), "since": DAY,
    }  # fmt: skip
    return Consent(**(given | changes))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("write", [False, True])
def test_athlete_and_machine_need_no_consent(kind: Kind, write: bool) -> None:
    assert may(Viewer(id="a1", role="athlete"), kind, "a1", (), DAY, write)
    assert may(MACHINE, kind, "a1", (), DAY, write)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ["athlete", "coach", "owner"])
def test_nobody_else_sees_anything_without_consent(kind: Kind, role: Role) -> None:
    assert not may(Viewer(id="c1", role=role), kind, "a1", (), DAY)


@pytest.mark.parametrize(
    ("given_consent", "day", "kind", "write", "answer"),
    [
        (consent(), DAY, "load_and_flags", False, True),
        (consent(), DAY - timedelta(1), "load_and_flags", False, False),
        (consent(), DAY, "check_ins", False, False),
        (consent(), DAY, "load_and_flags", True, False),
        (consent(write=True), DAY, "load_and_flags", True, True),
        (consent(write=True), DAY, "raw", True, False),
        (consent(until=DAY), DAY, "load_and_flags", False, True),
        (consent(until=DAY), DAY + timedelta(1), "load_and_flags", False, False),
        (consent(athlete="a2"), DAY, "load_and_flags", False, False),
        (consent(viewer="c2"), DAY, "load_and_flags", False, False),
        (consent(withdrawn_at=datetime(2026, 3, 9, tzinfo=UTC)), DAY, "load_and_flags", False, False),
    ],
)  # fmt: skip
def test_a_consent_opens_what_it_names_and_nothing_more(
    given_consent: Consent, day: date, kind: Kind, write: bool, answer: bool
) -> None:
    assert may(COACH, kind, "a1", (given_consent,), day, write) is answer


@given(st.sampled_from(KINDS), st.sampled_from(KINDS), st.booleans(), st.booleans())
def test_a_consent_for_one_kind_never_opens_another(
    named: Kind, asked: Kind, consent_write: bool, write: bool
) -> None:
    held = consent(kinds=(named,), write=consent_write)
    expected = named == asked and (consent_write or not write)
    assert may(COACH, asked, "a1", (held,), DAY, write) is expected


def test_consent_survives_json() -> None:
    held = consent(until=DAY, withdrawn_at=datetime(2026, 3, 10, 8, tzinfo=UTC))
    assert from_json(Consent, as_json(held)) == held


def test_a_consent_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="until"):
        consent(until=DAY - timedelta(1))
