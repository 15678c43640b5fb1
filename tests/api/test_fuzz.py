"""Whatever is sent, the answer is one that the API describes, and never a fault of ours."""

import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from .test_changes import BODIES

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0, -1, 1e308, 2**63, "9999-12-31T23:59:59-14:00", "0001-01-01", "NaN"])
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
SEGMENT = st.text(string.printable + "äß👟\x00", min_size=1, max_size=12)
FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _check(answer: Any) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]


@pytest.mark.parametrize("noun", sorted(BODIES))
def test_any_change_to_a_good_body_is_taken_or_refused_in_words(
    client: TestClient, athlete: str, noun: str
) -> None:
    path = f"/api/v1/athletes/{athlete}/{noun}"
    shown = client.get("/openapi.json").json()["paths"][path.replace(athlete, "{athlete}")]
    ref = shown["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    described = client.get("/openapi.json").json()["components"]["schemas"]
    keys = sorted(described[ref.rsplit("/", 1)[-1]]["properties"])

    @FEW
    @given(st.sampled_from(keys), ANY_JSON)
    def fuzz(key: str, value: Any) -> None:
        answer = client.post(path, json=BODIES[noun] | {key: value})
        _check(answer)
        if answer.status_code == 201:
            _check(client.get(answer.headers["location"]))

    fuzz()
    _check(client.get(path))
    for below in ("today", "timeline"):
        _check(client.get(f"/api/v1/athletes/{athlete}/{below}"))


def test_any_bytes_and_any_headers_are_taken_or_refused_in_words(
    client: TestClient, athlete: str
) -> None:
    header = st.text(string.ascii_letters + string.digits + " ;=/\"'*-", max_size=30)

    @FEW
    @given(
        st.sampled_from(["check-ins", "recordings", "strength-sessions"]),
        st.binary(max_size=200),
        header,
        header,
    )
    def fuzz(noun: str, body: bytes, kind: str, key: str) -> None:
        headers = {"Content-Type": kind, "Idempotency-Key": key, "If-Match": key}
        _check(client.post(f"/api/v1/athletes/{athlete}/{noun}", content=body, headers=headers))

    fuzz()


def test_any_question_is_answered_or_refused_in_words(client: TestClient, ten_weeks: str) -> None:
    run = client.get(f"/api/v1/athletes/{ten_weeks}/runs?limit=1").json()["items"][0]["id"]
    below = st.sampled_from(
        ["", "/today", "/timeline", "/runs", f"/runs/{run}", f"/runs/{run}/steps", "/jobs",
         f"/runs/{run}/chart", "/check-ins", "/flag-answers"]
    )  # fmt: skip
    name = st.sampled_from(["since", "until", "cursor", "limit", "columns", "bins", "x"])

    @FEW
    @given(below, st.dictionaries(name, SEGMENT, max_size=3), SEGMENT)
    def fuzz(path: str, params: dict[str, str], tag: str) -> None:
        headers = {"If-None-Match": tag.encode("ascii", "ignore").decode().strip() or "*"}
        headers = {k: "".join(c for c in v if c.isprintable()) for k, v in headers.items()}
        _check(client.get(f"/api/v1/athletes/{ten_weeks}{path}", params=params, headers=headers))

    fuzz()


def test_any_path_is_answered_or_refused_in_words(client: TestClient, ten_weeks: str) -> None:
    @FEW
    @given(
        st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "BREW"]),
        st.lists(SEGMENT | st.just(ten_weeks) | st.sampled_from(["runs", "check-ins"]), max_size=5),
    )
    def fuzz(method: str, segments: list[str]) -> None:
        path = "/api/v1/athletes/" + "/".join(segments)
        try:
            answer = client.request(method, path)
        except Exception as fault:  # the client itself refuses some addresses
            if type(fault).__name__ == "InvalidURL":
                return
            raise
        if method != "HEAD":
            _check(answer)

    fuzz()


def test_every_answer_of_the_api_is_described(client: TestClient) -> None:
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method, text in methods.items():
            if path.startswith("/api/"):
                assert "4XX" in text["responses"], (method, path)
                assert any(status.startswith("2") for status in text["responses"]), (method, path)
