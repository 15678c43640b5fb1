"""What every number means, for programs."""

from starlette.testclient import TestClient


def test_every_measure_says_what_it_is_and_how_good(client: TestClient) -> None:
    answer = client.get("/api/v1/measures", params={"gait": "run", "rate_hz": 200})
    assert answer.status_code == 200
    items = {one["name"]: one for one in answer.json()["items"]}
    assert items["gct"]["unit"] == "ms"
    good = items["gct"]["accuracy"]
    assert good[0]["within"] > 0
    assert "force plate" in good[0]["against"]
    assert any(a["within"] is None and a["why"] for a in good)
    assert all(one["accuracy"] for one in items.values())


def test_numbers_of_a_device_are_its_makers(client: TestClient) -> None:
    answer = client.get("/api/v1/measures", params={"family": "device"})
    for one in answer.json()["items"]:
        assert one["accuracy"][0]["within"] is None


def test_an_unknown_place_is_refused(client: TestClient) -> None:
    assert client.get("/api/v1/measures", params={"place": "hat"}).status_code == 422
