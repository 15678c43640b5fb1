"""JSON in and out: entries of the logbook as flat objects whose keys are their columns.

What may be in a body is what the dataclass says, checked by the same ``from_json`` that
reads the stores; OpenAPI's schemas are made from the same dataclasses.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

from anyio import to_thread
from fastapi import Depends, Request
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException

from ..store.logbook import Row
from ..training.entries import as_json, from_json
from .problems import Unprocessable, Unsupported

E = TypeVar("E")
Json = dict[str, Any]
SCHEMA = "#/components/schemas/{model}"

#: The longest text in a body, and the longest key: a note of several pages.
TEXT_MOST, NAME_MOST = 5000, 100

#: The longest list: more sets, sites or plans than anybody has in a day or a week.
LIST_MOST = 500

#: Bytes; a larger body is read in a thread.
LARGE = 16_384

#: What the server fills in where a body leaves it out.
FILLED = frozenset({"at", "athlete", "day", "since", "started_at"})


#: The OpenAPI text of every answer that is none.
PROBLEM: Json = {
    "description": "What is wrong, in one sentence.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


async def body(request: Request) -> Json:
    """Return the JSON object of a request's body.

    Raises Unprocessable for anything else, Unsupported for another media type.
    """
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise Unsupported("body: send one JSON object with Content-Type: application/json")
    data = await request.body()
    if len(data) > LARGE:  # it would hold up everybody who watches live
        return await to_thread.run_sync(_object, data)
    return _object(data)


def _object(data: bytes) -> Json:
    try:
        value = json.loads(data, parse_constant=_no_constant, object_pairs_hook=_once)
        _check(value)
    except _Unfit as fault:
        raise Unprocessable(str(fault), fault.field) from fault
    except (ValueError, RecursionError) as fault:
        raise Unprocessable("body: that is not JSON as RFC 8259 has it", "body") from fault
    if not isinstance(value, dict):
        raise Unprocessable("body: expected one JSON object", "body")
    return value


#: A route's JSON body.
Body = Annotated[Json, Depends(body)]


class _Unfit(Exception):
    """JSON that is sound and still not taken; ``field`` names the key."""

    def __init__(self, text: str, field: str) -> None:
        super().__init__(text)
        self.field = field


def _once(pairs: list[tuple[str, Any]]) -> Json:
    """Return an object whose keys were all different, and nothing in it is endless.

    Readers disagree about which of two equal keys counts, and so may whoever checks and
    whoever stores.
    """
    out = dict(pairs)
    if len(out) != len(pairs):
        counted = Counter(key for key, _ in pairs)
        twice = max(counted, key=counted.__getitem__)[:NAME_MOST]
        raise _Unfit(f"{twice}: this key is there twice", twice)
    for key, value in pairs:
        if isinstance(value, list) and len(value) > LIST_MOST:
            raise _Unfit(f"{key[:NAME_MOST]}: expected {LIST_MOST} items at most", key[:NAME_MOST])
        if len(key) > NAME_MOST or (isinstance(value, str) and len(value) > TEXT_MOST):
            short = key[:NAME_MOST]
            raise _Unfit(f"{short}: expected {TEXT_MOST} characters at most", short)
    return out


def _no_constant(name: str) -> None:
    raise ValueError(f"JSON has no {name}")


def _check(value: object) -> None:
    """Raise ValueError for what Python reads from JSON and no store can keep.

    Half surrogate pairs, NUL (PostgreSQL's text has none), 1e999, and integers that other
    readers of JSON would round.
    """
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("NUL in a text")
        value.encode()
    elif isinstance(value, (int, float)):
        if not abs(value) < 2**53:
            raise ValueError("a number beyond 2^53")
    elif isinstance(value, list):
        for item in value:
            _check(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check(key)
            _check(item)


def entry(kind: type[E], data: Mapping[str, Any]) -> E:
    """Return the entry that a body describes; Unprocessable names the key that does not fit."""
    try:
        return from_json(kind, data)
    except (ValueError, TypeError) as fault:
        text = str(fault)
        raise Unprocessable(text, _field(text, data)) from fault


def _field(text: str, data: Mapping[str, Any]) -> str | None:
    """Return the key that the sentence of a ValueError is about."""
    if "'" in text and ("unknown key" in text or "missing" in text):
        return text.split("'")[1]
    head = text.split(":")[0].strip()
    return head if head in data else None


def row_json(row: Row[Any]) -> Json:
    """Return a row as one flat object: what the store knows of it, then the entry."""
    return {
        "id": row.id,
        "athlete": row.athlete,
        "version": row.version,
        "author": row.author,
        "created_at": stamp(row.created_at),
        **as_json(row.entry),
    }


def stamp(at: datetime) -> str:
    """Return an instant as RFC 3339."""
    return at.isoformat()


def tag(row: Row[Any]) -> str:
    """Return the ETag of a row: its version."""
    return f'"{row.version}"'


def answer(row: Row[Any]) -> JSONResponse:
    """Answer with one row and its ETag."""
    return JSONResponse(row_json(row), headers={"ETag": tag(row)})


def created(row: Row[Any], location: str, *, new: bool = True) -> JSONResponse:
    """Answer with a row and where it lives: 201, or 200 where it was there already."""
    return JSONResponse(
        row_json(row), 201 if new else 200, {"Location": location, "ETag": tag(row)}
    )


def matching(request: Request, row: Row[E]) -> Row[E]:
    """Return the row if ``If-Match`` names its version; 428 without one, 412 for another."""
    asked = request.headers.get("if-match")
    if asked is None:
        raise HTTPException(428, "If-Match: say which version you looked at; its ETag is it")
    if tag(row) not in (item.strip() for item in asked.split(",")):
        text = f"If-Match: this was changed meanwhile and is version {row.version}; look again"
        raise HTTPException(412, text)
    return row


def takes(kind: type[Any]) -> Json:
    """Return the OpenAPI text of a route whose body is an entry of that kind."""
    content = {"application/json": {"schema": {"$ref": SCHEMA.format(model=kind.__name__)}}}
    return {"requestBody": {"required": True, "content": content}}


def gives(kind: type[Any], status: int = 200, *, many: bool = False) -> dict[int | str, Json]:
    """Return the OpenAPI text of the good answer of a route that returns rows of a kind."""
    one: Json = {
        "allOf": [
            {"$ref": SCHEMA.format(model="Row")},
            {"$ref": SCHEMA.format(model=f"{kind.__name__}Out")},
        ]
    }
    listed = {"type": "object", "properties": {"items": {"type": "array", "items": one}}}
    content = {"application/json": {"schema": listed if many else one}}
    return {status: {"description": "One page." if many else kind.__name__, "content": content}}


def schemas(kinds: Iterable[type[Any]]) -> Json:
    """Return components.schemas: every kind as it is sent, and as it comes back."""
    out: Json = {"Row": _ROW, "Problem": _PROBLEM}
    for kind in kinds:
        schema = TypeAdapter(kind).json_schema(ref_template=SCHEMA)
        out |= schema.pop("$defs", {})
        out[f"{kind.__name__}Out"] = schema
        taken = schema | {"additionalProperties": False}
        taken["required"] = [k for k in schema.get("required", []) if k not in FILLED]
        out[kind.__name__] = taken
    return out


_TEXT: Json = {"type": "string"}
_ROW: Json = {
    "type": "object",
    "properties": {
        "id": _TEXT,
        "athlete": _TEXT,
        "version": {"type": "integer"},
        "author": _TEXT,
        "created_at": {"type": "string", "format": "date-time"},
    },
    "required": ["id", "athlete", "version", "author", "created_at"],
}
_PROBLEM: Json = {
    "type": "object",
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "errors": {
            "type": "array",
            "items": {"type": "object", "properties": {"field": _TEXT, "detail": _TEXT}},
        },
    },
    "required": ["type", "title", "status", "detail"],
}
