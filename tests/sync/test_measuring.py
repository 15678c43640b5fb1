"""From samples to flags: what the analysis measures is what the rules read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from catfoot import sync
from catfoot.config import Settings, Stores, open_stores
from catfoot.ingest.files import Options, csv
from catfoot.ingest.source import Decoded
from catfoot.signal import synth
from catfoot.signal.imu import ImuBlock
from catfoot.signal.summary import SUMMARY_VERSION, Summary
from catfoot.signal.synth import Gait, Sensor
from catfoot.sync.measure import entry_of, measured
from catfoot.training import flags
from catfoot.training.entries import Person, Recording, Run
from catfoot.training.history import History
from catfoot.training.joining import run_from
from catfoot.training.thresholds import DEFAULT

BEGUN = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_stores(Settings(data=tmp_path / "data")) as opened:
        yield opened


@cache
def block(fatigue: float = 0.0, seconds: float = 300.0, seed: int = 1) -> ImuBlock:
    return synth.runner(seconds, gait=Gait(fatigue=fatigue), seed=seed).block


def recorded(samples: ImuBlock, begun: datetime, earlier: tuple[Summary, ...] = ()) -> Recording:
    decoded = Decoded(format="csv", device="pod", started_at=begun, side="left", place="lace",
                      blocks=(samples,))  # fmt: skip
    entry = entry_of(decoded, f"{begun:%d}" * 32, "a.csv", 1, begun)
    return measured(decoded, entry, earlier).entry


def outcome(rule: str, runs: list[Run], **thresholds: float) -> str:
    history = History(athlete="a", person=Person(name="Ada"), runs=tuple(runs))
    day = runs[-1].day
    found = flags.outcomes_on(day, history, replace(DEFAULT, **thresholds))  # type: ignore[arg-type]
    (one,) = (o for o in found if o.rule == rule)
    return "notice" if one.flag is not None else one.state


def test_a_fade_within_a_long_run_reaches_its_rule() -> None:
    runs = []
    for k in range(12):
        samples = block(fatigue=0.0 if k < 11 else 0.12)
        recording = recorded(samples, BEGUN + timedelta(days=3 * k))
        runs.append(run_from([recording], UTC_ZONE))
    assert all(run.summary.measure("gct_fade") is not None for run in runs)
    assert outcome("F12", runs[:-1], fade_long_s=240.0) == "quiet"
    assert outcome("F12", runs, fade_long_s=240.0) == "notice"


def test_clipped_landings_reach_their_rule(stores: Stores) -> None:
    ada = sync.athlete_named(stores, "ada")
    hard = synth.runner(60.0, sensor=Sensor(acc_range_g=3.8), seed=2).block
    options = Options(start=BEGUN, side="left", place="lace", range_g=3.8)
    imported = sync.import_bytes(stores, ada, csv.encode(hard), "hard.csv", options)
    clipped = imported.summary.measure("clipped")
    assert clipped is not None
    assert clipped.value is not None
    assert clipped.value > 30
    run = stores.logbook.get(Run, ada, imported.run).entry
    assert outcome("F24", [run]) == "notice"


def test_the_usual_is_stored_with_the_run_it_judged() -> None:
    earlier: tuple[Summary, ...] = ()
    for k in range(6):
        before = recorded(block(seconds=60.0, seed=k), BEGUN + timedelta(days=k), earlier)
        earlier = (*earlier, before.summary)
        learning = before.summary.measure("softness")
        assert learning is not None
        assert learning.reasons[0] == "learning your usual"
        assert before.summary.usuals == ()
    entry = recorded(block(seconds=60.0, seed=6), BEGUN + timedelta(days=6), earlier)
    softness = entry.summary.measure("softness")
    assert softness is not None
    run = run_from([entry], UTC_ZONE)
    shock, gct = run.summary.usual("shock"), run.summary.usual("gct")
    assert shock is not None
    assert gct is not None
    assert (shock.runs, shock.version, shock.view) == (6, SUMMARY_VERSION, "rolling")
    assert softness.value == pytest.approx(50, abs=10)
    at_usual = run.summary.measure("gct_at_usual")
    assert at_usual is not None
    assert at_usual.value == pytest.approx(246, abs=5)


def test_what_an_older_version_measured_makes_no_usual(stores: Stores) -> None:
    ada = sync.athlete_named(stores, "ada")

    def imported(k: int) -> Recording:
        begun = BEGUN + timedelta(days=k)
        options = Options(start=begun, side="left", place="lace")
        data = csv.encode(block(seconds=30.0, seed=k))
        return sync.import_bytes(stores, ada, data, f"{k}.csv", options).entry

    for k in range(6):
        imported(k)
    for row in stores.logbook.entries(Recording, ada):
        old = replace(row.entry, summary=replace(row.entry.summary, version=SUMMARY_VERSION - 1))
        run = stores.logbook.get(Run, ada, row.entry.run).entry
        stores.logbook.commit_run(ada, run, old, run_id=old.run, recording_id=row.id, new=False)
    assert imported(6).summary.usuals == ()


def test_the_same_bytes_give_the_same_interval(stores: Stores) -> None:
    data = csv.encode(block(seconds=60.0))
    options = Options(start=BEGUN, side="left")
    found = []
    for name in ("ada", "bob"):
        who = sync.athlete_named(stores, name)
        found.append(sync.import_bytes(stores, who, data, "a.csv", options).summary)
    assert found[0] == found[1]
    gct = found[0].measure("gct")
    assert gct is not None
    assert gct.low is not None
    assert gct.high is not None
    assert gct.value is not None
    assert gct.low <= gct.value <= gct.high
    assert np.isfinite(gct.p10 or np.nan)


@pytest.mark.parametrize("side", ["left", "right"])
def test_one_foot_sees_every_other_step_and_says_all(side: str) -> None:
    samples = block(seconds=60.0)
    decoded = Decoded(format="csv", device="pod", started_at=BEGUN,
                      side="left" if side == "left" else "right", blocks=(samples,))  # fmt: skip
    entry = entry_of(decoded, "0" * 64, "a.csv", 1, BEGUN)
    assert measured(decoded, entry).entry.summary.steps == pytest.approx(168, abs=2)


def test_two_feet_are_not_counted_twice() -> None:
    left = recorded(block(seconds=60.0), BEGUN)
    right = replace(left, side="right", summary=replace(left.summary, side="right"))
    run = run_from([left, right], UTC_ZONE)
    assert run.summary.steps == left.summary.steps
