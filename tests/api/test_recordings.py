"""Uploads, end to end: bytes in, a job to watch, a run at the end."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

ENDED = {"done", "already", "refused", "failed"}
CSV = b"nothing,that,anybody\nknows,1,2\n"


def _upload(client: TestClient, athlete: str, name: str, data: bytes, **query: str) -> Any:
    return client.post(
        f"/api/v1/athletes/{athlete}/recordings",
        params={"name": name, **query},
        content=data,
        headers={"Content-Type": "application/octet-stream"},
    )


def _ended(client: TestClient, location: str) -> dict[str, Any]:
    """Ask for a job until it has ended."""
    for _ in range(10_000):
        job: dict[str, Any] = client.get(location).json()
        if job["state"] in ENDED:
            return job
    raise AssertionError("the job did not end")


def _fit(shared_data: Path) -> Path:
    return min(
        (shared_data / "fit-running" / "files").glob("*.fit"), key=lambda p: p.stat().st_size
    )


def test_a_file_becomes_a_run(client: TestClient, athlete: str, shared_data: Path) -> None:
    file = _fit(shared_data)
    answer = _upload(client, athlete, file.name, file.read_bytes())
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == answer.json()["location"]
    job = _ended(client, answer.headers["location"])
    assert job["state"] == "done", job
    runs = client.get(f"/api/v1/athletes/{athlete}/runs").json()["items"]
    assert len(runs) == 1
    run = client.get(f"/api/v1/athletes/{athlete}/runs/{runs[0]['id']}").json()
    assert [r["name"] for r in run["recordings"]] == [file.name]


def test_the_same_bytes_twice_are_one_run(
    client: TestClient, athlete: str, shared_data: Path
) -> None:
    file = _fit(shared_data)
    for state in ("done", "already"):
        answer = _upload(client, athlete, file.name, file.read_bytes())
        assert _ended(client, answer.headers["location"])["state"] == state
    assert len(client.get(f"/api/v1/athletes/{athlete}/runs").json()["items"]) == 1


def test_a_file_that_is_none_is_refused_with_a_sentence_that_names_it(
    client: TestClient, athlete: str
) -> None:
    answer = _upload(client, athlete, "notes.fit", b"just some text, no FIT at all\n" * 40)
    job = _ended(client, answer.headers["location"])
    assert job["state"] == "refused"
    assert "notes.fit" in job["error"]
    assert client.get(f"/api/v1/athletes/{athlete}/runs").json()["items"] == []


def test_a_file_that_was_refused_is_the_same_job_when_it_is_sent_again(
    client: TestClient, athlete: str
) -> None:
    path, key = f"/api/v1/athletes/{athlete}/recordings", {"Idempotency-Key": "a-random-text"}
    first = client.post(path, content=b"just some text\n" * 40, headers=key)
    ended = _ended(client, first.headers["location"])
    assert ended["state"] == "refused"
    again = client.post(path, content=b"just some text\n" * 40, headers=key)
    assert (again.status_code, again.json()) == (202, ended)


def test_several_files_get_a_job_each_and_one_bad_one_stops_nobody(
    client: TestClient, athlete: str, shared_data: Path
) -> None:
    file = _fit(shared_data)
    files = [
        ("file", ("empty.fit", b"", "application/octet-stream")),
        ("file", (file.name, file.read_bytes(), "application/octet-stream")),
        ("file", ("huge.csv", b"x" * 2_000_001, "text/csv")),
    ]
    answer = client.post(f"/api/v1/athletes/{athlete}/recordings", files=files)
    assert answer.status_code == 202, answer.text
    empty, good, huge = answer.json()["items"]
    assert empty["state"] == "refused"
    assert "empty.fit" in empty["error"]
    assert huge["state"] == "refused"
    assert _ended(client, good["location"])["state"] == "done"


def test_an_empty_body_is_refused(client: TestClient, athlete: str) -> None:
    answer = _upload(client, athlete, "run.fit", b"")
    assert answer.status_code == 422
    assert "run.fit" in answer.json()["detail"]


@pytest.mark.parametrize("size", [2_000_001, 4_000_000, 9_000_000])
def test_a_file_over_the_limit_is_refused_and_leaves_nothing(
    client: TestClient, athlete: str, tmp_path: Path, size: int
) -> None:
    answer = _upload(client, athlete, "huge.csv", b"x" * size)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert list((tmp_path / "incoming").glob("*")) == []


def test_a_form_without_a_file_is_refused(client: TestClient, athlete: str) -> None:
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    path = f"/api/v1/athletes/{athlete}/recordings"
    for body in (b"", b"--x--\r\n", b"--x\r\nnonsense"):
        answer = client.post(path, content=body, headers=form)
        assert answer.status_code in (400, 422)
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"start": "yesterday"}, "start"),
        ({"start": "2026-03-01T07:00:00"}, "start"),
        ({"side": "middle"}, "side"),
        ({"place": "hat"}, "place"),
        ({"range_g": "-1"}, "range_g"),
        ({"range_g": "nan"}, "range_g"),
    ],
)
def test_what_the_uploader_says_must_fit(
    client: TestClient, athlete: str, query: dict[str, str], field: str
) -> None:
    answer = _upload(client, athlete, "run.csv", CSV, **query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\runs\\run.fit", "a\x00b.fit", "👟" * 90])
def test_a_files_name_is_shown_and_never_used(
    client: TestClient, athlete: str, tmp_path: Path, name: str
) -> None:
    before = set(tmp_path.parent.iterdir())
    answer = _upload(client, athlete, name, CSV)
    assert answer.status_code == 202, answer.text
    assert "/" not in answer.json()["name"]
    assert "\\" not in answer.json()["name"]
    assert _ended(client, answer.headers["location"])["state"] == "refused"
    assert set(tmp_path.parent.iterdir()) == before


def test_a_job_is_shown_to_its_athlete_only(client: TestClient, athlete: str) -> None:
    other = client.post("/api/v1/athletes", json={"name": "Bo"}).json()["id"]
    job = _upload(client, athlete, "run.csv", CSV).json()["id"]
    assert client.get(f"/api/v1/athletes/{athlete}/jobs/{job}").status_code == 200
    assert client.get(f"/api/v1/athletes/{other}/jobs/{job}").status_code == 404
    assert client.get(f"/api/v1/athletes/{other}/jobs").json()["items"] == []
    assert len(client.get(f"/api/v1/athletes/{athlete}/jobs").json()["items"]) == 1


@pytest.mark.parametrize("field", ["start", "modified"])
@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "2999-01-01T00:00:00Z"])
def test_a_time_in_an_impossible_year_is_refused_before_anything_is_kept(
    client: TestClient, athlete: str, field: str, at: str
) -> None:
    answer = _upload(client, athlete, "x.csv", CSV, **{field: at})
    assert answer.status_code == 422
    assert answer.json()["detail"] == f"{field}: expected a time between 1900 and 2200"
