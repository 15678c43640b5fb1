"""Summaries: what is said to people, and what is withheld."""

from pathlib import Path

import numpy as np
import pytest

from catfoot.ingest.files import decode
from catfoot.signal import softness, synth
from catfoot.signal.imu import ImuBlock
from catfoot.signal.quality import Findings
from catfoot.signal.steps import Mount, StepAnalyser
from catfoot.signal.stream import analyse
from catfoot.signal.summary import Measure, Summary, combine, summarise, summarise_readings
from catfoot.signal.synth import Sensor
from catfoot.signal.tables import READING, STEP, Side, empty, table
from tests.validation import recordings


def summary(
    block: ImuBlock, side: Side = "unknown", usual: softness.Usual | None = None
) -> Summary:
    analyser = StepAnalyser(Mount(side), block.rate_hz)
    rows = analyse(analyser, [block])
    seconds = float(block.t_ns[-1] - block.t_ns[0]) / 1e9
    return summarise(rows, analyser.findings(), seconds, side, usual)


def usual(shock_g: float) -> softness.Usual:
    return softness.Usual(
        measure="shock", version=2, source="pod", runs=6, ln_value=float(np.log(shock_g))
    )


RUN = synth.runner(30.0, seed=5)


def value(found: Summary, name: str) -> float:
    measure = found.measure(name)
    assert measure is not None
    assert measure.value is not None
    return measure.value


def grade(found: Summary, name: str) -> str:
    measure = found.measure(name)
    assert measure is not None
    return measure.grade


def test_a_run_in_a_few_numbers() -> None:
    found = summary(RUN.block, "left")
    assert value(found, "cadence") == pytest.approx(168, abs=1)
    assert value(found, "gct") == pytest.approx(245, abs=6)
    assert grade(found, "cadence") == "A"
    assert grade(found, "gct") == "B"
    assert found.warnings == ()
    assert found.flat()["gct_ms"] == value(found, "gct")


def test_fewer_than_20_steps_give_no_number() -> None:
    found = summary(synth.runner(9.0, seed=5).block, "left")
    gct = found.measure("gct")
    assert gct is not None
    assert gct.value is None
    assert gct.grade == "X"
    assert "fewer than 20 valid steps" in gct.reasons
    assert found.steps > 10


def test_no_steps_at_all_is_a_summary_too() -> None:
    found = summarise(empty(STEP), Findings(rate_hz=200.0), 10.0)
    assert found.steps == 0
    assert "The foot hardly moved: nothing to count." in found.warnings


@pytest.mark.row("A04")
def test_softness_is_withheld_until_the_usual_is_known() -> None:
    found = summary(RUN.block, "left")
    soft = found.measure("softness")
    assert soft is not None
    assert soft.value is None
    assert soft.reasons == ("learning your usual",)


@pytest.mark.row("A04")
def test_softness_is_50_at_the_usual_and_falls_with_shock() -> None:
    shock = value(summary(RUN.block, "left"), "shock")
    scores = [
        value(summary(RUN.block, "left", usual(shock * k)), "softness") for k in (0.7, 1, 1.4)
    ]
    assert scores[1] == pytest.approx(50)
    assert scores[0] < 30
    assert scores[2] > 70


def test_softness_is_withheld_where_landings_hit_the_range() -> None:
    found = summary(synth.runner(30.0, sensor=Sensor(acc_range_g=3.6), seed=5).block, "left")
    shock = found.measure("shock")
    assert shock is not None
    assert shock.value is None
    assert shock.reasons == ("the accelerometer hit the end of its range",)
    assert any("hit the end of the accelerometer's range" in w for w in found.warnings)


def test_six_runs_make_a_usual() -> None:
    run = summary(RUN.block, "left")
    assert softness.usual_of([run] * 5) is None
    made = softness.usual_of([run] * 6, "pod")
    assert made is not None
    assert np.exp(made.ln_value) == pytest.approx(value(run, "shock"))


def test_the_loose_pod_with_a_wrong_scale(shared_data: Path) -> None:
    found = summary(recordings.hobby(shared_data / "wmf-run-challenge" / "tom.csv"))
    assert 183 <= value(found, "cadence") <= 194
    assert grade(found, "cadence") in "CX"
    assert grade(found, "gct") in "CX"
    assert any("4/3" in w for w in found.warnings)
    assert any("loose" in w for w in found.warnings)


def test_the_run_with_lost_samples(shared_data: Path) -> None:
    found = summary(recordings.hobby(shared_data / "wmf-field" / "test-run.csv"))
    assert value(found, "cadence") == pytest.approx(169, abs=3)
    assert any("12 %" in w and "lost" in w for w in found.warnings)
    shock = found.measure("shock")
    assert shock is not None
    assert shock.value is None


UNEVEN = "the strides are too uneven for one gait: is the sensor on the foot?"


def none_but_coverage(found: Summary) -> bool:
    """Whether every measure is withheld as of no gait, and nothing else is said either."""
    rest = [m for m in found.measures if m.name != "coverage"]
    assert {"cadence", "gct", "flight", "duty", "shock", "softness"} <= {m.name for m in rest}
    assert found.steps == 0
    assert found.distance_m is None
    assert found.bouts == ()
    assert any("too uneven for one gait" in w for w in found.warnings)
    return all(m.value is None and m.grade == "X" and m.reasons == (UNEVEN,) for m in rest)


def test_strides_that_are_no_gait_give_no_number_and_the_reason() -> None:
    turns = [130, 250, 150, 270, 140, 260, 170, 240] * 2
    made = synth.going([(synth.Gait(cadence_spm=float(c)), 4.0) for c in turns], seed=2)
    assert none_but_coverage(summary(made.block, "left", usual(2.0)))


def test_a_phone_in_a_pocket_is_no_foot(shared_data: Path) -> None:
    path = shared_data / "mhealthtools-phone" / "walk_data.csv"
    (block,) = decode(path.read_bytes(), path.name).blocks
    assert none_but_coverage(summary(block))


def test_where_no_foot_is_in_the_air_no_flight_is_told(shared_data: Path) -> None:
    walks = [
        synth.runner(60.0, gait=synth.WALK, seed=1).block,
        recordings.gaitmap(shared_data).block,
    ]
    for block in walks:
        flight = summary(block, "left").measure("flight")
        assert flight is not None
        assert (flight.value, flight.grade) == (None, "X")
        assert flight.n >= 20
        assert "there was no flight" in flight.reasons[0]


def test_readings_of_a_watch_are_summed_up_while_moving() -> None:
    rows = table(
        READING,
        [
            {"t_ns": k * 10**9, "cadence_spm": 0.0 if k < 10 else 170.0, "gct_s": 0.25,
             "distance_m": 3.0 * k, "heart_rate_bpm": 100.0 + k}
            for k in range(60)
        ],
    )  # fmt: skip
    found = summarise_readings(rows)
    assert value(found, "cadence") == 170
    assert value(found, "gct") == 250
    assert value(found, "heart_rate") == pytest.approx(129.5)
    assert found.distance_m == 177
    assert found.duration_s == 59
    assert found.measure("power") is None


def measured(side: Side, **ms: float) -> Summary:
    return Summary(
        side=side,
        duration_s=60,
        measures=tuple(
            Measure(name=k, key=f"{k}_ms", value=v, grade="A", n=30) for k, v in ms.items()
        ),
    )


def test_each_measure_of_a_run_has_the_most_trusted_source() -> None:
    both = combine([measured("left", gct=240), measured("unknown", gct=260, flight=90)])
    assert value(both, "gct") == 240
    assert value(both, "flight") == 90


@pytest.mark.row("A15")
def test_left_and_right_give_a_balance_and_one_foot_gives_none() -> None:
    both = combine([measured("left", gct=252), measured("right", gct=248)])
    assert value(both, "gct_balance") == pytest.approx(50.4)
    assert value(both, "gct") == 250
    assert combine([measured("left", gct=252)]).measure("gct_balance") is None


def test_nothing_combined_is_an_empty_summary() -> None:
    assert combine([]) == Summary()


@pytest.mark.parametrize("every_s", [1, 5])
def test_steps_of_a_device_are_counted_by_time_and_not_by_reading(every_s: int) -> None:
    rows = empty(READING, 600 // every_s)
    rows["t_ns"] = np.arange(len(rows)) * every_s * 1_000_000_000
    rows["cadence_spm"] = 180.0
    rows["t_ns"][len(rows) // 2 :] += 600 * 1_000_000_000  # a pause without readings
    assert summarise_readings(rows).steps == pytest.approx(1800, abs=3)
