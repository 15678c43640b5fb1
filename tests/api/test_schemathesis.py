"""Every operation of the OpenAPI document, asked with what its schema allows and beyond.

No answer is a server error, and every status is one that the document names.
"""

from collections.abc import Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from starlette.testclient import TestClient

from .conftest import BASE

#: So many questions for each operation.
QUESTIONS = 3
FEW = settings(
    max_examples=QUESTIONS,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def documented(status: int, responses: Mapping[str, Any]) -> bool:
    """Whether an operation's document names a status, by itself or with its hundred."""
    return bool({str(status), f"{status // 100}XX", "default"} & set(responses))


def faults_of(
    client: TestClient, athlete: str, operation: Any, responses: Mapping[str, Any]
) -> list[str]:
    """Ask one operation; return what it should not have answered."""
    faults: list[str] = []

    @FEW
    @given(operation.as_strategy())
    def ask(case: Any) -> None:
        if "athlete" in (case.path_parameters or {}):
            case.path_parameters["athlete"] = athlete
        sent = case.as_transport_kwargs(base_url=BASE)
        if isinstance(sent.get("data"), (bytes, str)):
            sent["content"] = sent.pop("data")
        answer = client.request(**{k: v for k, v in sent.items() if k in TAKEN})
        if answer.status_code >= 500 or not documented(answer.status_code, responses):
            faults.append(f"{operation.label}: {answer.status_code} {answer.text[:200]}")

    ask()
    return faults


@pytest.mark.timeout(900)
def test_every_operation_answers_as_the_document_says(client: TestClient, ten_weeks: str) -> None:
    document = client.get("/openapi.json").json()
    faults: list[str] = []
    asked = 0
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]
        responses = document["paths"][operation.path][operation.method]["responses"]
        faults += faults_of(client, ten_weeks, operation, responses)
        asked += 1
    assert asked > 60
    assert faults == []


#: Of what schemathesis would send with requests, what the test client takes by the same name.
TAKEN = {"method", "url", "params", "headers", "json", "data", "files", "content"}
