"""A server whose disk fails stays up, says so, and goes on where it can."""

import sys
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from tests.custody.test_condition import full_disk


def found(client: TestClient) -> dict[str, str]:
    """Return what /health finds, texts by subject, leaving this machine's own disk out."""
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    return {f["about"]: f["text"] for f in answer.json()["findings"] if f["about"] != "disk"}


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_on_a_full_disk_a_write_is_one_sentence_reading_goes_on_and_health_says_so(
    client: TestClient, athlete: str
) -> None:
    assert found(client) == {}
    check_ins = f"/api/v1/athletes/{athlete}/check-ins"
    note = {"note": "x" * 50_000}
    with full_disk():
        answer = client.post(check_ins, json=note)
        assert answer.status_code == 503
        assert answer.json()["detail"] == "The store did not answer; the server's log says why."
        upload = {"file": ("a.fit", b"x" * 50_000)}
        assert (
            client.post(f"/api/v1/athletes/{athlete}/recordings", files=upload).status_code == 503
        )
        assert client.get(check_ins).json()["items"] == []
        assert found(client)["folder"].startswith("nothing can be stored (")
        assert client.get("/health").json()["condition"] == "fault"
    assert found(client) == {}
    assert client.post(check_ins, json=note).status_code == 201


def test_health_names_nobody_and_says_what_waits(client: TestClient, athlete: str) -> None:
    answer = client.get("/health")
    assert athlete not in answer.text
    assert answer.json()["outbox"] is None
    assert 0 < answer.json()["disk_used_pct"] <= 100
    seen = client.app.state.settings.data / "last-seen"  # type: ignore[attr-defined]
    assert datetime.now(UTC) - datetime.fromtimestamp(seen.stat().st_mtime, UTC) < timedelta(
        hours=1
    )
