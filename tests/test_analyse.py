"""`catfoot analyse`: numbers with grades, pictures, rows for other tools; nothing is stored."""

import csv
import io
import json
import sys
from collections.abc import Callable
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from catfoot.analysis import Analysed, analyse, closer, together
from catfoot.cli import main
from catfoot.ingest.files import Options
from catfoot.ingest.files import csv as imu_csv
from catfoot.ingest.files import fitwriter as fw
from catfoot.signal import synth
from catfoot.signal.synth import WALK, Gait
from catfoot.signal.tables import STEP, Side
from catfoot.stepfiles import STRIDE_LIST, as_csv, as_json, stride_list

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CATFOOT_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


@pytest.fixture(scope="module")
def foot() -> bytes:
    gait = Gait(asymmetry=0.04)
    parts = [(gait, 30.0), (WALK, 10.0), (gait, 20.0)]
    return imu_csv.encode(synth.going(parts, side="left", seed=4).block)


@pytest.fixture
def files(tmp_path: Path, foot: bytes) -> tuple[Path, Path]:
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    left.write_bytes(foot)
    other = synth.runner(60.0, side="right", gait=Gait(asymmetry=0.04), seed=5)
    right.write_bytes(imu_csv.encode(other.block))
    return left, right


def looked(data: bytes, side: Side = "left") -> Analysed:
    return analyse(data, f"{side}.csv", Options(side=side, place="lace"))


def run(*argv: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(list(argv))
    return int(end.value.code or 0)


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


@pytest.mark.row("G06")
def test_every_number_stands_beside_its_grade_and_reason(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str], data: Path
) -> None:
    assert run("analyse", str(files[0]), "--foot", "left") == 0
    text = said(capsys)
    (line,) = (one for one in text.splitlines() if one.startswith("  Contact time  "))
    assert " ms " in line
    assert " B " in line
    number = line[line.rindex("[") + 1 : line.rindex("]")]
    (why,) = (one for one in text.splitlines() if one.startswith(f"  [{number}]"))
    assert "not validated against force plates" in why
    assert "Withheld (X), learning your usual: Softness" in text
    assert "walk " in text
    assert not data.exists()


def test_left_and_right_are_told_together(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("analyse", *map(str, files), "--foot", "left,right") == 0
    text = said(capsys)
    assert "Together:" in text
    assert "Contact time, left share" in text[text.index("Together:") :]


def test_a_watch_says_what_there_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "easy.fit"
    path.write_bytes(fw.steady_run(1_100_000_000, 600))
    assert run("analyse", str(path)) == 0
    text = said(capsys)
    assert "Cadence" in text
    assert "device's own" in text


def test_rows_go_out_as_csv_and_json_alike(foot: bytes) -> None:
    found = looked(foot)
    rows = list(csv.DictReader(io.StringIO(as_csv([found]))))
    objects = json.loads(as_json([found]))
    assert len(rows) == len(objects) == len(found.steps)
    assert list(rows[0]) == ["file", "side", "t_s", *(STEP.names or ())]
    for row, thing in zip(rows, objects, strict=True):
        assert {k: "" if v is None else str(v) for k, v in thing.items()} == row
    known = [float(row["gct_s"]) for row in rows if row["gct_s"]]
    assert known == found.steps["gct_s"][~np.isnan(found.steps["gct_s"])].tolist()


def test_readings_go_out_where_there_are_no_steps() -> None:
    found = analyse(fw.steady_run(1_100_000_000, 60), "easy.fit")
    rows = json.loads(as_json([found]))
    assert len(rows) == 61
    assert rows[0]["cadence_spm"] == 165


def test_parquet_holds_the_same_rows(
    foot: bytes, needed: Callable[[str, bool], None], tmp_path: Path
) -> None:
    needed("pyarrow", find_spec("pyarrow") is not None)
    from pyarrow import parquet

    (tmp_path / "a.csv").write_bytes(foot)
    assert run("analyse", "a.csv", "--foot", "left", "--parquet", "out.parquet") == 0
    rows = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    found = analyse(foot, "a.csv", Options(side="left"))
    assert rows == json.loads(as_json([found]))


def test_a_plot_is_drawn_of_pods_and_of_watches(
    files: tuple[Path, Path], tmp_path: Path, needed: Callable[[str, bool], None]
) -> None:
    needed("matplotlib", find_spec("matplotlib") is not None)
    (tmp_path / "easy.fit").write_bytes(fw.steady_run(1_100_000_000, 120))
    assert run("analyse", *map(str, files), "--foot", "left,right", "--plot", "feet.png") == 0
    assert run("analyse", "easy.fit", "--plot", "watch.png") == 0
    for name in ("feet.png", "watch.png"):
        assert (tmp_path / name).read_bytes().startswith(PNG)


@pytest.mark.parametrize(
    ("option", "module", "word"),
    [("--plot", "matplotlib", "plots"), ("--parquet", "pyarrow", "parquet")],
)
def test_a_missing_extra_is_one_sentence(
    files: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    option: str,
    module: str,
    word: str,
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    assert run("analyse", str(files[0]), option, "out") == 1
    fault = capsys.readouterr().err
    assert fault.count("\n") == 1
    assert f"pip install 'catfoot[{word}]'" in fault


def test_the_terminal_gets_rows_and_nothing_else(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("analyse", str(files[0]), "--json", "-") == 0
    assert len(json.loads(said(capsys))) == len(looked(files[0].read_bytes()).steps)


@pytest.mark.parametrize("said_foot", ["middle", "left,right,left"])
def test_a_foot_that_is_none_is_refused(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str], said_foot: str
) -> None:
    assert run("analyse", *map(str, files), "--foot", said_foot) == 1
    assert "expected left or right" in capsys.readouterr().err


def test_what_is_no_recording_is_refused_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("hello")
    for name in ("a.txt", "missing.csv"):
        assert run("analyse", name) == 1
        assert capsys.readouterr().err.count("\n") == 1


def test_the_stride_list_keeps_gaitmaps_contract(foot: bytes) -> None:
    found = looked(foot)
    seen = closer(found.decoded)
    assert seen is not None
    rows = stride_list(seen.contacts, seen.t_ns)
    table = {name: np.array(column) for name, column in zip(STRIDE_LIST, zip(*rows, strict=True),
                                                            strict=True)}  # fmt: skip
    # As gaitmap checks a list of kind "min_vel", and the order of events it keeps.
    assert all(column.dtype.kind == "i" for column in table.values())
    assert len(set(table["s_id"])) == len(rows) > 60
    assert (table["start"] == table["min_vel"]).all()
    order = [table[name] for name in ("pre_ic", "min_vel", "tc", "ic", "end")]
    assert all((a < b).all() for a, b in pairwise(order))
    assert table["pre_ic"].min() >= 0
    assert table["end"].max() < len(seen.t_ns)


def test_the_stride_list_counts_samples_of_the_file(foot: bytes) -> None:
    found = looked(foot)
    seen = closer(found.decoded)
    assert seen is not None
    rows = stride_list(seen.contacts, seen.t_ns)
    ic = np.array([row[STRIDE_LIST.index("ic")] for row in rows])
    times = found.steps["ic_ns"]
    gap = np.abs(seen.t_ns[ic][:, None] - times[None, :]).min(axis=1)
    assert gap.max() <= 2_600_000  # half a sample at 200 Hz


def test_of_two_feet_the_stride_lists_say_which(files: tuple[Path, Path], tmp_path: Path) -> None:
    assert run("analyse", *map(str, files), "--foot", "left,right", "--gaitmap", "s.csv") == 0
    for side in ("left", "right"):
        head = (tmp_path / f"s-{side}.csv").read_text().splitlines()[0]
        assert head == ",".join(STRIDE_LIST)


def test_a_watch_has_no_stride_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "easy.fit").write_bytes(fw.steady_run(1_100_000_000, 60))
    assert run("analyse", "easy.fit", "--gaitmap", "s.csv") == 1
    assert "no samples of a foot" in capsys.readouterr().err


def test_the_more_trusted_file_comes_first_whatever_the_order(foot: bytes) -> None:
    pod, watch = looked(foot), analyse(fw.steady_run(1_100_000_000, 60), "easy.fit")
    for order in ([pod, watch], [watch, pod]):
        cadence = together(order).measure("cadence")
        assert cadence is not None
        assert cadence == pod.summary.measure("cadence")
