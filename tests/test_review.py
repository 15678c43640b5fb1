from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from catfoot import review
from catfoot.config import Settings, Stores, open_stores
from catfoot.signal.summary import Measure, Summary
from catfoot.store.view import View
from catfoot.timeline import timeline
from catfoot.training import words
from catfoot.training.consent import MACHINE, Consent, Kind, Viewer
from catfoot.training.entries import (
    CheckIn,
    FlagAnswer,
    Person,
    PlannedRun,
    Recording,
    Run,
    StrengthSession,
    as_json,
)
from catfoot.training.example import ten_weeks

DAY = date(2026, 3, 10)
COACH = Viewer(id="c" * 32, role="coach")


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_stores(Settings(data=tmp_path)) as opened:
        yield opened


def kept(stores: Stores, entries: Iterable[Any]) -> str:
    """Write the entries down, the person first; return the athlete."""
    person, *rest = entries
    athlete = stores.logbook.add_person(person)
    for entry in rest:
        stores.logbook.add(athlete, entry)
    return athlete


@pytest.fixture
def robin(stores: Stores) -> str:
    return kept(stores, ten_weeks(DAY, seed=1))


@pytest.fixture
def view(stores: Stores) -> View:
    return stores.as_seen_by(MACHINE)


def test_today_says_one_sentence_five_numbers_three_flags_and_what_next(
    view: View, robin: str
) -> None:
    seen = review.today(view, robin, DAY)
    assert seen.sentence.startswith("Yesterday (demo): 1")
    assert "contact time: " in seen.sentence
    assert len(seen.numbers) == 5
    assert [flag.rule for flag in seen.flags] == ["F03", "F01", "F09"]
    assert seen.more_flags == 1
    assert seen.demo
    assert seen.next.kind == "mobility"
    assert seen.next.rule == "F03"
    assert seen.footer == words.FOOTER


def test_each_number_stands_beside_the_athletes_own_usual_with_its_grade(
    view: View, robin: str
) -> None:
    numbers = {number.name: number for number in review.today(view, robin, DAY).numbers}
    gct = numbers["gct"]
    assert gct.standing == "above"
    assert gct.usual is not None
    assert gct.value is not None
    assert gct.value > gct.usual
    assert gct.usual_n >= 5
    assert gct.grade == "B"
    assert numbers["flight"].value is None
    assert numbers["flight"].grade == "X"
    assert "not known" in numbers["flight"].text


@pytest.mark.row("D20")
def test_one_timeline_joins_runs_strength_check_ins_and_flags(view: View, robin: str) -> None:
    seen = timeline(view, robin, DAY - timedelta(6), DAY)
    assert [day.day for day in seen.days] == [DAY - timedelta(6 - i) for i in range(7)]
    assert sum(len(day.runs) for day in seen.days) == 4
    assert sum(len(day.strength) for day in seen.days) >= 1
    assert {flag.rule for flag in seen.days[-1].flags} == {"F01", "F03", "F09", "F22"}
    assert seen.days[-2].load.run_km > 10
    ids = [item.id for day in seen.days for item in (*day.runs, *day.strength, *day.check_ins)]
    assert len(set(ids)) == len(ids)
    assert as_json(seen)["days"][0]["day"] == (DAY - timedelta(6)).isoformat()


def test_check_ins_that_are_not_shared_are_said_to_be_missing(stores: Stores, robin: str) -> None:
    kinds: tuple[Kind, ...] = ("load_and_flags", "metrics")
    stores.logbook.add(
        robin, Consent(athlete=robin, viewer=COACH.id, kinds=kinds, since=date(2020, 1, 1))
    )
    seen = review.today(stores.as_seen_by(COACH), robin, DAY)
    assert seen.not_shared == ("check_ins",)
    assert "F03" in {outcome.rule for outcome in seen.unknown}
    assert {flag.rule for flag in seen.flags} == {"F01", "F09"}


def test_somebody_new_is_told_that_nothing_is_known_yet(stores: Stores, view: View) -> None:
    seen = review.today(view, kept(stores, [Person(name="Ada")]), DAY)
    assert seen.sentence == "No run is stored yet."
    assert seen.run is None
    assert seen.flags == ()
    assert {"F01", "F03", "F09"} <= {outcome.rule for outcome in seen.unknown}
    assert seen.next.kind == "foundation"


def test_nothing_it_says_uses_a_forbidden_word(view: View, robin: str) -> None:
    seen = review.today(view, robin, DAY)
    texts = [seen.sentence, seen.next.title, seen.next.why, *(n.text for n in seen.numbers)]
    assert {word for text in texts for word in words.forbidden_in(text)} == set()


def test_what_comes_next_depends_on_flags_then_on_rest(stores: Stores, view: View) -> None:
    person, *rest = ten_weeks(DAY, seed=1)
    entries = [e for e in rest if not isinstance(e, CheckIn)]
    without = review.today(view, kept(stores, [person, *entries]), DAY)
    assert without.next.rule == "F01"
    assert "not more" in without.next.why
    calm = [e for e in entries if not isinstance(e, Run)]
    athlete = kept(stores, [Person(name="calm"), *calm])
    assert review.today(view, athlete, DAY).next.rule is None
    done = [e for e in calm if isinstance(e, StrengthSession)][-1].day
    assert review.today(view, athlete, done).next.kind == "activation"


def test_a_measure_says_which_pods_it_came_from(stores: Stores, view: View) -> None:
    at = datetime(2026, 3, 10, 7, tzinfo=UTC)
    gct = Measure(name="gct", key="gct_ms", value=250.0, grade="B", n=900)
    summary = Summary(measures=(gct,))
    athlete = stores.logbook.add_person(Person(name="Ada"))
    run = Run(day=DAY, started_at=at, duration_s=1800.0, summary=summary)
    for i, side in enumerate(("left", "right")):
        recording = Recording(
            run="r" * 32, content=f"{i}" * 64, name="x", format="podlog", device=f"pod {side}",
            side="left", place="lace", rank=0, started_at=at, duration_s=1800.0, origin_ns=0,
            rate_hz=200.0, size_bytes=1, rev=1, summary=summary,
        )  # fmt: skip
        stores.logbook.commit_run(
            athlete, run, recording, run_id="r" * 32, recording_id=f"{i}" * 32, new=i == 0
        )
    history = review.history_of(view, athlete, DAY)
    assert history.runs[0].summary.measures[0].source == "pod left, 200 Hz + pod right, 200 Hz"


def test_an_evening_run_far_in_the_west_has_its_pod_too(stores: Stores, view: View) -> None:
    at = datetime(2026, 3, 11, 3, tzinfo=UTC)  # 20:00 on the 10th in Los Angeles
    gct = Measure(name="gct", key="gct_ms", value=250.0, grade="B", n=900)
    summary = Summary(measures=(gct,))
    athlete = stores.logbook.add_person(Person(name="Ada", tz="America/Los_Angeles"))
    recording = Recording(
        run="r" * 32, content="0" * 64, name="x", format="podlog", device="pod", side="left",
        place="lace", rank=0, started_at=at, duration_s=1800.0, origin_ns=0, rate_hz=200.0,
        size_bytes=1, rev=1, summary=summary,
    )  # fmt: skip
    run = Run(day=DAY, started_at=at, duration_s=1800.0, summary=summary)
    stores.logbook.commit_run(
        athlete, run, recording, run_id="r" * 32, recording_id="0" * 32, new=True
    )
    history = review.history_of(view, athlete, DAY)
    assert history.runs[0].summary.measures[0].source == "pod, 200 Hz"


def test_a_timeline_of_years_has_the_runs_of_years(stores: Stores, view: View) -> None:
    days = [DAY - timedelta(n) for n in (0, 300, 700)]
    runs = [
        Run(day=day, started_at=datetime(day.year, day.month, day.day, 7, tzinfo=UTC), duration_s=9)
        for day in days
    ]
    athlete = kept(stores, [Person(name="Ada"), *runs])
    seen = timeline(view, athlete, DAY - timedelta(730), DAY)
    assert sorted(day.day for day in seen.days if day.runs) == sorted(days)


def test_plans_of_the_days_ahead_are_known_today(stores: Stores, view: View) -> None:
    planned = PlannedRun(day=DAY + timedelta(3), kind="key")
    athlete = kept(stores, [Person(name="Ada"), planned])
    assert review.history_of(view, athlete, DAY).planned == (planned,)


def test_every_question_has_one_call(stores: Stores, view: View, robin: str) -> None:
    held = review.flags(view, robin, DAY)
    assert {one.flag.rule for one in held} == {"F01", "F03", "F09", "F22"}
    assert all(one.open for one in held)
    assert review.coming(view, robin, DAY).items
    stands = review.programme(view, robin, DAY)
    assert stands.stand.goal == "long"
    assert stands.stand.week == 10
    assert stands.adherence_pct is not None
    assert stands.longest_m is not None
    tests = review.assessments(view, robin, DAY)
    assert "single_leg_hold" in {gain.test for gain in tests.gains}
    assert not tests.due.overdue
    assert review.clashes(view, robin, DAY) == ()
    assert review.compare(view, robin, "gct", DAY).verdict == "cannot tell"
    weeks = ((DAY - timedelta(60), DAY - timedelta(31)), (DAY - timedelta(30), DAY))
    assert review.compare(view, robin, "cadence", DAY, periods=weeks).verdict == "no change"
    with pytest.raises(ValueError, match="expected one of"):
        review.compare(view, robin, "luck", DAY)
    far = PlannedRun(day=DAY, kind="easy", distance_m=60_000)
    before = stores.logbook.version(robin)
    found = review.what_if(view, robin, DAY, runs=(far,))
    assert next(flag for flag in found.flags if flag.rule == "F01").severity == "caution"
    assert stores.logbook.version(robin) == before


def test_a_flag_put_aside_makes_room_and_stays_on_the_list(
    stores: Stores, view: View, robin: str
) -> None:
    first = review.today(view, robin, DAY).flags[0]
    answer = FlagAnswer(
        rule=first.rule, first_day=first.first_day, answer="snoozed", severity=first.severity,
        at=datetime(2026, 3, 10, 9, tzinfo=UTC), until=DAY + timedelta(3),
    )  # fmt: skip
    stores.logbook.add(robin, answer)
    seen = review.today(view, robin, DAY)
    assert first.rule not in {flag.rule for flag in seen.flags}
    assert first.rule in {one.flag.rule for one in review.flags(view, robin, DAY)}
