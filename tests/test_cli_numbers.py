"""What a runner reads of a file: labels and units, grouped, every reason once."""

from catfoot.cli.numbers import GROUPS, numbers
from catfoot.signal.glossary import GLOSSARY
from catfoot.signal.measures import Grade, Measure

WATCH = "computed by the device itself"
RATE = "the sensor's rate is too low for a better grade"
FOOT = "left or right foot is not known"


def measure(name: str, value: float | None, grade: Grade, *reasons: str) -> Measure:
    return Measure(name=name, key=f"{name}_x", value=value, grade=grade, n=100, reasons=reasons)


def test_every_measure_of_a_run_has_its_place() -> None:
    placed = [name for names in GROUPS.values() for name in names]
    assert sorted(placed) == sorted(one.name for one in GLOSSARY if one.key)


def test_a_watch_says_its_one_reason_once_and_no_raw_key() -> None:
    told = list(numbers([
        measure("cadence", 170.04, "B", WATCH),
        measure("speed", 3.0, "B", WATCH),
        measure("heart_rate", 151.6, "B", WATCH),
    ], ()))  # fmt: skip
    assert [line.strip() for line in told if not line.startswith("    ")] == [
        "Rhythm and pace", "Effort", f"B at best: {WATCH}",
    ]  # fmt: skip
    assert told[1].split() == ["Cadence", "170.0", "steps/min", "B"]
    assert "3.00 m/s, 5:33 min/km" in told[2]
    assert told[4].split() == ["Heart", "rate", "152", "beats/min", "B"]


def test_what_only_some_have_is_a_note_with_a_number() -> None:
    told = "\n".join(numbers([
        measure("cadence", 170.0, "B", RATE),
        measure("gct", 240.0, "C", RATE, FOOT),
        measure("stride", 2.4, "C", FOOT, RATE),
        measure("coverage", 97.0, "A"),
    ], ()))  # fmt: skip
    assert told.count(RATE) == told.count(FOOT) == 1
    assert told.count(" C [1]") == 2
    assert f"  B at best: {RATE}\n  [1] {FOOT}" in told


def test_what_is_withheld_is_named_together_by_its_first_reason() -> None:
    told = list(numbers([
        measure("shock", None, "X", "clipped", FOOT),
        measure("softness", None, "X", "clipped"),
        measure("eversion", None, "X", FOOT),
    ], ()))  # fmt: skip
    assert told == ["  Withheld (X), clipped: Shock; Softness", f"  Withheld (X), {FOOT}: Eversion"]


def test_a_note_that_a_reason_has_said_is_not_said_again() -> None:
    notes = ("Left or right foot is not known.", "The samples end at 16.0 g.")
    told = list(numbers([measure("gct", 240.0, "C", FOOT)], notes))
    assert told[-1] == "  note: The samples end at 16.0 g."
    assert sum(FOOT in line.casefold() for line in told) == 1


def test_nobody_reads_a_pace_of_standing() -> None:
    (_, line) = numbers([measure("speed", 0.2, "A")], ())
    assert "min/km" not in line
