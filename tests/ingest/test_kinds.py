"""The table of what you get promises what a run is graded, and the document shows the table."""

import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from catfoot.config import Settings, open_stores
from catfoot.ingest.devices import PROFILES
from catfoot.ingest.files.podlog import recording_of
from catfoot.ingest.kinds import (
    COLUMNS,
    FLAGS,
    KINDS,
    MEASURES,
    Cell,
    Kind,
    Storage,
    kind_of,
)
from catfoot.ingest.kindtable import as_rows
from catfoot.ingest.source import Decoded
from catfoot.signal import synth
from catfoot.signal.imu import G_MPS2
from catfoot.sync import import_bytes
from catfoot.training.entries import Person

DOCUMENT = Path(__file__).parents[2] / "docs" / "devices.md"


def markdown() -> str:
    """Return the table as docs/devices.md shows it: grades, and numbers that lead to reasons."""
    reasons: list[str] = []

    def shown(cell: Cell) -> str:
        if cell.grade == "said":
            return "w"
        if cell.grade is not None and not cell.why:
            return cell.grade
        if cell.why not in reasons:
            reasons.append(cell.why)
        return (
            f"{cell.grade or ''}{'' if cell.grade is None else ' '}({reasons.index(cell.why) + 1})"
        )

    out = ["| what you own | " + " | ".join(MEASURES) + " | stores |"]
    out.append("|" + "---|" * (len(MEASURES) + 2))
    for kind in KINDS:
        cells = [shown(kind.cell(column)) for column in MEASURES]
        stores = kind.stores or ""
        out.append(f"| {kind.name} | " + " | ".join(cells) + f" | {stores} |")
    out += ["", "| flags | " + " | ".join(FLAGS) + " |", "|" + "---|" * (len(FLAGS) + 1)]
    for kind in KINDS:
        cells = [shown(kind.cell(column)) for column in FLAGS]
        out.append(f"| {kind.name} | " + " | ".join(cells) + " |")
    out += [
        "",
        "w: from what you write down (runs, check-ins, sets). A, B, C: the grade, A the best.",
    ]
    out += [f"({i + 1}) {reason}." for i, reason in enumerate(reasons)]
    return "\n".join(out).replace(".\n(", ".\n\n(", 1) + "\n"


def test_the_document_shows_the_table() -> None:
    (shown,) = re.findall(r"(?s)<!-- kinds -->\n(.*)<!-- end of kinds -->", DOCUMENT.read_text())
    assert shown == f"\n{markdown()}\n"


def test_every_cell_is_a_grade_or_says_why_not() -> None:
    for kind in KINDS:
        for column in COLUMNS:
            cell = kind.cell(column)
            assert cell.grade or cell.why, (kind.key, column)
    assert len({kind.key for kind in KINDS}) == len(KINDS)
    assert all(len(row["cells"]) == 29 for row in as_rows())  # type: ignore[arg-type]


def test_every_family_stands_for_a_kind_and_its_rate_is_the_decoders() -> None:
    from catfoot.ingest.devices import capture2go, dot, movesense, polar, witmotion

    assert all(kind_of(profile.name) for profile in PROFILES)
    for name, rate_hz in (
        ("capture2go", capture2go.RATE_HZ), ("dot", dot.RATE_HZ), ("movesense", movesense.RATE_HZ),
        ("witmotion", witmotion.RATE_HZ), ("polar", polar.WISHES[polar.ACC][0]),
    ):  # fmt: skip
        kind = kind_of(name)
        assert kind is not None
        assert kind.rate_hz == rate_hz


@pytest.mark.parametrize("rate_hz", sorted({k.rate_hz for k in KINDS if k.gyro and k.rate_hz}))
def test_no_kind_promises_more_than_its_run_is_graded(tmp_path: Path, rate_hz: float) -> None:
    block = synth.runner(60, seed=4, sensor=synth.Sensor(rate_hz=rate_hz)).block
    at = datetime(2026, 3, 15, tzinfo=UTC)
    decoded = Decoded(format="m", device="m", started_at=at, blocks=(block,))
    data = recording_of(decoded, side="left", place="lace")
    with open_stores(Settings(data=tmp_path)) as stores:
        ada = stores.logbook.add_person(Person(name="ada"))
        summary = import_bytes(stores, ada, data, "x").summary
    given = {measure.key: measure.grade for measure in summary.measures}
    for kind in (k for k in KINDS if k.rate_hz == rate_hz and k.gyro and k.clock):
        assert kind.cell("cadence").grade == given["cadence_spm"]
        assert kind.cell("contact time").grade == given["gct_ms"]
        assert kind.cell("softness").grade == given["shock_g"]


def test_a_sensor_without_clock_and_counter_is_graded_lower_and_says_why(tmp_path: Path) -> None:
    from catfoot.ingest.devices import witmotion
    from catfoot.ingest.records import (
        Header,
        Segment,
        encode_header,
        encode_notification,
        encode_segment,
    )
    from catfoot.ingest.source import Notification

    block = synth.runner(60, seed=4, sensor=synth.Sensor(rate_hz=100.0)).block
    assert block.gyr is not None
    scaled = [block.acc / (16 * G_MPS2), block.gyr / np.deg2rad(2000), 0 * block.gyr]
    raw = np.clip(np.rint(np.concatenate(scaled, axis=1) * 32768), -32768, 32767).astype("<i2")
    header = Header(
        device="w", profile="witmotion", started_at=datetime(2026, 3, 15, tzinfo=UTC),
        side="left", place="lace",
    )  # fmt: skip
    data = encode_header(header) + encode_segment(Segment(reads={}, at_ns=0))
    for t_ns, row in zip((block.t_ns - block.t_ns[0]).tolist(), raw, strict=True):
        packet = Notification("w", witmotion.NOTIFY, b"\x55\x61" + row.tobytes(), t_ns)
        data += encode_notification(packet, witmotion.PROFILE.notify)
    with open_stores(Settings(data=tmp_path)) as stores:
        ada = stores.logbook.add_person(Person(name="ada"))
        summary = import_bytes(stores, ada, data, "x").summary
    kind = kind_of("witmotion")
    assert kind is not None
    for column, key in (
        ("cadence", "cadence_spm"),
        ("contact time", "gct_ms"),
        ("softness", "shock_g"),
    ):
        (measure,) = (m for m in summary.measures if m.key == key)
        assert measure.grade == kind.cell(column).grade == "C", key
        assert (
            "the sensor has no clock and no counter: lost samples cannot be seen" in measure.reasons
        )
    (counted,) = (k for k in KINDS if k.key == "verity")
    assert counted.cell("cadence").grade == "A"


def test_what_a_memory_holds_is_computed() -> None:
    short = Storage(size_bytes=384_000, rate_hz=104, sample_bytes=24)
    assert short.seconds == pytest.approx(153.8, abs=0.1)
    assert short.said().endswith("drills, not runs")
    long = Storage(size_bytes=8_640_000, rate_hz=200, sample_bytes=12)
    assert long.said() == "9 MB: 60.0 min at 200 Hz"
    assert Storage(rate_hz=60, makers_s=5280).said() == "its maker's figure: 88.0 min at 60 Hz"


def test_more_to_own_never_gives_less() -> None:
    def worth(kind: Kind, column: str) -> int:
        return {None: 0, "said": 1, "C": 2, "B": 3, "A": 4}[kind.cell(column).grade]

    by_key = {kind.key: kind for kind in KINDS}
    for less, more in (
        ("nothing", "phone"), ("openpod", "two-pods"), ("two-pods", "two-pods-watch"),
        ("openpod", "openpod-400"), ("watch-fit", "watch-dynamics"),
    ):  # fmt: skip
        for column in COLUMNS:
            assert worth(by_key[less], column) <= worth(by_key[more], column), (less, more, column)
