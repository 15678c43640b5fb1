"""Which flags somebody gets with a watch's files alone, and with nothing but a keyboard."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from catfoot import review
from catfoot.config import Settings, Stores, open_stores
from catfoot.ingest.files import fitwriter as fit
from catfoot.store.view import View
from catfoot.sync.imports import import_bytes
from catfoot.training.consent import MACHINE
from catfoot.training.entries import CheckIn, Person, Soreness, StrengthSession
from catfoot.training.shorthand import entry_of

from .make import sets

DAY = date(2026, 3, 10)
FIT_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
FIELDS = [
    fit.TIMESTAMP, fit.CADENCE, fit.FRACTIONAL_CADENCE, fit.STANCE_TIME, fit.SPEED,
    fit.HEART_RATE, fit.DISTANCE,
]  # fmt: skip


def watched(at: datetime, minutes: int, gct_ms: float, heart_bpm: int, fade: float = 0.0) -> bytes:
    """A watch's file of a run at 3 m/s: one record each five seconds, tired in its last fifth."""
    start_s = round((at - FIT_EPOCH).total_seconds())
    n = minutes * 12
    rows = []
    for i in range(n + 1):
        gct = gct_ms * (1 + fade if i > 0.8 * n else 1.0)
        rows.append((start_s + 5 * i, 85, 0, round(10 * gct), 3000, heart_bpm, 1500 * i))
    writer = fit.FitWriter().message(fit.SPORT, [(0, fit.ENUM)], [(fit.RUNNING,)])
    return writer.records(FIELDS, rows).file()


def seven(ago: int) -> datetime:
    return datetime(2026, 3, 10, 7, tzinfo=UTC) - timedelta(ago)


def held(stores: Stores, athlete: str, day: date) -> review.Held:
    view: View = stores.as_seen_by(MACHINE)
    return review.held(view, athlete, day)


def rules(stores: Stores, athlete: str, day: date) -> set[str]:
    return {one.flag.rule for one in held(stores, athlete, day).items}


@pytest.fixture
def stores(tmp_path: Path) -> Stores:
    return open_stores(Settings(data=tmp_path))


@pytest.mark.row("A14")
def test_with_files_of_a_watch_alone(stores: Stores) -> None:
    with stores:
        athlete = stores.logbook.add_person(Person(name="Ada"))
        for i in range(17):
            ago, tired = 2 * (16 - i), i >= 14
            data = watched(
                seven(ago), 62 if i == 16 else 50, 250.0 + i % 3 + 14 * tired,
                148 + i % 2 + 10 * tired, fade=0.07 if i == 16 else 0.003 * (i % 3),
            )  # fmt: skip
            import_bytes(stores, athlete, data, f"{i}.fit")
        found = rules(stores, athlete, DAY)
        assert found == {"F01", "F09", "F10", "F12"}
        sore = (Soreness(site="calf", score=4.0),)
        later = DAY + timedelta(1)
        stores.logbook.add(
            athlete, CheckIn(day=later, at=seven(-1) + timedelta(hours=2), soreness=sore)
        )
        assert "F03" in rules(stores, athlete, later)
        assert rules(stores, athlete, DAY + timedelta(15)) == {"F02"}
        asleep = {outcome.rule: outcome.why for outcome in held(stores, athlete, DAY).unknown}
        assert {
            "F04",
            "F06",
            "F07",
            "F08",
            "F11",
            "F13",
            "F14",
            "F15",
            "F17",
            "F21",
        } <= asleep.keys()
        assert all(why.startswith("Not enough data: ") for why in asleep.values())


def test_with_nothing_but_typed_in_runs_sessions_and_check_ins(stores: Stores) -> None:
    with stores:
        athlete = stores.logbook.add_person(Person(name="Eve"))

        def write(kind: str, ago: int, *said: str) -> None:
            day = DAY - timedelta(ago)
            stores.logbook.add(athlete, entry_of(kind, said, day, seven(ago)))

        for ago in range(40, 0, -2):
            write("run", ago, "km=8", "min=48")
        write("run", 0, "km=10", "min=60")
        assert rules(stores, athlete, DAY) == {"F01"}
        assert rules(stores, athlete, DAY + timedelta(14)) == {"F02"}
        for ago in range(35, 6, -7):
            write("strength", ago, "min=15", "effort=3", "sets=short_foot:3x8x5")
        for ago in range(20, -1, -1):
            said = (
                ("stiffness=5", "sleep_quality=2")
                if ago < 4
                else ("stiffness=1", "sleep_quality=4")
            )
            write("check-in", ago, *said, "pain=0", "sore=calf:4" if ago < 2 else "sore=calf:0")
        big = StrengthSession(
            day=DAY - timedelta(2), started_at=seven(2), duration_min=40.0, effort=6.0,
            sets=sets("short_foot", 6, reps=12, hold_s=5.0),
        )  # fmt: skip
        stores.logbook.add(athlete, big)
        assert rules(stores, athlete, DAY) == {"F01", "F03", "F04", "F08", "F17", "F22"}
        asleep = {outcome.rule for outcome in held(stores, athlete, DAY).unknown}
        assert {"F09", "F10", "F11", "F12", "F14", "F15", "F24"} <= asleep
        assert review.coming(stores.as_seen_by(MACHINE), athlete, DAY).rule is not None
