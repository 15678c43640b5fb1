from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catfoot.signal.summary import Measure, Summary
from catfoot.training.entries import Recording, Run
from catfoot.training.joining import overlap, ranked, run_from

BEGUN = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)


def _recording(
    start_s: float = 0, duration_s: float = 600, rank: int = 2, **more: object
) -> Recording:
    started_at = BEGUN + timedelta(seconds=start_s)
    values: dict[str, object] = {
        "run": "r", "content": f"{start_s}-{rank}", "name": "x", "format": "fit", "device": "d",
        "side": "unknown", "place": "unknown", "rank": rank, "started_at": started_at,
        "duration_s": duration_s, "origin_ns": 0, "rate_hz": None, "size_bytes": 1, "rev": 1,
        "summary": Summary(duration_s=duration_s),
    }  # fmt: skip
    return Recording(**(values | more))  # type: ignore[arg-type]


@given(
    st.floats(-2000, 2000), st.floats(1, 2000), st.floats(1, 2000)
)  # fmt: skip
def test_overlap_is_a_share_and_the_same_both_ways(shift: float, a: float, b: float) -> None:
    one, other = _recording(0, a), _recording(shift, b)
    assert 0 <= overlap(one, other) <= 1 + 1e-6
    assert overlap(one, other) == overlap(other, one)


def test_the_shorter_recording_is_what_counts() -> None:
    assert overlap(_recording(0, 3600), _recording(60, 300)) == 1
    assert overlap(_recording(0, 600), _recording(300, 600)) == 0.5
    assert overlap(_recording(0, 600), _recording(600, 600)) == 0


def test_an_assumed_start_overlaps_nothing() -> None:
    assert overlap(_recording(), _recording(start_assumed=True)) == 0


def test_a_run_has_one_duration_one_distance_and_the_athletes_day() -> None:
    pod = _recording(30, 500, rank=0, summary=Summary(duration_s=500, distance_m=1400))
    watch = _recording(0, 700, rank=2, summary=Summary(duration_s=600, distance_m=1800))
    run = run_from([watch, pod], ZoneInfo("Europe/Athens"))
    assert run.day == date(2026, 3, 2)
    assert run.started_at == BEGUN
    assert run.duration_s == 600
    assert run.distance_m == 1800
    assert run_from([pod], ZoneInfo("UTC")).distance_m == 1400


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_each_measure_comes_from_the_most_trusted_that_knows_it(order: tuple[int, ...]) -> None:
    def knows(**values: float | None) -> Summary:
        return Summary(
            measures=tuple(
                Measure(name=name, key=name, value=value, grade="B", n=30)
                for name, value in values.items()
            )
        )

    recordings = [
        _recording(rank=0, summary=knows(gct=250, shock=None)),
        _recording(rank=1, summary=knows(gct=270, power=240)),
        _recording(rank=2, summary=knows(gct=300, heart_rate=150, power=260)),
    ]
    run = run_from([recordings[i] for i in order], ZoneInfo("UTC"))
    values = {m.name: m.value for m in run.summary.measures}
    assert values == {"gct": 250, "shock": None, "power": 240, "heart_rate": 150}
    assert [r.rank for r in ranked(recordings)] == [0, 1, 2]


def test_what_a_person_wrote_stays_and_only_demo_recordings_make_a_demo_run() -> None:
    before = Run(day=BEGUN.date(), started_at=BEGUN, duration_s=1, title="hills", effort=6)
    demo = replace(_recording(), demo=True)
    run = run_from([demo, _recording(5)], ZoneInfo("UTC"), before)
    assert (run.title, run.effort, run.duration_s, run.demo) == ("hills", 6, 600, False)
    assert run_from([demo], ZoneInfo("UTC")).demo
