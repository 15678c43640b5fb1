import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.testclient import TestClient

from catfoot.config import Settings, open_stores
from catfoot.custody import restore, tidy
from catfoot.ingest.files import fitwriter as fw


def exported(client: TestClient, athlete: str) -> tuple[str, str]:
    """Ask for an export, and return its job and its address once the job is through."""
    asked = client.post(f"/api/v1/athletes/{athlete}/exports")
    assert asked.status_code == 202
    said = asked.json()
    while client.get(said["location"]).json()["state"] in ("waiting", "working"):
        pass
    return said["location"], said["file"]


def test_an_athlete_takes_everything_away_and_it_comes_back_elsewhere(
    client: TestClient, athlete: str, tmp_path: Path
) -> None:
    run = fw.steady_run(1_141_000_000, 60)
    client.post(f"/api/v1/athletes/{athlete}/recordings", files={"file": ("a.fit", run)})
    location, file = exported(client, athlete)
    job = client.get(location).json()
    assert (job["kind"], job["state"]) == ("export", "done")
    answer = client.get(file)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.content) == job["result"]["size_bytes"]
    assert "logbook.json" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    (tmp_path / "mine.zip").write_bytes(answer.content)
    with open_stores(Settings(data=tmp_path / "elsewhere")) as other:
        assert restore(other, tmp_path / "mine.zip").name == "Ada"


def test_an_export_is_gone_after_a_day_and_never_another_jobs_file(
    client: TestClient, athlete: str
) -> None:
    _, file = exported(client, athlete)
    assert client.get(file).status_code == 200
    assert client.get(f"{file.rpartition('/')[0]}/{'0' * 32}").status_code == 404
    tidy(client.app.state.stores, datetime.now(UTC) + timedelta(days=2))  # type: ignore[attr-defined]
    assert client.get(file).status_code == 404
