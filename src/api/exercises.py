"""The catalogues of exercises and of tests: nobody's data, the same for everybody."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from ..training.assessments import BATTERIES, TESTS
from ..training.catalogue import CATALOGUE
from ..training.plain import as_json

router = APIRouter(tags=["exercises"])

KEPT = {"Cache-Control": "max-age=3600"}


@router.get("/exercises")
def list_exercises() -> JSONResponse:
    """Return every exercise: what it is for, how much of it, its cues, what leads to it."""
    items = [as_json(e) | {"said": e.dose.said()} for e in CATALOGUE.values()]
    return JSONResponse({"items": items}, headers=KEPT)


@router.get("/batteries")
def list_batteries() -> JSONResponse:
    """Return every battery of tests: what to do in each test, in which unit, how often."""
    items = [
        {"battery": battery, "tests": [as_json(TESTS[name]) for name in names]}
        for battery, names in BATTERIES.items()
    ]
    return JSONResponse({"items": items}, headers=KEPT)
