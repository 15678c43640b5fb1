"""A run, and the rows behind its numbers."""

import csv
import io
import json
import math
from datetime import date
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from catfoot.api.chart import chart
from catfoot.config import Stores
from catfoot.signal.imu import G_MPS2
from catfoot.signal.softness import Usual
from catfoot.signal.summary import Measure, Summary
from catfoot.signal.tables import GAIT_WALK, READING, STEP, TABLES, empty
from catfoot.store.series import SeriesKey
from catfoot.training.entries import Recording, Run

from .conftest import NOW

ORIGIN_NS = int(NOW.timestamp()) * 10**9
RUN, LEFT, RIGHT, WATCH = "run1", "left1", "right1", "watch1"
SUMMARY = Summary(
    duration_s=60.0,
    steps=160,
    measures=(
        Measure(name="gct", key="gct_ms", value=250.0, grade="B", n=160),
        Measure(name="shock", key="shock_g", value=None, grade="X", n=0, reasons=("no range",)),
    ),
    warnings=("a remark",),
)


def _recording(side: Any, content: str, rank: int) -> Recording:
    return Recording(
        run=RUN, content=content * 64, name=f"{side}.csv", format="csv", device="pod", side=side,
        place="lace", rank=rank, started_at=NOW, duration_s=60.0, origin_ns=0, rate_hz=200.0,
        size_bytes=1, rev=1, summary=SUMMARY,
    )  # fmt: skip


def _steps(n: int, first_ns: int) -> Any:
    rows = empty(STEP, n)
    rows["ic_ns"] = first_ns + 700_000_000 * np.arange(n)
    rows["fc_ns"] = rows["ic_ns"] + 250_000_000
    rows["gct_s"] = 0.25
    rows["gct_s"][::10] = np.nan
    rows["stride_s"] = 0.7
    return rows


@pytest.fixture
def run(client: TestClient, athlete: str) -> str:
    """A run that two pods and a watch saw."""
    stores: Stores = client.app.state.stores  # type: ignore[attr-defined]
    seen: list[tuple[str, Any, str, Any]] = [
        (LEFT, "left", "a", {"step": _steps(85, 0)}),
        (RIGHT, "right", "b", {"step": _steps(80, 350_000_000)}),
        (WATCH, "unknown", "c", {"reading": _readings()}),
    ]
    entry = Run(day=date(2026, 3, 15), started_at=NOW, duration_s=60.0, summary=SUMMARY)
    for i, (recording, side, content, tables) in enumerate(seen):
        key = SeriesKey(
            athlete=athlete, run=RUN, recording=recording, side=side, rev=1, origin_ns=ORIGIN_NS
        )
        stores.series.write(key, tables)
        stores.logbook.commit_run(
            athlete, entry, _recording(side, content, i),
            run_id=RUN, recording_id=recording, new=i == 0,
        )  # fmt: skip
    return f"/api/v1/athletes/{athlete}/runs/{RUN}"


def _readings() -> Any:
    rows = empty(READING, 60)
    rows["t_ns"] = 1_000_000_000 * np.arange(60)
    rows["cadence_spm"] = 170.0
    return rows


def test_a_run_carries_its_numbers_and_who_watched_it(client: TestClient, run: str) -> None:
    found = client.get(run).json()
    assert found["numbers"]["gct_ms"] == 250.0
    assert found["numbers"]["gct_grade"] == "B"
    assert found["numbers"]["shock_g"] is None
    assert found["numbers"]["shock_reasons"] == ["no range"]
    assert [r["side"] for r in found["recordings"]] == ["left", "right", "unknown"]


def test_steps_come_by_recording_with_null_for_what_is_not_known(
    client: TestClient, run: str
) -> None:
    found = client.get(f"{run}/steps").json()
    left, right = found["items"]
    assert (left["side"], left["rows"]) == ("left", 85)
    assert (right["side"], right["rows"]) == ("right", 80)
    assert set(left["columns"]) == set(STEP.names or ())
    assert left["columns"]["gct_s"][:3] == [None, 0.25, 0.25]
    assert left["columns"]["ic_ns"][1] == 700_000_000
    assert found["next"] is None


def test_pages_of_steps_hold_every_row_once(client: TestClient, run: str) -> None:
    whole = client.get(f"{run}/steps").json()["items"]
    got: dict[str, list[int]] = {}
    cursor = None
    while True:
        params: dict[str, str] = {"limit": "7", "columns": "ic_ns"}
        params |= {"cursor": cursor} if cursor else {}
        page = client.get(f"{run}/steps", params=params).json()
        assert sum(len(item["columns"]["ic_ns"]) for item in page["items"]) <= 7
        for item in page["items"]:
            mine = got.setdefault(item["recording"], [])
            assert item["offset"] == len(mine)
            mine += item["columns"]["ic_ns"]
        cursor = page["next"]
        if cursor is None:
            break
    assert got == {item["recording"]: item["columns"]["ic_ns"] for item in whole}


def test_a_run_that_only_a_watch_saw_serves_its_readings(client: TestClient, run: str) -> None:
    (watch,) = client.get(f"{run}/readings").json()["items"]
    assert watch["recording"] == WATCH
    assert watch["columns"]["cadence_spm"] == [170.0] * 60
    assert watch["columns"]["power_w"] == [None] * 60
    assert client.get(f"{run}/sway").json()["items"] == []


def test_all_steps_come_as_lines_that_hold_what_the_pages_hold(
    client: TestClient, run: str
) -> None:
    paged = client.get(f"{run}/steps", params={"columns": "ic_ns,gct_s"}).json()["items"]
    whole = [
        (item["recording"], item["side"], ic_ns, gct_s)
        for item in paged
        for ic_ns, gct_s in zip(item["columns"]["ic_ns"], item["columns"]["gct_s"], strict=True)
    ]
    asked = {"columns": "ic_ns,gct_s"}
    text = client.get(f"{run}/steps", params={**asked, "format": "ndjson"})
    assert text.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in text.text.splitlines()]
    assert [(x["recording"], x["side"], x["ic_ns"], x["gct_s"]) for x in lines] == whole
    sheet = client.get(f"{run}/steps", params={**asked, "format": "csv"})
    assert sheet.headers["content-type"].startswith("text/csv")
    assert "attachment" in sheet.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(sheet.text)))
    got = [
        (r["recording"], r["side"], int(r["ic_ns"]), float(r["gct_s"]) if r["gct_s"] else None)
        for r in rows
    ]
    assert got == whole
    assert {int(r["origin_ns"]) for r in rows} == {item["origin_ns"] for item in paged}


def test_a_width_gives_mean_least_and_most_of_so_many_bins(client: TestClient, run: str) -> None:
    told = client.get(f"{run}/steps", params={"columns": "gct_s", "width": 10}).json()
    assert told["width"] == 10
    for item in told["items"]:
        assert 1 <= item["rows"] <= 10
        assert sum(item["columns"]["n"]) in (80, 85)
        for kind in ("mean", "min", "max"):
            assert all(value in (None, 0.25) for value in item["columns"][f"gct_s_{kind}"])
    everything = client.get(f"{run}/steps", params={"width": 10})
    assert everything.status_code == 200
    refused = client.get(f"{run}/steps", params={"columns": "ic_ns", "width": 10})
    assert refused.json()["errors"][0]["field"] == "columns"


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"format": "xml"}, "format"),
        ({"width": "9"}, "width"),
        ({"columns": "gct_ms", "format": "csv"}, "columns"),
        ({"columns": "gct_ms"}, "columns"),
        ({"limit": "0"}, "limit"),
        ({"limit": "20001"}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": "OTk6MA"}, "cursor"),  # 99:0
    ],
)
def test_a_question_about_rows_that_makes_no_sense_is_refused_by_name(
    client: TestClient, run: str, params: dict[str, str], field: str
) -> None:
    answer = client.get(f"{run}/steps", params=params)
    assert answer.status_code == 422
    assert field in answer.json()["detail"]


def test_another_athletes_run_is_not_here(client: TestClient, run: str) -> None:
    other = client.post("/api/v1/athletes", json={"name": "Bo"}).json()["id"]
    for below in ("", "/steps", "/readings", "/sway"):
        answer = client.get(f"/api/v1/athletes/{other}/runs/{RUN}{below}")
        assert answer.status_code == 404
        assert answer.json()["detail"] == client.get("/api/v1/nothing").json()["detail"]


def test_every_table_has_json_numbers_only() -> None:
    from catfoot.api.rows import values

    for dtype in TABLES.values():
        rows = empty(dtype, 2)
        for name in dtype.names or ():
            for value in values(rows[name]):
                assert value is None or (isinstance(value, (int, float)) and math.isfinite(value))


def test_what_a_person_says_of_a_run_can_be_changed_and_what_was_measured_cannot(
    client: TestClient, run: str
) -> None:
    found = client.get(run)
    headers = {"If-Match": found.headers["etag"]}
    changed = client.patch(run, json={"effort": 6, "shoe": "blue"}, headers=headers)
    assert changed.status_code == 200, changed.text
    assert client.get(run).json()["effort"] == 6
    assert client.get(run).json()["numbers"] == found.json()["numbers"]
    headers = {"If-Match": changed.headers["etag"]}
    refused = client.patch(run, json={"duration_s": 1}, headers=headers)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "duration_s"


def test_a_chart_holds_medians_and_leaves_gaps_open(client: TestClient, run: str) -> None:
    found = client.get(f"{run}/chart", params={"bins": 30}).json()
    assert found["bin_s"] == 2.0
    left = next(line for line in found["lines"] if line["side"] == "left")
    assert len(left["columns"]["gct_ms"]) == found["bins"] == 30
    assert "softness" not in left["columns"]  # nobody knows what is usual
    assert sum(left["walked"]) == 0


def test_a_chart_tells_softness_against_the_usual_of_that_run_and_where_the_foot_walked() -> None:
    rows = _steps(80, 0)
    rows["shock_mps2"] = 3.0 * G_MPS2
    rows["shock_mps2"][40:] = 6.0 * G_MPS2
    rows["gait"][60:] = GAIT_WALK
    usual = Usual(measure="shock", version=2, source="", runs=6, ln_value=float(np.log(3.0)))
    key = SeriesKey(athlete="a", run=RUN, recording=LEFT, side="left", rev=1, origin_ns=ORIGIN_NS)
    summaries = {LEFT: Summary(usuals=(usual,))}
    (line,) = chart({"step": {key: rows}}, NOW, 60.0, 30, summaries)["lines"]
    assert line["columns"]["softness"][3] == 50.0
    assert line["columns"]["softness"][20] < 20
    assert line["walked"][3] == 0
    assert line["walked"][23] == line["n"][23] > 0
    withheld = {LEFT: Summary(usuals=(usual,), measures=SUMMARY.measures)}
    (line,) = chart({"step": {key: rows}}, NOW, 60.0, 30, withheld)["lines"]
    assert not {"softness", "shock_g"} & set(line["columns"])
