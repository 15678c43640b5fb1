"""Everything of an athlete as one zip through the API, and what trying again changes."""

import io
import zipfile

from starlette.testclient import TestClient

from catfoot.custody import erasing


def test_an_export_is_a_job_and_then_a_zip(client: TestClient, ten_weeks: str) -> None:
    path = f"/api/v1/athletes/{ten_weeks}/exports"
    made = client.post(path)
    assert made.status_code == 202
    client.app.state.jobs._executor.shutdown(wait=True)  # type: ignore[attr-defined]
    job = client.get(made.headers["location"]).json()
    assert job["state"] == "done", job
    answer = client.get(f"{path}/{job['id']}")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as found:
        assert "logbook.json" in found.namelist()
    stores = client.app.state.stores  # type: ignore[attr-defined]
    erasing.erase(stores, ten_weeks)  # which finds the zip
    assert list(erasing.exports_folder(stores.settings.data).iterdir()) == []
    assert client.get(f"{path}/{job['id']}").status_code == 404


def test_an_export_that_is_not_there_is_not_found(client: TestClient, athlete: str) -> None:
    path = f"/api/v1/athletes/{athlete}"
    assert client.get(f"{path}/exports/{'0' * 32}").status_code == 404
    octets = {"Content-Type": "application/octet-stream"}
    job = client.post(f"{path}/recordings?name=a.csv", content=b"x", headers=octets).json()["id"]
    assert client.get(f"{path}/exports/{job}").status_code == 404


def test_an_athlete_and_a_consent_are_written_once_for_one_key(
    client: TestClient, athlete: str
) -> None:
    key = {"Idempotency-Key": "a-random-text"}
    answers = [client.post("/api/v1/athletes", json={"name": "Bo"}, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert client.post("/api/v1/athletes", json={"name": "X"}, headers=key).status_code == 422
    path = f"/api/v1/athletes/{athlete}/consents"
    body = {"viewer": "somebody", "kinds": ["metrics"]}
    given = [client.post(path, json=body, headers=key).status_code for _ in range(2)]
    assert given == [201, 200]
    assert len(client.get(path).json()["items"]) == 1
