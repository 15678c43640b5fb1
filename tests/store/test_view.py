from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, event

from catfoot.config import Settings, Stores, open_stores
from catfoot.errors import NotFound, Refused
from catfoot.signal.summary import Measure, Summary
from catfoot.signal.tables import READING, STEP, empty
from catfoot.store.bins import Window
from catfoot.store.bulk import Wanted
from catfoot.store.logbook import Job
from catfoot.store.series import SeriesKey
from catfoot.store.view import View
from catfoot.training.consent import KINDS, MACHINE, Consent, Kind, Viewer
from catfoot.training.entries import (
    Availability,
    CheckIn,
    FlagAnswer,
    Person,
    Recording,
    Run,
    ShownFlag,
    StrengthSession,
)

from . import make

COACH = Viewer(id="c" * 32, role="coach")
DAY = make.DAY
RUN, LEFT = "1" * 32, "3" * 32


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_stores(Settings(data=tmp_path)) as opened:
        yield opened


@pytest.fixture
def ada(stores: Stores) -> str:
    """An athlete with one of everything."""
    ada = stores.logbook.add_person(Person(name="ada", mass_kg=60, tz="Asia/Tokyo"))
    content = stores.raw.keep(ada, b"bytes")
    measures = tuple(
        Measure(name=name, key=name, value=1.0, grade="A", n=1) for name in ("gct", "heart_rate")
    )
    summary = Summary(measures=measures)
    stores.logbook.commit_run(
        ada, replace(make.run(), summary=summary),
        make.recording(RUN, content=content, summary=summary),
        run_id=RUN, recording_id=LEFT, new=True,
    )  # fmt: skip
    reading = empty(READING, 2)
    reading["heart_rate_bpm"] = 150
    reading["cadence_spm"] = 180
    key = SeriesKey(athlete=ada, run=RUN, recording=LEFT, side="left", rev=1, origin_ns=0)
    stores.series.write(key, {"reading": reading, "step": empty(STEP, 3)})
    stores.logbook.add(ada, CheckIn(day=DAY, at=make.NOON))
    stores.logbook.add(ada, StrengthSession(day=DAY, started_at=make.NOON, duration_min=9))
    return ada


def shared(
    stores: Stores, ada: str, *kinds: Kind, write: bool = False, until: date | None = None
) -> View:
    """Return the coach's view once the athlete has shared these kinds."""
    consent = Consent(
        athlete=ada, viewer=COACH.id, kinds=kinds, since=DAY, until=until, write=write
    )
    stores.logbook.add(ada, consent)
    return stores.as_seen_by(COACH, clock=lambda: make.NOON)


def test_the_machine_and_the_athlete_see_everything(stores: Stores, ada: str) -> None:
    for viewer in (MACHINE, Viewer(id=ada, role="athlete")):
        view = stores.as_seen_by(viewer)
        assert [row.entry.mass_kg for row in view.athletes()] == [60]
        assert view.person(ada).entry.name == "ada"
        for kind in (Run, Recording, CheckIn, StrengthSession):
            assert view.entries(kind, ada) == stores.logbook.entries(kind, ada)
        assert view.recordings(ada, RUN) == stores.logbook.recordings(ada, RUN)
        (rows,) = view.rows(ada, RUN, "reading").values()
        assert rows["heart_rate_bpm"].tolist() == [150, 150]
        assert view.original(ada, LEFT) == b"bytes"
        assert view.version(ada) == stores.logbook.version(ada)
        assert view.jobs(ada) == []


@pytest.mark.parametrize("role", ["coach", "athlete", "owner"])
def test_without_a_consent_nobody_else_sees_anything(stores: Stores, ada: str, role: str) -> None:
    job = stores.logbook.add_job(Job(athlete=ada, kind="import", payload={}))
    view = stores.as_seen_by(Viewer(id="d" * 32, role=role))  # type: ignore[arg-type]
    assert view.athletes() == []
    for ask in (
        lambda: view.person(ada),
        lambda: view.entries(Person, ada),
        lambda: view.entries(Run, ada),
        lambda: view.entries(CheckIn, ada),
        lambda: view.entries(Consent, ada),
        lambda: view.get(Run, ada, RUN),
        lambda: view.recordings(ada, RUN),
        lambda: view.rows(ada, RUN, "step"),
        lambda: view.original(ada, LEFT),
        lambda: view.version(ada),
        lambda: view.must_own(ada),
        lambda: view.jobs(ada),
        lambda: view.job(ada, job),
        lambda: view.add(ada, CheckIn(day=DAY, at=make.NOON)),
        lambda: view.replace(ada, RUN, make.run(), 1),
        lambda: view.remove(Run, ada, RUN),
    ):
        with pytest.raises(Refused):
            ask()


def test_a_consent_opens_its_kinds_and_no_others(stores: Stores, ada: str) -> None:
    view = shared(stores, ada, "load_and_flags")
    (person,) = view.athletes()
    assert (person.entry.name, person.entry.mass_kg) == ("ada", None)
    assert view.entries(Person, ada)[0].entry.mass_kg is None
    (run,) = view.entries(Run, ada)
    assert run.entry.summary == Summary()
    assert run.entry.duration_s == 1800
    assert len(view.entries(StrengthSession, ada)) == 1
    for refused in (CheckIn, Recording, Consent):
        with pytest.raises(Refused):
            view.entries(refused, ada)
    with pytest.raises(Refused, match="running measures"):
        view.rows(ada, RUN, "step")
    with pytest.raises(Refused, match="original recordings"):
        view.original(ada, LEFT)


def test_measures_without_heart_rate_have_none(stores: Stores, ada: str) -> None:
    view = shared(stores, ada, "metrics", "load_and_flags")
    (run,) = view.entries(Run, ada)
    assert [m.name for m in run.entry.summary.measures] == ["gct"]
    (recording,) = view.recordings(ada, RUN)
    assert [m.name for m in recording.entry.summary.measures] == ["gct"]
    (rows,) = view.rows(ada, RUN, "reading").values()
    assert np.isnan(rows["heart_rate_bpm"]).all()
    assert rows["cadence_spm"].tolist() == [180, 180]
    view = shared(stores, ada, "heart_rate")
    (rows,) = view.rows(ada, RUN, "reading").values()
    assert rows["heart_rate_bpm"].tolist() == [150, 150]


def test_a_screens_width_of_a_run_is_seen_as_its_rows_are(stores: Stores, ada: str) -> None:
    within = Window(0, 2**62)
    asked = (ada, RUN, "reading", ["heart_rate_bpm", "cadence_spm"], within, 100)
    (bins,) = stores.as_seen_by(MACHINE).thinned(*asked).values()
    assert (bins["n"].sum(), bins["heart_rate_bpm_max"][0]) == (2, 150)
    (bins,) = shared(stores, ada, "metrics").thinned(*asked).values()
    assert np.isnan(bins["heart_rate_bpm_max"]).all()
    assert bins["cadence_spm_mean"][0] == 180
    (rows,) = shared(stores, ada, "metrics").rows(ada, RUN, "reading", Window(1, 2)).values()
    assert len(rows) == 0
    with pytest.raises(Refused):
        stores.as_seen_by(COACH, clock=lambda: make.NOON.replace(year=2020)).thinned(*asked)


def test_a_team_adds_up_the_days_of_those_who_share_their_load(stores: Stores, ada: str) -> None:
    ben = stores.logbook.add_person(Person(name="ben"))
    for hour, effort in ((9, 4.0), (18, None)):
        run = make.run(effort=effort, distance_m=5000.0, started_at=make.NOON.replace(hour=hour))
        stores.logbook.add(ben, run)
    first, second = sorted((ada, ben))
    days = stores.as_seen_by(MACHINE).days(DAY, DAY)
    assert [day.athlete for day in days] == [first, second]
    assert {day.athlete: (day.runs, day.duration_s, day.distance_m, day.load) for day in days} == {
        ada: (1, 1800, None, None), ben: (2, 3600, 10_000, 120)
    }  # fmt: skip
    assert stores.as_seen_by(MACHINE).days(date(2026, 3, 2), date(2026, 3, 9)) == []
    own = stores.as_seen_by(Viewer(id=ben, role="athlete")).days(DAY, DAY)
    assert [day.athlete for day in own] == [ben]
    assert shared(stores, ada, "metrics").days(DAY, DAY) == []
    assert [day.athlete for day in shared(stores, ada, "load_and_flags").days(DAY, DAY)] == [ada]
    assert stores.as_seen_by(Viewer(id="d" * 32, role="owner")).days(DAY, DAY) == []


def test_only_the_athlete_takes_everything_away_whatever_they_share(
    stores: Stores, ada: str
) -> None:
    with pytest.raises(Refused, match="only the athlete"):
        shared(stores, ada, *KINDS, write=True).must_own(ada)
    stores.as_seen_by(Viewer(id=ada, role="athlete")).must_own(ada)


def test_seeing_is_not_writing(stores: Stores, ada: str) -> None:
    view = shared(stores, ada, "check_ins")
    with pytest.raises(Refused, match="change check-ins"):
        view.add(ada, CheckIn(day=DAY, at=make.NOON))
    view = shared(stores, ada, "check_ins", write=True)
    row = view.add(ada, CheckIn(day=DAY, at=make.NOON, note="by the coach"))
    assert row.author == COACH.id
    changed = view.replace(ada, row.id, CheckIn(day=DAY, at=make.NOON), row.version)
    view.remove(CheckIn, ada, changed.id)
    with pytest.raises(NotFound):
        view.get(CheckIn, ada, row.id)


def test_who_is_not_shown_the_numbers_of_a_run_neither_wipes_nor_gets_them(
    stores: Stores, ada: str
) -> None:
    view = shared(stores, ada, "load_and_flags", "raw", write=True)
    row = view.get(Run, ada, RUN)
    assert row.entry.summary.measures == ()
    changed = view.replace(ada, RUN, replace(row.entry, effort=7), row.version)
    kept = stores.logbook.get(Run, ada, RUN).entry
    assert (kept.effort, [m.name for m in kept.summary.measures]) == (7, ["gct", "heart_rate"])
    assert changed.entry.summary.measures == ()


def test_a_note_that_is_not_shared_is_seen_by_its_author_alone(stores: Stores, ada: str) -> None:
    coach = shared(stores, ada, "load_and_flags", write=True)
    answer = FlagAnswer(
        rule="F01", first_day=DAY, answer="seen", at=make.NOON, shared=False, note="ask her"
    )
    row = coach.add(ada, answer)
    assert coach.get(FlagAnswer, ada, row.id).entry.note == "ask her"
    for other in (Viewer(id=ada, role="athlete"), replace(COACH, id="f" * 32)):
        consent = Consent(athlete=ada, viewer=other.id, kinds=("load_and_flags",), since=DAY)
        stores.logbook.add(ada, consent)
        view = stores.as_seen_by(other, clock=lambda: make.NOON)
        assert view.get(FlagAnswer, ada, row.id).entry == replace(answer, note="")


def test_the_reason_of_not_running_is_shared_only_where_the_athlete_says_so(
    stores: Stores, ada: str
) -> None:
    for share in (True, False):
        stores.logbook.add(
            ada, Availability(day=DAY, state="reduced", reason="knee", share_reason=share)
        )
    rows = shared(stores, ada, "load_and_flags").entries(Availability, ada)
    assert sorted((row.entry.share_reason, row.entry.reason) for row in rows) == [
        (False, ""),
        (True, "knee"),
    ]


def test_nobody_consents_in_the_place_of_the_athlete(stores: Stores, ada: str) -> None:
    view = shared(stores, ada, *KINDS, write=True)
    mine = Consent(athlete=ada, viewer=COACH.id, kinds=KINDS, since=DAY)
    with pytest.raises(Refused, match="only the athlete"):
        view.add(ada, mine)
    assert stores.as_seen_by(Viewer(id=ada, role="athlete")).add(ada, mine).author == ada


def test_a_consent_holds_by_the_athletes_own_day(stores: Stores, ada: str) -> None:
    shared(stores, ada, "check_ins", until=DAY)
    last = datetime(2026, 3, 1, 14, 59, tzinfo=UTC)  # one minute to midnight in Tokyo
    assert stores.as_seen_by(COACH, clock=lambda: last).entries(CheckIn, ada)
    after = datetime(2026, 3, 1, 15, 0, tzinfo=UTC)
    with pytest.raises(Refused):
        stores.as_seen_by(COACH, clock=lambda: after).entries(CheckIn, ada)


def test_rows_of_a_run_that_was_never_committed_are_not_seen(stores: Stores, ada: str) -> None:
    half = SeriesKey(athlete=ada, run=RUN, recording="9" * 32, side="left", rev=1, origin_ns=0)
    stores.series.write(half, {"step": empty(STEP, 3)})
    assert [key.recording for key in stores.as_seen_by(MACHINE).rows(ada, RUN, "step")] == [LEFT]


def test_who_adds_athletes(stores: Stores) -> None:
    assert stores.as_seen_by(MACHINE).add_person(Person(name="ben")).author == "machine"
    owner = Viewer(id="e" * 32, role="owner")
    assert stores.as_seen_by(owner).add_person(Person(name="cleo")).author == owner.id
    with pytest.raises(Refused):
        stores.as_seen_by(COACH).add_person(Person(name="dan"))


def test_a_job_is_its_athletes_only(stores: Stores, ada: str) -> None:
    ben = stores.logbook.add_person(Person(name="ben"))
    job = stores.logbook.add_job(Job(athlete=ada, kind="import", payload={}))
    view = stores.as_seen_by(MACHINE)
    assert view.job(ada, job).id == job
    with pytest.raises(NotFound):
        view.job(ben, job)


def test_consents_are_read_once_for_everything_that_a_page_asks(stores: Stores, ada: str) -> None:
    view = shared(stores, ada, *KINDS)
    for _ in range(20):
        stores.logbook.add(ada, make.run())
    view.athletes()  # and what it is asked for the first time
    view.entries(Run, ada)
    asked: list[str] = []

    def note(*about: object) -> None:
        asked.append(str(about[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        view = stores.as_seen_by(COACH, clock=lambda: make.NOON)
        assert len(view.entries(Run, ada)) == 21
        view.entries(CheckIn, ada)
        view.recordings(ada, RUN)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert sum("FROM consent" in query for query in asked) == 1
    assert sum("FROM person" in query for query in asked) == 1


def test_a_consent_that_a_view_writes_counts_from_then_on(stores: Stores, ada: str) -> None:
    ben = stores.logbook.add_person(Person(name="ben"))
    view = stores.as_seen_by(Viewer(id=ben, role="athlete"), clock=lambda: make.NOON)
    assert not view.may_see(ada, "metrics")
    consent = Consent(athlete=ada, viewer=ben, kinds=("metrics",), since=DAY)
    stores.logbook.add(ada, consent)
    view.add(ben, CheckIn(day=DAY, at=make.NOON))
    assert view.may_see(ada, "metrics")
    assert not view.may_see(ada, "check_ins")


def test_no_right_is_older_than_the_version_that_was_read(stores: Stores, ada: str) -> None:
    reads: tuple[Callable[[View], object], ...] = (
        lambda view: view.version(ada), lambda view: view.versions([ada]),
    )  # fmt: skip
    for read in reads:
        view = shared(stores, ada, "load_and_flags", "check_ins")
        assert view.may_see(ada, "check_ins")
        for row in stores.logbook.entries(Consent, ada):
            ended = replace(row.entry, withdrawn_at=make.NOON)
            stores.logbook.replace(ada, row.id, ended, row.version)
        read(view)
        assert not view.may_see(ada, "check_ins")


def test_what_is_read_ahead_is_what_would_have_been_read(stores: Stores, ada: str) -> None:
    bob = stores.logbook.add_person(Person(name="bob"))
    stores.logbook.add(bob, CheckIn(day=DAY, at=make.NOON, pain=1.0))
    view = stores.as_seen_by(MACHINE)
    wanted = [Wanted(kind, DAY, DAY) for kind in (Run, Recording, CheckIn, StrengthSession)]
    view.read_ahead([ada, bob], wanted)
    for athlete in (ada, bob):
        for one in wanted:
            told: Any = view.entries(one.kind, athlete, DAY, DAY)
            assert told == stores.logbook.entries(one.kind, athlete, DAY, DAY)
    stores.logbook.add(bob, CheckIn(day=DAY, at=make.NOON, pain=2.0))
    assert len(view.entries(CheckIn, bob, DAY, DAY)) == 2
    assert view.versions([ada, bob]) == {a: stores.logbook.version(a) for a in (ada, bob)}


def test_reading_ahead_shows_nobody_what_is_not_shared(stores: Stores, ada: str) -> None:
    view = shared(stores, ada, "load_and_flags")
    view.read_ahead([ada], [Wanted(CheckIn, DAY, DAY), Wanted(Run, DAY, DAY)])
    with pytest.raises(Refused):
        view.entries(CheckIn, ada, DAY, DAY)
    (run,) = view.entries(Run, ada, DAY, DAY)
    assert run.entry.summary.measures == ()
    with pytest.raises(Refused):
        stores.as_seen_by(Viewer(id="d" * 32, role="coach")).versions([ada])


def test_what_is_shown_of_several_is_kept_once_and_not_of_the_erased(
    stores: Stores, ada: str
) -> None:
    bob = stores.logbook.add_person(Person(name="bob"))
    one = ShownFlag(day=DAY, rule="F01", version=1, first_day=DAY, severity="notice",
                    text="Longer.", numbers="12 km", to=MACHINE.id)  # fmt: skip
    view = stores.as_seen_by(MACHINE)
    for _ in range(2):
        view.keep_shown_of({ada: [one], bob: [one], "e" * 32: [one]})
    assert [len(stores.logbook.entries(ShownFlag, a)) for a in (ada, bob)] == [1, 1]
