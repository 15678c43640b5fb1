"""An example of every JSON body, shown in the OpenAPI document and sent by the tests."""

from collections.abc import Iterable, Mapping

from .bodies import Json

#: By the kind of entry.
OF_KIND: Mapping[str, Json] = {
    "Person": {"name": "Ada", "tz": "Europe/Berlin"},
    "Run": {"duration_s": 1800, "distance_m": 5200, "effort": 4},
    "Consent": {"viewer": "0123456789abcdef0123456789abcdef", "kinds": ["load_and_flags"]},
    "Imagined": {"runs": [{"day": "2026-03-16", "distance_m": 8000}]},
    "CheckIn": {"stiffness": 2},
    "AfterRun": {"started_at": "2026-03-15T05:00:00Z", "effort": 4},
    "StrengthSession": {"duration_min": 10},
    "FlagAnswer": {"rule": "F01", "first_day": "2026-03-14", "answer": "seen"},
    "PlannedRun": {"day": "2026-03-16", "distance_m": 8000},
    "PlannedWeek": {"title": "usual"},
    "OwnExercise": {
        "name": "Stair hold", "pillar": "strength", "target": "calf", "dose": {"sets": 2, "reps": 5},
    },
    "Availability": {"state": "reduced", "reason": "travel"},
    "BarefootTime": {"minutes": 12, "doing": "walking"},
    "Assessment": {"battery": "mini"},
    "Device": {"name": "red band", "type": "band"},
    "Programme": {"goal": "long"},
    "ProposalAnswer": {
        "exercise": "short_foot", "clause": "ready for more", "answer": "taken", "by": "Ada",
    },
}  # fmt: skip

_OF = "/api/v1/athletes/{athlete}"
_ID, _TOKEN = "0123456789abcdef0123456789abcdef", "the-part-of-the-link-behind-its-number-sign"

#: By method and route, where the body is no entry.
OF_ROUTE: Mapping[tuple[str, str], Json] = {
    ("delete", _OF): {"name": "Ada"},
    ("post", "/api/v1/session"): {"login": "ada", "password": "a long enough one"},
    ("post", "/api/v1/keys"): {"name": "gateway", "scopes": ["send"], "days": 90},
    ("post", "/api/v1/invitations"): {"role": "athlete"},
    ("post", "/api/v1/join"): {
        "token": _TOKEN, "login": "ada", "password": "a long enough one", "name": "Ada",
        "tz": "Europe/Berlin",
    },
    ("post", "/api/v1/oidc/start"): {"token": _TOKEN},
    ("post", "/api/v1/teams"): {"name": "Monday group"},
    ("post", "/api/v1/teams/{team}/invitations"): {"role": "athlete"},
    ("post", "/api/v1/memberships"): {"token": _TOKEN},
    ("post", "/api/v1/channels"): {"kind": "webhook", "target": "https://example.org/letters"},
    ("post", f"{_OF}/channels"): {"kind": "calendar"},
    ("patch", f"{_OF}/channels/{{channel}}"): {"numbers": True},
    ("post", f"{_OF}/declined"): {"noun": "planned-runs", "id": _ID, "reason": "an exam that day"},
    ("patch", f"{_OF}/runs/{{run}}"): {"effort": 6, "title": "Hills"},
    ("post", f"{_OF}/runs/{{run}}/join"): {"other": _ID},
    ("post", f"{_OF}/runs/{{run}}/split"): {"recording": _ID},
    ("post", f"{_OF}/runs/{{run}}/replay"): {"speed": 4},
    ("post", f"{_OF}/radio/claim"): {"side": "left", "seconds": 30},
    ("post", f"{_OF}/radio/collection"): {"mode": "run", "seconds": 3600},
    ("post", f"{_OF}/radio/marks"): {"what": "marker"},
    ("post", f"{_OF}/radio/sync"): {"pods": ["F0:CA:7F:00:01:00"]},
    ("post", f"{_OF}/radio/erase"): {"pod": "F0:CA:7F:00:01:00"},
}  # fmt: skip


def add_to(document: Json) -> None:
    """Put the examples into an OpenAPI document, and say what plain bodies look like."""
    schemas = document["components"]["schemas"]
    for kind, example in OF_KIND.items():
        schemas[kind]["examples"] = [example]
    for (method, path), example in OF_ROUTE.items():
        taken = {"schema": _shape(example), "example": example}
        body = {"required": True, "content": {"application/json": taken}}
        document["paths"][path][method].setdefault("requestBody", body)


def _shape(example: Json) -> Json:
    """Return the JSON schema of a plain body: its keys, and the types that they have."""
    properties = {key: _type(value) for key, value in example.items()}
    return {"type": "object", "properties": properties}


def _type(value: object) -> Json:
    if isinstance(value, list):
        return {"type": "array", "items": _of(value)}
    if isinstance(value, bool):
        return {"type": "boolean"}
    return {"type": "number" if isinstance(value, (int, float)) else "string"}


def _of(values: Iterable[object]) -> Json:
    return next((_type(value) for value in values), {})
